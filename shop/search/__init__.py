"""The search: `search`, `matching` and `suggest` ask the index; `ensure_index` brings it up to date."""

from shop.search.current_index import ensure_index, index, matching, names, search, suggest

__all__ = ["ensure_index", "index", "matching", "names", "search", "suggest"]
