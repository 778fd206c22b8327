"""The country's directory of medicines (FDA NDC): read, judged row by row, merged into the catalogue."""
