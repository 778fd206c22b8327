"""What stands in the way of a sale, what a listing would change, and what it did: in the desk's words."""

from shop.admin.words import Tag
from shop.listing.finding import ProductRow
from shop.listing.reasons import REFUSALS
from shop.listing.rules import ListingFacts, ListingRefusal, listing_refusal
from shop.listing.service import Outcome


def hindrances(facts: ListingFacts) -> list[Tag]:
    """Everything about a product that keeps it, or a strength of it, from being sold."""
    final = {"Controlled": facts.controlled, "Withdrawn": facts.withdrawn, "No strength": not facts.strengths}
    tags = [Tag(words, "stop") for words, holds in final.items() if holds]
    if facts.strengths and not facts.stated:
        tags.append(Tag("Strength not stated", "warn"))
    if facts.doubted:
        tags.append(
            Tag(f"{facts.doubted} {'strength' if facts.doubted == 1 else 'strengths'} to check", "warn")
        )
    if facts.not_by_mail:
        tags.append(Tag("Not by mail", "warn"))
    if facts.strengths and not facts.priced:
        tags.append(Tag("No price", "warn"))
    elif facts.priced < facts.strengths:
        tags.append(Tag(f"{facts.strengths - facts.priced} without a price"))
    return tags


def consequence(row: ProductRow, listed: bool) -> Tag:
    """What putting it on sale, or taking it off, would change."""
    if not listed:
        return Tag("Goes off sale") if row.listed_at else Tag("Is off sale already")
    refusal = listing_refusal(row.facts)
    if refusal:
        return Tag(f"Stays off: {_lower(REFUSALS[refusal])}", "stop")
    if row.listed_at:
        return Tag("Is on sale already")
    if row.facts.not_by_mail:
        return Tag("Is shown, not sold: not by mail", "warn")
    if row.facts.doubted:
        return Tag("Goes on sale, but for a strength to check", "warn")
    return Tag("Goes on sale") if row.facts.priced else Tag("Is shown, not sold: no price", "warn")


def said(outcome: Outcome, listed: bool) -> str:
    """What became of the products chosen, in sentences for the next page."""
    state = "on sale" if listed else "off sale"
    count = len(outcome.changed)
    sentences = [f"{_products(count)} now {state}." if count else "Nothing changed."]
    if outcome.already:
        sentences.append(f"{_products(outcome.already)} {state} already.")
    if outcome.refused:
        reasons = ", ".join(f"{number} {_reason(reason)}" for reason, number in outcome.reasons())
        sentences.append(f"Not put on sale: {reasons}.")
    return " ".join(sentences)


def _products(count: int) -> str:
    return "1 product is" if count == 1 else f"{count:,} products are"


def _reason(reason: ListingRefusal) -> str:
    return {
        ListingRefusal.CONTROLLED: "with a controlled substance",
        ListingRefusal.UNDECIDED: "that may be controlled",
        ListingRefusal.NO_STORAGE_FACT: "without a storage fact on record",
        ListingRefusal.NOT_BY_MAIL: "on the not-by-mail list",
        ListingRefusal.NOT_BY_CLASS: "of a class that is not sent by mail",
        ListingRefusal.WITHDRAWN: "withdrawn from the directory",
        ListingRefusal.NO_STRENGTH: "without any strength",
    }[reason]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
