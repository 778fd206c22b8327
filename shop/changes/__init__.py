"""Changing an order that was paid for and has not shipped: a line removed, another address."""
