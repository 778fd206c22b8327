"""Comparing the directory with the catalogue: what is to be added, changed and withdrawn. Writes nothing.

A page meets its product by identity, or by one that an earlier version of this store gave it; failing that, a
product made by hand is met by the NDCs of its packs. Prices, strengths as said and what is on sale are never
touched, nor is anything of products made by hand. Names, and the packs a strength is sold in, follow the
directory. A pack made by hand is left alone until the directory files its NDC under a product of
its own.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from shop.imports.ndc import existing
from shop.imports.ndc.existing import Catalogue, KnownPack, KnownProduct
from shop.imports.ndc.gathering import Directory
from shop.imports.ndc.pages import Page, StagedPack, Strength
from shop.safety.controlled import in_every_form
from shop.substances.strengths import mark


@dataclass
class Plan:
    """What one run would do. Ids are the catalogue's; pages, strengths and packs are the directory's."""

    known: Catalogue
    product_ids: dict[str, int] = field(default_factory=dict)  # of pages met, by identity
    variant_ids: dict[Strength, int] = field(default_factory=dict)
    new_pages: list[Page] = field(default_factory=list)
    new_strengths: list[Strength] = field(default_factory=list)
    new_packs: list[StagedPack] = field(default_factory=list)
    new_ingredients: dict[str, bool] = field(default_factory=dict)  # name, controlled
    now_controlled: list[int] = field(default_factory=list)
    new_categories: list[str] = field(default_factory=list)
    new_links: list[tuple[int, str]] = field(default_factory=list)  # product met, category's name
    changed_products: dict[int, dict[str, Any]] = field(default_factory=dict)
    changed_strengths: dict[int, dict[str, Any]] = field(default_factory=dict)
    changed_packs: dict[int, dict[str, Any]] = field(default_factory=dict)
    moved_packs: dict[int, StagedPack] = field(default_factory=dict)
    same_unit: set[int] = field(default_factory=set)  # of packs moved or resized: lots count on as they did
    withdrawn_packs: list[int] = field(default_factory=list)
    left_packs: int = 0  # packs left as they are, because a line about their product cannot be read
    left_products: set[int] = field(default_factory=set)
    withdrawn_products: list[KnownProduct] = field(default_factory=list)
    directory_packs: int = 0  # packs of the directory's products that are not withdrawn yet
    directory_strengths: int = 0  # strengths that these packs are of
    directory_products: int = 0  # products of the directory that are not withdrawn yet
    lost_strengths: int = 0  # of these, how many keep none of their packs
    fingerprint: tuple[int, ...] = ()  # of the catalogue compared with
    touched: set[int] = field(default_factory=set)  # products whose pages or packs change

    @cached_property
    def is_empty(self) -> bool:
        """Whether the catalogue agrees with the directory already."""
        return not any(
            (
                self.new_pages,
                self.new_strengths,
                self.new_packs,
                self.new_ingredients,
                self.now_controlled,
                self.new_categories,
                self.new_links,
                self.changed_products,
                self.changed_strengths,
                self.changed_packs,
                self.moved_packs,
                self.withdrawn_packs,
                self.withdrawn_products,
            )
        )


def plan(directory: Directory) -> Plan:
    """Compare the directory with what the catalogue holds now."""
    result = Plan(existing.catalogue(), fingerprint=existing.fingerprint())
    _meet(result, directory)
    for page in directory.pages.values():
        product_id = result.product_ids.get(page.identity)
        if product_id is None:
            result.new_pages.append(page)
            result.new_strengths += page.strengths.values()
        else:
            _compare_product(result, page, result.known.products[product_id])
            _compare_strengths(result, page, product_id)
    _compare_packs(result, directory)
    _compare_words(result, directory)
    _withdraw_products(result)
    return result


def _meet(result: Plan, directory: Directory) -> None:
    by_identity = {p.identity: p.id for p in result.known.products.values() if p.identity}
    for identity in directory.pages:
        if identity in by_identity:
            result.product_ids[identity] = by_identity[identity]
    met = set(result.product_ids.values())
    for page in _largest_first(directory, result.product_ids):
        products = {by_identity[one] for one in page.former if one in by_identity} - met
        fitting = [one for one in sorted(products) if result.known.products[one].unit == page.sale_unit]
        if fitting:
            result.product_ids[page.identity] = fitting[0]
            met.add(fitting[0])
    by_hand = {p.id for p in result.known.products.values() if not p.of_directory and p.id not in met}
    for product_id, identity in _adopted(result, directory, by_hand):
        result.product_ids.setdefault(identity, product_id)


def _largest_first(directory: Directory, met: dict[str, int]) -> list[Page]:
    """Pages not met yet: of several that were one, that with the most packs keeps its address."""
    pages = [page for identity, page in directory.pages.items() if identity not in met]
    packs = Counter(pack.strength.page.identity for pack in directory.packs)
    return sorted(pages, key=lambda page: (-packs[page.identity], page.identity))


def _adopted(result: Plan, directory: Directory, by_hand: set[int]) -> Iterator[tuple[int, str]]:
    """Products made by hand, with the page that most of their packs are on."""
    if not by_hand:
        return
    pages = {pack.ndc11: pack.strength.page for pack in directory.packs}
    packs_on: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for pack in existing.packs():
        product_id = result.known.product_of[pack.variant_id]
        page = pages.get(pack.ndc11)
        if product_id in by_hand and page and page.sale_unit == result.known.products[product_id].unit:
            packs_on[product_id][page.identity] += 1
    for product_id, counted in sorted(packs_on.items()):
        yield product_id, min(counted, key=lambda identity: (-counted[identity], identity))


def _compare_product(result: Plan, page: Page, product: KnownProduct) -> None:
    changes: dict[str, Any] = {}
    if product.withdrawn_on and product.of_directory:
        changes["withdrawn_on"] = None
    if product.identity is None or (product.of_directory and product.identity != page.identity):
        changes |= {"identity": page.identity, "equivalence": page.equivalence}
    if product.of_directory:
        wanted = {"route": page.route, "name": page.name, "release": page.release or None}
        changes |= {name: value for name, value in wanted.items() if getattr(product, name) != value}
    if product.regulatory != json.dumps(page.regulatory):
        changes["regulatory"] = page.regulatory
    if changes:
        result.changed_products[product.id] = changes
        result.touched.add(product.id)
    if product.of_directory:
        links = {name for name in page.categories if not _linked(result.known, product.id, name)}
        result.new_links += [(product.id, name) for name in sorted(links)]
        if links:
            result.touched.add(product.id)


def _linked(known: Catalogue, product_id: int, category: str) -> bool:
    return (product_id, known.categories.get(category, 0)) in known.linked


def _compare_strengths(result: Plan, page: Page, product_id: int) -> None:
    known = result.known.strengths[product_id]
    for key, strength in page.strengths.items():
        variant_id = known.by_key.get(key) or known.by_mark.get(mark(key)) or known.by_text.get(strength.text)
        if variant_id is None:
            result.new_strengths.append(strength)
            result.touched.add(product_id)
        else:
            result.variant_ids[strength] = variant_id
            _compare_sale_units(result, strength, variant_id, product_id)


def _compare_sale_units(result: Plan, strength: Strength, variant_id: int, product_id: int) -> None:
    known = result.known
    if not known.products[product_id].of_directory or variant_id in known.with_own_packs:
        return
    sold = strength.sold
    if result.known.sale_units.get(variant_id) != (sold.sold_as, sold.steps):
        result.changed_strengths[variant_id] = {"sold_as": sold.sold_as, "quantities": list(sold.steps)}
        result.touched.add(product_id)


def _compare_packs(result: Plan, directory: Directory) -> None:
    staged = {pack.ndc11: pack for pack in directory.packs}
    met = set(result.product_ids.values())
    had, kept = set[int](), set[int]()
    for known in existing.packs():
        product = result.known.products[result.known.product_of[known.variant_id]]
        pack = staged.pop(known.ndc11, None)
        if product.of_directory and not known.withdrawn_on and not known.by_hand:
            result.directory_packs += 1
            had.add(known.variant_id)
            if pack is not None and result.variant_ids.get(pack.strength) == known.variant_id:
                kept.add(known.variant_id)
        if pack is not None:
            _compare_pack(result, known, pack, product)
        elif known.withdrawn_on or known.by_hand or not (product.of_directory or product.id in met):
            continue
        elif known.ndc.rpartition("-")[0] in directory.unread:
            result.left_packs += 1
            result.left_products.add(product.id)
            result.changed_strengths.pop(known.variant_id, None)
            kept.add(known.variant_id)
        else:
            result.withdrawn_packs.append(known.id)
            result.touched.add(product.id)
    result.directory_strengths, result.lost_strengths = len(had), len(had - kept)
    result.new_packs = list(staged.values())
    for pack in result.new_packs:
        if pack.strength.page.identity in result.product_ids:
            result.touched.add(result.product_ids[pack.strength.page.identity])


def _compare_pack(result: Plan, known: KnownPack, pack: StagedPack, product: KnownProduct) -> None:
    by_hand = known.by_hand and not product.of_directory
    changes: dict[str, Any] = {"withdrawn_on": None} if known.withdrawn_on and not by_hand else {}
    if product.of_directory:
        if known.by_hand:
            changes["origin"] = "ndc"
        fields = ("ndc", "labeler", "description", "size")
        changes |= {
            name: getattr(pack, name) for name in fields if getattr(pack, name) != getattr(known, name)
        }
        if result.variant_ids.get(pack.strength) != known.variant_id:
            result.moved_packs[known.id] = pack
            result.touched.add(product.id)
    if changes:
        result.changed_packs[known.id] = changes
        result.touched.add(product.id)
    if product.unit == pack.strength.page.sale_unit and (changes or known.id in result.moved_packs):
        result.same_unit.add(known.id)


def _compare_words(result: Plan, directory: Directory) -> None:
    """Ingredients and categories that are not there yet, and ingredients not yet marked as controlled.

    What an earlier list let in is found here too: every ingredient of the catalogue is asked for by name.
    """
    known = result.known
    categories = {name for page in result.new_pages for name in page.categories}
    categories |= {name for _product, name in result.new_links}
    result.new_categories = sorted(categories - known.categories.keys())
    wanted = {name: False for page in result.new_pages for name in page.ingredients}
    wanted |= dict.fromkeys(directory.controlled_names, True)
    wanted |= {name: True for name in known.ingredients if in_every_form(name)}
    for name, controlled in sorted(wanted.items()):
        key, marked = known.ingredients.get(name, (None, False))
        if key is None:
            result.new_ingredients[name] = controlled
        elif controlled and not marked:
            result.now_controlled.append(key)


def _withdraw_products(result: Plan) -> None:
    met = set(result.product_ids.values())
    for product in result.known.products.values():
        if not product.of_directory or product.withdrawn_on:
            continue
        result.directory_products += 1
        if product.id not in met and product.id not in result.left_products:
            result.withdrawn_products.append(product)
            result.touched.add(product.id)
