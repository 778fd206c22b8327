"""Words customers use for what the shelf calls otherwise, and what the store does not sell, over HTTP."""

import pytest

# --- Emergencies ---


def test_an_emergency_is_answered_with_whom_to_call_before_any_list(client, carried):
    carried("Ibuprofen", categories=("Pain",))

    page = client.get("/search?q=bad+chest+pain").text
    assert "data-emergency" in page
    assert "category=pain" not in page.partition("data-emergency")[2].partition('id="h-cond"')[0]
    assert "data-emergency" not in client.get("/search?q=back+pain").text


# --- Names from elsewhere ---


def test_a_name_from_elsewhere_is_explained_and_offered_but_never_exchanged_unseen(client, carried, words):
    carried("Acetaminophen", summary="Lowers a fever.")

    response = client.get("/search?q=Paracetamol+500+mg")

    assert 'data-instead="name"' in response.text
    assert "World Health Organization" in words(response)
    assert "Lowers a fever." in words(response)
    assert 'href="/search?q=acetaminophen%20500%20mg"' in response.text
    assert 'href="/medicines/acetaminophen-tablets"' in response.text
    assert response.text.index("data-instead") < response.text.index("<h3>"), "said before anything is shown"
    assert "spelling" not in words(response)


def test_a_name_whose_other_is_not_carried_is_explained_and_leads_on(client, carried):
    carried("Naproxen", categories=("Pain",))

    page = client.get("/search?q=paracetamol").text

    assert 'data-instead="absent"' in page
    assert "acetaminophen" in page
    assert "/medicines?category=pain" in page
    assert "<h3>" not in page


def test_a_brand_that_is_not_carried_leads_to_its_generic_with_the_reason(client, carried):
    carried("Atorvastatin", "20 mg")

    response = client.get("/search?q=Lipitor+20+mg")

    assert 'data-instead="brand"' in response.text
    assert 'href="/medicines/atorvastatin-tablets"' in response.text
    (group,) = client.get("/suggest?q=lipitor").json["groups"]
    assert (group["says"], group["items"][0]["url"]) == ("brand", "/medicines/atorvastatin-tablets")


def test_a_generic_found_by_the_brand_on_its_page_says_what_the_brand_is(client, carried):
    carried("Acetaminophen", brand="Tylenol")
    carried("Tylenol Extra", brand="Tylenol Extra")

    assert 'data-brand="acetaminophen"' not in client.get("/search?q=tylenol+extra").text
    page = client.get("/search?q=tylenol&sort=name").text
    assert 'data-brand="acetaminophen"' in page


def test_the_national_library_is_named_with_its_notice_where_its_names_are_used(client, carried, words):
    carried("Acetaminophen")

    assert "NLM is not responsible for the product" in words(client.get("/search?q=Tylenol"))


@pytest.mark.parametrize(
    ("typed", "code"),
    [("metformin", "absent"), ("metf", "absent"), ("Eliquis", "absent"), ("Accutane", "refused")],
)
def test_what_is_known_but_not_here_says_so_and_offers_no_near_name(client, carried, typed, code):
    carried("Metoprolol", "50 mg")

    page = client.get("/search", query_string={"q": typed}).text
    assert f'data-instead="{code}"' in page
    assert "/medicines/metoprolol" not in page


def test_short_forms_of_labels_find_what_they_stand_for_and_say_it(client, carried):
    carried("Hydrochlorothiazide", "25 mg")

    page = client.get("/search?q=HCTZ+25").text
    assert 'href="/medicines/hydrochlorothiazide-tablets"' in page
    assert "data-short" in page


@pytest.mark.parametrize("typed", ["oxycodon", "xanex", "vicoden"])
def test_a_misspelled_controlled_name_is_answered_as_one(client, carried, typed):
    carried("Oxybutynin", "5 mg")

    assert 'data-instead="controlled"' in client.get("/search", query_string={"q": typed}).text
    (group,) = client.get("/suggest", query_string={"q": typed}).json["groups"]
    assert group["says"] == "controlled"


@pytest.mark.parametrize(
    "typed",
    ["levothyroxine 50 µg", "levothyroxine 50 μg", "levothyroxine 50ug", "levo\u00adthyrox\u200bine 50 mcg"],
)
def test_micro_in_four_spellings_and_what_cannot_be_seen(client, carried, typed):
    carried("Levothyroxine", "50 mcg")

    page = client.get("/search", query_string={"q": typed}).text
    assert 'href="/medicines/levothyroxine-tablets"' in page
    assert "data-choices" not in page


def test_where_nothing_has_all_the_words_the_part_that_is_carried_is_shown(client, carried):
    carried("Diltiazem", "30 mg")

    page = client.get("/search?q=diltiazem+cd").text
    assert 'data-instead="part"' in page
    assert 'href="/medicines/diltiazem-tablets"' in page


@pytest.mark.parametrize(
    ("typed", "put"),
    [("eczema", "Hydrocortisone"), ("presión alta", "Lisinopril"), ("migrane", "Sumatriptan")],
)
def test_results_and_suggestions_agree_on_a_condition(client, carried, typed, put):
    carried(put, "5 mg", **({"route": "on the skin"} if typed == "eczema" else {}))

    page = client.get("/search", query_string={"q": typed}).text
    (group, *_) = client.get("/suggest", query_string={"q": typed}).json["groups"]
    assert 'data-instead="lists"' in page
    assert group["items"][0]["url"] in page


