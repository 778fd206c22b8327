"""Writing appearances, each together with the rows a pill is found by. Flushes, never commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from shop.appearance.models import ImprintWord, VariantAppearance
from shop.appearance.rules import comparable
from shop.catalogue.models import Variant
from shop.database import db
from shop.projections.cache_version import catalogue_changed


def set_appearance(variant: Variant, appearance: Mapping[str, Any] | None, at: datetime) -> bool:
    """Give `variant` this appearance (fields of `attributes.py`, and its source); False if it has it.

    The only way an appearance is written. Whoever calls it brings the list's rows of the product up to date
    (`listing.refresh`), once for all the variants it changed.
    """
    wanted = dict(appearance) if appearance else None
    if variant.id is not None and variant.appearance == wanted and (wanted is None or _is_kept(variant)):
        return False
    variant.appearance = wanted
    variant.product.changed_at = at
    db.session.flush()
    keep(variant)
    catalogue_changed(at)
    return True


def keep(variant: Variant) -> None:
    """Rewrite the rows `variant` is found by, from its appearance."""
    db.session.execute(delete(VariantAppearance).where(VariantAppearance.variant_id == variant.id))
    db.session.execute(delete(ImprintWord).where(ImprintWord.variant_id == variant.id))
    found_by = comparable(variant.appearance, variant.product.form)
    if found_by is None:
        return
    columns = {name: getattr(found_by, name) for name in ("imprint", "shape", "color", "color2")}
    db.session.execute(insert(VariantAppearance).values(variant_id=variant.id, **columns))
    if found_by.words:
        rows = [{"word": word, "variant_id": variant.id} for word in sorted(found_by.words)]
        db.session.execute(insert(ImprintWord), rows)


def _is_kept(variant: Variant) -> bool:
    """Whether the rows it is found by say what its appearance says."""
    wanted = comparable(variant.appearance, variant.product.form)
    row = db.session.get(VariantAppearance, variant.id)
    if wanted is None or row is None:
        return wanted is None and row is None
    return (row.imprint, row.shape, row.color, row.color2) == (
        wanted.imprint,
        wanted.shape,
        wanted.color,
        wanted.color2,
    )
