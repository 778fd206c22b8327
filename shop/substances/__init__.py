"""Substances: what a medicine is made of. Names, salts, forms, strengths, and how typed text is read."""