def test_what_is_called_so_on_the_shelf_wins(client, carried):
    carried("Acetaminophen")
    carried("Paracetamol Plus")

    response = client.get("/search?q=paracetamol")

    assert "data-instead" not in response.text
    assert response.text.count("<h3>") == 1
    groups = client.get("/suggest?q=paracetamol").json["groups"]
    assert groups
    assert not any("says" in group for group in groups)


def test_a_near_spelling_is_not_offered_beside_the_name_that_is_meant(client, carried, words):
    carried("Furosemide")
    carried("Fruzemide")

    page = client.get("/search?q=frusemide").text

    assert 'href="/search?q=furosemide"' in page
    assert "ruzemide" not in page


def test_a_store_elsewhere_is_asked_by_the_american_name(client, carried, words):
    carried("Salbutamol")

    page = client.get("/search?q=albuterol").text

    assert 'data-instead="name"' in page
    assert 'href="/search?q=salbutamol"' in page


# --- What is not sold ---


@pytest.mark.parametrize("query", ["hydrocodone", "Hydrocodone bitartrate 5 mg", "Vicodin"])
def test_a_controlled_medicine_is_said_not_to_be_sold_and_nothing_is_offered_in_its_place(
    client, carried, words, query
):
    carried("Hydrocortisone", "5 mg")
    carried("Vicodix", "5 mg")
    carried("Bitartrate", "5 mg")

    response = client.get("/search", query_string={"q": query})
    page = words(response)

    assert 'data-instead="controlled"' in response.text
    assert "(555)" in page
    assert "spelling" not in page
    for other in ("hydrocortisone", "vicodix", ">bitartrate"):
        assert other not in response.text.lower()


def test_a_medicine_that_only_mentions_a_controlled_one_is_no_answer_to_its_name(client, carried, words):
    carried("Naloxone", summary="Reverses morphine.")

    page = client.get("/search?q=morphine").text

    assert 'data-instead="controlled"' in page
    assert "Naloxone" not in page


def test_only_searches_that_led_nowhere_are_noted(client, carried, noted):
    carried("Acetaminophen")
    carried("Furosemide", categories=("Loop diuretics",))
    for query in ("paracetamol", "water pill", "oxycodone", "tizanidine"):
        client.get("/search", query_string={"q": query})

    assert noted() == ["oxycodone", "tizanidine"]


# --- Strengths ---


def test_a_number_beside_a_name_puts_the_medicine_of_that_strength_first(client, carried):
    carried("Aspirin", "81 mg", form="delayed-release tablet", popularity=1)
    carried("Health Aspirin 81", "81 mg", brand="Health Aspirin 81", popularity=9)
    carried("Aspirin", "325 mg", popularity=8)

    page = client.get("/search?q=aspirin+81").text

    assert page.count("<h3>") == 2
    assert page.index('href="/medicines/aspirin-delayed-release-tablets"') < page.index("/medicines/health-")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("adderal", "controlled"),  # no kind that is spelled nearly so
        ("metamizol", "absent"),
        ("biaxin 500", "absent"),
        ("ventol", "brand"),
        ("salbutamol inhalador", "name"),
        ("can you take ibuprofen with food", "part"),
        ("ibuprofeno Brausetabletten", "part"),
        ("my stomach hurts", "absent"),
    ],
)
def test_what_a_person_means_is_said_of_sentences_beginnings_and_names_of_elsewhere(
    client, carried, typed, code
):
    carried("Ibuprofen", "200 mg")
    carried("Albuterol", "2 mg")

    assert f'data-instead="{code}"' in client.get("/search", query_string={"q": typed}).text
    assert client.get("/suggest", query_string={"q": typed}).json["groups"][0]["says"] == code


def test_of_water_pill_nobody_means_the_water(client, carried):
    carried("Ibuprofen", "200 mg")

    assert 'data-absent="water pills' in client.get("/search?q=water+pill").text


# --- What is not wanted ---


@pytest.mark.parametrize(
    "typed",
    ["pain without aspirin", "aspirin-free pain reliever", "dolor sin aspirina", "pain not Bayer aspirin"],
)
def test_what_is_not_wanted_is_left_out_and_the_page_says_so(client, carried, typed):
    carried("Aspirin", "325 mg", categories=("Pain",))
    carried("Acetaminophen", categories=("Pain",))

    page = client.get("/search", query_string={"q": typed}).text
    assert "/medicines/acetaminophen-tablets" in page
    assert "/medicines/aspirin-tablets" not in page
    assert "data-left-out" in page
    groups = client.get("/suggest", query_string={"q": typed}).json["groups"]
    assert not any("aspirin" in item["url"] for group in groups for item in group["items"])


def test_only_what_is_not_wanted_finds_nothing_and_leads_on(client, carried):
    carried("Penicillin V", categories=("Bacterial infections",))

    page = client.get("/search?q=allergic+to+penicillin").text
    assert "/medicines/penicillin" not in page
    assert 'href="/search?q=penicillin"' in page
    assert 'href="/identify"' in page
    groups = client.get("/suggest?q=allergic+to+penicillin").json["groups"]
    assert [item["url"] for group in groups for item in group["items"]] == ["/medicines", "/identify"]


def test_a_name_that_says_what_is_not_in_it_is_found_by_it(client, carried):
    carried("Non-Aspirin")

    page = client.get("/search?q=non-aspirin").text
    assert "/medicines/non-aspirin-tablets" in page
    assert "data-left-out" not in page
