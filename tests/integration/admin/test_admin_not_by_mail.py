"""The not-by-mail list at the desk: entries are added, removed, put back, and mean products."""

import re

import pytest
from flask import g
from markupsafe import escape
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.catalogue.models import Product
from shop.database import db
from shop.listing.mail_exclusions import MailExclusion
from shop.safety.mailable import WHY, starting_list
from shop.safety.refused_classes import groups
from tests.integration.admin.admin_desk import Desk
from tests.integration.listing.products import make_product

LIST = "/admin/not-by-mail"
INSULIN = {"ingredient": "Insulin", "form_word": "", "reason": "it must stay cold", "source": "its label"}


def reasons() -> dict[str, str | None]:
    db.session.rollback()
    return {
        row.name: row.not_by_mail for row in db.session.execute(select(Product.name, Product.not_by_mail))
    }


@pytest.fixture
def insulins(context) -> None:
    make_product("Insulin lispro", form="injection")
    make_product("Insulin glargine", form="injection")
    make_product("Baclofen")


def test_an_empty_list_offers_the_entries_that_come_with_the_store(desk, insulins):
    desk.open(LIST)
    assert 'data-state="empty"' in desk.page.text
    desk.send(f"{LIST}/load")
    assert desk.told() == [str(len(starting_list()))]
    assert reasons() == {
        "Insulin lispro": WHY["cold"],
        "Insulin glargine": WHY["cold"],
        "Baclofen": None,
    }
    (row,) = [row for row in desk.rows() if row[0] == "insulin"]
    assert row[2] == "2"
    desk.send(f"{LIST}/load")
    assert desk.told() == []
    assert len(db.session.scalars(select(MailExclusion.id)).all()) == len(starting_list())


def test_the_page_shows_what_is_refused_whatever_the_list_says(desk, context):
    make_product("Isotretinoin", form="capsule", columns={"safety_code": "rems"})
    make_product("Baclofen", columns={"safety_code": None})
    desk.open(LIST)
    html = desk.page.text
    for group in groups():
        section = html.split(f'data-group="{group.key}"')[1].split("</details>")[0]
        assert section.count('<th scope="row"') == len(group.lines) > 0
        for line in (group.lines[0], group.lines[-1]):
            for word in (line.name, line.why, line.source):
                assert escape(word) in section
            assert line.reviewed.year
    assert 'data-code="rems">1<' in html
    assert "data-unchecked>1<" in html


def test_an_entry_is_added_marks_products_and_is_recorded(desk, admin, insulins):
    desk.send(LIST, **INSULIN)
    assert desk.told() == ["2"], "products"
    assert reasons()["Insulin lispro"] == "it must stay cold"
    row = db.session.execute(select(AuditRecord.event, AuditRecord.actor_id, AuditRecord.detail)).one()
    assert tuple(row) == ("catalogue:not_by_mail:added", admin, {"products": 2})


def test_an_entry_is_removed_and_put_back(desk, insulins):
    desk.send(LIST, **INSULIN)
    db.session.rollback()
    number = db.session.scalar(select(MailExclusion.id))
    desk.send(f"{LIST}/{number}/remove")
    assert desk.told() == ["2"], "products"
    assert reasons()["Insulin lispro"] is None
    form = re.search(
        r'<form method="post" action="/admin/not-by-mail" class="undo">.*?</form>', desk.page.text, re.S
    )
    fields = dict(re.findall(r'name="(ingredient|form_word|reason|source)" value="([^"]*)"', form[0]))
    desk.send(LIST, **fields)
    assert desk.told() == ["2"], "products"
    assert reasons()["Insulin lispro"] == "it must stay cold"


def test_a_reason_written_at_the_product_outlives_adding_and_removing(desk):
    make_product("Insulin lispro", columns={"not_by_mail": "our own reason"})
    desk.send(LIST, **INSULIN)
    assert desk.told() == []
    db.session.rollback()
    desk.send(f"{LIST}/{db.session.scalar(select(MailExclusion.id))}/remove")
    assert reasons() == {"Insulin lispro": "our own reason"}


def test_what_two_entries_mean_keeps_the_other_reason_when_one_goes(desk, insulins):
    desk.send(LIST, **INSULIN)
    desk.send(LIST, ingredient="", form_word="injection", reason="it is an injection", source="a decision")
    assert reasons()["Insulin lispro"] == "it must stay cold", "the entry added first speaks"
    db.session.rollback()
    first = db.session.scalar(select(MailExclusion.id).where(MailExclusion.ingredient == "insulin"))
    desk.send(f"{LIST}/{first}/remove")
    assert reasons()["Insulin lispro"] == "it is an injection"


@pytest.mark.parametrize(
    ("changes", "invalid"),
    [
        ({"ingredient": "", "form_word": " "}, "ingredient"),
        ({"ingredient": "%"}, "ingredient"),
        ({"form_word": "--"}, "form_word"),
        ({"reason": " . "}, "reason"),
        ({"source": ""}, "source"),
        ({"ingredient": "x" * 201}, "ingredient"),
        ({"form_word": "x" * 81}, "form_word"),
        ({"reason": "x" * 201}, "reason"),
        ({"source": "x" * 301}, "source"),
    ],
)
def test_an_entry_that_cannot_stand_there_is_refused_beside_its_field(desk, changes, invalid):
    desk.send(LIST, **INSULIN | changes)
    assert (desk.page.status_code, desk.invalid()) == (400, {invalid})
    assert "its label" in desk.page.text or "source" in changes, "what was typed is kept"
    assert db.session.scalar(select(MailExclusion.id)) is None


def test_the_same_entry_twice_is_refused_however_it_is_spelled(desk):
    desk.send(LIST, **INSULIN)
    desk.send(LIST, **INSULIN | {"ingredient": "  INSULIN "})
    assert (desk.page.status_code, desk.invalid()) == (409, {"ingredient"})


def test_of_two_admins_who_remove_an_entry_the_slower_is_told(desk, make_user, sign_in):
    desk.send(LIST, **INSULIN)
    db.session.rollback()
    number = db.session.scalar(select(MailExclusion.id))
    other = Desk(sign_in(make_user("admin")))
    desk.send(f"{LIST}/{number}/remove")
    for kept in list(g):  # the test's application context has kept the first admin's
        g.pop(kept)
    other.send(f"{LIST}/{number}/remove")
    assert other.page.status_code == 404
    assert 'data-refused="not_found"' in other.page.text


def test_markup_in_an_entry_is_shown_as_text(desk):
    desk.send(LIST, **INSULIN | {"reason": "<script>alert(1)</script>"})
    assert "<script>alert(1)" not in desk.page.text


def test_the_list_takes_the_same_queries_whatever_its_length(desk, insulins):
    desk.send(f"{LIST}/load")
    desk.open(LIST)
    whole = desk.queries
    for row in db.session.scalars(select(MailExclusion).offset(3)).all():
        db.session.delete(row)
    db.session.commit()
    desk.open(LIST)
    assert desk.queries <= whole <= 14
