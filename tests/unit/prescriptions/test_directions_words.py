"""Directions as a structure: what is read, how long they last, what is printed, and what is error-prone."""

from dataclasses import dataclass
from fractions import Fraction

import pytest

from shop.prescriptions.verification.directions import read
from shop.prescriptions.verification.directions_words import in_full, in_words
from shop.prescriptions.verification.error_prone import error_prone
from shop.prescriptions.verification.supply_checks import days_from

DAYS = [
    ("1 tab tid", "pill", 90, 30),
    ("½ tab bid", "pill", 30, 30),
    ("5 mL bid × 10 d", "mL", 100, 10),
    ("5 mL bid x 10 d", "mL", 100, 10),
    ("1 cap po tid x 7 d", "pill", 21, 7),
    ("1 tab qod", "pill", 15, 30),
    ("1 TAB Q.O.D.", "pill", 15, 30),
    ("1 tab q 2 d", "pill", 15, 30),
    ("2 tsp qid", "mL", 400, 10),
    ("as directed", "pill", 30, None),
    ("1 tab tid", "pill", None, None),
    ("1 tab tid", "pill", 0, None),
    ("uad", "pill", 30, None),
    ("5 mL bid", "pill", 100, None),
    ("2 puffs bid", "pill", 120, None),
    ("1 tab a day", "pill", 30, 30),
    ("1 tab tiw", "pill", 12, 28),
    ("1 tab monthly", "pill", 3, 90),
]
STRUCTURES = {
    # directions: (at once, on a day, days a week, how long)
    "1 tab tid": (1, 3, 7, None),
    "½ tab daily": (Fraction(1, 2), Fraction(1, 2), 7, None),
    "1 tablet once a week": (1, 1, 1, None),
    "1 tab qod": (1, 1, 4, None),
    "1 tab alternate days": (1, 1, 4, None),
    "1 tab T.I.W.": (1, 1, 3, None),
    "1 tab QDay": (1, 1, 7, None),
    "2 tabs po od": (2, 2, 7, None),
    "1 tab O.D.": (1, 1, 7, None),
    "1 tab qwk": (1, 1, 1, None),
    "1 tab q wk": (1, 1, 1, None),
    "1 tab monthly": (1, 1, 1, None),
    "1 tab every month for 6 months": (1, 1, 1, 180),
    "1 tablet 3 times a week": (1, 1, 3, None),
    "1 tab q 72 hrs": (1, 1, 3, None),
    "2 tabs in the morning and 1 tab at bedtime for 2 weeks": (2, 3, 7, 14),
    "1-2 tabs q4-6h prn, max 8 tablets a day": (2, 8, 7, None),
}
SAID = {
    "1 tab tid": (
        "Take 1 tablet by mouth 3 times a day.",
        "Tome 1 tableta por la boca 3 veces al día.",
    ),
    "1 cap po bid x 7 d prn pain": (
        "Take 1 capsule by mouth 2 times a day for 7 days as needed for pain.",
        "Tome 1 cápsula por la boca 2 veces al día durante 7 días según sea necesario para el dolor.",
    ),
    "1 tab qod": (
        "Take 1 tablet by mouth every other day.",
        "Tome 1 tableta por la boca un día sí y otro no.",
    ),
    "1 cap inhale daily": ("Inhale 1 capsule once a day.", "Inhale 1 cápsula una vez al día."),
    "1 tab a day": ("Take 1 tablet by mouth once a day.", "Tome 1 tableta por la boca una vez al día."),
    "1 cap per week": (
        "Take 1 capsule by mouth once a week.",
        "Tome 1 cápsula por la boca una vez por semana.",
    ),
    "1 tab tiw": (
        "Take 1 tablet by mouth 3 times a week.",
        "Tome 1 tableta por la boca 3 veces por semana.",
    ),
    "1 tab on alternate days": (
        "Take 1 tablet by mouth every other day.",
        "Tome 1 tableta por la boca un día sí y otro no.",
    ),
    "1 tab once a month": (
        "Take 1 tablet by mouth once a month.",
        "Tome 1 tableta por la boca una vez al mes.",
    ),
    "1 drop in each eye at bedtime": (
        "Put 1 drop in each eye at bedtime every day.",
        "Ponga 1 gota en cada ojo al acostarse todos los días.",
    ),
    "1 tab tid for zest": ("Take 1 tablet by mouth 3 times a day for zest.", None),
}
NOT_SAID = [
    *("as directed", "", "1 tablet before breakfast", "1 tablet bid mdd 60 mg", "chew 1 tablet daily"),
    *("insert 1 tablet vaginally daily", "5 mL bid", "1 tablet daily if the INR is low", "1 tablet"),
    *("2 tabs a day", "1 drop od", "1 tab twice monthly", "1 tab 2 times a month", "1 tab bimonthly"),
    *("1 tab and 2 tabs on alternate days", "1 tab monthly at bedtime", "1 tab several times a day"),
    *("1 to 1 1/2 tab a day", "1 tab every other month", "1 tab every 2 months", "1 tab semi-monthly"),
    *("2 daily for 3 days then more", "<b>1</b> tablet daily", "1 tab daily\x00", "1 tablet daily " * 50),
]
ERROR_PRONE = {
    "1 tab qd": ["qd"],
    "1 tab Q.D.": ["qd"],
    "1 tab q d": ["qd"],
    "1 tab qod": ["qod"],
    "1 tab q.o.d.": ["qod"],
    "1 tab q. o. d.": ["qod"],
    "1 tab od": ["od"],
    "1 drop O.D.": ["od"],
    "1 tab tiw": ["tiw"],
    "10 U daily": ["u"],
    "inject 10u daily": ["u"],
    "1000 IU daily": ["iu"],
    "MS 10 daily": ["ms"],
    "MSO4 daily": ["ms"],
    "take 1.0 mg daily": ["trailing_zero"],
    "take .5 mg daily": ["no_leading_zero"],
    ".5 mg qd, 2.0 mg qod": ["qod", "qd", "trailing_zero", "no_leading_zero"],
    # written well
    "1 tab daily": [],
    "1 tab qid": [],
    "1 tab tid. Then stop.": [],
    "0.5 mg daily": [],
    "10.05 mg daily": [],
    "1 tablet q day": [],
    "10 units daily": [],
    "for MS. Walker's cough; use daily": ["ms"],
    "you take it; u-turn": ["u"],
    "": [],
}


