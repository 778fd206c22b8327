"""Stock: lots with expiry, the ledger of movements, and holds for orders. Counts follow from movements."""
