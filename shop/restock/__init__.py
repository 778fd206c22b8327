"""Who wants to be told when a medicine is back in stock, and telling them, once."""
