"""Prices by the pill: rules that make them, prices fixed by hand, and price lists as files."""
