"""Labels: the appearance that Structured Product Labels (SPL) state, applied to the catalogue."""
