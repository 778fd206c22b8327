"""What medicines look like: the words and codes for it, labels that state it, finding a pill by it."""
