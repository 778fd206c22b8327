"""What is tried: one medicine of every refused class, amounts and ages over the limits, and what is sold.

The last rows are medicines that are sold: a path on which they do not get through tries nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FORMS = {
    "aerosol": "AEROSOL",
    "capsule": "CAPSULE",
    "eye drops": "SOLUTION/ DROPS",
    "gel": "GEL",
    "inhalation gas": "GAS",
    "injection": "INJECTION, SOLUTION",
    "irrigation": "IRRIGANT",
    "stick": "STICK",
    "suppository": "SUPPOSITORY",
    "tablet": "TABLET",
}
ROUTES = {
    "eye": "OPHTHALMIC",
    "inhaled": "RESPIRATORY (INHALATION)",
    "intradermal": "INTRADERMAL",
    "intravenous": "INTRAVENOUS",
    "irrigation": "IRRIGATION",
    "on the skin": "TOPICAL",
    "oral": "ORAL",
    "rectal": "RECTAL",
    "subcutaneous": "SUBCUTANEOUS",
}

SOLD = "sold"
LISTING = ("import", "by rule", "by name", "by hand", "price")
BUYING = ("basket", "checkout")
PATHS = (*LISTING, *BUYING, "desk", "shipping")
WITHOUT_DESK = tuple(path for path in PATHS if path != "desk")
OWN_SHELF = tuple(path for path in WITHOUT_DESK if path != "import")


@dataclass(frozen=True)
class Case:
    """A row of the table. `paths` are those that must refuse it; the others sell it elsewhere, or less of it.

    `facts` is what a directory says besides (classes, licenses), `flag` the schedule it states. `marked`:
    an ingredient is marked as controlled by hand; `by_hand`: an admin made the product. It is sent to each
    of `states`. `quantity` units are
    wanted, after `before` by another account at the same address; each of `ages` is declared in turn.
    `zip_code` is written instead of one of the state; `since` is what changed after it was in a basket and
    ordered, a key of `hands.SINCE`.
    """

    kind: str
    name: str
    form: str = "tablet"
    route: str = "oral"
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ingredients: tuple[str, ...] = ()
    flag: str = ""
    marked: bool = False
    rx: bool = True
    by_hand: bool = False
    strength: str = "10 mg"
    states: tuple[str, ...] = ("NY",)
    quantity: int = 30
    before: int = 0
    ages: tuple[int | None, ...] = (99,)
    paths: tuple[str, ...] = PATHS
    refused: bool = True
    zip_code: str = ""
    since: str = ""

    @property
    def substances(self) -> tuple[str, ...]:
        return self.ingredients or (self.name.lower(),)


COMPOUNDED = {"licenses": ["COMPOUNDED"]}
INJECTED = {"form": "injection", "route": "intravenous"}
CLASSES = (
    Case("schedule I", "Psilocybin", "capsule"),
    Case("schedule II", "Methadone hydrochloride"),
    Case("schedule III", "Oxandrolone"),
    Case("schedule IV", "Tramadol hydrochloride"),
    Case("schedule V", "Pregabalin", "capsule"),
    Case("mixture, excepted", "Fioricet", ingredients=("butalbital", "acetaminophen", "caffeine")),
    Case("controlled, by brand alone", "Vimpat", ingredients=("no substance stated",)),
    Case("flagged, no entry", "Newdrug", flag="CIV", marked=True),
    Case("undecided opioid", "Newopioid", facts={"classes": ["Opioid Agonist"]}),
    Case("injection, no storage fact", "Lactated Ringer's", **INJECTED),  # type: ignore[arg-type]
    Case("eye medicine, no storage fact", "Timolol", "eye drops", "eye"),
    Case("suppository, no storage fact", "Bisacodyl", "suppository", "rectal", rx=False, paths=WITHOUT_DESK),
    Case("biologic, no storage fact", "Pancrelipase", "capsule", facts={"licenses": ["BLA"]}),
    Case("irrigation, no storage fact", "Glycine", "irrigation", "irrigation"),
    Case("radiopharmaceutical", "Sodium iodide I-131", "capsule"),
    Case("medical gas", "Oxygen", "inhalation gas", "inhaled"),
    Case("immune globulin", "Immune globulin", **INJECTED),  # type: ignore[arg-type]
    Case("vaccine", "Cholera vaccine", "capsule"),
    Case("skin test", "Tuberculin", "injection", "intradermal"),
    Case("cell therapy", "Tisagenlecleucel", **INJECTED),  # type: ignore[arg-type]
    Case("flammable", "Isopropyl alcohol", "gel", "on the skin", rx=False, paths=WITHOUT_DESK),
    Case("oxidizing", "Silver nitrate", "stick", "on the skin"),
    Case("under pressure", "Triamcinolone", "aerosol", "on the skin"),
    Case("listed chemical", "Pseudoephedrine hydrochloride", rx=False, paths=WITHOUT_DESK),
    Case("REMS with ETASU", "Isotretinoin", "capsule"),
    Case("cold chain", "Insulin glargine", "injection", "subcutaneous"),
    Case("on the starting list", "Melphalan"),
    Case("prescription only, by hand", "Metformin", rx=False, by_hand=True, paths=OWN_SHELF),
    Case("compounded", "Cetirizine", facts=COMPOUNDED, rx=False, by_hand=True, paths=OWN_SHELF),
)
GABAPENTIN = ("AL", "KY", "MT", "ND", "TN", "UT", "VA", "WV")
SENDING = (*BUYING, "shipping")
PLACES = (
    Case("barred in the state", "Gabapentin", "capsule", states=GABAPENTIN, paths=SENDING),
    Case("barred in the state", "Misoprostol", states=("LA",), paths=SENDING),
    Case("state not served", "Lisinopril", states=("AK", "PR", "ZZ"), paths=("checkout", "shipping")),
    Case("ZIP code elsewhere", "Lisinopril", zip_code="94103", paths=("checkout", "shipping")),
    Case("no ZIP code", "Lisinopril", zip_code="1", paths=("checkout", "shipping")),
)


def _counter(kind: str, name: str, strength: str, quantity: int, **more: object) -> Case:
    return Case(kind, name, rx=False, strength=strength, quantity=quantity, paths=BUYING, **more)  # type: ignore[arg-type]


LIMITS = (
    _counter("over one order", "Acetaminophen", "500 mg", 1000),
    _counter("over one order", "Loperamide", "2 mg", 480),
    _counter("over one order", "Diphenhydramine", "25 mg", 480),
    _counter("over one order", "Dextromethorphan", "15 mg", 480),
    _counter("over one order", "Aspirin", "325 mg", 1000),
    _counter("over one order", "Naproxen", "220 mg", 480),
    _counter("over one order", "Ibuprofen", "200 mg", 1000),
    _counter("over one order, no entry", "Loratadine", "10 mg", 300),
    _counter("over 30 days, two accounts", "Acetaminophen", "500 mg", 50, before=50),
    _counter("no whole packs", "Loratadine", "10 mg", 25),
    Case("over one order, since", "Acetaminophen", rx=False, strength="2000 mg", paths=SENDING),
    Case(
        "under age",
        "Dextromethorphan",
        rx=False,
        strength="15 mg",
        quantity=10,
        ages=(None, 0, 17),
        paths=("checkout", "shipping"),
    ),
)
SINCE = (
    Case("withdrawn strength", "Lisinopril", since="strength withdrawn", paths=SENDING),
    Case("withdrawn product", "Lisinopril", since="product withdrawn", paths=SENDING),
    Case("taken off sale", "Lisinopril", since="taken off sale", paths=SENDING),
    Case("another market", "Lisinopril", since="another market", paths=SENDING),
    Case("prescription expired", "Lisinopril", since="prescription expired", paths=SENDING),
    Case("on prescription now", "Loratadine", rx=False, since="on prescription", paths=SENDING),
    Case(
        "too strong by hand",
        "Ibuprofen",
        rx=False,
        by_hand=True,
        strength="800 mg",
        paths=("price", *SENDING),
    ),
)
ALLOWED = (
    Case("sold", "Baclofen", refused=False),
    Case("sold", "Loratadine", rx=False, paths=WITHOUT_DESK, refused=False),
)
CASES = (*CLASSES, *PLACES, *LIMITS, *SINCE, *ALLOWED)
