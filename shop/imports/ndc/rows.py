"""One line of each file as a row: checked, in the pharmacy's words, not yet judged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from shop.catalogue.ndc_codes import is_package_code, is_product_code
from shop.numbers import shown_mark
from shop.substances.names import canonical, split
from shop.substances.strengths import Amount, UnreadableStrength, amount

LABELER_LENGTH = 200
DESCRIPTION_LENGTH = 1000
APPLICATION_LENGTH = 40
STAYS = ("N", "")
"""Flags of what is sold. "E" and "Y" exclude it, and so does a letter that nobody has explained yet."""


class MalformedRow(ValueError):
    """A row that says something impossible; the message says what."""


class ProductFields(NamedTuple):
    """A line of a product file as it is written, in the order of `files.PRODUCT_COLUMNS`."""

    product_id: str
    code: str
    kind: str
    trade_name: str
    suffix: str
    generic: str
    form: str
    routes: str
    start: str
    end: str
    category: str
    application: str
    labeler: str
    substances: str
    numbers: str
    units: str
    classes: str
    schedule: str
    flag: str


class PackageFields(NamedTuple):
    """A line of a package file as it is written, in the order of `files.PACKAGE_COLUMNS`."""

    product_id: str
    product_code: str
    code: str
    description: str
    start: str
    end: str
    flag: str
    sample: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A labeler's product. `amounts` pairs each substance with how much of it there is, by canonical name."""

    product_id: str
    code: str
    kind: str
    trade_name: str
    suffix: str
    generic: str
    form: str
    routes: str
    category: str
    application: str
    labeler: str
    substances: tuple[str, ...]
    amounts: tuple[tuple[str, Amount], ...]
    classes: str
    schedule: str
    excluded: bool

    @property
    def over_the_counter(self) -> bool:
        return self.kind == "HUMAN OTC DRUG"


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A labeler's package of a product."""

    product_id: str
    code: str
    description: str
    excluded: bool
    sample: bool


def product_row(fields: Sequence[str]) -> ProductRow:
    """The row of a product file's fields, in the order of `files.PRODUCT_COLUMNS`.

    Raises:
        MalformedRow: an invalid code, date, flag, or strength.
    """
    said = ProductFields._make(fields)
    _require(bool(said.product_id), "the product’s id is missing")
    _require(is_product_code(said.code), f"“{said.code[:20]}” is not a product code")
    _check_same(said.product_id, said.code)
    _check_dates(said.start, said.end)
    _require(bool(said.kind and said.form and said.labeler), "the type, the form or the labeler is missing")
    _require(bool(said.generic or said.substances), "neither a name nor a substance is stated")
    names = split(said.substances)
    return ProductRow(
        product_id=said.product_id,
        code=said.code,
        kind=said.kind.upper(),
        trade_name=said.trade_name,
        suffix=said.suffix,
        generic=said.generic,
        form=said.form,
        routes=said.routes,
        category=said.category.upper(),
        application=said.application.upper()[:APPLICATION_LENGTH],
        labeler=said.labeler[:LABELER_LENGTH],
        substances=tuple(names),
        amounts=_amounts(names, said.numbers, said.units),
        classes=said.classes,
        schedule=said.schedule.upper(),
        excluded=said.flag.upper() not in STAYS,
    )


def package_row(fields: Sequence[str]) -> PackageRow:
    """The row of a package file's fields, in the order of `files.PACKAGE_COLUMNS`.

    Raises:
        MalformedRow: an invalid code or date, no description, or fields that name different products.
    """
    said = PackageFields._make(fields)
    _require(is_package_code(said.code), f"“{said.code[:20]}” is not a package code")
    product = said.code.rpartition("-")[0]
    if said.product_code not in ("", product):
        raise _differing(said.code, said.product_code)
    _check_same(said.product_id, product)
    described = _DESCRIBED.match(said.description)
    if described and described[1] != product:
        raise _differing(said.code, described[1])
    _check_dates(said.start, said.end)
    _require(bool(said.product_id and said.description), "the product’s id or the description is missing")
    return PackageRow(
        said.product_id,
        said.code,
        said.description[:DESCRIPTION_LENGTH],
        excluded=said.flag.upper() not in STAYS,
        sample=said.sample.upper() == "Y",
    )


