"""Backup: a copy of database and vault taken while the store sells, and a store made from it again.

Owns the folder of one backup and the order in which things are copied. What must be true afterward is
declared by the rooms (`shop.maintenance.checks`). Why this order: docs/adr/0011-backup-and-migrations.md.
"""
