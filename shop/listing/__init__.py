"""Shelving: what is on sale, by an admin's hand or by a stated rule, and what is not sent by post."""
