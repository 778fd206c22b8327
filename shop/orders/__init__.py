"""Orders: what was bought at which price, the states it goes through, and the timeline a customer sees."""
