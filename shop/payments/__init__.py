"""Payments: hosted payment pages, what the provider says of them, and capture. No card data comes near the store."""
