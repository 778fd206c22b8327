"""Appearance: what medicines look like; words and codes for it, drawings, finding a pill by it."""
