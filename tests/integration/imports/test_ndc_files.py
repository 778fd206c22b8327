"""The wrong file is refused before anything is written; a bad line costs only itself."""

import gzip
import re

import pytest
from sqlalchemy import func, select

from shop.catalogue.models import Pack, Product
from shop.clock import now
from shop.database import db
from shop.imports.ndc.files import PACKAGE_COLUMNS, PRODUCT_COLUMNS, WrongFile, count_lines
from shop.imports.ndc.service import Import, run
from tests.causes import told_apart
from tests.integration.imports.ndc_files import PACKAGE_HEADER, PRODUCT_HEADER, line, package, product, write

GOOD = [product("0001-0001"), product("0001-0002", strength="20")]
PACKS = [package("0001-0001"), package("0001-0002")]


@pytest.fixture
def paths(context, tmp_path):
    return write(tmp_path, GOOD, PACKS)


def bring(paths):
    return run(Import(*paths), "US", now(), lambda _step, _rows: None)


def nothing_written():
    db.session.rollback()
    return db.session.scalar(select(func.count(Product.id))) == 0


def refusal(paths) -> WrongFile:
    with pytest.raises(WrongFile) as caught:
        bring(paths)
    assert nothing_written()
    return caught.value


def test_files_in_the_wrong_order_are_refused(paths):
    message = refusal(paths[::-1]).message
    assert message.startswith(paths[0].name)
    assert "package.txt" in message, "what is needed in its place"


WRONG = {
    "empty": [b""],
    "a web page": [b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n"],
    "damaged": [b"PK\x03\x04\x14\x00\x06\x00 a spreadsheet\n"],
    "other columns": [b"\x00\xff\xfe\x00" * 1000, b"product,ndc\n1,2\n", b"x" * 10_000_000],
    "too few columns": [b"PRODUCTID\tPRODUCTNDC\n1\t2\n"],
}


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_no_directory_is_refused_by_its_cause_with_a_way_out(paths, which):
    said = {}
    for cause, contents in WRONG.items():
        refused = []
        for content in contents:
            paths[which].write_bytes(content)
            refused.append(refusal(paths))
        said[cause] = [one.message for one in refused]
        assert all(one.message.startswith(paths[which].name) for one in refused), cause
        assert all("product.txt" in one.todo for one in refused), "where the right ones are"
    assert told_apart(said)
    assert "STARTMARKETINGDATE" in said["too few columns"][0]


@pytest.mark.parametrize("which", [0, 1])
def test_a_download_that_broke_off_is_refused(paths, which):
    whole = gzip.compress(paths[which].read_bytes() if which == 0 else gzip.decompress(paths[1].read_bytes()))
    paths[which].write_bytes(whole[: len(whole) * 2 // 3])

    refused = refusal(paths)

    assert refused.message.startswith(paths[which].name)
    assert isinstance(refused.__cause__, EOFError)


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (b"\t".join([b"x"] * 7), ["7", "20"]),
        (line(PRODUCT_HEADER, product("0001-0009")).replace("Example", "Ex\x00ample").encode(), []),
        (line(PRODUCT_HEADER, product("0001-0009")).encode().replace(b"Example", b"Ex\x81ample"), []),
        (b"y" * 10_000_000, ["64"]),
        (line(PRODUCT_HEADER, product("0001-0009", STARTMARKETINGDATE="20101399")).encode(), ["“20101399”"]),
        (line(PRODUCT_HEADER, product("0001-0009", ACTIVE_INGRED_UNIT="?")).encode(), ["“?”"]),
        (b"", ["1", "20"]),
    ],
)
def test_a_bad_line_costs_only_itself(paths, bad, named):
    lines = paths[0].read_bytes().split(b"\r\n")
    paths[0].write_bytes(b"\r\n".join([*lines[:2], bad, *lines[2:]]))

    outcome = bring(paths)

    assert outcome.directory.products.taken_in == len(GOOD)
    assert outcome.directory.products.rows == len(GOOD) + 1
    [(number, reason)] = outcome.directory.products.malformed
    assert number == 3
    assert re.findall(r"“[^”]*”|\d+", reason) == named
    assert len(outcome.plan.new_packs) == len(PACKS)


def test_a_bad_package_line_costs_only_itself(paths):
    lines = gzip.decompress(paths[1].read_bytes()).split(b"\r\n")
    bad = line(PACKAGE_HEADER, package("0001-0001", NDCPACKAGECODE="0001000109")).encode()
    paths[1].write_bytes(b"\r\n".join([*lines[:2], bad, *lines[2:]]))

    outcome = bring(paths)

    [(number, reason)] = outcome.directory.packages.malformed
    assert (number, "“0001000109”" in reason) == (3, True)
    assert db.session.scalar(select(func.count(Pack.id))) == len(PACKS)


def test_letters_of_windows_are_read(context, tmp_path):
    paths = write(tmp_path, [product("0001-0001", LABELERNAME="Schwäbisch Gmünd’s")], [package("0001-0001")])

    bring(paths)

    assert db.session.scalars(select(Pack.labeler)).all() == ["Schwäbisch Gmünd’s"]


def test_columns_may_stand_in_another_order(paths):
    turned = [
        b"\t".join(reversed(row.split(b"\t"))) if row else row for row in paths[0].read_bytes().split(b"\r\n")
    ]
    paths[0].write_bytes(b"\r\n".join(turned))

    assert bring(paths).directory.products.taken_in == len(GOOD)


def test_the_command_refuses_in_one_sentence(paths, context):
    result = context.test_cli_runner().invoke(args=["catalogue", "import-ndc", str(paths[1]), str(paths[0])])

    assert result.exit_code == 1
    with pytest.raises(WrongFile) as caught:
        count_lines(paths[1], PRODUCT_COLUMNS, PACKAGE_COLUMNS)
    assert "product.txt" in caught.value.message
    assert caught.value.in_full in result.output
    assert "Traceback" not in result.output
