"""The search: `search`, `matching` and `suggest` ask the index; `ensure_index` brings it up to date."""

from shop.search.asking import index, matching, search, suggest
from shop.search.following import ensure_index

__all__ = ["ensure_index", "index", "matching", "search", "suggest"]
