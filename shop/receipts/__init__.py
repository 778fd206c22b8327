"""Receipts: what was charged for an order, as a page of PDF for the customer, their insurer, or an FSA."""
