"""Who shopped here: invented customers at invented addresses, and the invented practices they see.

Surnames say what they are. Streets are Example Streets; each Springfield is there, so that state and ZIP code
agree. Telephone numbers are 555 numbers. NPIs begin with 2: no such one has been given to anybody.
"""

from dataclasses import dataclass
from datetime import date

from shop.addresses import PostalAddress
from shop.demo.papers import Practice

DOMAIN = "customers.example"
_FIRST = (
    *("Grace", "Hugo", "Iris", "Jonas", "Klara", "Linus", "Mona", "Nils", "Olga", "Pablo", "Quinn", "Rosa"),
    *("Simon", "Thea", "Ugo", "Vera", "Walter", "Xenia", "Yusuf", "Zora", "Amos", "Bella", "Cyrus", "Dora"),
    *("Emil", "Fanny", "Gus", "Hedda", "Igor", "Judith", "Kurt", "Lotte", "Milo", "Nora", "Otto", "Petra"),
)
SURNAMES = ("Specimen", "Sample", "Example", "Placeholder", "Template", "Mockup")
_PLACES = (
    *(("IL", "62701"), ("MA", "01101"), ("MO", "65801"), ("OH", "45501"), ("OR", "97477"), ("VA", "22150")),
    *(("NJ", "07081"), ("VT", "05156"), ("PA", "19064"), ("NY", "10001"), ("TN", "37172"), ("GA", "31329")),
)
_OLDEST, _YEARS = 1938, 58


@dataclass(frozen=True)
class Person:
    """A customer, who is their own patient."""

    name: str
    email: str
    born: date
    address: PostalAddress


def _person(place: int) -> Person:
    name = f"{_FIRST[place]} {SURNAMES[place % len(SURNAMES)]}"
    state, zip_code = _PLACES[place * 5 % len(_PLACES)]
    return Person(
        name,
        f"{name.lower().replace(' ', '.')}@{DOMAIN}",
        date(_OLDEST + place * 17 % _YEARS, place * 7 % 12 + 1, place * 11 % 28 + 1),
        PostalAddress(
            name,
            f"{place * 13 % 97 + 1} Example Street",
            "",
            "Springfield",
            state,
            zip_code,
            "US",
            f"(555) 555-01{place:02}",
        ),
    )


PEOPLE = tuple(_person(place) for place in range(len(_FIRST)))

PRACTICES = (
    Practice(
        "Ivor Sample, MD",
        "Riverside Family Practice",
        "2000000002",
        "9 Nowhere Lane, Springfield, IL 62701",
        "(555) 555-0188",
    ),
    Practice(
        "Paula Placeholder, NP",
        "Example Hill Clinic",
        "2000000010",
        "40 Example Hill, Springfield, OH 45501",
        "(555) 555-0171",
    ),
    Practice(
        "Theo Template, DO",
        "Template Heart Center",
        "2000000028",
        "3 Model Road, Springfield, MA 01101",
        "(555) 555-0163",
    ),
    Practice(
        "Mia Mockup, MD",
        "Mockup Children’s Practice",
        "2000000036",
        "77 Sample Square, Springfield, PA 19064",
        "(555) 555-0155",
    ),
)
