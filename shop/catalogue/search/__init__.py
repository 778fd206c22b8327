"""The search: `search`, `matching` and `suggest` ask the index; `ensure_index` brings it up to date."""

from shop.catalogue.search.asking import index, matching, search, suggest
from shop.catalogue.search.following import ensure_index

__all__ = ["ensure_index", "index", "matching", "search", "suggest"]
