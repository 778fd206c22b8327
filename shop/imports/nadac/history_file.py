"""Reading Parquet: a price history (periods by NDC) or weeks as CMS publishes them, a batch at a time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from shop.imports.nadac.rows import NO_DAY, NO_UNIT, OPEN, Rows, SurveyRefused, checked, ndc_code
from shop.imports.nadac.weekly_file import UNIT, WeeklyFile, columns, folded, lacking
from shop.pricing.acquisition import Kind

COLUMNS = ("ndc", "effective_date", "end_date", "nadac_per_unit")
BATCH = 1 << 16
MOST_ROWS = 10_000_000
GET_ONE = (
    "Use a history with the columns ndc, effective_date, end_date and nadac_per_unit, or the NADAC file "
    "as CMS publishes it."
)
_BROKEN = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    MemoryError,
    RuntimeError,
)  # Arrow raises these too


class HistoryFile:
    """An opened history. A row's number counts from 1."""

    kind = Kind.HISTORY

    def __init__(self, name: str, file: Any, names: Mapping[str, str]) -> None:
        self.name, self.file, self.names = name, file, names
        self.total = int(file.metadata.num_rows)
        self.newest = date.min

    def batches(self, today: date) -> Iterator[Rows]:
        """The rows, checked. They name no unit."""
        import pyarrow as pa

        number = 0
        try:
            names = self.names
            for batch in self.file.iter_batches(BATCH, columns=list(names.values())):
                rows = checked(
                    np.arange(number + 1, number + 1 + len(batch), dtype=np.int32),
                    _codes(batch.column(names["ndc"])),
                    _days(batch.column(names["effective_date"]), NO_DAY),
                    _days(batch.column(names["end_date"]), OPEN),
                    _prices(batch.column(names["nadac_per_unit"])),
                    np.full(len(batch), NO_UNIT, np.int8),
                    today,
                )
                number += len(batch)
                self.newest = max(self.newest, rows.newest)
                yield rows
        except (pa.ArrowException, *_BROKEN) as trouble:
            raise SurveyRefused(
                f"{self.name} is damaged after row {number}.", "Download the file again."
            ) from trouble
        if number != self.total:  # a damaged page may be read as an empty one
            raise SurveyRefused(f"{self.name} is damaged after row {number}.", "Download the file again.")

    def published(self) -> date:
        """Its latest effective date. Known once it has been read."""
        return self.newest


def open_parquet(path: Path) -> HistoryFile | WeeklyFile:
    """Look at the columns, or refuse the file with what is missing."""
    try:
        import pyarrow as pa  # 170 MB that nothing else needs: installed by whoever reads histories
        import pyarrow.parquet as pq
    except ImportError as absent:
        raise SurveyRefused(
            f"{path.name} is a Parquet file, and the package that reads those is not installed.",
            "Run “make install-parquet”, then import it again.",
        ) from absent

    try:
        file = pq.ParquetFile(path)
        schema = file.schema_arrow
        names = {column: _named(schema.names, column) for column in COLUMNS}
        if all(map(schema.names.count, names.values())):
            file = pq.ParquetFile(path, read_dictionary=[names["ndc"]])
            schema = file.schema_arrow
    except (pa.ArrowException, *_BROKEN) as trouble:
        raise SurveyRefused(
            f"{path.name} is a damaged or incomplete price history.", "Download the file again."
        ) from trouble
    if "end date" not in map(folded, schema.names) and lacking(schema.names) in ([], [UNIT]):
        return _weeks(path, file)
    known = [folded(name) for name in schema.names]
    missing = [column for column in COLUMNS if known.count(folded(column)) != 1]
    if missing:
        raise SurveyRefused(f"{path.name} is not a price history. It lacks {', '.join(missing)}.", GET_ONE)
    if wrong := _wrong_types(schema, names):
        raise SurveyRefused(f"{path.name} is not a price history: {wrong} has the wrong type.", GET_ONE)
    _check_size(path, file)
    return HistoryFile(path.name, file, names)


def _check_size(path: Path, file: Any) -> None:
    if not 0 < file.metadata.num_rows <= MOST_ROWS:
        size = "has no rows" if file.metadata.num_rows < 1 else "has more rows than any price history"
        raise SurveyRefused(f"{path.name} {size}.", "Download the file again.")


def _weeks(path: Path, file: Any) -> WeeklyFile:
    """The columns of the data portal in a Parquet file: read as its text is, line by line."""
    import pyarrow as pa

    _check_size(path, file)
    names = file.schema_arrow.names

    def lines() -> Iterator[tuple[int, Sequence[Any]]]:
        number = 0
        try:
            for batch in file.iter_batches(BATCH):
                for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    yield number, ["" if cell is None else cell for cell in cells]
        except (pa.ArrowException, *_BROKEN) as trouble:
            raise SurveyRefused(
                f"{path.name} is damaged after row {number}.", "Download the file again."
            ) from trouble

    return WeeklyFile(path.name, lines, int(file.metadata.num_rows), columns(names, path.name), None)


def _named(names: Sequence[str], column: str) -> str:
    """What a file calls a column: "NADAC Per Unit" is nadac_per_unit."""
    return next((name for name in names if folded(name) == folded(column)), column)


def _wrong_types(schema: Any, names: Mapping[str, str]) -> str | None:
    """The first column that holds something else than text, days and numbers."""
    import pyarrow.types as of

    ndc = schema.field(names["ndc"]).type
    text = ndc.value_type if of.is_dictionary(ndc) else ndc
    if not (of.is_string(text) or of.is_large_string(text)):
        return "ndc"
    for column in ("effective_date", "end_date"):
        kind = schema.field(names[column]).type
        if not (of.is_date(kind) or of.is_timestamp(kind)):
            return column
    price = schema.field(names["nadac_per_unit"]).type
    return None if of.is_floating(price) or of.is_decimal(price) else "nadac_per_unit"


def _codes(column: Any) -> Any:
    """NDCs as numbers. Each distinct text is read once, however often it occurs in the file."""
    import pyarrow as pa

    if not isinstance(column, pa.DictionaryArray):
        column = column.dictionary_encode()
    known = np.array([ndc_code(text or "") for text in column.dictionary.to_pylist()] + [-1], np.int64)
    return known[column.indices.cast(pa.int64()).fill_null(len(known) - 1).to_numpy(False)]


def _prices(column: Any) -> Any:
    import pyarrow as pa

    prices = column.cast(pa.float64()).fill_null(np.nan).to_numpy(False)
    return np.where(np.isfinite(prices), prices, np.nan)


def _days(column: Any, missing: int) -> Any:
    import pyarrow as pa

    dates = column.cast(pa.date32(), safe=False)
    return dates.cast(pa.int32()).fill_null(missing).to_numpy(False)
