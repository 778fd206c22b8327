"""Trying to sell what the store must not, by every path. `make demo-safety` prints what came of it."""
