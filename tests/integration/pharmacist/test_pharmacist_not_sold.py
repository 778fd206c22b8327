"""What a pharmacist looks for and is not sold: each answered with its own reason, however it is spelled."""

from html import unescape

import pytest
from sqlalchemy import update

from shop.catalogue.models import Product, Variant
from shop.clock import format_day, today
from shop.database import transaction
from shop.pharmacist import not_sold
from shop.prescriptions.reasons import WORDS, Reason
from shop.safety.sale import SaleRefusal
from tests.factories import make_variant
from tests.integration.pharmacist.desk_browser import entered

CONTROLLED = WORDS[Reason.CONTROLLED].short
NOT_SOLD = WORDS[Reason.NOT_SOLD].short
CONTROLLED_NAMES = (
    *("tramadol", "oxycodone", "hydrocodone", "alprazolam", "zolpidem", "methadone", "phentermine"),
    *("pregabalin", "testosterone", "carisoprodol"),
    *(
        "Ultram",
        "OxyContin",
        "Vicodin",
        "Xanax",
        "Ambien",
        "Percocet",
        "Adderall",
        "Lyrica",
        "Soma",
        "Ativan",
    ),
    *("tramadol hcl", "oxycodone hydrochloride 5 mg", "zolpidem tartrate", "methadone hydrochloride"),
    *("amphetamine sulfate", "testosterone cypionate", "morphine sulfate", "codeine phosphate"),
    *("phentermine hydrochloride", "lisdexamfetamine dimesylate"),
    *("tramadoll", "oxycodon", "alprazolm", "adderal", "xanex", "vicoden", "lorazapam", "zolpidm"),
    *("fentanly", "pregablin"),
)
BY_NAME = (
    *("pseudoephedrine", "ephedrine", "phenylpropanolamine", "isotretinoin", "thalidomide", "lenalidomide"),
    *("bosentan", "insulin glargine", "adalimumab", "isopropyl alcohol"),
    *("pseudoephedrine hydrochloride 30 mg", "ephedrine sulfate", "vigabatrin 500 mg"),
    *("psuedoephedrine", "pseudoephedrin", "isotretinoine", "thalidomid", "lenalidomid", "bosentann"),
)


def said(text: str) -> str:
    return " ".join(one.sentence for one in not_sold.trouble(text, not_sold.find(text, 20)))


def may_be_declined_for(text: str) -> set[str | None]:
    return {one.decline for one in not_sold.trouble(text, not_sold.find(text, 20))}


@pytest.mark.parametrize("typed", CONTROLLED_NAMES)
def test_a_controlled_substance_however_it_is_asked_for(context, typed: str) -> None:
    assert CONTROLLED in said(typed)
    assert may_be_declined_for(typed) == {Reason.CONTROLLED}


@pytest.mark.parametrize("typed", BY_NAME)
def test_what_no_catalogue_has_and_is_not_sent_by_mail(context, typed: str) -> None:
    assert NOT_SOLD in said(typed)
    assert may_be_declined_for(typed) == {Reason.NOT_SOLD}


@pytest.mark.parametrize("typed", ["baclofen", "Lioresal", "baclofen hydrochloride", "baclofn 10 mg"])
@pytest.mark.parametrize(
    ("table", "values", "reason", "refuse"),
    [
        (Product, {"listed_at": None}, SaleRefusal.NOT_LISTED, False),
        (Product, {"listed_at": None, "withdrawn_on": 0}, None, True),
        (Variant, {"withdrawn_on": 0}, None, True),
        (Product, {"not_by_mail": "it breaks"}, "it breaks", True),
        (Product, {"safety_code": "cold", "safety_reason": "it must stay cold"}, "it must stay cold", True),
        (Variant, {"markets": ["ZA"]}, SaleRefusal.OTHER_MARKET, False),
        (Variant, {"price": None}, SaleRefusal.NO_PRICE, False),
    ],
)
def test_what_the_catalogue_has_and_does_not_sell(
    context, typed: str, table, values: dict, reason: str | None, refuse: bool
) -> None:
    name = typed if "hydrochloride" in typed else "Baclofen"
    variant = make_variant(name, "10 mg", brand="Lioresal")
    days = {column: today() for column, value in values.items() if type(value) is int}
    with transaction() as session:
        session.execute(update(table).values(**(values | days)))
    if isinstance(reason, SaleRefusal):
        reason = not_sold.SALE[reason]
    assert (reason or format_day(today(), "en_US")) in said(typed)
    assert (NOT_SOLD in said(typed)) is refuse
    assert may_be_declined_for(typed) == {Reason.NOT_SOLD}
    assert not_sold.find(name, 5)[0].id == variant


def test_what_is_sold_has_no_trouble_and_a_slip_of_the_hand_is_a_question(context) -> None:
    make_variant("Trazodone", "50 mg")
    assert said("trazodone") == ""
    assert "trazodone" in said("trazadone")
    assert CONTROLLED not in said("trazadone")
    assert may_be_declined_for("trazadone") == {None}
    assert may_be_declined_for("zzzzzz") == {Reason.NOT_SOLD}


def test_the_desk_says_it_beside_the_field_and_the_name(desk, submit) -> None:
    variant = make_variant("Isotretinoin", "20 mg", form="capsule")
    found = desk.post(submit(), "check", do="find-0", **entered(variant), **{"items-0-find": "isotret"})
    assert 'id="items-0-find-e"' in found.text
    assert NOT_SOLD in unescape(found.text)
    assert "capsule 20 mg (" in unescape(found.text)
