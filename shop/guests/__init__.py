"""Guests after they ordered: the link to the order’s page, a new one, and keeping the order in an account."""
