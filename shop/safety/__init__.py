"""Safety: what may be sold, and what must not be mixed up. Pure rules over reviewed data files in `data/`."""
