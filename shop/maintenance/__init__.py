"""What keeps a store clean over years, as mechanism: checks, retention, sweeping, who names vault files.

Each room declares its part in its `maintenance.py`, beside the tables it owns. Nothing here knows a table.
"""
