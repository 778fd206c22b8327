"""Reconciliation: every order and payment compared with what the payment service says. Moves no money.

`rules` decides what is a difference, `books` reads our side, `statement` keeps the service's lists, `service`
compares the two and keeps the result. It stands above orders and payments because it joins them.
"""
