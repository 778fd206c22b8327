"""Which products of the directory the store takes in, and the reason it gives for each it does not."""

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import StrEnum

from shop.imports.ndc.rows import ProductRow
from shop.safety.controlled import Code, Finding, finding, flagged_elsewhere
from shop.safety.subject import Subject
from shop.substances.names import moiety

HOMEOPATHIC = "UNAPPROVED HOMEOPATHIC"
UNAPPROVED = "UNAPPROVED"
POSTED = frozenset({"HUMAN PRESCRIPTION DRUG", "HUMAN OTC DRUG"})


class Refused(StrEnum):
    """Why a row is kept out; the value is what the report says."""

    MALFORMED = "malformed line"
    EXCLUDED = "excluded by the directory"
    CONTROLLED = "controlled substance"
    UNDECIDED = "may be controlled: its class or name says so, and no entry decides it"
    HOMEOPATHIC = "homeopathic"
    UNAPPROVED = "unapproved"
    NOT_BY_MAIL = "not dispensed by mail order: vaccines, allergenics, plasma, cells"
    REPEATED_SAME = "duplicate code, imported with its first row"
    REPEATED_OTHER = "code used for another medicine"
    SAMPLE = "sample package"
    NO_PRODUCT = "names a product that is not in the product file"
    PRODUCT_MALFORMED = "its product’s line is malformed"
    REPEATED_PACKAGE = "duplicate package code"
    PRODUCT_EXCLUDED = "product excluded by the directory"
    PRODUCT_CONTROLLED = "product with a controlled substance"
    PRODUCT_UNDECIDED = "product that may be controlled"
    PRODUCT_HOMEOPATHIC = "homeopathic product"
    PRODUCT_UNAPPROVED = "unapproved product"
    PRODUCT_NOT_BY_MAIL = "product not dispensed by mail order"
    PRODUCT_REPEATED = "product code used for another medicine"


OF_PRODUCT = {  # the reason given for the packages of an excluded product
    Refused.MALFORMED: Refused.PRODUCT_MALFORMED,
    Refused.EXCLUDED: Refused.PRODUCT_EXCLUDED,
    Refused.CONTROLLED: Refused.PRODUCT_CONTROLLED,
    Refused.UNDECIDED: Refused.PRODUCT_UNDECIDED,
    Refused.HOMEOPATHIC: Refused.PRODUCT_HOMEOPATHIC,
    Refused.UNAPPROVED: Refused.PRODUCT_UNAPPROVED,
    Refused.NOT_BY_MAIL: Refused.PRODUCT_NOT_BY_MAIL,
    Refused.REPEATED_OTHER: Refused.PRODUCT_REPEATED,
}


def refusal(row: ProductRow, found: Finding | None, included: Collection[str] = ()) -> Refused | None:
    """Why the row is kept out, or None. `found` is what `controlled_finding` says of it; `included` may name
    "homeopathic" and "unapproved".

    The first reason counts, in this order: excluded, controlled, homeopathic, unapproved, not by mail.
    """
    if row.excluded:
        return Refused.EXCLUDED
    if found is not None:
        return Refused.UNDECIDED if found.code is Code.UNDECIDED else Refused.CONTROLLED
    if row.category == HOMEOPATHIC:
        if "homeopathic" not in included:
            return Refused.HOMEOPATHIC
    elif row.category.startswith(UNAPPROVED) and "unapproved" not in included:
        return Refused.UNAPPROVED
    return None if row.kind in POSTED else Refused.NOT_BY_MAIL


def controlled_finding(row: ProductRow, added: Collection[str] = ()) -> Finding | None:
    """Why the row counts as controlled: by the store's own list, by its flag, or by the flag of other rows of
    a substance that no entry decides (`added`, as `substances.names.moiety` writes them)."""
    asked = Subject(row.substances, (row.generic, row.trade_name), row.form, row.classes, row.schedule)
    found = finding(asked)
    if found or not added:
        return found
    name = next((part for part in map(moiety, row.substances) if part in added), None)
    return flagged_elsewhere(name) if name else None


Refusal = tuple[str, int, str, str, str]  # file, line, code, reason, more of it
Sink = Callable[[Refusal], None]
PRODUCTS, PACKAGES = "products", "packages"
SHOWN_LINES = 20
_QUOTED = re.compile("“[^”]*”")


@dataclass
class Tally:
    """Rows of one file. `sink` is told every refusal; `malformed` keeps the first unreadable lines."""

    file: str
    sink: Sink | None = None
    taken_in: int = 0
    refused: Counter[Refused] = field(default_factory=Counter)
    malformed: list[tuple[int, str]] = field(default_factory=list)
    causes: Counter[str] = field(default_factory=Counter)  # of malformed lines, without what they quote

    @property
    def rows(self) -> int:
        return self.taken_in + self.refused.total()

    def refuse(self, line: int, code: str, why: Refused, more: str = "") -> None:
        self.refused[why] += 1
        if why is Refused.MALFORMED:
            self.causes[_QUOTED.sub("“…”", more)] += 1
            if len(self.malformed) < SHOWN_LINES:
                self.malformed.append((line, more))
        if self.sink:
            self.sink((self.file, line, code, why.value, more))


@dataclass
class Conflicts:
    """Rows with a blank flag although they contain a controlled substance, by substance."""

    by_substance: Counter[str] = field(default_factory=Counter)
    unexplained: tuple[frozenset[str], ...] = ()
