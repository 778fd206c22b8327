"""Imports: one room per source. Each reads files, plans, applies and reports; nothing below depends on it."""
