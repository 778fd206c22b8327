"""Journeys in a real Chromium. A package, so that their stores end with the last of them."""
