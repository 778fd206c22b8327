"""Pharmacist: screens of the verification desk. The rules stand in `prescriptions`."""
