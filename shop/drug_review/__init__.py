"""The drug utilization review: what a patient gets, held against what labels say (42 CFR 456.705)."""
