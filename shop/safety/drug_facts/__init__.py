"""What labels say of an ingredient that a rule can ask: doses, ages, conditions, interactions, allergies."""
