"""The words for why something is not on sale, for the commands and the admins' pages."""

from shop.listing.rules import ListingRefusal

REFUSALS = {
    ListingRefusal.CONTROLLED: "Controlled substance",
    ListingRefusal.UNDECIDED: "May be controlled, and no entry decides it",
    ListingRefusal.NO_STORAGE_FACT: "No storage fact on record",
    ListingRefusal.NOT_BY_CLASS: "Of a class that is not sent by mail",
    ListingRefusal.WITHDRAWN: "Withdrawn: the directory has no pack of it any more",
    ListingRefusal.NO_STRENGTH: "Has no strength",
    ListingRefusal.STRENGTH_NOT_STATED: "Strength not stated",
    ListingRefusal.STRENGTH_TO_CHECK: "No strength can be right as filed",
    ListingRefusal.NOT_BY_MAIL: "On the not-by-mail list",
    ListingRefusal.NO_PRICE: "No strength has a price",
    ListingRefusal.NOT_ORAL_SOLID: "No tablet or capsule to swallow",
    ListingRefusal.PRESCRIPTION_ONLY: "Needs a prescription",
    ListingRefusal.NO_PRESCRIPTION: "Needs no prescription",
}


def table(rows: list[tuple[str, int]], total: str) -> list[str]:
    """Rows of words and a count, right-aligned, and their sum: "  Listed now        12"."""
    rows = [*rows, (total, sum(count for _, count in rows))]
    wide = max(len(words) for words, _ in rows)
    digits = max(len(f"{count:,}") for _, count in rows)
    lines = [f"  {words:<{wide}}  {count:>{digits},}" for words, count in rows]
    lines.insert(-1, f"  {'-' * (wide + 2 + digits)}")
    return lines
