"""Labels made for a test, the strengths they speak of, and the command that reads them."""

from pathlib import Path

import pytest

from shop.catalogue import list_rows
from shop.catalogue.models import Variant
from shop.database import db, transaction
from tests.factories import make_pack, make_variant


@pytest.fixture
def import_spl(context):
    """`import_spl("--dry-run", path)`: the command's result."""

    def call(*arguments: object):
        return context.test_cli_runner().invoke(
            args=["catalogue", "import-spl", *(str(argument) for argument in arguments)]
        )

    return call


def carry(name: str, strength: str, *ndcs: str, **more) -> int:
    """A strength with packs of these package codes, on its list row."""
    with transaction() as session:
        variant_id = make_variant(name, strength, **more)
        for ndc in ndcs:
            labeler, product, package = ndc.split("-")
            make_pack(variant_id, 30, ndc=ndc, ndc11=labeler.zfill(5) + product.zfill(4) + package.zfill(2))
        session.flush()
        list_rows.refresh(None, "US")
    return variant_id


def look_of(variant_id: int) -> dict | None:
    db.session.expire_all()
    return db.session.get(Variant, variant_id).appearance


def label(
    folder: Path,
    products: str,
    name: str = "label.xml",
    version: int = 1,
    day: str = "20200101",
    set_id: str = "1",
) -> Path:
    path = folder / name
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?><document xmlns="urn:hl7-org:v3"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><effectiveTime value="{day}"/>
        <setId root="0000000{set_id}-0000-0000-0000-000000000000"/><versionNumber value="{version}"/>
        <component><structuredBody><component><section><text>Words <b>of</b> a label</text>
        {products}</section></component></structuredBody></component></document>"""
    )
    return path


def product(ndc: str, *characteristics: str, parts: str = "") -> str:
    code = f'<code code="{ndc}" codeSystem="2.16.840.1.113883.6.69"/>' if ndc else "<code/>"
    return (
        f"<subject><manufacturedProduct><manufacturedProduct>{code}<name>Example</name>{parts}"
        f"</manufacturedProduct>{''.join(characteristics)}</manufacturedProduct></subject>"
    )


def part(ndc: str, *characteristics: str) -> str:
    code = f'<code code="{ndc}" codeSystem="2.16.840.1.113883.6.69"/>' if ndc else ""
    return f"<part><partProduct>{code}<name>Part</name></partProduct>{''.join(characteristics)}</part>"


def has(name: str, value: str) -> str:
    return f'<subjectOf><characteristic><code code="SPL{name}"/>{value}</characteristic></subjectOf>'


def coded(name: str, code: str, shown: str = "", system: str = "2.16.840.1.113883.3.26.1.1") -> str:
    return has(name, f'<value xsi:type="CE" code="{code}" codeSystem="{system}" displayName="{shown}"/>')


ROUND, OVAL, WHITE, BLUE = (
    coded("SHAPE", "C48348"),
    coded("SHAPE", "C48345"),
    coded("COLOR", "C48325"),
    coded("COLOR", "C48333"),
)


NINE_MM = has("SIZE", '<value unit="mm" value="9"/>')