def _amounts(names: Sequence[str], numbers: str, units: str) -> tuple[tuple[str, Amount], ...]:
    figures, measures = split(numbers), split(units)
    if not figures and not measures:
        return ()
    if not len(names) == len(figures) == len(measures):
        raise MalformedRow("substances, strengths, and units differ in number")
    try:
        pairs = [
            (canonical(name), amount(_with_point(figure), _as_filed(unit)))
            for name, figure, unit in zip(names, figures, measures, strict=True)
        ]
    except UnreadableStrength as trouble:
        raise MalformedRow(str(trouble)) from trouble
    if any(not one.value for _name, one in pairs):
        raise MalformedRow("a strength is zero")
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


_OF_ID = re.compile(r"(\d{4,5}-\d{3,4})_", re.ASCII)
_DESCRIBED = re.compile(r"[^(*]*\((?:NDC:? ?)?(\d{4,5}-\d{3,4})-\d{1,2}\)", re.ASCII)
"""The package's own code in its description: the first one, before the parts of a kit."""


def _check_same(product_id: str, code: str) -> None:
    """The directory's ids begin with the product's code: 0071-0155_f0bc9a31-…."""
    found = _OF_ID.match(product_id)
    if found and found[1] != code:
        raise _differing(code, found[1])


def _differing(one: str, other: str) -> MalformedRow:
    return MalformedRow(
        f"“{one}” and “{other[:20]}” in one line are different products: was one column sorted alone?"
    )


def _check_dates(start: str, end: str) -> None:
    for day in (start, end):
        _require(not day or _is_day(day), f"“{day[:20]}” is not a date")


_FILED = {"gm": "g", "mcg": "ug", "iu": "[iU]", **{unit: unit for unit in ("mg", "g", "kg", "ng", "ug")}}
_UNIT = re.compile(r"[a-z]+", re.ASCII | re.IGNORECASE)


@lru_cache(maxsize=4096)
def _as_filed(unit: str) -> str:
    """A unit as the directory spells it, of one that another program spelled: "MG/5ML", "µg/1", "IU/1"."""
    spelled = unit.replace("µ", "u").replace("μ", "u")
    return spelled if "[" in unit else _UNIT.sub(lambda word: _FILED.get(word[0].lower(), word[0]), spelled)


def _with_point(figure: str) -> str:
    """A strength with a decimal comma, which only a spreadsheet writes: "0,5". Of "1,250" nobody can tell."""
    return figure.replace(",", ".") if shown_mark(figure) == "," and "." not in figure else figure


_DAYS = (
    (re.compile(r"\d{8}(?:\.0)?", re.ASCII), ("%Y%m%d",)),
    (re.compile(r"\d{4}-\d\d?-\d\d?", re.ASCII), ("%Y-%m-%d",)),
    (re.compile(r"\d\d?/\d\d?/\d{4}", re.ASCII), ("%m/%d/%Y", "%d/%m/%Y")),
    (re.compile(r"\d\d?/\d\d?/\d\d", re.ASCII), ("%m/%d/%y", "%d/%m/%y")),
    (re.compile(r"\d\d?-\d\d?-\d{4}", re.ASCII), ("%m-%d-%Y", "%d-%m-%Y")),
    (re.compile(r"\d\d?\.\d\d?\.\d{4}", re.ASCII), ("%d.%m.%Y",)),
)
"""How the directory writes a day, and how spreadsheets do. No day is kept: it is only checked."""


@lru_cache(maxsize=65536)
def _is_day(text: str) -> bool:
    bare = text.removesuffix(" 00:00:00").removesuffix(" 0:00")
    return any(
        shape.fullmatch(bare) and any(_fits(bare.removesuffix(".0"), form) for form in forms)
        for shape, forms in _DAYS
    )


def _fits(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).year > 0  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        return False


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise MalformedRow(otherwise)
