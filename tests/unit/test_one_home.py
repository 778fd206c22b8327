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
}
"""Names that a rule goes by, and what it is and where it lives."""


@cache
def definitions() -> tuple[tuple[str, str], ...]:
    """(name, module) of every function, class and constant of a module."""
    return tuple(
        (name, str(path.relative_to(SHOP.parent)))
        for path in sorted(SHOP.rglob("*.py"))
        for name in _defined(ast.parse(path.read_text()))
    )


def _defined(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


@pytest.mark.parametrize("names", HOMES)
def test_a_rule_is_defined_in_one_module(names):
    found = {module for name, module in definitions() if re.fullmatch(names, name)}
    assert len(found) == 1, HOMES[names]
