"""Making and changing a strength by hand, of any product: its amounts, its markets, whether it is sold."""

from dataclasses import dataclass
from datetime import datetime

from shop.audit.events import Event
from shop.catalogue.models import Product, Variant
from shop.clock import business_date
from shop.database import db
from shop.handmade import rows
from shop.handmade.amounts import Key, Strength, fits, read_strength, with_content
from shop.handmade.packs import sell_in_packs
from shop.handmade.products import check_strength, sold_by_container
from shop.handmade.refusals import Exists, InUse, NotSaved, OfDirectory
from shop.handmade.states import State
from shop.handmade.typed import Unreadable
from shop.seen import check_seen
from shop.substances.forms import plain_form
from shop.substances.identity import slug_of
from shop.substances.strengths import parse_amounts, plain, without_content

STRENGTH_SLUG = 80
SLUG = 250


@dataclass(frozen=True)
class StrengthTyped:
    """`strength` as typed; `markets` checked; `content` of one container as typed, "" for none."""

    strength: str
    markets: list[str]
    content: str = ""


def state_of(variant: Variant) -> State:
    """What the form of a strength edits."""
    return {
        "strength": without_content(variant.strength),
        "content": f"{plain(variant.content)} {variant.content_unit}" if variant.content else "",
        "markets": tuple(variant.markets),
        "withdrawn": variant.withdrawn_on is not None,
    }


def is_of_directory(product: Product, variant: Variant) -> bool:
    """Whether an import knows the strength by its amounts, so that they cannot be changed."""
    return product.origin != rows.HAND and any(pack.origin != rows.HAND for pack in variant.packs)


def make_strength(slug: str, typed: StrengthTyped, actor_id: int | None, at: datetime) -> int:
    """A new strength without a price; returns its id. Raises Exists, NotFound and NotSaved."""
    rows.one_at_a_time()
    product = rows.locked(slug)
    read = _read(product, typed, None)
    check_strength(product, read.text, "strength")
    variant = Variant(
        product=product,
        slug=rows.free_slug(Variant, f"{product.slug} {slug_of(read.text, STRENGTH_SLUG)}", SLUG),
        price_basis="fixed",
        price_breaks=[],
        quantities=[],
        sold_outside_market=False,
    )
    _fill(variant, read, typed)
    sell_in_packs(product, variant)
    db.session.add(variant)
    rows.settle(product, actor_id, at)
    rows.record(Event.VARIANT_MADE, ("variant", variant.id), actor_id, at, {}, state_of(variant))
    return variant.id


def change_strength(
    slug: str, variant_id: int, typed: StrengthTyped, seen: str, actor_id: int | None, at: datetime
) -> bool:
    """Change a strength; returns whether its product was taken off sale by that.

    Other amounts are another medicine: refused where orders, prescriptions or lots name the strength, and
    taken off sale elsewhere. Raises ChangedMeanwhile, Exists, InUse, NotFound, NotSaved and OfDirectory.
    """
    rows.one_at_a_time()
    product = rows.locked(slug)
    variant = rows.strength_of(product, variant_id)
    before = state_of(variant)
    check_seen(seen, before)
    if (typed.strength, typed.content) == (before["strength"], before["content"]):
        variant.markets = typed.markets
        other = False
    else:
        other = _restate(product, variant, typed)
    off_sale = rows.settle(product, actor_id, at, off_sale=other)
    after = state_of(variant)
    if after != before:
        rows.record(Event.VARIANT_CHANGED, ("variant", variant.id), actor_id, at, before, after)
    return off_sale


def set_withdrawn(slug: str, variant_id: int, withdrawn: bool, actor_id: int | None, at: datetime) -> bool:
    """Withdraw a strength, or put it back; returns whether its product was taken off sale by that."""
    product = rows.locked(slug)
    variant = rows.strength_of(product, variant_id)
    before = state_of(variant)
    if withdrawn == bool(before["withdrawn"]):
        return False
    if not withdrawn and not fits(variant.strength, len(product.ingredients) or 1):
        raise NotSaved(
            "strength",
            f"“{variant.strength}” doesn’t have one amount for each ingredient of the product.",
            "Edit the strength first, then put it back.",
        )
    if not withdrawn:
        check_strength(product, variant.strength, "strength")
    variant.withdrawn_on = business_date(at) if withdrawn else None
    off_sale = rows.settle(product, actor_id, at)
    what = Event.VARIANT_WITHDRAWN if withdrawn else Event.VARIANT_RESTORED
    rows.record(what, ("variant", variant.id), actor_id, at, before, state_of(variant))
    return off_sale


def _restate(product: Product, variant: Variant, typed: StrengthTyped) -> bool:
    if is_of_directory(product, variant):
        raise OfDirectory
    read = _read(product, typed, variant)
    check_strength(product, read.text, "strength")
    other = read.key != _key(variant)
    if other and rows.used([variant.id]):
        raise InUse(
            "strength",
            "Orders, prescriptions or lots name this strength as it is.",
            "Make a new strength and withdraw this one.",
        )
    _fill(variant, read, typed)
    return other


def _key(variant: Variant) -> Key | None:
    amounts = parse_amounts(without_content(variant.strength))
    held = () if variant.content is None else ((variant.content, f"held, {variant.content_unit}"),)
    return None if amounts is None else (*amounts, *held)


def _read(product: Product, typed: StrengthTyped, but: Variant | None) -> Strength:
    """The strength typed, which no other strength of the product says in its own way."""
    others = [one for one in product.variants if one is not but]
    ordered_in = next((one.strength_unit for one in others if one.strength_value), "")
    by_container = sold_by_container(product)
    unit = plain_form(product.form, "").unit if by_container else product.unit
    try:
        read = read_strength(typed.strength, unit, len(product.ingredients) or 1, ordered_in)
    except Unreadable as error:
        raise NotSaved("strength", str(error)) from None
    try:
        read = with_content(read, typed.content, by_container)
    except Unreadable as error:
        raise NotSaved("content" if by_container else "strength", str(error)) from None
    for one in others:
        if one.strength == read.text or _key(one) == read.key:
            raise Exists("strength", f"The product has {one.strength} already.", product.slug, one.id)
    return read


def _fill(variant: Variant, read: Strength, typed: StrengthTyped) -> None:
    variant.strength, variant.strength_value, variant.strength_unit = read.text, read.value, read.unit
    variant.content, variant.content_unit = read.content, read.measure or None
    variant.markets = typed.markets
