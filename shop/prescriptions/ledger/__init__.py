"""The ledger: how much of a prescription is held, dispensed and left, and what it covers today."""
