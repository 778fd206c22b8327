"""A rule has one home. What stood twice before may be defined in one module only; who needs it asks there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SHOP = Path(__file__).parents[2] / "shop"

HOMES = {
    r"outlasts|\w*SUPPLY_DAYS|\w*DAYS_SUPPLY": "until when a lot has to be good: shop/stock/rules.py",
    r"FEWEST_DIGITS|SHORTEST_CODE|code_starts": "what begins a package code: beside the text filters",
    r"MOST_UNITS": "units of a line or fill, a household's supply: shop/catalogue/sale_units.py",
    r"page_number|asked_page": "the page that an address asks for: shop/paging.py",
    r"lowest_price": "what a unit costs in the largest pack: the catalogue's rules",
    r"price_per": "what a mg costs, in the list and on the page: the catalogue's rules",
    r"AddressColumns|PostalAddress|DeliveryAddress": "the fields of an address: shop/addresses.py",
    r"Snapshots?": "how a disposable copy is written and switched: shop/projections/store.py",
    r"Reader": "how a disposable copy is noticed and opened: shop/projections/store.py",
    r"transition": "a step of a state machine as one UPDATE: shop/database.py",
    r"LONGEST_NOTE": "characters of a note: shop/form_fields.py",
    r"MOST_MATCHES": "medicines looked for in the stock's lists: shop/admin/stock_pages.py",
    r"NOT_YET_CAPTURED|RELEASED": "what the states of a payment mean: shop/payments/states.py",
    r"ONES|TENS": "numbers in words: shop/prescriptions/verification/number_words.py",
    r"slug_of": "what an address is made of: shop/substances/identity.py",
    r"ROOT": "the folder of the program: shop/config.py",
    r"price_in_words|rule_in_words": "a price or rule as the store writes it: shop/pricing/plan.py",
    r"good_on|expires_by": "until when a lot is good: shop/stock/rules.py",
    r"valid_on": "until when a prescription is good: shop/prescriptions/rules.py",
}
"""Names that a rule goes by, and what it is and where it lives."""


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the store: its path and its source."""
    return tuple(
        (str(path.relative_to(SHOP.parent)), ast.parse(path.read_text()))
        for path in sorted(SHOP.rglob("*.py"))
    )


@cache
def definitions() -> tuple[tuple[str, str], ...]:
    """(name, module) of every function, class and constant that stands in a module itself."""
    return tuple((name, module) for module, tree in modules() for name in _defined(tree))


def _defined(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


IMPORTED = {"stdnum.luhn": {"shop/prescriptions/rules.py", "shop/payments/sandbox/cards.py"}}
"""Libraries that have a rule, and who asks them for it."""


@pytest.mark.parametrize("names", HOMES)
def test_a_rule_is_defined_in_one_module(names):
    found = {module for name, module in definitions() if re.fullmatch(names, name)}
    assert len(found) == 1, HOMES[names]


@pytest.mark.parametrize("library", IMPORTED)
def test_what_a_library_has_is_asked_of_it(library):
    package, _, name = library.rpartition(".")
    asking = {
        module
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == package
        and name in {one.name for one in node.names}
    }
    assert asking == IMPORTED[library]
    assert not [name for name, _ in definitions() if "luhn" in name.casefold()]


def test_an_address_is_asked_for_its_page_in_one_way():
    """Whoever reads "page" from an address hands it straight to `paging.page_number`."""
    for module, tree in modules():
        handed = {
            id(argument)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "page_number"
            for argument in node.args
        }
        read = [node for node in ast.walk(tree) if _reads_page(node)]
        assert {id(node) for node in read} <= handed, module


def _reads_page(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value="page"), *_]):
            return True
        case ast.Subscript(slice=ast.Constant(value="page")):
            return True
    return False


LAST_DAYS = {"expires_on"}
"""Columns that hold a last day, which is still a good one: of lots and of prescriptions."""
ASK_OF_LAST_DAYS = {("shop/stock/rules.py", "good_on"), ("shop/stock/rules.py", "expires_by")} | {
    ("shop/prescriptions/rules.py", "valid_on")
}


def test_only_its_home_compares_a_last_day():
    """Elsewhere nobody decides anew whether the last day still counts."""
    found = {
        (module, definition.name if isinstance(definition, ast.FunctionDef) else "")
        for module, tree in modules()
        for definition in tree.body
        for node in ast.walk(definition)
        if isinstance(node, ast.Compare) and _orders_a_last_day(node)
    }
    assert found == ASK_OF_LAST_DAYS


ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def _orders_a_last_day(comparison: ast.Compare) -> bool:
    """Whether it puts a last day before or after something: `row.expires_on < today`, also reckoned with."""
    sides = (comparison.left, *comparison.comparators)
    return any(isinstance(one, ORDERED) for one in comparison.ops) and any(
        _names_a_last_day(part) for side in sides for part in ast.walk(side)
    )


def _names_a_last_day(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in LAST_DAYS
    return False


@pytest.mark.parametrize(
    ("written", "orders"),
    [
        ("row.expires_on >= today", True),
        ("today > expires_on", True),
        ("expires_on - today <= SOON", True),
        ("lot.expires_on == typed", False),
        ("expires_on is not None", False),
        ("good_on(day) >= today", False),
    ],
)
def test_a_comparison_with_a_last_day_is_recognized(written, orders):
    comparison = ast.parse(written, mode="eval").body
    assert isinstance(comparison, ast.Compare)
    assert _orders_a_last_day(comparison) == orders
