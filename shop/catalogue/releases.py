"""Joining extended releases and parting them: a person decides, on record, and the next import follows."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.models import Product, ReleaseJoin
from shop.database import db, lock_name, rows_changed
from shop.errors import DomainError, NotFound
from shop.substances.identity import set_key


class ReleasesDiffer(DomainError):
    """Two products that are not two releases of one substance in one form."""

    status = 422
    code = "releases_differ"


def joins() -> Mapping[tuple[str, str], str]:
    """By ingredients and release, the release it joins."""
    rows = db.session.execute(select(ReleaseJoin.ingredients, ReleaseJoin.release, ReleaseJoin.joins))
    return {(ingredients, release): joined for ingredients, release, joined in rows}


def join(
    slug: str, into: str, at: datetime, actor_id: int | None = None, reason: str = ""
) -> tuple[str, str]:
    """Let the release of the product `slug` be that of `into`; the two releases, as they are stored.

    Its packs move with the next import of the directory; until then nothing changes. What `into` has been
    joined to counts for both. Raises NotFound and ReleasesDiffer.
    """
    lock_name("catalogue: releases")
    joined, kept = _extended(slug), _extended(into)
    ingredients = set_key(one.name for one in joined.ingredients)
    assert joined.release
    assert kept.release
    if ingredients != set_key(one.name for one in kept.ingredients) or joined.form != kept.form:
        raise ReleasesDiffer(
            f"{joined.name} and {kept.name} differ in their ingredients or their form.",
            "Join releases of one substance in one form.",
        )
    decided = joins()
    target = decided.get((ingredients, kept.release), kept.release)
    if target in (joined.release, decided.get((ingredients, joined.release))):
        raise ReleasesDiffer("These are already one release.", "Name two products with different releases.")
    db.session.execute(
        update(ReleaseJoin)
        .where(ReleaseJoin.ingredients == ingredients, ReleaseJoin.joins == joined.release)
        .values(joins=target)
    )
    db.session.merge(
        ReleaseJoin(
            ingredients=ingredients,
            release=joined.release,
            joins=target,
            at=at,
            actor_id=actor_id,
            reason=reason,
        )
    )
    audit.record(
        Event.RELEASES_JOINED,
        at=at,
        subject=("product", joined.id),
        actor_id=actor_id,
        release=joined.release,
        into=target,
        reason=reason,
    )
    db.session.flush()
    return joined.release, target


def part(slug: str, release: str, at: datetime, actor_id: int | None, reason: str) -> None:
    """Undo that a release of the product's ingredients was joined to another; the next import parts them.

    Raises NotFound.
    """
    lock_name("catalogue: releases")
    product = _extended(slug)
    ingredients = set_key(one.name for one in product.ingredients)
    gone = delete(ReleaseJoin).where(ReleaseJoin.ingredients == ingredients, ReleaseJoin.release == release)
    if not rows_changed(gone):
        raise NotFound("These releases are not joined.", "Somebody else may have parted them.")
    audit.record(
        Event.RELEASES_PARTED,
        at=at,
        subject=("product", product.id),
        actor_id=actor_id,
        release=release,
        reason=reason,
    )
    db.session.flush()


def _extended(slug: str) -> Product:
    product = db.session.scalar(select(Product).where(Product.slug == slug))
    if product is None or product.release is None:
        raise NotFound(
            f"No extended-release product from the NDC directory has the address “{slug[:80]}”.",
            "Look it up in the catalog: the address is the part after /medicines/.",
        )
    return product
