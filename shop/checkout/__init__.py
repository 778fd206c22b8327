"""Checkout: the one place that ties basket, prescription, stock, order and payment together."""
