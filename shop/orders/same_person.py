"""When two orders are for the same person: name and address as a post office would read them. Pure.

Case, accents, punctuation, spaces, the order of first and last name, middle initials, kinds of street and
words for a unit say nothing: "Ada Spécimen, 12 EXAMPLE ST Apt 4B" is "Specimen Ada, 12 Example #4-B", and "A.
Specimen" there too. Jane and John Specimen are two; "J. Specimen" is taken for either.
"""

import re
from dataclasses import dataclass

from shop.addresses import PostalAddress
from shop.names import bare_letters

_DOTLESS = frozenset(["gmail.com", "googlemail.com"])
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"\d+|[^\W\d_]+")  # "4B" is 4 and B, as "4-B" and "4 B" are
_DEGREES = re.compile(r"[,\s]+(?:[a-z]\.\s*){2,}$")  # "M.D."
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_TITLES = frozenset(
    "mr mrs ms miss mx dr prof rev sir jr sr ii iii iv md do phd rn pharmd esq".split()  # noqa: SIM905
)
_UNITS = frozenset(
    "apt apartment unit ste suite rm room fl flr floor bldg building lot trlr trailer spc space no num "  # noqa: SIM905
    "number".split()
)
_KINDS = frozenset(  # USPS Publication 28, appendix C1
    "aly alley anx annex arc arcade av ave aven avenue byu bayou bch beach bnd bend blf bluff blvd boul "  # noqa: SIM905
    "boulevard br branch brg bridge brk brook bg burg byp bypass cp camp cyn canyon cpe cape cswy "
    "causeway ctr center cir circ circle clf cliff clb club cmn common cor corner crse course ct court "
    "cts courts cv cove crk creek cres crescent xing crossing xrd crossroad curv curve dl dale dm dam dv "
    "divide dr driv drv drive est estate expy expressway ext extension fall falls fry ferry fld field "
    "flds fields flt flat frd ford frst forest frg forge frk fork ft fort fwy freeway gdn garden gdns "
    "gardens gtwy gateway gln glen grn green grv grove hbr harbor hvn haven hts heights hl hill hls hills "
    "holw hollow inlt inlet is island jct junction ky key knl knoll knls knolls lk lake lks lakes lndg "
    "landing ln lane lgt light lf loaf lck lock ldg lodge loop mall mnr manor mdw meadow mdws meadows "
    "mews ml mill mls mills msn mission mtwy motorway mt mount mtn mountain nck neck orch orchard oval "
    "opas overpass park pkwy pkway parkway pass psge passage path pike pne pine pnes pines pl place pln "
    "plain plns plains plz plaza pt point prt port pr prairie radl radial ramp rnch ranch rpd rapid rst "
    "rest rdg ridge riv river rd road row rue run shl shoal shr shore skwy skyway spg spring spgs springs "
    "spur sq sqr square sta station stra stravenue strm stream st str strt street smt summit ter terr "
    "terrace trwy throughway trce trace trak track trfy trafficway trl trail tunl tunnel tpke turnpike "
    "upas underpass un union vly valley via viaduct vw view vlg village vl ville vis vista walk wall way "
    "wy wl well wls wells saint".split()
)
_NUMBERED = frozenset("state county us co rt rte route sr cr hwy highway hiway".split())  # noqa: SIM905
_ALIKE = {  # as they are taken apart below: letters of a direction, figures
    **{word: word[0] for word in ("north", "south", "east", "west")},
    "ne": "n e",
    "nw": "n w",
    "se": "s e",
    "sw": "s w",
    "northeast": "n e",
    "northwest": "n w",
    "southeast": "s e",
    "southwest": "s w",
    "po": "p o",
    "pobox": "p o box",
    **{
        word: str(number)
        for words in (
            "zero one two three four five six seven eight nine ten eleven twelve",
            "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
        )
        for number, word in enumerate(words.split())
    },
}


def kept_as(address: PostalAddress) -> tuple[str, ...]:
    """Texts under which an order is kept, to be found by `sought_as` of every other spelling.

    Name, figures and names of street and unit in any order, and the postal code (five digits of a ZIP code).
    City and state follow from that code, and so do not count.
    """
    return _at(address, _name(address.recipient).kept)


def sought_as(address: PostalAddress) -> tuple[str, ...]:
    """What to look for: orders of the same person at the same address are kept under one of these."""
    return _at(address, _name(address.recipient).sought)


@dataclass(frozen=True)
class _Name:
    """`whole` in any order; `short` is an initial and the last name. Either may be ""."""

    whole: str
    short: str

    @property
    def kept(self) -> tuple[str, ...]:
        if self.whole and self.short:
            return (self.whole, f"{self.short} in full")
        return (f"{self.short} only",) if self.short else (self.whole,)

    @property
    def sought(self) -> tuple[str, ...]:
        if self.whole and self.short:
            return (self.whole, f"{self.short} only")
        return (f"{self.short} only", f"{self.short} in full") if self.short else (self.whole,)


def _at(address: PostalAddress, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name}|{_street(address)}|{_code(address)}" for name in names)


def plain_mailbox(email: str) -> str:
    """One text for every spelling of one mailbox: what follows a plus sign is the same mailbox, and for Gmail
    dots say nothing.
    """
    name, _at, domain = email.strip().casefold().rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '') if domain in _DOTLESS else name}@{domain}"


def _name(recipient: str) -> _Name:
    words = _WORD.findall(_DEGREES.sub("", bare_letters(recipient)))
    said = [word for word in words if word not in _TITLES] or words
    names = [word for word in said if len(word) > 1 or word.isdecimal()]
    if len(names) > 1:
        said = names  # the initials between and after say nothing
    if len(said) < 2 or not names:
        return _Name(" ".join(sorted(said)), "")
    first, last = said[0], said[-1]
    if len(names) == 1:  # "A. Specimen", "Specimen, A."
        return _Name("", f"{first[0]} {last}" if last in names else f"{last} {first}")
    return _Name(" ".join(sorted((first, last))), f"{first[0]} {last}")


def _street(address: PostalAddress) -> str:
    plain = _ORDINAL.sub(r"\1", bare_letters(f"{address.line1} {address.line2}"))
    words = [word for word in _PIECE.findall(plain) if word not in _UNITS | _NUMBERED]
    said = " ".join(_ALIKE.get(word, word) for word in words if word not in _KINDS).split()
    if all(len(word) == 1 or word.isdecimal() for word in said):  # "5th Avenue", "Avenue C"
        said += [word[0] for word in words if word in _KINDS][:1]
    return " ".join(sorted(said))


def _code(address: PostalAddress) -> str:
    code = "".join(_WORD.findall(bare_letters(address.postal_code)))
    return f"{address.country.casefold()} {code[:5] if address.country == 'US' else code}"
