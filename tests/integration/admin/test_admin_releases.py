"""Extended releases that stand apart, at the desk: listed, joined with a reason, parted again."""

import pytest
from sqlalchemy import select

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.catalogue import releases
from shop.catalogue.models import Product
from shop.catalogue.releases import ReleasesDiffer
from shop.clock import now
from shop.database import db, transaction
from tests.integration.imports.ndc_imports import bring
from tests.integration.imports.test_ndc_packs import RELEASES, pages

__all__ = ["bring"]


@pytest.fixture
def slugs(bring) -> dict[str, str]:
    """By release, the product's address."""
    bring(*RELEASES)
    return {page.release: page.slug for page in pages().values()}


def records() -> list[AuditRecord]:
    wanted = [Event.RELEASES_JOINED, Event.RELEASES_PARTED]
    return list(
        db.session.scalars(select(AuditRecord).where(AuditRecord.event.in_(wanted)).order_by(AuditRecord.id))
    )


def test_what_stands_apart_is_listed_joined_and_parted_and_imports_follow(desk, admin, slugs, bring):
    words = desk.open("/admin/releases?q=bupropion")
    assert "XL, 24-hour" in words
    first = min(
        slugs.values(), key=lambda slug: desk.page.text.find(slug) if slug in desk.page.text else 10**9
    )
    page = f"/admin/releases/{first}"
    words = desk.open(page)
    assert desk.page.text.count("data-release=") == 3
    assert " selected" not in desk.page.text

    desk.send(page, joined=slugs["ANDA000003"], into=slugs["SR"], reason="Orange Book, November 2026")
    assert 'data-joined="ANDA000003"' in desk.page.text
    assert "Orange Book, November 2026" in desk.words()
    assert "Robin Example" in desk.words()
    bring(*RELEASES)
    assert [one.release for one in pages().values() if one.withdrawn_on] == ["ANDA000003"]

    desk.send(f"{page}/part", release="ANDA000003", reason="Another original")
    assert "data-joined" not in desk.page.text
    bring(*RELEASES)
    assert [one.release for one in pages().values() if one.withdrawn_on] == []
    assert [(one.event, one.actor_id) for one in records()] == [
        (Event.RELEASES_JOINED, admin),
        (Event.RELEASES_PARTED, admin),
    ]


@pytest.mark.parametrize(
    ("typed", "invalid"),
    [
        ({}, {"joined", "into", "reason"}),
        ({"joined": "SR", "into": "SR", "reason": "Orange Book"}, {"into"}),
        ({"joined": "SR", "into": "XL", "reason": "x"}, {"reason"}),
        ({"joined": "made-up", "into": "XL", "reason": "Orange Book"}, {"joined"}),
    ],
)
def test_nothing_is_joined_by_default_nor_without_a_reason(desk, slugs, typed, invalid):
    sent = {name: slugs.get(value, value) for name, value in typed.items()}
    desk.send(f"/admin/releases/{slugs['SR']}", **sent)
    assert (desk.page.status_code, desk.invalid()) == (422, invalid)
    assert records() == []


def test_a_release_joined_to_one_that_is_joined_goes_where_that_goes(slugs):
    for joined, into in (("ANDA000003", "XL"), ("SR", "ANDA000003")):
        with transaction():
            releases.join(slugs[joined], slugs[into], now())
    assert {release for (_of, release) in releases.joins()} == {"ANDA000003", "SR"}
    assert set(releases.joins().values()) == {"XL"}
    with pytest.raises(ReleasesDiffer), transaction():
        releases.join(slugs["XL"], slugs["SR"], now())


def test_without_any_the_pages_say_so(desk, context):
    desk.open("/admin/releases")
    assert 'data-state="empty"' in desk.page.text
    desk.open("/admin/releases?q=nosuchthing")
    assert 'data-state="none-match"' in desk.page.text
    desk.open("/admin/releases/made-up", 404)
    assert db.session.scalar(select(Product.id)) is None
