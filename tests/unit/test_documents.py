"""What the documents name exists: files, names in them, a test to choose, the commands of a hook."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = r"`([\w./-]+(?:\.\w+|/))`"
NAMED = re.compile(FILE + r"((?:,? `\w+`)*)")


def rows_of_map() -> Iterator[str]:
    """Where each row of the map says that something is."""
    for line in (ROOT / "docs" / "map.md").read_text("utf-8").split("## Rooms")[0].splitlines():
        if line.startswith("| ") and "`" in line:
            yield line.strip("| ").partition(" | ")[2]


def wrong_in(row: str) -> Iterator[str]:
    """What a row names and is not there. A later path may be one in the folder or room of an earlier one."""
    folders = [ROOT, ROOT / "shop"]
    for path, names in NAMED.findall(row):
        if path.startswith("/"):
            continue  # an address of the store
        found = next((one for folder in folders[::-1] if (one := folder / path).exists()), None)
        if found is None:
            yield path
            continue
        if found.is_file():
            known = set(re.findall(r"\w+", found.read_text("utf-8")))
            yield from (f"{path} {name}" for name in re.findall(r"\w+", names) if name not in known)
        folders += [found.parent.parent, found if found.is_dir() else found.parent]


def test_what_the_map_names_is_where_it_says():
    rows = list(rows_of_map())
    assert len(rows) > 100
    assert [wrong for row in rows for wrong in wrong_in(row)] == []


def test_a_row_of_a_lost_file_or_name_is_found():
    row = "`shop/money.py` `parse_price`, `gone`; `lost.py` `x`; at `/admin/`; `pricing/rules.py`"
    assert list(wrong_in(row)) == ["shop/money.py gone", "lost.py"]


def test_the_one_test_to_try_can_be_chosen():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    [(file, keyword)] = re.findall(r"(tests/\S+\.py) -k (\w+)", text)
    assert re.search(rf"def test_\w*{keyword}", (ROOT / file).read_text("utf-8"))


def test_hooks_before_a_commit_run_what_lint_runs():
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe is not None
    lint = [line.strip("\t@").replace("$(VENV)", ".venv") for line in recipe[1].splitlines()]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"entry: (.*)", hooks) == lint
    assert hooks.count("always_run: true") == len(lint)
