"""Searches that found nothing: what people look for and the store does not carry, and nobody's name."""
