"""A data file is whole, or the store does not start: each defect is named with its file and entry."""

from datetime import date
from pathlib import Path

import pytest

from shop.safety import files
from shop.safety.dataset import SafetyDataRefused, fields, read

KIND = fields(
    "name", required={"reason": str}, optional={"also": list}, one_of={"reason": frozenset({"a", "b"})}
)
HEAD = 'version = "1"\nreviewed = 2026-11-01\n'
GOOD = '{ name = "x", reason = "a", source = "s", reviewed = 2026-10-01 }'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "some.toml"
    path.write_text(text, "utf-8")
    return path


def entries(*some: str) -> str:
    return "entries = [\n" + ",\n".join(some) + "\n]\n"


def test_a_whole_file_is_read_in_order_with_dates_and_sources(tmp_path: Path) -> None:
    second = '{ name = "y", reason = "b", also = ["z"], source = "t", reviewed = 2026-10-02 }'
    data = read(written(tmp_path, HEAD + entries(GOOD, second)), KIND)
    assert (data.version, data.reviewed) == ("1", date(2026, 11, 1))
    assert [(one.name, one.source, one.texts("also")) for one in data.entries] == [
        ("x", "s", ()),
        ("y", "t", ("z",)),
    ]
    assert [one.name for one in data.older_than(date(2026, 10, 2))] == ["x"]


def test_an_entry_takes_the_files_source_and_date_only_where_the_file_says_so(tmp_path: Path) -> None:
    bare = '{ name = "x", reason = "a" }'
    inherit = 'source = "whole"\ninherit = ["source", "reviewed"]\n'
    (only,) = read(written(tmp_path, HEAD + inherit + entries(bare)), KIND).entries
    assert (only.source, only.reviewed) == ("whole", date(2026, 11, 1))
    with pytest.raises(SafetyDataRefused, match=r"\b1 \(x\)"):
        read(written(tmp_path, HEAD + 'source = "whole"\n' + entries(bare)), KIND)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (entries(GOOD), "version"),
        ('version = "1"\n' + entries(GOOD), "reviewed"),
        ('version = "1"\nreviewed = "today"\n' + entries(GOOD), "reviewed"),
        (HEAD, "entries"),
        (HEAD + "entries = []\n", "entries"),
        (HEAD + 'other = "x"\n' + entries(GOOD), "other"),
        (HEAD + 'inherit = ["reason"]\n' + entries(GOOD), "inherit"),
        (HEAD + 'inherit = ["source"]\n' + entries(GOOD), "source"),
        (HEAD + "entries = [1]\n", r"\b1\b"),
        (HEAD + entries(GOOD, GOOD), r"\b2 \(x\)"),
        (HEAD + entries('{ name = "x", reason = "a", reviewed = 2026-10-01 }'), "source"),
        (HEAD + entries('{ name = "x", reason = "a", source = "s" }'), "review"),
        (HEAD + entries(GOOD.replace("}", ", more = 1 }")), "more"),
        (HEAD + entries(GOOD.replace('"a"', '""')), "reason"),
        (HEAD + entries(GOOD.replace('"a"', '"c"')), "reason"),
        (HEAD + entries(GOOD.replace('"a"', "1")), "reason"),
        (HEAD + entries(GOOD.replace("}", ", also = [] }")), "also"),
        (HEAD + entries('{ reason = "a", source = "s", reviewed = 2026-10-01 }'), "name"),
        ("entries = [", "TOML"),
    ],
)
def test_each_defect_refuses_the_file_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SafetyDataRefused, match=named) as refused:
        read(written(tmp_path, text), KIND)
    assert "some.toml" in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SafetyDataRefused, match=r"absent\.toml"):
        read(tmp_path / "absent.toml", KIND)


def test_the_stores_own_files_are_whole() -> None:
    assert all(data.entries and data.version for data in files.load())


def test_a_source_may_be_a_key_of_those_the_file_names(tmp_path: Path) -> None:
    named = HEAD + 'sources.s = "A source in full"\n' + entries(GOOD)
    assert read(written(tmp_path, named), KIND).entries[0].source == "A source in full"
    with pytest.raises(SafetyDataRefused, match=r"\b1 \(x\).*\bsource\b"):
        read(written(tmp_path, named.replace("sources.s", "sources.t")), KIND)


def test_tables_beside_the_entries_are_those_that_are_expected(tmp_path: Path) -> None:
    text = HEAD + entries(GOOD) + "[default]\npacks = 3\n"
    assert read(written(tmp_path, text), KIND, frozenset({"default"})).more == {"default": {"packs": 3}}
    with pytest.raises(SafetyDataRefused, match="default"):
        read(written(tmp_path, text), KIND)
