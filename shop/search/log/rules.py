"""What of a failed search may be kept: a few plain words. Pure."""

import re

from shop.substances.query_text import query_words

MOST_WORDS = 4
MOST_LETTERS = 60
SHOWN_FROM = 3
"""A row is shown from this many times on: what one person pasted once stays unseen."""
KEPT_DAYS = 90
_ADDRESS = re.compile(r"@|://|\bwww\.", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d{5}|(?:\d[\s().-]*){7}")


def kept_words(text: str) -> str:
    """The folded words of a query, or "" when it may hold something private.

    Not kept are sentences, addresses of mail or pages, and numbers: a phone, an order, a date of birth.
    """
    words = query_words(text)
    kept = " ".join(words)
    if not words or len(words) > MOST_WORDS or len(kept) > MOST_LETTERS:
        return ""
    if all(word.isdigit() for word in words) or _ADDRESS.search(text) or _LONG_NUMBER.search(text):
        return ""
    return kept
