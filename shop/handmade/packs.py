"""Making and changing a pack by hand. Without an NDC it is known by a code of the store: STORE-12-1.

That code names the strength and counts its packs, stands in the columns of the NDC, and is printed on what
the pharmacy fills, so that a lot, a delivery and a search name one pack.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from shop.audit.events import Event
from shop.catalogue.models import Pack, Product, Variant
from shop.catalogue.ndc_codes import is_store_code, store_code
from shop.catalogue.sale_units import PackFacts, in_containers, pack_size, packaging, sale_units
from shop.clock import business_date
from shop.database import db
from shop.handmade import rows
from shop.handmade.refusals import Exists, InUse, NotSaved, OfDirectory
from shop.handmade.states import State
from shop.seen import check_seen
from shop.stock.models import Lot
from shop.substances.forms import is_poured


@dataclass(frozen=True)
class PackTyped:
    """A pack as typed, each part checked. `code` is the NDC as printed and as 11 digits, None for none."""

    code: tuple[str, str] | None
    labeler: str
    description: str
    size: int


def state_of(pack: Pack) -> State:
    """What the form of a pack edits."""
    return {
        "ndc": pack.ndc,
        "labeler": pack.labeler,
        "description": pack.description,
        "size": pack.size,
        "withdrawn": pack.withdrawn_on is not None,
    }


def is_of_directory(product: Product, pack: Pack) -> bool:
    """Whether an import would write the pack again."""
    return product.origin != rows.HAND and pack.origin != rows.HAND


def sell_in_packs(product: Product, variant: Variant) -> None:
    """Let the strength be sold as its packs say, counted out or whole. No import changes that again."""
    facts = []
    for pack in variant.packs:
        if not pack.withdrawn_on:
            found = packaging(pack.description)
            facts.append(PackFacts(pack.size, found.containers if found else ()))
    sold = sale_units(product.prescription_required, product.unit, is_poured(product.form), facts)
    variant.sold_as, variant.quantities = sold.sold_as, list(sold.steps)


def make_pack(slug: str, variant_id: int, typed: PackTyped, actor_id: int | None, at: datetime) -> int:
    """A new pack; returns its id. Raises Exists, NotFound and NotSaved."""
    rows.one_at_a_time()
    product = rows.locked(slug)
    variant = rows.strength_of(product, variant_id)
    _check(product, variant, typed, None)
    pack = Pack(origin=rows.HAND)
    _fill(pack, variant, typed)
    variant.packs.append(pack)
    sell_in_packs(product, variant)
    rows.settle(product, actor_id, at)
    rows.record(Event.PACK_MADE, ("pack", pack.id), actor_id, at, {}, state_of(pack))
    return pack.id


def change_pack(
    slug: str, variant_id: int, pack_id: int, typed: PackTyped, seen: str, actor_id: int | None, at: datetime
) -> None:
    """Change a pack. Raises ChangedMeanwhile, Exists, InUse, NotFound, NotSaved and OfDirectory."""
    rows.one_at_a_time()
    product = rows.locked(slug)
    variant = rows.strength_of(product, variant_id)
    pack = rows.pack_of(variant, pack_id)
    if is_of_directory(product, pack):
        raise OfDirectory
    before = state_of(pack)
    check_seen(seen, before)
    _check(product, variant, typed, pack)
    if typed.size != pack.size and db.session.scalar(select(exists().where(Lot.pack_id == pack.id))):
        raise InUse(
            "size",
            "Lots of this pack are on record with the number of units it has now.",
            "Make a new pack of the other size, and withdraw this one.",
        )
    _fill(pack, variant, typed)
    pack.origin = rows.HAND
    sell_in_packs(product, variant)
    rows.settle(product, actor_id, at)
    after = state_of(pack)
    if after != before:
        rows.record(Event.PACK_CHANGED, ("pack", pack.id), actor_id, at, before, after)


def set_withdrawn(
    slug: str, variant_id: int, pack_id: int, withdrawn: bool, actor_id: int | None, at: datetime
) -> None:
    """Withdraw a pack, or put it back. Raises NotFound and OfDirectory."""
    product = rows.locked(slug)
    variant = rows.strength_of(product, variant_id)
    pack = rows.pack_of(variant, pack_id)
    if is_of_directory(product, pack):
        raise OfDirectory
    before = state_of(pack)
    if withdrawn == bool(before["withdrawn"]):
        return
    pack.withdrawn_on = business_date(at) if withdrawn else None
    pack.origin = rows.HAND
    sell_in_packs(product, variant)
    rows.settle(product, actor_id, at)
    what = Event.PACK_WITHDRAWN if withdrawn else Event.PACK_RESTORED
    rows.record(what, ("pack", pack.id), actor_id, at, before, state_of(pack))


def _check(product: Product, variant: Variant, typed: PackTyped, but: Pack | None) -> None:
    said = _held(product, variant, typed)
    if said is not None and said != typed.size:
        raise NotSaved("size", f"The description says that the pack holds {said:,}. Correct one of the two.")
    if typed.code is None:
        return
    other = db.session.scalar(select(Pack).where(Pack.ndc11 == typed.code[1]))
    if other is not None and other is not but:
        strength = db.session.get(Variant, other.variant_id)
        assert strength
        raise Exists(
            "ndc", f"{other.ndc} is a pack of {strength.label} already.", strength.product.slug, strength.id
        )


def _held(product: Product, variant: Variant, typed: PackTyped) -> int | None:
    """How many units the description says, None where it does not."""
    if variant.content is None:
        return pack_size(typed.description, product.unit)
    held = in_containers(typed.description)
    if held and held[0] is not None and (held[0], held[1]) != (variant.content, variant.content_unit):
        raise NotSaved(
            "description", f"This strength comes in containers of {variant.content:f} {variant.content_unit}."
        )
    return held[2] if held else None


def _fill(pack: Pack, variant: Variant, typed: PackTyped) -> None:
    kept = pack.ndc if pack.ndc and is_store_code(pack.ndc) else None
    pack.ndc, pack.ndc11 = typed.code or (kept or _free_code(variant),) * 2
    pack.labeler, pack.description, pack.size = typed.labeler, typed.description, typed.size


def _free_code(variant: Variant) -> str:
    """The store's code for one more pack of the strength, which no pack ever had."""
    taken, number = {pack.ndc11 for pack in variant.packs}, 1
    while store_code(variant.id, number) in taken:
        number += 1
    return store_code(variant.id, number)
