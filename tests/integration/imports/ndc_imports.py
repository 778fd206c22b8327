"""Importing a small directory, and what stands in the catalogue afterwards."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.catalogue.models import Ingredient, Pack, Product, Variant
from shop.database import db
from shop.imports.ndc.service import Import, run
from tests.integration.imports.ndc_files import write

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


HCT = {"SUBSTANCENAME": "HYDROCHLOROTHIAZIDE; LISINOPRIL", "ACTIVE_INGRED_UNIT": "mg/1; mg/1"}


@pytest.fixture
def bring(context, tmp_path):
    """`bring(products, packages)` imports a directory of these rows."""

    def go(products, packages, at=AT, **asked):
        paths = write(tmp_path, products, packages)
        return run(Import(*paths, **asked), "US", at, lambda _step, _rows: None)

    return go


def strengths(slug):
    db.session.rollback()
    found = db.session.scalars(select(Product).where(Product.slug == slug)).one()
    return [variant.strength for variant in found.variants]


def pack(ndc):
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Pack).where(Pack.ndc == ndc)).one()


def row_counts():
    db.session.rollback()
    kinds = (Product, Variant, Pack, Ingredient, AuditRecord)
    return [db.session.scalar(select(func.count()).select_from(kind)) for kind in kinds]
