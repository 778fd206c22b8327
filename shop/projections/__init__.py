"""Freshness: which state of the catalogue and of its offers the public pages should show."""
