"""Delivery methods: what each costs by weight and state, how long it takes, and which day is promised."""
