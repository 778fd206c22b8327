"""Prescriptions: documents, items, the ledger of quantities, and the vault that keeps the files."""
