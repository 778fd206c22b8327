"""Prescriptions: what was sent (`uploads`), its `verification`, and what is left of it (`ledger`)."""
