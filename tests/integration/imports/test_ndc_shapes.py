"""The directory as people have it: in its ZIP file, or saved by a spreadsheet. Read right, or refused."""

import csv
import io
import re
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import select

from shop.catalogue.models import Pack, Product
from shop.catalogue.sale_units import packaging
from shop.clock import now
from shop.database import db
from shop.errors import DomainError
from shop.imports.ndc.files import QUOTES
from shop.imports.ndc.rows import _is_day
from shop.imports.ndc.service import Import, TooMuchWithdrawn, run
from tests.causes import told_apart
from tests.integration.imports.ndc_files import PACKAGE_HEADER, PRODUCT_HEADER, line, package, product
from tests.integration.imports.ndc_imports import pack as pack_of

COATED = "TABLET, FILM COATED"
PRODUCTS = [
    product("0001-0001", "Atorvastatin", DOSAGEFORMNAME=COATED, LABELERNAME="Schwäbisch, Gmünd"),
    product("0001-0002", 'Soft 5" Pads', SUBSTANCENAME="BENZOCAINE; MENTHOL", DOSAGEFORMNAME="SWAB")
    | {"ACTIVE_NUMERATOR_STRENGTH": "10; 5", "ACTIVE_INGRED_UNIT": "mg/1; mg/1"},
    product("0001-0003", strength=".5"),
]
PACKAGES = [
    package("0001-0001", description="90 TABLET, FILM COATED in 1 BOTTLE (0001-0001-01) "),
    package("0001-0002", description="30 POUCH in 1 BOX (0001-0002-01)  > 1 SWAB in 1 POUCH"),
    package("0001-0003", description="100 TABLET in 1 BOTTLE (0001-0003-01) "),
]


def in_quotes(cell):
    """As a spreadsheet writes it in a TAB-separated file, where it quotes cells with commas as well."""
    return '"{}"'.format(cell.replace('"', '""')) if set(cell) & set(',"') else cell


def saved(
    path,
    header,
    rows,
    delimiter="\t",
    quoting=csv.QUOTE_MINIMAL,
    encoding="utf-8",
    end="\r\n",
    above="",
):
    """The file as a spreadsheet saves it."""
    out = io.StringIO(newline="")
    out.write(above)
    for cells in (header, *([row.get(name, "") for name in header] for row in rows)):
        if delimiter == "\t" and quoting == csv.QUOTE_MINIMAL:
            out.write("\t".join(map(in_quotes, cells)) + end)
        else:
            csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerow(cells)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def raw(path, header, rows):
    lines = ["\t".join(header), *(line(header, row) for row in rows), ""]
    path.write_text("\r\n".join(lines), "cp1252", newline="")
    return path


def both(folder, write=raw, products=PRODUCTS, packages=PACKAGES, **how):
    return (
        write(folder / "product.txt", PRODUCT_HEADER, products, **how),
        write(folder / "package.txt", PACKAGE_HEADER, packages, **how),
    )


def bring(*paths, **asked):
    return run(Import(*paths, **asked), "US", now(), lambda _step, _rows: None)


def refusal(*paths) -> str:
    """What is wrong, without the way out."""
    with pytest.raises(DomainError) as caught:
        bring(*paths)
    db.session.rollback()
    assert db.session.scalars(select(Product)).all() == []
    assert caught.value.todo
    return caught.value.message


SHAPES = [
    {},
    {"quoting": csv.QUOTE_ALL},
    {"delimiter": ";"},
    {"delimiter": ",", "encoding": "utf-8-sig"},
    {"above": "\ufeff", "encoding": "utf-8-sig"},
    {"delimiter": "|"},
    {"delimiter": ";", "above": "sep=;\r\n"},
    {"encoding": "utf-16"},
    {"encoding": "utf-16-le"},
    {"encoding": "utf-16-be"},
    {"encoding": "utf-32"},
    {"end": "\r"},
    {"end": "\n", "encoding": "cp1252"},
    {"end": "\r", "encoding": "utf-16", "delimiter": ";"},
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_another_program_saved_says_the_same_as_the_file_itself(context, tmp_path, shape):
    bring(*both(tmp_path))
    again = bring(*both(tmp_path, saved, **shape))
    assert again.plan.is_empty
    assert again.directory.products.taken_in == len(PRODUCTS)
    assert not again.directory.products.malformed


def zipped(path, folder, inside=""):
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in both(folder):
            archive.write(file, f"{inside}{file.name}")
        archive.writestr("readme.txt", "see the web site")
    return path


@pytest.mark.parametrize("inside", ["", "ndctext/"])
def test_the_zip_file_is_taken_as_it_was_downloaded(context, tmp_path, inside):
    path = zipped(tmp_path / "ndctext.zip", tmp_path, inside)
    done = context.test_cli_runner().invoke(args=["catalogue", "import-ndc", str(path)])
    assert done.exit_code == 0, done.output
    assert len(db.session.scalars(select(Pack)).all()) == len(PACKAGES)
    assert bring(*both(tmp_path)).plan.is_empty


def archive(path, **parts):
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


NO_TEXT = {
    "a workbook": [
        lambda p: archive(p, **{"xl/workbook.xml": ""}),
        lambda p: archive(p, **{"product.xls": "", "package.xls": ""}),
        lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)) and p,
    ],
    "another archive": [lambda p: archive(p, **{"readme.txt": "hello"})],
    "damaged": [lambda p: p.write_bytes(b"PK\x03\x04" + bytes(600)) and p],
    "no columns": [lambda p: p.write_bytes("PRODUCTID".encode("utf-16") * 9) and p],
    "cut off": [lambda p: p.write_bytes("PRODUCTID".encode("utf-16")[:-1]) and p],
}


