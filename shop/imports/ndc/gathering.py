"""Reading both files whole and judging every row: what the directory says should be in the store.

Needs no database. Products are read twice: a flag on one row also keeps out the rows before it whose
substance no entry of `safety` decides.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from sys import intern

from shop.catalogue.ndc_codes import eleven_digits
from shop.imports.ndc import files, naming
from shop.imports.ndc.admission import (
    OF_PRODUCT,
    PACKAGES,
    PRODUCTS,
    Conflicts,
    Refused,
    Sink,
    Tally,
    controlled_finding,
    refusal,
)
from shop.imports.ndc.pages import Context, Page, Pages, StagedPack, Strength, place_of
from shop.imports.ndc.parting import StatedFacts, part_by_container, size_packs
from shop.imports.ndc.rows import MalformedRow, PackageRow, ProductRow, package_row, product_row
from shop.safety.controlled import decided, substance_in
from shop.substances.identity import Releases, is_extended, mark_in, titles
from shop.substances.names import KnownSubstances, canonical, moiety, split

Advance = Callable[[str, int], None]
Homes = dict[str, tuple[Strength, str] | Refused]  # by product id: strength and labeler, or why not
ROWS_A_STEP = 2_000
USUALLY_BAD, MOST_BAD = 20, 0.05


@dataclass
class Directory:
    """Everything the two files say, judged."""

    products: Tally
    packages: Tally
    conflicts: Conflicts = field(default_factory=Conflicts)
    pages: dict[str, Page] = field(default_factory=dict)
    packs: list[StagedPack] = field(default_factory=list)
    controlled_names: set[str] = field(default_factory=set)
    strengths: int = 0  # before pages are parted
    bare: int = 0  # of these, how many have no package
    unread: set[str] = field(default_factory=set)  # codes of products with a line that cannot be read


def gather(
    products: Path,
    packages: Path,
    include: Collection[str],
    advance: Advance,
    sink: Sink | None = None,
    joins: Mapping[tuple[str, str], str] | None = None,
    stated: Mapping[str, StatedFacts] | None = None,
) -> Directory:
    """Read the product file and the package file.

    `include` may name "homeopathic" and "unapproved"; `advance` is told the step and how many rows it read.
    `joins` are the extended releases that a person has put together, `stated` by 11 digits the sizes that
    one has read on labels.

    Raises:
        files.WrongFile: the file is another one, breaks off, or has too many lines that cannot be read.
    """
    next(files.read(packages, files.PACKAGE_COLUMNS, files.PRODUCT_COLUMNS), None)
    directory = Directory(Tally(PRODUCTS, sink), Tally(PACKAGES, sink))
    pages, homes = _read_products(products, directory, frozenset(include), advance, Releases(joins))
    _check_readable(products, directory.products)
    _read_packages(packages, directory, homes, advance)
    if directory.packages.rows:
        _check_readable(packages, directory.packages)
    homes.clear()
    sold = {id(pack.strength) for pack in directory.packs}
    every = [id(strength) for page in pages.values() for strength in page.strengths.values()]
    directory.strengths, directory.bare = len(every), len(every) - len(sold)
    directory.pages = part_by_container(pages, directory.packs)
    size_packs(directory.packs, stated or {})
    for page in directory.pages.values():
        page.settle()
    names = titles(page.naming for page in directory.pages.values())
    for page in directory.pages.values():
        page.name = names[page.identity]
    naming.forget()
    return directory


def _check_readable(path: Path, tally: Tally) -> None:
    """A few bad lines cost themselves; where they are many, nothing in the file can be trusted."""
    bad = tally.refused[Refused.MALFORMED]
    if not tally.rows:
        raise empty(path)
    if any(cause.endswith(files.BREAKS_OFF) for cause in tally.causes):
        raise files.WrongFile(
            f"{path.name} breaks off in its last line: the rest is missing. Nothing was written.",
            "The download may be cut off: try it again.",
        )
    if bad == tally.rows > 0 or bad > max(USUALLY_BAD, int(tally.rows * MOST_BAD)):
        cause, count = tally.causes.most_common(1)[0]
        number, example = tally.malformed[0]
        raise files.WrongFile(
            f"{path.name}: {bad:,} of {tally.rows:,} lines cannot be read, {count:,} of them because {cause} "
            f"(the first is line {number:,}: {example}).",
            "If a spreadsheet saved the file, use it as it was downloaded. Nothing was written.",
        )


def empty(path: Path) -> files.WrongFile:
    """The refusal of a file that has a header only."""
    return files.WrongFile(
        f"{path.name} has the directory’s column names, but no line below them. Nothing was written.",
        "The download may be cut off: try it again.",
    )


def _read_products(
    products: Path, directory: Directory, include: frozenset[str], advance: Advance, releases: Releases
) -> tuple[dict[str, Page], Homes]:
    """The pages by identity, and where every product went."""
    flagged, context = _observe(products, directory, advance, releases)
    owners = _Products(directory, flagged, context, include)
    for line in _counted(files.read(products, files.PRODUCT_COLUMNS), "Judging products", advance):
        owners.judge(line)
    naming.forget()
    return owners.pages.by_identity, owners.homes


def _read_packages(packages: Path, directory: Directory, homes: Homes, advance: Advance) -> None:
    seen: set[str] = set()
    for line in _counted(files.read(packages, files.PACKAGE_COLUMNS), "Reading packages", advance):
        _package(line, homes, directory, seen)


_OBSERVED = (
    "SUBSTANCENAME",
    "DEASCHEDULE",
    "DOSAGEFORMNAME",
    "APPLICATIONNUMBER",
    "PROPRIETARYNAME",
    "PROPRIETARYNAMESUFFIX",
    "NONPROPRIETARYNAME",
)
_observed = itemgetter(*map(files.PRODUCT_COLUMNS.index, _OBSERVED))


def _observe(
    products: Path, directory: Directory, advance: Advance, releases: Releases
) -> tuple[frozenset[str], Context]:
    """What only all rows together say: substances flagged where alone, marks of applications, all names."""
    alone: set[str] = set()
    together: set[frozenset[str]] = set()
    known: set[str] = set()
    lines = files.read(products, files.PRODUCT_COLUMNS, files.PACKAGE_COLUMNS)
    for line in _counted(lines, "Reading products", advance):
        if not isinstance(line, files.Line):
            continue
        substances, schedule, form, application, *called = _observed(line.fields)
        names = split(substances)
        known.update(names)
        if is_extended(form):
            releases.observe(names, application, mark_in(*called))
        if schedule:
            _note_flag(names, alone, together)
    directory.conflicts.unexplained = tuple(sorted(filter(None, together), key=sorted))
    return frozenset(alone), Context(releases, KnownSubstances(known))


def _note_flag(names: Sequence[str], alone: set[str], together: set[frozenset[str]]) -> None:
    """Substances, without salt, that no entry decides and a row flags where they stand alone.

    A flag on a mixture keeps out that row only: it does not say which of them is meant.
    """
    if not any(map(substance_in, names)):
        open_ones = frozenset(moiety(name) for name in names if not decided(name))
        (alone.update if len(names) == 1 else together.add)(open_ones)


class _Products:
    """Judges products and remembers, for their packages, where each went."""

    def __init__(
        self, directory: Directory, flagged: frozenset[str], context: Context, include: frozenset[str]
    ) -> None:
        self.directory, self.flagged, self.include = directory, flagged, include
        self.context = context
        self.pages = Pages()
        self.homes: Homes = {}
        self.strengths: dict[str, Strength] = {}  # by product code

    def judge(self, line: files.Line | files.BadLine) -> None:
        """Take the row in, or count it as refused."""
        tally = self.directory.products
        try:
            row = product_row(_fields(line))
        except MalformedRow as trouble:
            fields = line.fields if isinstance(line, files.Line) else ("", line.code)
            self.homes.setdefault(fields[0], Refused.MALFORMED)
            self.directory.unread.add(files.code_in(" ".join(fields[:2])))
            tally.refuse(line.number, fields[1], Refused.MALFORMED, str(trouble))
            return
        self._note_controlled(row)
        found = controlled_finding(row, self.flagged)
        why = refusal(row, found, self.include) or self._place(row)
        if why is None:
            tally.taken_in += 1
            return
        if why is not Refused.REPEATED_SAME:
            self.homes[row.product_id] = why
        tally.refuse(line.number, row.code, why, found.sentence if found else "")

    def _note_controlled(self, row: ProductRow) -> None:
        names = [
            name for name in row.substances if substance_in(name, row.form) or moiety(name) in self.flagged
        ]
        if not names:
            return
        if not row.schedule and not row.excluded:
            self.directory.conflicts.by_substance[moiety(names[0])] += 1
        self.directory.controlled_names.update(map(canonical, names))

    def _place(self, row: ProductRow) -> Refused | None:
        place = place_of(row, self.context)
        known = self.strengths.get(row.code)
        if known and (known.page.identity, known.key) != (place.identity, place.key):
            return Refused.REPEATED_OTHER
        strength = self.strengths[row.code] = self.pages.add(row, place)
        self.homes[row.product_id] = (strength, intern(row.labeler))
        return Refused.REPEATED_SAME if known else None


_UNDECIDED = (
    Refused.NO_PRODUCT,
    Refused.PRODUCT_MALFORMED,
    Refused.PRODUCT_REPEATED,
    Refused.REPEATED_PACKAGE,
)
"""Reasons that say nothing against the package itself."""


def _package(line: files.Line | files.BadLine, homes: Homes, directory: Directory, seen: set[str]) -> None:
    tally = directory.packages
    try:
        row = package_row(_fields(line))
    except MalformedRow as trouble:
        code = line.fields[2] if isinstance(line, files.Line) else ""
        said = line.code if isinstance(line, files.BadLine) else files.code_in(" ".join(line.fields[:3]))
        directory.unread.add(said)
        tally.refuse(line.number, code, Refused.MALFORMED, str(trouble))
        return
    ndc11 = eleven_digits(row.code)
    home = homes.get(row.product_id, Refused.NO_PRODUCT)
    why = _refusal(row, home, ndc11 in seen)
    if why and why not in _UNDECIDED:
        directory.unread.discard(row.code.rpartition("-")[0])
    if why or isinstance(home, Refused):
        tally.refuse(line.number, row.code, why or Refused.NO_PRODUCT)
        return
    strength, labeler = home
    seen.add(ndc11)
    directory.packs.append(StagedPack(strength, row.code, ndc11, labeler, row.description))
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
