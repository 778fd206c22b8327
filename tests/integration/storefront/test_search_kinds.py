"""Plain words for a kind of medicine lead to the lists of that kind, over HTTP."""

import re


def lists_in_answer(page: str) -> list[str]:
    """The lists that the answer to the words leads to."""
    answer = page.split("data-instead", 1)[1].split("</section>", 1)[0]
    return re.findall(r'href="/medicines\?category=([\w-]+)"', answer)


def test_plain_words_lead_to_the_lists_of_the_kind_that_have_something_on_them(client, carried):
    carried("Furosemide", categories=("Loop diuretics",))
    carried("Eplerenone", categories=("Aldosterone antagonists",))

    response = client.get("/search?q=water+pills")

    assert 'data-instead="lists"' in response.text
    assert lists_in_answer(response.text) == ["water-pills", "loop-diuretics"]
    assert "Thiazide" not in response.text
    assert "Aldosterone" not in response.text, "a class for professionals"
    assert client.get("/medicines?category=loop-diuretics").text.count("<h3>") == 1


def test_a_wider_list_serves_where_the_kind_has_none(client, carried):
    carried("House remedy", categories=("Stomach and bowels",))

    assert lists_in_answer(client.get("/search?q=bowel+opener").text) == ["stomach-and-bowels"]


def test_lists_of_a_kind_stand_above_what_only_mentions_the_words(client, carried):
    carried("Apixaban", categories=("Anticoagulants",))
    carried("Fexofenadine", summary="Taken with a blood thinner.")

    response = client.get("/search?q=blood+thinner")

    assert 'data-instead="lists"' in response.text
    assert response.text.index("category=anticoagulants") < response.text.index('class="list-head"')
    assert response.text.count("<h3>") == 2
    listed, _, beside = response.text.partition("data-beside")
    assert "/medicines/apixaban-tablets" in listed
    assert "/medicines/fexofenadine-tablets" not in listed
    assert "/medicines/fexofenadine-tablets" in beside


def test_a_brand_of_plain_words_is_found_below_the_lists(client, carried):
    carried("Allergy", brand="Allergy")
    carried("Loratadine", categories=("Antihistamines",))

    page = client.get("/search?q=allergy").text
    assert 'data-instead="lists"' in page
    assert 'href="/medicines/allergy-tablets"' in page


def test_plain_words_without_any_list_say_so(client, shelf):
    page = client.get("/search?q=water+pill").text
    assert 'data-instead="absent"' in page
    assert "<h3>" not in page


def test_words_that_mean_no_medicine_are_not_taken_for_one(client, carried):
    carried("Sorine")
    carried("Nicotine", form="lozenge", categories=("Quitting smoking",))

    page = client.get("/search?q=snoring").text
    assert "data-instead" not in page
    assert "/medicines/sorine" not in page
    groups = client.get("/suggest?q=snoring").json["groups"]
    assert [item["url"] for group in groups for item in group["items"]] == ["/medicines", "/identify"]
