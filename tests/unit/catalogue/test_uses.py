"""What medicines are for: by ingredient and way of use, shared by all ingredients, never guessed."""

import pytest

from shop.catalogue import uses
from shop.catalogue.uses import Described, shown, uses_of
from shop.imports.ndc.naming import categories_of
from shop.substances.identity import slug_of


def of(*ingredients: str, route: str = "oral", **more) -> tuple[str, ...]:
    return uses_of(Described(ingredients, route, **more))


@pytest.mark.parametrize(
    ("ingredients", "route", "use"),
    [
        (("lisinopril",), "oral", "high-blood-pressure"),
        (("atorvastatin calcium",), "oral", "high-cholesterol"),
        (("loperamide hydrochloride",), "oral", "diarrhea"),
        (("acetaminophen", "caffeine"), "oral", "headache"),  # by the combination
        (("sulfamethoxazole", "trimethoprim"), "oral", "urinary-infections"),
        (("hydrocortisone",), "on the skin", "eczema-rash"),
        (("ciprofloxacin",), "ear", "ear-infections"),
    ],
)
def test_an_ingredient_has_the_uses_its_label_names(ingredients, route, use) -> None:
    assert use in of(*ingredients, route=route)


@pytest.mark.parametrize(
    ("ingredients", "route", "use"),
    [
        (("ciprofloxacin",), "ear", "urinary-infections"),  # by the way it is used
        (("lisinopril", "hydrochlorothiazide"), "oral", "swelling"),  # one half of it only
        (("acetaminophen", "diphenhydramine"), "oral", "allergies"),
        (("nothing known",), "oral", "pain"),
        (("lisinopril", "nothing known"), "oral", "high-blood-pressure"),
        (("lisinopril",), "intravenous", "high-blood-pressure"),
        (("amlodipine besylate", "atorvastatin calcium"), "oral", "high-cholesterol"),  # no label at hand
        (("permethrin",), "on the skin or through the skin", "scabies"),
        (("diphenhydramine", "ibuprofen"), "oral", "cold-flu"),  # for sleep
        (("camphor", "menthol"), "on the skin", "cough"),  # unless the name says that it is for the chest
    ],
)
def test_what_the_label_does_not_say_of_it_is_no_use(ingredients, route, use) -> None:
    assert use not in of(*ingredients, route=route)


def test_what_else_must_hold_decides() -> None:
    assert of("levonorgestrel") == ("emergency-contraception",)
    assert of("levonorgestrel", "ethinyl estradiol") == ("birth-control",)
    low_dose = ("norethindrone acetate", "ethinyl estradiol")
    assert of(*low_dose, names=("Loestrin",)) == ("birth-control",)
    assert of(*low_dose, names=("Femhrt",)) == ()  # for menopause; no label at hand says so
    assert "birth-control" not in of("norethindrone acetate", names=("Aygestin",))
    assert "high-blood-pressure" in of("guanfacine", form="tablet")
    assert "high-blood-pressure" not in of("guanfacine", form="extended-release tablet")
    assert "dandruff" not in of("ketoconazole", route="on the skin", form="shampoo")  # no label at hand
    assert of("bupropion hydrochloride") == ("depression",)
    assert of("bupropion hydrochloride", names=("Zyban",)) == ()


def test_what_is_sold_over_the_counter_is_for_less() -> None:
    for name, use in (("naproxen sodium", "gout"), ("meclizine", "vertigo")):
        assert use in of(name, prescription=True)
        assert use not in of(name, prescription=False)


def test_where_no_way_of_use_is_stated_only_one_can_be_meant() -> None:
    assert of("acetaminophen", "dextromethorphan hydrobromide", route="not stated", form="kit")
    assert of("hydrocortisone", route="not stated", form="cream") == of("hydrocortisone", route="on the skin")
    assert of("hydrocortisone", route="not stated", form="kit") == ()


def test_a_class_of_the_directory_is_for_professionals_unless_people_know_it_by_its_name() -> None:
    classes = (
        "Opioid Agonist",
        "Calculi Dissolution Agent",
        "Aluminum Complex",
        "HMG-CoA Reductase Inhibitor",
    )
    names = categories_of(", ".join(f"{one} [EPC]" for one in classes))
    filed = tuple((slug_of(name), name) for name in (*names, "House brands"))
    seen = dict(shown(Described(("loperamide hydrochloride",), "oral", categories=filed, classes=classes)))
    assert set(seen) == {"diarrhea", "house-brands", "statins"}


def test_a_use_has_one_name_whatever_its_category_was_stored_as() -> None:
    """Two names would be two entries of a list's filter, and each would find a part."""
    stored = ("high-blood-pressure", "Hypertension")
    by_category = shown(Described(("nothing known",), "oral", categories=(stored,)))
    assert by_category == [(stored[0], uses.uses()[stored[0]].name)]


def test_every_use_has_a_source_and_no_word_leads_to_two() -> None:
    known = uses.uses()
    assert len(known) >= 120
    assert all(one.source and one.said for one in known.values())
    names = [one.name for one in known.values()]
    assert len(names) == len(set(names))


def test_pairs_without_a_label_at_hand_are_pairs_of_the_file() -> None:
    for entry in uses.dataset().entries:
        named = {one.partition(" @")[0] for site in uses.SITES for one in entry.texts(site)}
        assert {*entry.texts("unseen"), *entry.texts("monograph")} <= named
        assert not {*entry.texts("unseen")} & {*entry.texts("monograph")}


@pytest.mark.parametrize(
    ("ingredients", "route", "names", "use"),
    [
        (("avobenzone", "octocrylene"), "on the skin", ("Sunscreen SPF 30",), "sun-protection"),
        (("phenylephrine hydrochloride", "cocoa butter"), "rectal", ("Hemorrhoidal",), "hemorrhoids"),
        (("witch hazel",), "on the skin", ("Hemorrhoidal pads",), "hemorrhoids"),
        (("norgestimate", "ethinyl estradiol"), "oral", (), "birth-control"),
        (("carboxymethylcellulose sodium",), "eye", (), "eye-problems"),
        (("dextromethorphan hydrobromide", "guaifenesin"), "oral", (), "cough"),
    ],
)
def test_a_federal_rule_on_labels_says_what_a_medicine_is_for(ingredients, route, names, use) -> None:
    assert use in of(*ingredients, route=route, names=names)
    assert "CFR" in uses.uses()[use].source
