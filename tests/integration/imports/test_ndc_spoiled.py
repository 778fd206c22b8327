"""The directory cut off, mixed up or changed by a spreadsheet: read right, or refused by its cause."""

import csv
import re

import pytest
from sqlalchemy import select

from shop.catalogue.models import Pack
from shop.catalogue.sale_units import pack_size
from shop.database import db
from shop.imports.ndc.admission import Refused
from shop.imports.ndc.files import PACKAGE_COLUMNS, PRODUCT_COLUMNS, BadLine, read
from shop.imports.ndc.opening import WrongFile
from shop.imports.ndc.rows import MalformedRow, package_row, product_row
from tests.integration.imports.ndc_files import PACKAGE_HEADER, PRODUCT_HEADER, package, product
from tests.integration.imports.test_ndc_shapes import (
    PACKAGES,
    PRODUCTS,
    archive,
    both,
    bring,
    raw,
    refusal,
    saved,
)


def text(header, rows, path):
    return raw(path, header, rows).read_bytes()


@pytest.fixture
def product_text(tmp_path):
    return text(PRODUCT_HEADER, PRODUCTS, tmp_path / "p")


@pytest.fixture
def package_text(tmp_path):
    return text(PACKAGE_HEADER, PACKAGES, tmp_path / "k")


def judged(path, columns=PRODUCT_COLUMNS, row=product_row):
    """What each line says, or why it cannot be read."""
    found = []
    for line in read(path, columns):
        try:
            found.append(line.reason if isinstance(line, BadLine) else row(line.fields))
        except MalformedRow as why:
            found.append(str(why))
    return found


@pytest.mark.parametrize(
    "names",
    [
        ("down/PRODUCT.TXT", "down/Package.Txt"),
        ("product.xls", "package.xls"),  # which are text, as the directory’s workbooks were
        ("a/b/c.csv", "d"),
    ],
)
def test_files_in_a_zip_are_known_by_their_columns(tmp_path, product_text, package_text, names):
    inside = dict(zip(names, (product_text, package_text), strict=True))
    path = archive(tmp_path / "z", **{"__MACOSX/._product.txt": b"\0\5\x16\7" * 50}, **inside)
    assert len(judged(path)) == len(PRODUCTS)
    assert len(judged(path, PACKAGE_COLUMNS, package_row)) == len(PACKAGES)


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        (["product.txt"], {"package.txt"}),
        (["package.txt"], {"product.txt"}),
        (["product.txt", "old/product.txt", "package.txt"], {"product.txt", "old/product.txt"}),
    ],
)
def test_a_zip_that_lacks_a_file_or_has_it_twice_is_refused_by_their_names(
    context, tmp_path, product_text, package_text, parts, named
):
    path = archive(
        tmp_path / "z", **{name: product_text if "product" in name else package_text for name in parts}
    )
    assert set(re.findall(r"[\w/]+\.txt", refusal(path, path))) == named


def test_one_file_alone_is_refused_by_what_is_missing(context, tmp_path):
    products, packages = both(tmp_path)
    for path, missing in ((products, "package.txt"), (packages, "product.txt")):
        done = context.test_cli_runner().invoke(args=["catalogue", "import-ndc", str(path)])
        assert done.exit_code == 1
        assert missing in done.output
    assert set(re.findall(r"\w+\.txt", refusal(packages, products))) == {"product.txt", "package.txt"}


@pytest.mark.parametrize("header", [PRODUCT_HEADER, PACKAGE_HEADER], ids=["products", "packages"])
def test_a_header_without_lines_withdraws_nothing(context, tmp_path, header):
    files = dict(zip(("products", "packages"), both(tmp_path), strict=True))
    bring(*files.values())
    path = raw(files["products" if header is PRODUCT_HEADER else "packages"], header, [])
    with pytest.raises(WrongFile) as caught:
        bring(*files.values(), accept_withdrawals=True)
    assert caught.value.message.startswith(path.name)
    db.session.rollback()
    assert [pack for pack in db.session.scalars(select(Pack)) if pack.withdrawn_on] == []


