"""Every page of every role at every breakpoint and six widths, on paper, and to a screen reader."""

import re

import pytest

from tests.journeys.layout.measuring import breakpoints, faults_on_paper, faults_on_screen
from tests.journeys.layout.reading import Reader
from tests.journeys.layout.walk import to_be_read, walk

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("store", ["sqlite"], indirect=True),  # looks do not depend on the database
]

WIDTHS = {320, 390, 640, 820, 1280, 1920}
STEPS = (-1, 1)  # on both sides of each breakpoint
DESK = 1024  # px from which the pharmacist's form stands beside the document

# The most sheets of Letter that a page prints on; every other page is one sheet.
SHEETS = {
    r"/admin/not-by-mail": 2,  # what the safety data always refuse, in seven groups, and what admins add
    r"/": 2,
    r"/medicines": 2,  # 24 medicines
    r"/medicines/.*": 3,  # with its monograph
    r"/search\?q=in": 2,
    r"/privacy": 2,
    r"/notice-of-privacy-practices": 2,
    r"/pharmacist/prescriptions/.*": 2,  # the document, and what was read in it
    r"/pharmacist/rules": 4,  # every listed ingredient with its facts
    r"/pharmacist/facts": 2,  # 50 ingredients
    r"/pharmacist/facts/.*": 4,  # each fact with what it says: two dozen of baclofen
    r"/admin/": 3,  # 25 lots, across
    r"/admin/catalogue": 2,
    r"/admin/prices": 2,  # 45 medicines with what pharmacies paid
    r"/admin/catalogue/baclofen-tablets": 2,  # its strengths and packages, across
    r"/admin/stock/receive\?q=tablet": 2,
}


def test_every_page_is_whole_at_every_width_on_paper_and_to_a_screen_reader(open_page, store):
    """One walk for all of it: filling the store takes as long as looking."""
    widths = WIDTHS | {point + step for point in breakpoints() for step in STEPS}
    faults, reader, places = [], Reader(), walk(open_page, store.instance)
    for role, (page, addresses) in places.items():
        for address in addresses:
            page.goto(address)
            assert page.url.endswith(address), f"{address} led to {page.url}"
            on_paper, sheets = faults_on_paper(page, "Letter")
            if sheets > _most_sheets(address):
                on_paper.append(f"{sheets} sheets of Letter")
            found = reader.look(page, address) + faults_on_screen(page, widths) + on_paper
            faults += [f"{role} {address}: {one}" for one in found]
    for page, address in to_be_read(places):
        page.goto(address)
        faults += [f"{address}: {one}" for one in reader.look(page, address)]
    faults += reader.shared_titles() + reader.failed()
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)


def _most_sheets(address: str) -> int:
    return next((most for pattern, most in SHEETS.items() if re.fullmatch(pattern, address)), 1)
