"""What a single state bars is sold elsewhere."""

import re

import pytest

from shop.safety import states
from shop.safety.sale import refusal, refusal_asked_for, refusal_in
from shop.safety.states import barred_in, states_that_bar
from shop.safety.subject import Subject

GABAPENTIN = {"AL", "KY", "MT", "ND", "TN", "UT", "VA", "WV"}


@pytest.mark.parametrize(
    ("state", "ingredients", "barred"),
    [
        ("KY", ("GABAPENTIN",), True),
        ("ky ", ("Gabapentin enacarbil",), True),
        ("MI", ("GABAPENTIN",), False),
        ("CA", ("GABAPENTIN",), False),
        ("LA", ("DICLOFENAC SODIUM", "MISOPROSTOL"), True),
        ("TX", ("MISOPROSTOL",), False),
        ("KY", ("NALBUPHINE HYDROCHLORIDE",), True),
        ("FL", ("TIANEPTINE SODIUM",), True),
        ("KY", ("BACLOFEN",), False),
        ("", ("GABAPENTIN",), False),
        ("KY", (), False),
    ],
)
def test_a_state_bars_what_its_rules_name(state: str, ingredients: tuple[str, ...], barred: bool) -> None:
    found = barred_in(state, ingredients)
    assert (found is not None) is barred
    if found:
        assert (found.code, bool(found.source)) == ("barred_in_state", True)


def test_the_states_that_bar_a_medicine_are_known_beforehand() -> None:
    assert states_that_bar(("GABAPENTIN",)).keys() == GABAPENTIN
    assert states_that_bar(("BACLOFEN",)) == {}


def test_every_rule_names_states_by_their_abbreviation() -> None:
    for entry in states.datasets()[0].entries:
        assert all(re.fullmatch("[A-Z]{2}", state) for state in entry.texts("states"))


def test_one_answer_joins_schedules_classes_and_states() -> None:
    gabapentin = Subject(("GABAPENTIN",), form="capsule")
    assert refusal(gabapentin) is None
    asked = [
        refusal(Subject(("TRAMADOL",))),
        refusal(Subject(("ISOTRETINOIN",))),
        refusal_in("KY", gabapentin),
        refusal_asked_for("ultram 50"),
    ]
    assert [found.code if found else None for found in asked] == [
        "controlled",
        "rems",
        "barred_in_state",
        "controlled",
    ]
    assert refusal_in("CA", gabapentin) is None
    assert refusal_asked_for("baclofen") is None