@pytest.mark.parametrize("which", [0, 1])
def test_a_file_that_breaks_off_in_a_line_is_refused(context, tmp_path, which):
    paths = both(tmp_path)
    paths[which].write_bytes(paths[which].read_bytes()[:-40])
    assert paths[which].name in refusal(*paths)
    paths = both(tmp_path)
    paths[which].write_bytes(paths[which].read_bytes()[:-2])  # only the last line's end is missing
    assert not bring(*paths).directory.products.malformed


def test_files_of_two_days_are_not_put_together(context, tmp_path):
    codes = [f"0003-{n:04}" for n in range(90)]
    products = [product(code, strength=str(n + 1)) for n, code in enumerate(codes)]
    packages = [package(code) for code in codes]
    other = [row | {"PRODUCTID": "of another day"} for row in packages[:30]]
    for lacking, some, others in (
        ("product.txt", products, packages[30:] + other),
        ("package.txt", products, packages[30:]),
        ("product.txt", products[30:], packages),
    ):
        message = refusal(*both(tmp_path, products=some, packages=others))
        assert re.findall(r"\d+|\w+\.txt", message) == ["30", "90", lacking]
    bring(*both(tmp_path, products=products, packages=packages[30:]), accept_withdrawals=True)


def test_a_column_that_appears_twice_is_refused(tmp_path):
    header = [*PRODUCT_HEADER, "DEASCHEDULE"]
    path = raw(tmp_path / "product.txt", header, PRODUCTS)
    with pytest.raises(WrongFile, match=r"\bDEASCHEDULE\b"):
        judged(path)


LINES = {
    "cut off before its flags": (
        saved,
        {"delimiter": ";"},
        lambda t: t[: t.rindex(b";N;")],
        f" {len(PRODUCT_HEADER)}",
    ),
    "cut off": (raw, {}, lambda t: t[:-30], f" {len(PRODUCT_HEADER)}"),
    "the header again": (raw, {}, lambda t: t + t.split(b"\r\n")[0], "“PRODUCTNDC”"),
    "a rounded code": (raw, {}, lambda t: t.replace(b"\t0001-0003\t", b"\t5.0E+08\t"), "“5.0E+08”"),
    "two halves of a line": (
        raw,
        {},
        lambda t: t.replace(b"baclofen", b"bac\nlofen"),
        f" {len(PRODUCT_HEADER)}",
    ),
}


@pytest.mark.parametrize("kind", LINES)
def test_a_line_that_cannot_be_meant_costs_itself(tmp_path, kind):
    write, how, spoil, named = LINES[kind]
    path = write(tmp_path / "product.txt", PRODUCT_HEADER, PRODUCTS, **how)
    path.write_bytes(spoil(path.read_bytes()))
    wrong = [one for one in judged(path) if isinstance(one, str)]
    assert wrong
    assert all(named in one for one in wrong)
    assert len(judged(path)) - len(wrong) >= len(PRODUCTS) - 1


def test_rows_that_somebody_emptied_are_no_lines(tmp_path):
    path = saved(tmp_path / "product.txt", PRODUCT_HEADER, PRODUCTS, delimiter=";")
    path.write_bytes(path.read_bytes() + b";;;;;;\r\n\r\n")
    assert len(judged(path)) == len(PRODUCTS)


def test_codes_that_were_kept_as_text_are_read(tmp_path):
    rows = [row | {"PRODUCTNDC": f'="{row["PRODUCTNDC"]}"'} for row in PRODUCTS]
    for write, how in ((raw, {}), (saved, {"delimiter": ";"})):
        path = write(tmp_path / "product.txt", PRODUCT_HEADER, rows, **how)
        assert [row.code for row in judged(path)] == [row["PRODUCTNDC"] for row in PRODUCTS]


