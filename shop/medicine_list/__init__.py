"""A patient's medicine list for their doctor: gathered from the rooms that know it, printed as a PDF."""
