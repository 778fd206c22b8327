"""Pharmacists change facts: tighter counts at once, looser with a second pharmacist, and files may change."""

import re
from urllib.parse import quote

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from shop.clock import now
from shop.database import db, transaction
from shop.drug_review import fact_changes
from shop.drug_review.change_models import FactChange
from shop.drug_review.models import ReviewAlert
from tests.integration.pharmacist.desk_browser import entered

FACT = "baclofen:max_daily:1"  # 80 mg a day stops; what is entered is 30 mg a day
PAGE = "/pharmacist/facts/baclofen"
CHANGES = "/pharmacist/fact-changes"


class Reader:
    """A pharmacist at the pages of facts."""

    def __init__(self, client, user_id: int) -> None:
        self.client, self.user_id = client, user_id

    def post(self, page: str, address: str, form: str, **fields):
        """Send the form that `form` begins, with what it carries."""
        html = self.client.get(page).text.partition(form)[2].partition("</article>")[0]
        carried = dict(re.findall(r'name="(csrf_token|fact|seen)" value="([^"]*)"', html))
        return self.client.post(address, data=carried | fields)

    def change(self, figure: str = "80", weight: str = "stops", reason: str = "Our policy.", **more):
        fields = {"weight": weight, "figure": figure, "reason": reason} | more
        return self.post(PAGE, PAGE, f'data-fact="{FACT}"', **fields)

    def step(self, do: str, change_id: int, reason: str = "Read again.", **more):
        fields = {"do": do, "reason": reason} | more
        return self.post(CHANGES, f"{CHANGES}/{change_id}", f'data-change="{change_id}"', **fields)

    def counts(self) -> tuple[str, str]:
        """The weight and figure that the page says count."""
        html = self.client.get(PAGE).text
        return re.search(rf'data-fact="{FACT}" data-weight="(\w+)" data-figure="([^"]*)"', html).groups()


@pytest.fixture
def first(desk, pharmacist) -> Reader:
    return Reader(desk.client, pharmacist)


@pytest.fixture
def second(context, make_user, sign_in) -> Reader:
    user_id = make_user("pharmacist", name="Sam Sample")
    return Reader(sign_in(user_id), user_id)


def last() -> FactChange:
    db.session.rollback()
    return db.session.scalars(select(FactChange).order_by(FactChange.id.desc())).first()


def statuses() -> list[str]:
    db.session.rollback()
    return [row.status.value for row in db.session.scalars(select(FactChange).order_by(FactChange.id))]


def test_tighter_counts_at_once_and_looser_with_a_second_pharmacist(
    desk, submit, first, second, baclofen, ada
):
    def stops() -> bool:
        page = desk.post(reference, "check", do="check", **entered(baclofen, patient=ada)).text
        return re.search(r'<li class="stops">(?:(?!</li>).)*data-label', page, re.DOTALL) is not None

    reference = submit()
    assert not stops()
    assert first.change("20 mg").status_code == 303
    assert stops()
    versions = set(db.session.scalars(select(ReviewAlert.facts_version).where(ReviewAlert.rule == FACT)))
    assert [one.endswith(f"+{last().id}") for one in versions] == [True]

    put_back = {"do": "drop", "reason": "The label is enough."}
    assert first.post(PAGE, f"{CHANGES}/{last().id}", "data-put-back", **put_back).status_code == 303
    assert (last().status, last().loosens) == ("waiting", True)
    assert stops()
    assert first.change("100").status_code == 409
    for do in ("accept", "decline"):
        assert first.step(do, last().id).status_code == 403
    assert second.step("withdraw", last().id).status_code == 403
    assert second.step("decline", last().id, reason=" ").status_code == 422
    assert f'data-waits="{FACT}"' in second.client.get(CHANGES).text
    assert second.step("accept", last().id).status_code == 303
    assert statuses() == ["replaced", "put_back"]
    assert not stops()
    assert first.counts() == ("stops", "80 mg")


def test_a_change_says_why_and_is_asked_of_what_is_seen(first, second):
    assert first.change("70", reason="").status_code == 422
    assert first.change("eighty").status_code == 422
    assert first.change("1 g").status_code == 422
    assert first.change("0").status_code == 422
    assert first.change("80").status_code == 422  # what counts already
    assert first.change("70", weight="never").status_code == 422
    assert first.change("70", fact="baclofen:max_daily:99").status_code == 404
    assert first.change("70", seen="another").status_code == 409
    assert statuses() == []
    assert first.change("90", weight="advice").status_code == 303
    assert first.step("withdraw", last().id).status_code == 303
    assert first.change("80", weight="needs").status_code == 303
    assert second.step("decline", last().id).status_code == 303
    assert statuses() == ["withdrawn", "declined"]
    assert first.counts() == ("stops", "80 mg")
    assert quote("potassium chloride") in first.client.get("/pharmacist/facts?q=chlor+pot").text
    assert 'data-ingredient="warfarin"' not in first.client.get("/pharmacist/facts?q=chlor+pot").text
    assert first.client.get("/pharmacist/facts/specimenol").status_code == 404


def test_the_database_refuses_a_change_loosened_by_one(first):
    first.change("100")
    for changes in ({"decided_by": first.user_id, "decided_at": now()}, {"status": "in_force"}):
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(update(FactChange).values(**changes))


def released(**changes) -> int:
    """As if the release after had changed the file; the id of the change that rests on the one before."""
    row = last()
    values = {"rested_on": row.rested_on.replace("80", "85")} | changes
    with transaction():
        db.session.execute(update(FactChange).where(FactChange.id == row.id).values(**values))
    return row.id


def test_a_file_that_changed_is_a_conflict_to_keep_or_drop(first, second):
    first.change("70")
    change = released()
    assert first.counts() == ("stops", "70 mg")  # tighter than the file still
    assert "data-conflict" in first.client.get(PAGE).text
    assert first.step("keep", change).status_code == 303
    assert "data-conflict" not in first.client.get(PAGE).text
    change = released()
    assert first.step("drop", change).status_code == 303
    assert first.counts() == ("stops", "70 mg")  # dropping loosens
    assert second.step("accept", last().id).status_code == 303
    assert first.counts() == ("stops", "80 mg")

    first.change("100")
    waits = released()
    assert second.step("accept", waits).status_code == 409  # asked of what the file no longer says
    second.step("decline", waits)
    first.change("100")
    second.step("accept", last().id)
    assert first.counts() == ("stops", "100 mg")
    change = released()
    assert first.counts() == ("stops", "80 mg")  # no longer by itself
    assert first.step("keep", change).status_code == 303
    assert last().status == "waiting"
    assert second.step("accept", last().id).status_code == 303
    assert first.counts() == ("stops", "100 mg")

    gone = released(fact="baclofen:max_daily:99")
    assert first.counts() == ("stops", "80 mg")
    assert 'data-gone="baclofen:max_daily:99"' in first.client.get(PAGE).text
    assert first.step("keep", gone).status_code == 404
    assert first.step("drop", gone).status_code == 303
    assert "data-gone" not in first.client.get(PAGE).text
    assert fact_changes.both_of("baclofen:max_daily:99", fact_changes.effective.book()) is None
