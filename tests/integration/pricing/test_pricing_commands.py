"""Rules and prices from the command line, and the price list out to a file and back in."""

import csv
import re
from decimal import Decimal

import pytest

from shop.catalogue import queries as catalogue
from shop.database import db, transaction
from shop.pricing import queries
from shop.pricing.rules import Rule
from tests.causes import told_apart
from tests.factories import make_pack, make_variant
from tests.integration.pricing.ruled_prices import STORE, make_by_rule, product_of, set_rule

D = Decimal


@pytest.fixture
def run(context):
    """`run("reprice", "--dry-run")` gives the command's exit code and what it said."""

    def call(*words: str) -> tuple[int, str]:
        db.session.rollback()
        result = context.test_cli_runner().invoke(args=["catalogue", *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return call


@pytest.fixture
def baclofen(context) -> int:
    variant_id = make_variant("Baclofen", "10 mg", "0.51")
    make_pack(variant_id, 100, "Specimen Labs", ndc="0527-1330-01", ndc11="00527133001")
    return variant_id


def figures(said: str) -> list[str]:
    """The numbers of the last line, which sums up."""
    return re.findall(r"\d+(?:\.\d+)?", said.splitlines()[-1])


def price_of(variant_id: int) -> tuple[Decimal | None, tuple]:
    db.session.rollback()
    facts = catalogue.variant(variant_id)
    return facts.price, facts.breaks


# --- Rules ----------------------------------------------------------------------------------------------


def test_a_store_rule_is_looked_at_set_shown_and_removed(run):
    variant = make_by_rule()
    wanted = ("price", "rule", "--markup", "35%", "--fee", "$2.40", "--off", "90=5")
    code, said = run(*wanted, "--dry-run")
    assert code == 0
    assert figures(said) == ["0", "0", "1", "0"], "rise, fall, are new, stay"
    assert price_of(variant) == (None, ())

    assert run(*wanted)[0] == 0
    assert price_of(variant)[0] == D("0.162")
    assert figures(run("price", "show")[1]) == ["35", "2.40", "5", "90"]
    code, said = run("price", "no-rule")
    assert (code, figures(said)) == (0, ["0", "0", "1", "0"]), "rise, fall, are lost, stay"
    assert queries.rules().store is None


def test_a_medicine_is_shown_with_every_strength(run):
    variant = make_by_rule()
    set_rule(None, STORE)
    set_rule(product_of(variant), Rule(fixed_price=D("0.51")))
    said = run("price", "show", "baclofen-tablets")[1]
    rule, strength = said.splitlines()
    assert rule.startswith("baclofen-tablets: $0.51")
    assert strength.split()[:2] == ["baclofen-tablets-10-mg:", "$0.51,"]
    assert strength.endswith("$0.06047")
    assert rule in run("price", "show")[1].splitlines()


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("price", "show", "nonesuch"), 1, "nonesuch"),
        (("price", "rule"), 1, ""),
        (("price", "rule", "--mark-up", "many"), 2, "“many”"),
        (("price", "rule", "--mark-up", "35", "--off", "90"), 2, "“90”"),
        (("price", "rule", "--mark-up", "35", "--off", "90=0"), 1, ""),
        (("price", "rule", "--mark-up", "35", "--fee", "cheap"), 2, "“cheap”"),
        (("price", "no-rule"), 1, ""),
        (("price", "set", "nonesuch", "0.51"), 1, "“nonesuch”"),
        (("price", "by-rule"), 2, "--unpriced"),
    ],
)
def test_what_cannot_be_done_is_refused_and_named(run, words, code, named):
    refused, said = run(*words)
    assert refused == code
    assert named in said
    assert queries.rules().store is None


def test_repricing_says_when_nothing_is_priced_by_rule(run, baclofen):
    assert figures(run("reprice")[1]) == []
    make_variant("Loratadine", price=None)
    said = run("reprice")[1]
    assert figures(said) == ["1"]
    assert "by-rule --unpriced" in said


def test_repricing_is_counted_and_can_be_rehearsed(run):
    make_by_rule("10 mg"), make_by_rule("20 mg", None)
    set_rule(None, STORE)
    for words in (("reprice", "--dry-run"), ("reprice",)):
        code, said = run(*words)
        assert code == 0
        table = [int(line.split()[-1]) for line in said.splitlines()[3:8]]
        assert table == [1, 1, 0, 0, 2], "unchanged; no price for want of a cost, a rule, a size; all"


def test_a_price_is_fixed_by_slug_or_ndc_and_given_to_the_rule(run, baclofen):
    code, first = run("price", "set", "0527-1330-01", "$0,49", "--from", "90=0.45")
    assert code == 0
    assert price_of(baclofen) == (D("0.49"), ((90, D("0.45")),))
    code, again = run("price", "set", "baclofen-tablets-10-mg", "0.49", "--from", "90=0.45")
    assert (code, again != first) == (0, True)
    set_rule(None, STORE)
    lost = run("price", "by-rule", "--product", "baclofen-tablets", "--dry-run")[1]
    assert figures(lost) == ["0", "0", "1", "0"], "rise, fall, are lost, stay"
    assert price_of(baclofen)[0] == D("0.49")
    assert run("price", "by-rule", "baclofen-tablets-10-mg")[0] == 0
    assert price_of(baclofen) == (None, ())


