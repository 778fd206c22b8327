"""What may be chosen for a product by hand: forms, routes, licenses, in our words and the directory's.

Pure."""

from shop.handmade.typed import Unreadable
from shop.substances.forms import PLACES, Form, known_forms, place_in, plain_form

ROUTES = {  # our word, by which a route is chosen and stored, and the directory's
    "oral": "oral",
    "on the skin": "topical",
    "through the skin": "transdermal",
    "eye": "ophthalmic",
    "ear": "auricular (otic)",
    "nasal": "nasal",
    "inhaled": "respiratory (inhalation)",
    "vaginal": "vaginal",
    "rectal": "rectal",
    "sublingual": "sublingual",
    "buccal": "buccal",
    "dental": "dental",
    "urethral": "urethral",
    "subcutaneous": "subcutaneous",
    "intramuscular": "intramuscular",
    "intravenous": "intravenous",
    "intradermal": "intradermal",
    "intrathecal": "intrathecal",
    "epidural": "epidural",
    "intravitreal": "intravitreal",
}
LICENSES = {
    "COMPOUNDED": "Compounded for the pharmacy",
    "NDA": "Approved drug (NDA, ANDA)",
    "OTC MONOGRAPH": "OTC monograph",
    "BLA": "Biologic (BLA)",
    "FOREIGN": "Licensed abroad only",
}


def form_in(form: str, route: str) -> Form:
    """A chosen form taken by a chosen route, as an import would say it: a solution for the eye is eye drops.

    Raises Unreadable for one that is not known, or a form that goes elsewhere than the route says.
    """
    official = ROUTES[route_of(route)]
    place = place_in(known_form(form))
    if place and PLACES.get(official, official) != place:
        raise Unreadable(f"The form “{form}” and the route “{route}” do not fit. Choose another of the two.")
    return plain_form(form, official)


def known_form(form: str) -> str:
    """The form chosen. Raises Unreadable."""
    if form.removeprefix(f"{place_in(form)} ") not in known_forms() and form not in known_forms():
        raise Unreadable("Choose the form from the list.")
    return form


def route_of(chosen: str) -> str:
    """The route chosen. Raises Unreadable."""
    if chosen not in ROUTES:
        raise Unreadable("Choose how it is given from the list.")
    return chosen


def license_of(chosen: str) -> str:
    """The license chosen. Raises Unreadable."""
    if chosen not in LICENSES:
        raise Unreadable("Choose under which license it is sold.")
    return chosen