@pytest.mark.parametrize(("directions", "unit", "quantity", "days"), DAYS)
def test_days_supply_follows(directions, unit, quantity, days):
    assert days_from(directions, quantity, unit) == days


@pytest.mark.parametrize("directions", STRUCTURES)
def test_what_is_taken_at_once_and_on_a_day(directions):
    said = read(directions)
    found = (said.most_at_once("pill"), said.most_on_a_day("pill"), said.days_a_week, said.days)
    assert found == STRUCTURES[directions]


@pytest.mark.parametrize("directions", SAID)
def test_a_label_in_two_languages(directions):
    said = read(directions)
    assert (in_words(said, "en"), in_words(said, "es")) == SAID[directions]


@pytest.mark.parametrize("directions", NOT_SAID)
def test_what_is_not_read_whole_is_not_printed_in_other_words(directions):
    assert in_words(read(directions), "en") is None
    assert in_words(read(directions), "es") is None


def test_a_liquid_is_swallowed_where_the_medicine_is():
    assert in_words(read("5 mL bid"), "en", "oral") == "Take 5 mL by mouth 2 times a day."
    assert in_words(read("1 tablet daily"), "en", "vaginal") is None


IN_FULL = [
    # directions, the catalogue's route and form, the sentence
    ("1 tab tid", "oral", "tablet", "Take 1 tablet by mouth 3 times a day."),
    ("5 mL bid × 10 d", "oral", "suspension", "Take 5 mL by mouth 2 times a day for 10 days."),
    ("5 mL bid", "not stated", "syrup", "Take 5 mL by mouth 2 times a day."),
    ("5 mL bid", "not stated", "lotion", ""),
    ("5 mL bid", "topical", "solution", ""),
    ("1 tab tid", "vaginal", "tablet", ""),
    ("1 tab tid", "not stated", "sublingual tablet", ""),
    ("as directed", "oral", "tablet", ""),
    ("take 1 tablet by mouth 3 times a day", "oral", "tablet", ""),  # it says so itself
]


@dataclass(frozen=True)
class Sold:
    route: str
    form: str


@pytest.mark.parametrize(("directions", "route", "form", "sentence"), IN_FULL)
def test_directions_in_full_for_who_takes_the_medicine(directions, route, form, sentence):
    assert in_full(directions, Sold(route, form)) == sentence


def test_the_evening_is_not_the_afternoon_in_spanish():
    assert in_full("1 tab in the evening", Sold("oral", "tablet"), "es") == (
        "Tome 1 tableta por la boca por la noche todos los días."
    )


@pytest.mark.parametrize("directions", ERROR_PRONE)
def test_error_prone_abbreviations_and_figures(directions):
    assert [one.code for one in error_prone(directions)] == ERROR_PRONE[directions]