def test_what_has_no_price_can_be_given_to_the_rule_at_once(run, baclofen):
    waiting = make_by_rule("20 mg")
    with transaction():
        from shop.catalogue.models import Variant

        db.session.get(Variant, waiting).price_basis = "fixed"
    set_rule(None, STORE)
    assert figures(run("price", "by-rule", "--unpriced")[1]) == ["0", "0", "1", "0"]
    assert price_of(waiting)[0] == D("0.162")
    assert price_of(baclofen)[0] == D("0.51")


# --- Lists ----------------------------------------------------------------------------------------------


def test_a_list_that_comes_back_as_it_left_changes_nothing(run, baclofen, tmp_path):
    run("price", "set", "0527-1330-01", "0.49", "--from", "60=0.47", "--from", "90=0.45")
    (
        make_by_rule("20 mg"),
        make_variant("Loratadine", "10 mg", None),
        make_variant("Naproxen", price="0.00123"),
    )
    set_rule(None, STORE)
    file = tmp_path / "prices.csv"
    assert run("prices", "export", str(file))[0] == 0
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = {row["variant"]: row for row in csv.DictReader(text)}
    assert rows["baclofen-tablets-10-mg"] == {
        "variant": "baclofen-tablets-10-mg",
        "ndc": "0527-1330-01",
        "medicine": "Baclofen tablet 10 mg",
        "basis": "fixed",
        "price": "$0.49",
        "breaks": "60: $0.47; 90: $0.45",
    }
    assert rows["baclofen-tablets-20-mg"]["basis"] == "rule"
    code, said = run("prices", "import", str(file))
    assert code == 0
    assert figures(said) == ["4", "0", "0", "0", "4", "0"]
    assert len(said.splitlines()) == 1, "no line differs"


def test_a_list_is_rehearsed_then_written(run, baclofen, tmp_path):
    ruled = make_by_rule("20 mg")
    set_rule(None, STORE)
    file = tmp_path / "prices.csv"
    file.write_bytes(
        "\ufeffNDC;Price;Breaks;Variant;Basis\r\n"
        "0527-1330-01;$0,47;90: 0,45;;\r\n"
        ";0.2;;baclofen-tablets-20-mg;fixed\r\n".encode()
    )
    code, said = run("prices", "import", str(file), "--dry-run")
    assert code == 0
    assert re.search(r"Baclofen .*\$0\.51\D+\$0\.47\D+90\D+\$0\.45", said)
    assert figures("\n".join(said.splitlines()[:-1])) == ["2", "1", "1", "0", "0", "0"]
    assert price_of(baclofen)[0] == D("0.51")
    assert run("prices", "import", str(file))[0] == 0
    assert price_of(baclofen) == (D("0.47"), ((90, D("0.45")),))
    assert price_of(ruled) == (D("0.2"), ())
    file.write_text("variant,basis,price\nbaclofen-tablets-20-mg,rule,\n")
    assert run("prices", "import", str(file))[0] == 0
    assert price_of(ruled)[0] == D("0.162")


BAD_LINES = """variant,ndc,basis,price,breaks
baclofen-tablets-10-mg,,,0.50,
nonesuch,,,0.50,
,0527133001,,0.50,
baclofen-tablets-10-mg,,,0.40,
baclofen-tablets-20-mg,,rule,0.40,
loratadine-tablets-10-mg,,,cheap,
naproxen-tablets-10-mg,,,,
naproxen-tablets-20-mg,,dear,0.40,
naproxen-tablets-30-mg,,,0.40,90=0.2
naproxen-tablets-40-mg,,,0.40,90: 0.41
"""


def test_refused_lines_are_named_and_then_nothing_is_written_unless_wanted(run, baclofen, tmp_path):
    make_by_rule("20 mg"), make_variant("Loratadine", "10 mg", "0.12")
    set_rule(None, STORE)
    for strength in ("10 mg", "20 mg", "30 mg", "40 mg"):
        make_variant("Naproxen", strength)
    file = tmp_path / "prices.csv"
    file.write_text(BAD_LINES)
    code, said = run("prices", "import", str(file))
    assert code == 1
    told = dict(re.findall(r"^\w+ (\d+): (.*)$", said, re.MULTILINE))
    assert list(told) == [str(line) for line in range(3, 12)]
    for line, named in (
        (3, "“nonesuch”"),
        (4, "“0527133001”"),
        (5, " 2."),
        (7, "“cheap”"),
        (9, "“dear”"),
        (10, "“90=0.2”"),
        (11, " 90 "),
    ):
        assert named in told[str(line)]
    assert price_of(baclofen)[0] == D("0.51")
    assert run("prices", "import", str(file), "--dry-run")[0] == 1
    code, said = run("prices", "import", str(file), "--skip-refused")
    assert (code, price_of(baclofen)[0]) == (0, D("0.50"))
    assert any(figures(line) == ["10", "0", "1", "0", "0", "9"] for line in said.splitlines())


def test_a_file_that_is_no_price_list_is_refused_by_its_cause_before_anything_is_written(run, tmp_path):
    file = tmp_path / "prices.csv"
    refused = {}
    for cause, content in {
        "empty": b"",
        "a web page": b"<!doctype html><title>Prices</title>",
        "no columns": b"name,amount\nbaclofen,0.51\n",
        "another encoding": b"variant,price\n\xff\xfe,1\n",
        "no text": b"variant,price\nbac\0lofen,1\n",
        "an endless cell": b'variant,price\n"' + b"x" * 200_000 + b'",1\n',
    }.items():
        file.write_bytes(content)
        code, said = run("prices", "import", str(file))
        assert code == 1
        refused[cause] = [said]
    assert told_apart(refused)
