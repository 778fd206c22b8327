"""The wrong file is refused before anything is written; a bad line costs only itself."""

import gzip

import pytest
from sqlalchemy import func, select

from shop.catalogue.models import Pack, Product
from shop.clock import now
from shop.database import db
from shop.errors import DomainError
from shop.imports.ndc.service import Import, run
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


def refusal(paths) -> str:
    with pytest.raises(DomainError) as caught:
        bring(paths)
    assert nothing_written()
    return f"{caught.value.message} {caught.value.todo}"


def test_files_in_the_wrong_order_are_refused(paths):
    assert "swap them" in refusal(paths[::-1])


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n", "web page"),
        (b"PK\x03\x04\x14\x00\x06\x00 a spreadsheet\n", "column names"),
        (b"\x00\xff\xfe\x00" * 1000, "column names"),
        (b"PRODUCTID\tPRODUCTNDC\n1\t2\n", "lacks the columns"),
        (b"product,ndc\n1,2\n", "column names"),
        (b"x" * 10_000_000, "column names"),
    ],
)
def test_what_is_no_directory_is_refused_with_a_way_out(paths, which, content, said):
    paths[which].write_bytes(content)

    message = refusal(paths)

    assert said in message
    assert "product.txt" in message  # where the right ones are


@pytest.mark.parametrize("which", [0, 1])
def test_a_download_that_broke_off_is_refused(paths, which):
    whole = gzip.compress(paths[which].read_bytes() if which == 0 else gzip.decompress(paths[1].read_bytes()))
    paths[which].write_bytes(whole[: len(whole) * 2 // 3])

    assert "Download it again" in refusal(paths)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"\t".join([b"x"] * 7), "7 fields instead of 20"),
        (
            line(PRODUCT_HEADER, product("0001-0009")).replace("Example", "Ex\x00ample").encode(),
            "control characters",
        ),
        (line(PRODUCT_HEADER, product("0001-0009")).encode().replace(b"Example", b"Ex\x81ample"), "not text"),
        (b"y" * 10_000_000, "longer than 64 kB"),
        (line(PRODUCT_HEADER, product("0001-0009", STARTMARKETINGDATE="20101399")).encode(), "not a date"),
        (line(PRODUCT_HEADER, product("0001-0009", ACTIVE_INGRED_UNIT="?")).encode(), "is unknown"),
        (b"", "1 fields instead of 20"),
    ],
)
def test_a_bad_line_costs_only_itself(paths, bad, said):
    lines = paths[0].read_bytes().split(b"\r\n")
    paths[0].write_bytes(b"\r\n".join([*lines[:2], bad, *lines[2:]]))

    outcome = bring(paths)

    assert outcome.directory.products.taken_in == len(GOOD)
    assert outcome.directory.products.rows == len(GOOD) + 1
    [(number, reason)] = outcome.directory.products.malformed
    assert number == 3
    assert said in reason
    assert len(outcome.plan.new_packs) == len(PACKS)


def test_a_bad_package_line_costs_only_itself(paths):
    lines = gzip.decompress(paths[1].read_bytes()).split(b"\r\n")
    bad = line(PACKAGE_HEADER, package("0001-0001", NDCPACKAGECODE="0001000109")).encode()
    paths[1].write_bytes(b"\r\n".join([*lines[:2], bad, *lines[2:]]))

    outcome = bring(paths)

    assert outcome.directory.packages.malformed == [(3, "“0001000109” is not a package code")]
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
    assert "swap them" in result.output
    assert "Traceback" not in result.output
