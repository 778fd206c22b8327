"""Listing: what is on sale, decided by an admin or by a rule, and what is not sent by mail."""
