"""Reading both files whole and judging every row: what the directory says should be in the store.

Needs no database. Products are read twice: which substances are controlled is known only after the last row.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern

from shop.catalogue.ndc_codes import eleven_digits
from shop.imports.ndc import files
from shop.imports.ndc.admission import (
    OF_PRODUCT,
    PACKAGES,
    PRODUCTS,
    Conflicts,
    Refused,
    Sink,
    Tally,
    refusal,
)
from shop.imports.ndc.packages import pack_size
from shop.imports.ndc.pages import Key, Page, Pages, Strength, place_of
from shop.imports.ndc.rows import MalformedRow, PackageRow, ProductRow, package_row, product_row
from shop.safety.controlled import Decision, Evidence, decide, reviewed_exceptions
from shop.substances.names import canonical, split

Advance = Callable[[str, int], None]
ROWS_A_STEP = 2_000


@dataclass(frozen=True, slots=True)
class StagedPack:
    """A package to stand beneath a strength."""

    strength: Strength
    ndc: str
    ndc11: str
    labeler: str
    description: str
    size: int | None


@dataclass
class Directory:
    """Everything the two files say, judged."""

    products: Tally
    packages: Tally
    conflicts: Conflicts = field(default_factory=Conflicts)
    pages: dict[str, Page] = field(default_factory=dict)
    packs: list[StagedPack] = field(default_factory=list)
    controlled_names: set[str] = field(default_factory=set)


def gather(
    products: Path, packages: Path, include: Collection[str], advance: Advance, sink: Sink | None = None
) -> Directory:
    """Read the product file and the package file.

    `include` may name "homeopathic" and "unapproved"; `advance` is told the step and how many rows it read.

    Raises:
        files.WrongFile: the file is another one, or breaks off.
    """
    next(files.read(packages, files.PACKAGE_COLUMNS, files.PRODUCT_COLUMNS), None)
    directory = Directory(Tally(PRODUCTS, sink), Tally(PACKAGES, sink))
    decision = _decide(products, directory, advance)
    owners = _Products(directory, decision, frozenset(include))
    for line in _counted(files.read(products, files.PRODUCT_COLUMNS), "Judging products", advance):
        owners.judge(line)
    seen: set[str] = set()
    for line in _counted(files.read(packages, files.PACKAGE_COLUMNS), "Reading packages", advance):
        _package(line, owners, directory, seen)
    directory.pages = owners.pages.by_identity
    return directory


def _decide(products: Path, directory: Directory, advance: Advance) -> Decision:
    evidence = Evidence()
    at = {name: files.PRODUCT_COLUMNS.index(name) for name in ("SUBSTANCENAME", "DEASCHEDULE")}
    lines = files.read(products, files.PRODUCT_COLUMNS, files.PACKAGE_COLUMNS)
    for line in _counted(lines, "Reading products", advance):
        if isinstance(line, files.Line):
            evidence.observe(split(line.fields[at["SUBSTANCENAME"]]), line.fields[at["DEASCHEDULE"]])
    decision = decide(evidence, reviewed_exceptions())
    directory.conflicts.unexplained = decision.unexplained
    return decision


class _Products:
    """Judges products and remembers, for their packages, where each went."""

    def __init__(self, directory: Directory, decision: Decision, include: frozenset[str]) -> None:
        self.directory, self.decision, self.include = directory, decision, include
        self.pages = Pages()
        self.homes: dict[str, tuple[Strength, str] | Refused] = {}
        self.places: dict[str, tuple[str, Key]] = {}

    def judge(self, line: files.Line | files.BadLine) -> None:
        """Take the row in, or count it as refused."""
        tally = self.directory.products
        try:
            row = product_row(_fields(line))
        except MalformedRow as trouble:
            fields = line.fields if isinstance(line, files.Line) else ("", "")
            self.homes.setdefault(fields[0], Refused.MALFORMED)
            tally.refuse(line.number, fields[1], Refused.MALFORMED, str(trouble))
            return
        self._note_controlled(row)
        why = refusal(row, self.decision, self.include) or self._place(row)
        if why is None:
            tally.taken_in += 1
            return
        if why is not Refused.REPEATED_SAME:
            self.homes[row.product_id] = why
        tally.refuse(line.number, row.code, why)

    def _note_controlled(self, row: ProductRow) -> None:
        substance = self.decision.controls(row.substances)
        if substance is None:
            return
        if not row.schedule and not row.excluded:
            self.directory.conflicts.by_substance[substance] += 1
        self.directory.controlled_names.update(
            canonical(name) for name in row.substances if self.decision.controls([name])
        )

    def _place(self, row: ProductRow) -> Refused | None:
        place = place_of(row)
        known = self.places.get(row.code)
        if known not in (None, (place.identity, place.key)):
            return Refused.REPEATED_OTHER
        self.places[row.code] = (place.identity, place.key)
        self.homes[row.product_id] = (self.pages.add(row, place), intern(row.labeler))
        return Refused.REPEATED_SAME if known else None


def _package(
    line: files.Line | files.BadLine, owners: _Products, directory: Directory, seen: set[str]
) -> None:
    tally = directory.packages
    try:
        row = package_row(_fields(line))
    except MalformedRow as trouble:
        code = line.fields[2] if isinstance(line, files.Line) else ""
        tally.refuse(line.number, code, Refused.MALFORMED, str(trouble))
        return
    ndc11 = eleven_digits(row.code)
    home = owners.homes.get(row.product_id, Refused.NO_PRODUCT)
    why = _refusal(row, home, ndc11 in seen)
    if why or isinstance(home, Refused):
        tally.refuse(line.number, row.code, why or Refused.NO_PRODUCT)
        return
    strength, labeler = home
    size = pack_size(row.description, strength.page.form.unit)
    if size:
        strength.sizes.add(size)
    seen.add(ndc11)
    directory.packs.append(StagedPack(strength, row.code, ndc11, labeler, row.description, size))
    tally.taken_in += 1


def _refusal(row: PackageRow, home: tuple[Strength, str] | Refused, repeated: bool) -> Refused | None:
    if isinstance(home, Refused):
        return OF_PRODUCT.get(home, home)
    if row.excluded:
        return Refused.EXCLUDED
    if row.sample:
        return Refused.SAMPLE
    return Refused.REPEATED_PACKAGE if repeated else None


def _fields(line: files.Line | files.BadLine) -> Sequence[str]:
    if isinstance(line, files.BadLine):
        raise MalformedRow(line.reason)
    return line.fields


def _counted(
    lines: Iterator[files.Line | files.BadLine], step: str, advance: Advance
) -> Iterator[files.Line | files.BadLine]:
    count = 0
    for count, line in enumerate(lines, start=1):
        yield line
        if count % ROWS_A_STEP == 0:
            advance(step, ROWS_A_STEP)
    advance(step, count % ROWS_A_STEP)
