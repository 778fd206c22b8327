"""Basket: what somebody means to buy, before or after signing in. It promises nothing and holds nothing."""
