"""The directory's pages: listed, searched, found as JSON, corrected."""

from shop.clock import now
from shop.database import transaction
from shop.prescriptions import prescribers
from shop.prescriptions.prescribers import Stated
from tests.csrf import csrf_token
from tests.integration.handmade.by_hand import seen_on
from tests.integration.pharmacist.test_pharmacist_header import IVOR, ivor  # noqa: F401

HOME = "/pharmacist/prescribers"


def save(desk, reference: str, **fields: str):
    known = {"name": IVOR.name, "npi": IVOR.npi, "address": IVOR.address, "phone": IVOR.phone}
    known["seen"] = seen_on(desk.client.get(f"{HOME}/{reference}").text)
    return desk.client.post(
        f"{HOME}/{reference}", data=known | fields | {"csrf_token": csrf_token(desk.client)}
    )


def test_the_directory_is_listed_and_searched(desk, ivor):  # noqa: F811
    for query in ("", "?q=samp", "?q=12345", "?from=nonsense", "?q=" + "x" * 2000):
        page = desk.client.get(HOME + query)
        assert page.status_code == 200
        assert (f'href="{HOME}/{ivor}"' in page.text) is ("xx" not in query)


def test_an_empty_directory_says_so(desk):
    assert 'class="empty"' in desk.client.get(HOME).text


def test_the_script_finds_what_it_fills_in_and_no_key(desk, ivor):  # noqa: F811
    answer = desk.client.get(f"{HOME}/find?q=sam")
    assert answer.headers["Cache-Control"] == "no-store"
    (found,) = answer.json["found"]
    assert found == {
        "name": IVOR.name,
        "npi": IVOR.npi,
        "license": "",
        "address": IVOR.address,
        "phone": IVOR.phone,
    }
    assert desk.client.get(f"{HOME}/find").json == {"found": []}


def test_an_entry_is_corrected_and_what_is_wrong_is_said(desk, ivor, pharmacist):  # noqa: F811
    wrong = ({"name": ""}, {"npi": "1234567890"}, {"npi": ""}, {"license": "77"}, {"phone": "5" * 41})
    for fields in wrong:
        answer = save(desk, ivor, **fields)
        assert answer.status_code == 422
        assert f'id="{next(iter(fields))}-e"' in answer.text
    with transaction():
        prescribers.keep(Stated("Ida Other", "1000000004"), pharmacist, now(), rename=False, moved=False)
    taken = save(desk, ivor, npi="1000000004")
    assert (taken.status_code, 'id="npi-e"' in taken.text) == (422, True)
    assert save(desk, ivor, name="Ivor B. Sample, MD", phone="").status_code == 303
    kept = prescribers.by_reference(ivor)
    assert (kept.name, kept.phone) == ("Ivor B. Sample, MD", "")
    assert desk.client.get(f"{HOME}/none").status_code == 404


def test_the_second_of_two_who_correct_an_entry_is_told_and_keeps_what_they_typed(desk, ivor):  # noqa: F811
    seen = seen_on(desk.client.get(f"{HOME}/{ivor}").text)
    assert save(desk, ivor, address="2 Corrected Road", seen=seen).status_code == 303
    for stale in (seen, ""):
        told = save(desk, ivor, phone="555-0199", seen=stale)
        assert told.status_code == 409
        assert 'data-refused="changed_meanwhile"' in told.text
        assert "2 Corrected Road" in told.text
        assert 'value="555-0199"' in told.text
    assert prescribers.by_reference(ivor).phone == IVOR.phone
    assert save(desk, ivor, phone="555-0199", seen=seen_on(told.text)).status_code == 303
    assert prescribers.by_reference(ivor).address == IVOR.address, "told, and decided"
