"""Parting pages whose packs cannot be counted in whole mL or g: they are sold by the container.

A page with one bottle of 2.5 mL is sold in bottles, and each of its strengths becomes one for every content:
the bottle of 2.5 mL and that of 5 mL have prices and lots of their own. What is poured by the mL stays whole.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from shop.catalogue.sale_units import (
    PackFacts,
    SaleUnits,
    in_containers,
    opens,
    pack_size,
    packaging,
    sale_units,
    sold_by_container,
    whole_part,
)
from shop.imports.ndc.pages import Page, StagedPack, Strength, most_common_text
from shop.substances import identity as ids
from shop.substances.forms import is_poured

Held = tuple[Decimal, str]


class StatedFacts(NamedTuple):
    """What a person said a pack holds, in which unit, and how the directory described it then."""

    size: int
    unit: str
    description: str


def part_by_container(pages: dict[str, Page], packs: Sequence[StagedPack]) -> dict[str, Page]:
    """The pages by identity, those parted under a new one; their packs go with the parted strengths."""
    parted = {pack.strength.page.identity for pack in packs if _alone(pack)}
    held: defaultdict[str, list[StagedPack]] = defaultdict(list)
    for pack in packs:
        if pack.strength.page.identity in parted:
            held[pack.strength.page.identity].append(pack)
    for identity in parted:
        _part(pages[identity], held[identity])
    return {page.identity: page for page in pages.values()}


def size_packs(packs: Sequence[StagedPack], stated: Mapping[str, StatedFacts]) -> None:
    """Give every pack its size in what its page sells, and say of every strength how it is sold.

    What no description says may be `stated`: a person read it on the label, while it was described so. An
    inhaler with fewer doses than most of its strength is not one of these: its size stays unknown.
    """
    counted: defaultdict[Strength, Counter[PackFacts]] = defaultdict(Counter)
    usual = _usual_doses(packs)
    for pack in packs:
        found = packaging(pack.description)
        other = found is not None and found.doses > 1 and found.doses != usual[pack.strength]
        pack.size = (None if other else _size(pack)) or _stated(pack, stated.get(pack.ndc11))
        counted[pack.strength][_facts(pack.size, found.containers if found else ())] += 1
    for strength, every in counted.items():
        page = strength.page
        poured = is_poured(page.form.word)
        sold = sale_units(not page.over_the_counter, page.sale_unit, poured, every.elements())
        strength.sold = _shared(sold)


def _usual_doses(packs: Iterable[StagedPack]) -> dict[Strength, Decimal]:
    """How many doses most containers of a strength hold, the more of two that are equally many."""
    found: defaultdict[Strength, Counter[Decimal]] = defaultdict(Counter)
    for pack in packs:
        held = packaging(pack.description)
        if held and held.doses > 1:
            found[pack.strength][held.doses] += 1
    return {strength: max(many, key=lambda doses: (many[doses], doses)) for strength, many in found.items()}


@cache
def _facts(size: int | None, containers: tuple[str, ...]) -> PackFacts:
    """One object for the thousands of packs that are alike."""
    return PackFacts(size, containers)


@cache
def _shared(sold: SaleUnits) -> SaleUnits:
    return sold


def _alone(pack: StagedPack) -> bool:
    page = pack.strength.page
    return not _poured(page) and sold_by_container(pack.description, page.form.unit)


def _poured(page: Page) -> bool:
    return opens(not page.over_the_counter, page.form.unit, is_poured(page.form.word))


def _part(page: Page, packs: Sequence[StagedPack]) -> None:
    page.by_container = True
    page.identity = ids.identity(
        page.ingredients,
        page.form.word,
        most_common_text(page.brand) or None,
        page.over_the_counter,
        release=page.release,
        by_container=True,
    )
    parts: dict[tuple[Strength, Held], Strength] = {}
    for pack in packs:
        held = in_containers(pack.description)
        if held and held[0] is not None:
            pack.strength = _part_of(pack.strength, (held[0], held[1]), parts)
    used = {id(pack.strength) for pack in packs}
    whole = {key: one for key, one in page.strengths.items() if id(one) in used or not parts}
    in_order = sorted(parts.values(), key=lambda one: (one.measure, one.content or 0))
    page.strengths = whole | {one.key: one for one in in_order}


def _part_of(strength: Strength, held: Held, parts: dict[tuple[Strength, Held], Strength]) -> Strength:
    content, measure = held
    if (strength, held) not in parts:
        key = (*strength.key, (content, f"held, {measure}"))
        parts[strength, held] = replace(strength, key=key, content=content, measure=measure)
    return parts[strength, held]


def _stated(pack: StagedPack, said: StatedFacts | None) -> int | None:
    same = said and (said.unit, said.description) == (pack.strength.page.sale_unit, pack.description)
    return said.size if said and same else None


def _size(pack: StagedPack) -> int | None:
    page = pack.strength.page
    if page.by_container:
        held = in_containers(pack.description)
        return held[2] if held else None
    if _poured(page):
        return whole_part(pack.description, page.form.unit)
    return pack_size(pack.description, page.form.unit)
