"""Outbox: jobs written in the transaction that causes them, and the worker that runs them afterward."""