def test_what_holds_no_text_of_the_directory_is_refused_by_its_kind(context, tmp_path):
    said = {
        kind: {refusal(*[make(tmp_path / "file")] * 2) for make in files} for kind, files in NO_TEXT.items()
    }
    assert told_apart(said)
    assert len(said["a workbook"]) == 1
    assert all(message.startswith("file ") for messages in said.values() for message in messages)


def test_one_line_whose_quotes_do_not_match_costs_itself_and_says_why(context, tmp_path):
    products, packages = both(tmp_path, saved)
    products.write_bytes(products.read_bytes().replace(b'"TABLET, FILM COATED"', b'"TABLET, FILM COATED'))
    done = bring(products, packages)
    [(number, reason)] = done.directory.products.malformed
    assert (number, reason) == (2, QUOTES)
    assert db.session.scalars(select(Product.form)).all() != []
    assert not any('"' in form for form in db.session.scalars(select(Product.form)))


def test_a_file_that_can_mostly_not_be_read_is_refused_with_its_cause(context, tmp_path):
    serial = [product(f"0001-{n:04}", STARTMARKETINGDATE="43584") for n in range(40)]
    good = [product(f"0002-{n:04}") for n in range(200)]
    message = refusal(*both(tmp_path, products=good + serial))
    assert re.findall(r"\d+", message) == ["40", "240", "40", "202", "43584"], "bad, all, alike; the first"


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("19961217", True),
        ("19961217.0", True),
        ("1996-12-17", True),
        ("1996-12-17 00:00:00", True),
        ("12/17/1996", True),
        ("17/12/1996", True),
        ("17.12.1996", True),
        ("17/17/1996", False),
        ("12/17/96", True),
        ("5-1-2026", True),
        ("4/29/19", True),
        ("4/31/19", False),
        ("43584", False),
        ("1.99612E+07", False),
        ("١٩٩٦١٢١٧", False),
        ("19961399", False),
    ],
)
def test_a_day_is_read_as_the_directory_and_as_spreadsheets_write_it(text, reads):
    assert _is_day(text) == reads


def test_pages_and_strengths_are_guarded_against_loss_as_packs_are(context, tmp_path):
    """Codes stay, forms change: no pack would be withdrawn, but every page."""
    names = [f"Example{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60)]
    codes = [f"0003-{n:04}" for n in range(60)]
    rows = [product(code, name, DOSAGEFORMNAME=COATED) for code, name in zip(codes, names, strict=True)]
    packages = [package(code) for code in codes]
    bring(*both(tmp_path, products=rows, packages=packages))
    other = [row | {"DOSAGEFORMNAME": "CAPSULE"} for row in rows]
    with pytest.raises(TooMuchWithdrawn) as caught:
        bring(*both(tmp_path, products=other, packages=packages))
    assert re.findall(r"\d+", caught.value.message) == ["60", "60"], "strengths, of all"
    bring(*both(tmp_path, products=other, packages=packages), accept_withdrawals=True)


# --- The cases --------------------------------------------------------------------------------------------


@pytest.mark.shared_data
def test_packages_nested_with_slashes_have_their_sizes(context, shared_cases):
    folder = shared_cases / "ndc"
    bring(folder / "slash-product.txt", folder / "slash-package.txt")
    said = {row.ndc: (row.size, packaging(row.description)) for row in db.session.scalars(select(Pack))}
    assert (said["0065-0643-05"][0], said["0065-0271-05"][0]) == (5, 5)
    size, syringes = said["0002-1433-80"]
    assert (size, syringes.content, syringes.count) == (2, Decimal("0.5"), 4), "2 mL, in 4 syringes"


@pytest.mark.shared_data
def test_a_file_that_a_spreadsheet_saved_keeps_its_forms(context, shared_cases):
    folder = shared_cases / "ndc"
    bring(folder / "excel-saved-product.txt", folder / "excel-saved-package.txt")
    forms = {product.name: product.form for product in db.session.scalars(select(Product))}
    assert len(forms) == 2
    assert not any('"' in form for form in forms.values())
    assert pack_of("0071-0155-40").size == 100
