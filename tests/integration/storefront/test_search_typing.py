"""Words customers use for what the shelf calls otherwise, answered while they type."""

import pytest

from tests.integration.storefront.conftest import offered


def test_another_name_is_offered_from_its_beginning_on(client, carried):
    carried("Acetaminophen")

    for typed in ("parac", "paracetamol"):
        (group,) = client.get(f"/suggest?q={typed}").json["groups"]
        assert group["says"] == "name"
        assert group["items"][0]["url"] == "/medicines/acetaminophen-tablets"


def test_lists_of_a_kind_are_offered_while_typing(client, carried):
    carried("Furosemide", categories=("Loop diuretics",))

    group, *_ = client.get("/suggest?q=water+pill").json["groups"]
    assert group["says"] == "lists"
    urls = [item["url"] for item in group["items"]]
    assert urls == ["/medicines?category=water-pills", "/medicines?category=loop-diuretics"]


def test_a_controlled_medicine_is_no_misspelling_while_typing(client, carried):
    carried("Hydrocortone")

    for typed in ("hydrocod", "hydrocodone"):
        (group,) = client.get(f"/suggest?q={typed}").json["groups"]
        assert group["says"] == "controlled"
        assert [item["url"] for item in group["items"]] == ["/search?q=hydrocodone"]


@pytest.mark.parametrize("typed", ["paracetamol", "water+pill", "oxycodone"])
def test_other_words_read_no_database_while_typing(client, carried, typed):
    carried("Acetaminophen")
    carried("Furosemide", categories=("Loop diuretics",))
    client.get("/suggest?q=fur")

    response = client.get(f"/suggest?q={typed}")

    assert offered(response)
    assert response.headers["X-Query-Count"] == "0"
