"""Verification: what a pharmacist sees, checks and decides."""