@pytest.mark.parametrize(
    ("flag", "excluded"), [("N", False), ("", False), ("E", True), ("Y", True), ("U", True)]
)
def test_a_flag_that_nobody_knows_excludes(flag, excluded):
    row = product("0001-0001", NDC_EXCLUDE_FLAG=flag)
    assert product_row([row.get(name, "") for name in PRODUCT_COLUMNS]).excluded == excluded
    row = package("0001-0001", NDC_EXCLUDE_FLAG=flag)
    assert package_row([row.get(name, "") for name in PACKAGE_COLUMNS]).excluded == excluded


@pytest.mark.parametrize(
    "said",
    [
        {"PRODUCTID": "0001-0002_id"},
        {"PRODUCTNDC": "0001-0002"},
        {"NDCPACKAGECODE": "0001-0002-01"},
        {"PACKAGEDESCRIPTION": "2 BOTTLE in 1 CARTON (0001-0002-01)  / 50 TABLET in 1 BOTTLE"},
    ],
    ids=lambda said: next(iter(said)),
)
def test_a_line_whose_codes_are_of_two_products_costs_itself_and_names_both(tmp_path, said):
    rows = [package("0001-0001", **said), package("0001-0003")]
    wrong, right = judged(raw(tmp_path / "package.txt", PACKAGE_HEADER, rows), PACKAGE_COLUMNS, package_row)
    assert "“0001-0001" in wrong
    assert "“0001-0002" in wrong
    assert right.code == "0001-0003-01"


def test_other_codes_in_a_description_are_of_its_parts():
    for description in (
        "2 SYRINGE in 1 CARTON (0001-0001-01)  / .5 mL in 1 SYRINGE (0002-0002-01)",
        " *  1 TUBE in 1 KIT (0002-0002-01)",
        "30 TABLET in 1 BOTTLE (1-2-3)",
    ):
        row = package("0001-0001", description=description)
        assert package_row([row.get(name, "") for name in PACKAGE_COLUMNS]).description == description


def test_a_file_in_which_one_column_was_sorted_alone_is_refused(context, tmp_path):
    codes = [f"0001-{number:04}" for number in range(30)]
    packages = [
        package(code) | {"PRODUCTID": f"{other}_id"} for code, other in zip(codes, codes[::-1], strict=True)
    ]
    said = refusal(*both(tmp_path, products=[product(code) for code in codes], packages=packages))
    assert "package.txt" in said
    assert "30 of 30" in said


@pytest.mark.parametrize(
    ("description", "unit", "size"),
    [
        ("1,000 TABLET in 1 BOTTLE (0001-0001-01) ", "pill", 1000),
        ("12,500 TABLET in 1 DRUM", "pill", 12500),
        ("1,5 mL in 1 VIAL", "mL", None),
        ("2 CARTON in 1 CASE > 10 BLISTER PACK in 1 CARTON / 10 TABLET in 1 BLISTER PACK", "pill", 200),
        ("1 BOTTLE in 1 CARTON / 15 mL in 1 BOTTLE, WITH APPLICATOR / DROPPER", "mL", 15),
        ("2 SYRINGE in 1 CARTON  / .5 mL in 1 SYRINGE", "mL", 1),
        ("1 KIT in 1 CARTON (0001-0001-01)  *  1 mL in 1 VIAL *  1 mL in 1 SYRINGE", "pack", 1),
        ("10 BLISTER PACK in 1 CARTON > CAPSULE in 1 BLISTER PACK", "pill", None),
        ("10 BLISTER PACK in 1 CARTON / 10 TAB", "pill", None),
    ],
)
def test_a_description_says_its_size_or_nothing(description, unit, size):
    assert pack_size(description, unit) == size


def test_the_report_of_refused_rows_computes_nothing_in_a_spreadsheet(context, tmp_path):
    formula = "=HYPERLINK(1)"
    rows = [*PRODUCTS, product(formula)]
    report = tmp_path / "report.csv"
    products, packages = both(tmp_path, products=rows)
    args = ["catalogue", "import-ndc", str(products), str(packages), "--report", str(report)]
    assert context.test_cli_runner().invoke(args=args).exit_code == 0
    [*_, (_file, _line, code, reason, _more)] = csv.reader(report.open())
    assert (code, reason) == (f"'{formula}", Refused.MALFORMED.value)
