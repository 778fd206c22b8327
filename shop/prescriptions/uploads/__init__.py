"""Uploads: what a customer sends, from the form to clean pages in the vault."""
