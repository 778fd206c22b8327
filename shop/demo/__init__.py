"""The demonstration pharmacy: real medicines; invented prices, people and lots. Never in production."""
