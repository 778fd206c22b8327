"""What is not sent by mail: by class first, then by program, then by how it must be kept. Pure.

`refusal` holds for everybody, also in a store whose list at /admin/not-by-mail was never loaded or is empty:
that list starts from `data/not_by_mail.toml` (`starting_list`) and only adds. `is_substance` and `is_form`
say what its entries mean.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from shop.safety.dataset import DATA, Dataset, Entry, fields, read
from shop.safety.subject import Refusal, Subject
from shop.safety.wording import Phrases, words

_EPC = re.compile(r"([^,;\[\]]+) \[EPC\]")
MARKS = ("licenses", "routes", "forms", "classes", "ingredients", "starts")
PLACES = frozenset({"injection", "eye", "rectal", "any"})
COLD, ROOM, TRAVELS = "cold", "room", "travels"
PLACE = {"injection": "injection", "eye medicine": "eye", "suppository": "rectal"}
"""By the name of a class, the place whose storage facts are meant."""
INTO, NASAL = "intra", "intranasal"
WHY = {
    "rems": "it is dispensed only within a restricted safety program, in which this pharmacy takes no part",
    "cold": "it must stay cold on the way",
    "flammable": "it is flammable",
    "pressure": "its container is under pressure",
    "gas": "it is a compressed gas",
    "oxidiser": "it is an oxidizing substance",
    "logbook": "it is handed out only against proof of who you are, with a record of the sale",
}
_CLASSES = fields(
    "name",
    required={"code": str, "why": str},
    optional={"needs": str} | dict.fromkeys((*MARKS, "only_forms", "except_routes"), list),
    one_of={"needs": frozenset({"storage"})},
)
_PROGRAMS = fields("name", required={"program": str}, optional={"form": str})
_STORAGE = fields(
    "name",
    "place",
    "form",
    "keep",
    required={"ingredients": list, "place": str, "keep": str},
    optional={"form": str},
    one_of={"place": PLACES, "keep": frozenset({COLD, ROOM, TRAVELS})},
)
_LIST = fields(
    "ingredient",
    "form",
    required={"why": str},
    optional={"ingredient": str, "form": str},
    one_of={"why": frozenset(WHY)},
)


@dataclass(frozen=True)
class Exclusion:
    """An entry of the not-by-mail list: a substance ("" any) in a form that has this word ("" any)."""

    id: int
    ingredient: str
    form: str
    reason: str


def refusal(subject: Subject) -> Refusal | None:
    """Why the product is not sent by mail, or None when nothing stands against it.

    A class that is refused comes first, then a restricted program, then the cold, then a class that needs a
    storage fact where none is on record, then the list that every pharmacy starts from.
    """
    classes = _classes_of(subject)
    for entry in classes:
        if not entry.text("needs"):
            return _refused(entry.text("code"), entry.text("why"), entry.source)
    if program := _program(subject):
        return _refused("rems", WHY["rems"], program.source)
    facts = _storage_facts(subject, {entry.name for entry in classes})
    if cold := next((fact for fact in facts if fact.text("keep") == COLD), None):
        return _refused("cold", WHY["cold"], cold.source)
    if classes and not any(_covers(fact, subject) for fact in facts):
        return _refused(classes[0].text("code"), classes[0].text("why"), classes[0].source)
    return _of_list(subject)


@cache
def datasets() -> tuple[Dataset, ...]:
    """The files of this room part, validated: classes, programs, storage facts, the list to start from."""
    kinds = {
        "mail_classes.toml": _CLASSES,
        "rems.toml": _PROGRAMS,
        "storage.toml": _STORAGE,
        "not_by_mail.toml": _LIST,
    }
    return tuple(read(DATA / file, kind) for file, kind in kinds.items())


class ListEntry(NamedTuple):
    """What the list says: lower case, single spaces; "" stands for every substance or form."""

    ingredient: str
    form: str
    reason: str
    source: str


def starting_list() -> list[ListEntry]:
    """What a pharmacy's list starts from, in the file's order."""
    return [
        ListEntry(entry.text("ingredient"), entry.text("form"), WHY[entry.text("why")], entry.source)
        for entry in datasets()[3].entries
    ]


@cache
def names() -> frozenset[str]:
    """Every substance that the list and the programs name."""
    of_list = (entry.text("ingredient") for entry in datasets()[3].entries)
    return frozenset(name for name in (*of_list, *(entry.name for entry in datasets()[1].entries)) if name)


def reasons() -> frozenset[str]:
    """Every reason that `refusal` may give."""
    return frozenset(WHY.values()) | {entry.text("why") for entry in datasets()[0].entries}


def is_substance(name: str, excluded: str) -> bool:
    """Whether an ingredient's name is the excluded substance or a kind of it: "insulin" is "Insulin lispro".

    Only whole words count: "ether" is not "Etheric oil", "alcohol" not "Benzyl alcohol".
    """
    wanted = words(excluded)
    return bool(wanted) and words(name)[: len(wanted)] == wanted


def is_form(form: str, word: str) -> bool:
    """Whether a form has this word, or these words in a row: "aerosol" stands in "metered aerosol"."""
    return Phrases([(word, True)]).first(words(form)) is not None


def _refused(code: str, why: str, source: str) -> Refusal:
    return Refusal(code, why, f"This pharmacy does not send it by mail: {why}.", source)


def _classes_of(subject: Subject) -> list[Entry]:
    """The classes a product belongs to, in the file's order."""
    found = _by_word("forms", subject.form) | _by_word("licenses", subject.license) | _by_route(subject.route)
    found |= _by_word("classes", _established(subject.classes))
    for name in subject.ingredients:
        found |= _by_word("ingredients", name) | _by_start(name)
    entries = (datasets()[0].entries[number] for number in sorted(found))
    return [entry for entry in entries if _applies(entry, subject)]


