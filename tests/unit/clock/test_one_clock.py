"""Only the clock knows the time zone: no other module makes a date of an instant, or asks what time it is.

Read from the source, so that a new "today" of somebody's own fails here and not one evening in Honolulu.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
CLOCK = ROOT / "shop" / "clock.py"

ALLOWED = {
    "first_start.py module: import babel.localtime": "offers this machine's zone as the pharmacy's own",
    "statements.py _day: .date()": "a label's date is printed without a time; strptime makes it a datetime",
    "line_cells.py day_cell: .date()": "a spreadsheet's date cell is read as a datetime",
    "line_cells.py _dated: .date()": "a text of a day is read as a datetime",
    "pages.py pay: .date()": "the payment sandbox stands for the card network, which is no part of the store",
    "creating.py _fill: format": "written with the letters UTC behind it",
    "mail.py deliver: format": "a file's name, in UTC and with its Z",
    "manifest.py stamp: format": "a folder's name, in UTC and with its Z",
    "status.py lines: format": "printed under a heading that says UTC",
    "failures.py note: format": "the key of one job an hour, the same in every zone",
    "jobs.py ask_now: format": "the key of one job a minute, the same in every zone",
}
"""Function and finding, with the reason. An entry that is no longer needed fails too."""

ASKS = {("date", "today"), ("datetime", "today"), ("datetime", "now"), ("datetime", "utcnow")}
ASKS |= {("time", "localtime"), ("time", "ctime")}
IN_SQL = {"date", "now", "current_date", "current_timestamp", "localtimestamp", "date_trunc", "strftime"}
ZONES = {"zoneinfo", "pytz", "dateutil", "tzlocal", "babel.localtime"}
DIRECTIVE = re.compile(r"%-?[aAbBcdDeFHIjmMpSTuUVwWxXyYZ]")
SQL = re.compile(r"\b(CURRENT_DATE|CURRENT_TIMESTAMP|date_trunc|strftime)\b|\bnow\(\)", re.IGNORECASE)


def findings(tree: ast.Module) -> Iterator[tuple[str, int, str]]:
    """(function, line, finding) of everything that is the clock's business."""
    for function, node in _walk(tree, "module"):
        for found in _finding(node):
            yield function, node.lineno, found


def _walk(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        name = child.name if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) else function
        if hasattr(child, "lineno") and not _is_docstring(child):
            yield name, child
        yield from _walk(child, name)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _finding(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr="date"), args=[], keywords=[]):
            yield ".date()"
        case ast.Call(func=ast.Attribute(attr="astimezone"), args=args) if not _is_utc(args):
            yield ".astimezone()"
        case ast.Call(func=ast.Attribute(attr="strftime")):
            yield "format"
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(spec)), *_])) if (
            DIRECTIVE.search(spec)
        ):
            yield "format"
        case ast.Attribute(value=ast.Name(id="func"), attr=name) if name in IN_SQL:
            yield f"func.{name}"
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name) if (
            owner,
            name,
        ) in ASKS:
            yield f"{owner}.{name}"
        case ast.ImportFrom(module=str(module)) if {module, module.split(".")[0]} & ZONES:
            yield f"import {module}"
        case ast.Import(names=names) if any({one.name, one.name.split(".")[0]} & ZONES for one in names):
            yield f"import {names[0].name}"
        case ast.ImportFrom(module="time", names=names) if {one.name for one in names} & {"localtime"}:
            yield "import localtime"
        case ast.Call(func=ast.Name(id="text"), args=[ast.Constant(value=str(sql)), *_]) if SQL.search(sql):
            yield "SQL"


def _is_utc(arguments: list[ast.expr]) -> bool:
    return [ast.unparse(one) for one in arguments] in (["UTC"], ["timezone.utc"])


def everywhere() -> Iterator[tuple[str, str]]:
    """(allow-list key, place) of every finding in the store, the clock apart."""
    for path in sorted((ROOT / "shop").rglob("*.py")):
        if path != CLOCK:
            for function, line, found in findings(ast.parse(path.read_text())):
                yield f"{path.name} {function}: {found}", f"{path.relative_to(ROOT)}:{line} {found}"


def test_nothing_but_the_clock_knows_the_day():
    found = list(everywhere())
    assert [place for key, place in found if key not in ALLOWED] == []
    assert ALLOWED.keys() - {key for key, _ in found} == set(), "no longer needed"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("at.date()", ".date()"),
        ("now().date()", ".date()"),
        ("date.today()", "date.today"),
        ("datetime.date.today()", "date.today"),
        ("datetime.now(UTC)", "datetime.now"),
        ("default=datetime.utcnow", "datetime.utcnow"),
        ("time.localtime()", "time.localtime"),
        ("at.astimezone()", ".astimezone()"),
        ("at.astimezone(zone)", ".astimezone()"),
        ("from zoneinfo import ZoneInfo", "import zoneinfo"),
        ("import zoneinfo", "import zoneinfo"),
        ("from babel.localtime import get_localzone", "import babel.localtime"),
        ("f'{at:%Y-%m-%d}'", "format"),
        ("at.strftime('%d')", "format"),
        ("func.date(Order.created_at)", "func.date"),
        ("func.now()", "func.now"),
        ("text('created_at < CURRENT_TIMESTAMP')", "SQL"),
        ("text('x < now()')", "SQL"),
    ],
)
def test_what_is_looked_for_is_found(source, found):
    assert [one for _, _, one in findings(ast.parse(source))] == [found]


@pytest.mark.parametrize(
    "source",
    [
        "at.astimezone(UTC)",
        "'at.date()'",
        "from babel.dates import format_date",
        "date(2026, 11, 29)",
        "form.date(1)",
        "time.monotonic()",
        "f'{share:.2%}'",
        "f'{share:%}'",
        "func.max(Lot.expires_on)",
        "clock.today()",
    ],
)
def test_what_is_no_business_of_the_clock_is_left_alone(source):
    assert list(findings(ast.parse(source))) == []


def test_templates_ask_no_instant_for_its_day():
    for path in (ROOT / "templates").rglob("*"):
        if path.is_file():
            assert not re.search(r"\.date\(\)|strftime|\.astimezone", path.read_text()), path
