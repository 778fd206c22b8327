"""Payments: hosted pages, what the provider says of them, and capture. No card comes near the store."""
