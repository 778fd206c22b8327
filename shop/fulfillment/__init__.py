"""Fulfilment: sending a paid order, with stock, prescription quantity and order changed as one."""