def _applies(entry: Entry, subject: Subject) -> bool:
    """Whether the form and route are not ones of which a class is silent."""
    only, silent = entry.texts("only_forms"), entry.texts("except_routes")
    if only and not any(is_form(subject.form, word) for word in only):
        return False
    return not any(is_form(subject.route, word) for word in silent)


@lru_cache(maxsize=8192)
def _by_word(field: str, text: str) -> frozenset[int]:
    """Numbers of the classes of which a mark stands in the text."""
    spans = _marks(field).spans(words(text)) if text else ()
    return frozenset(number for _start, _end, number in spans)


@lru_cache(maxsize=4096)
def _established(classes: str) -> str:
    """The established classes (EPC) of a field that names mechanisms too; all of it, if none is marked."""
    return " | ".join(_EPC.findall(classes)) if "[" in classes else classes


@lru_cache(maxsize=8192)
def _by_start(name: str) -> frozenset[int]:
    number = _marks("starts").starting(words(name))
    return frozenset() if number is None else frozenset({number})


@lru_cache(maxsize=4096)
def _by_route(route: str) -> frozenset[int]:
    said, entries = words(route), datasets()[0].entries
    by_start = {
        number
        for number, entry in enumerate(entries)
        if INTO in entry.texts("routes") and any(word.startswith(INTO) and word != NASAL for word in said)
    }
    return _by_word("routes", route) | by_start


@cache
def _marks(field: str) -> Phrases[int]:
    entries = enumerate(datasets()[0].entries)
    return Phrases((mark, number) for number, entry in entries for mark in entry.texts(field))


def _program(subject: Subject) -> Entry | None:
    found = (_programs().starting(words(name)) for name in subject.ingredients)
    return next((one for one in found if one and _of_form(one, subject.form)), None)


@cache
def _programs() -> Phrases[Entry]:
    return Phrases((entry.name, entry) for entry in datasets()[1].entries)


def _storage_facts(subject: Subject, classes: Collection[str]) -> list[Entry]:
    """Facts about the product as it is given, all of whose substances it has."""
    places = {"any"} | {PLACE[name] for name in classes if name in PLACE}
    candidates = (fact for name in subject.ingredients for fact in _facts_of(name))
    return [
        fact
        for fact in candidates
        if fact.text("place") in places
        and _of_form(fact, subject.form)
        and all(
            any(is_substance(name, one) for name in subject.ingredients) for one in fact.texts("ingredients")
        )
    ]


def _of_list(subject: Subject) -> Refusal | None:
    for entry in (one for name in subject.ingredients for one in _listed_under(name)):
        if _of_form(entry, subject.form):
            return _refused("not_by_mail", WHY[entry.text("why")], entry.source)
    return None


@lru_cache(maxsize=8192)
def _listed_under(name: str) -> tuple[Entry, ...]:
    entries = datasets()[3].entries
    return tuple(
        one for one in entries if one.text("ingredient") and is_substance(name, one.text("ingredient"))
    )


@lru_cache(maxsize=8192)
def _facts_of(name: str) -> tuple[Entry, ...]:
    return _facts_by_first_word().get((words(name) or ("",))[0], ())


@cache
def _facts_by_first_word() -> dict[str, tuple[Entry, ...]]:
    found: dict[str, tuple[Entry, ...]] = {}
    for entry in datasets()[2].entries:
        first = words(entry.texts("ingredients")[0])[0]
        found[first] = (*found.get(first, ()), entry)
    return found


def _covers(fact: Entry, subject: Subject) -> bool:
    """Whether a fact that lets a product travel is of all its substances, not only of some."""
    known = fact.texts("ingredients")
    return all(any(is_substance(name, one) for one in known) for name in subject.ingredients)


def _of_form(entry: Entry, form: str) -> bool:
    return not entry.text("form") or is_form(form, entry.text("form"))
