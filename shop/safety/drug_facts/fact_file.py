"""One facts file, read strictly: a rule over a file that was read in part would let through what it says.

`docs/drug-review.md` explains the fields. Pure but for opening the file.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from shop.safety.dataset import SafetyDataRefused
from shop.safety.drug_facts.book import Condition, DrugClass
from shop.safety.drug_facts.facts import (
    AGES,
    LIMITS,
    Fact,
    IngredientFacts,
    Kind,
    LabelSentence,
    Scope,
    Weight,
)

UNITS = frozenset({"mg", "mg/kg", "mcg", "mcg/kg", "g", "mg/week"})
KIDNEYS = frozenset({"reduced", "dialysis"})
RELEASES = frozenset({"extended", "immediate"})
_HEAD = frozenset({"ingredient", "version", "reviewed", "classes", "sources", "facts"})
_SAID = frozenset({"kind", "weight", "say", "do", "section", "quote", "source"})
_SCOPE = frozenset({"age_from", "age_under", "kidneys", "release", "route", "prescription", "indication"})
_EXCEPTED = frozenset({Kind.PREGNANCY, Kind.BREASTFEEDING, Kind.KIDNEYS})
_OF_OTHERS = frozenset({Kind.INTERACTION, Kind.ALLERGY, Kind.CONDITION})
_OWN = {  # beside the scope, what a kind states; all of it is required
    **dict.fromkeys(LIMITS, frozenset({"amount", "unit"})),
    **dict.fromkeys(_OF_OTHERS, frozenset({"others"})),
    **dict.fromkeys(AGES, frozenset({"age_from"})),
}
_ABOVE = {Kind.INTERACTION: frozenset({"amount", "unit"})}  # both or neither: only above that much a day
_OFTEN = {"most_days_a_week": 7, "most_times_a_day": 24}
_SECTION = re.compile(r"\d{4,6}-\d")
_SET_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_YEARS = 130
_CLASS_WORDS = re.compile(
    r"\b(inhibitors?|inducers?|blockers?|agents?|drugs?|medicines|antagonists?|agonists?|diuretics|antibiotics"
    r"|antidepressants|depressants|hormones|supplements|products)$"
)


class _Source(NamedTuple):
    set_id: str
    date: date | None
    document: str
    file: str


@dataclass(frozen=True)
class Names:
    """What a fact may name: classes by name, conditions by code."""

    classes: Mapping[str, DrugClass]
    conditions: Mapping[str, Condition]

    def class_of(self, word: str) -> str:
        """The class that a word names, by its name or another word for it, whatever the capitals; or ""."""
        return self._by_word.get(word.casefold(), "")

    @cached_property
    def _by_word(self) -> Mapping[str, str]:
        return {word.casefold(): one.name for one in self.classes.values() for word in (one.name, *one.also)}


def read_file(path: Path, names: Names) -> IngredientFacts:
    """The facts of one file, each with its key: "simvastatin:interaction:1", counted by kind in file order.

    Raises:
        SafetyDataRefused: names the file and the fact that cannot be relied on.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except OSError as trouble:
        raise SafetyDataRefused(f"{path.name} cannot be read: {trouble.strerror}.") from trouble
    except (ValueError, ArithmeticError) as trouble:
        raise SafetyDataRefused(f"{path.name} is not valid TOML: {trouble}.") from trouble
    _head(path, said, names)
    sources = {key: _source(path.name, key, one) for key, one in said["sources"].items()}
    facts = tuple(_facts(path.name, said, sources, names))
    classes = tuple(names.class_of(name) for name in said.get("classes", ()))
    return IngredientFacts(said["ingredient"], said["version"], said["reviewed"], classes, facts)


def _head(path: Path, said: Mapping[str, Any], names: Names) -> None:
    file = path.name
    _only(file, said, _HEAD)
    ingredient = said.get("ingredient", "")
    if not _is_text(ingredient) or ingredient != " ".join(ingredient.lower().split()):
        raise SafetyDataRefused(f"{file} states no ingredient in lower case.")
    if re.sub(r"[^a-z0-9]+", "", path.stem) != re.sub(r"[^a-z0-9]+", "", ingredient):
        raise SafetyDataRefused(f"{file} is about {ingredient}: name the file after its ingredient.")
    if not _is_text(said.get("version")):
        raise SafetyDataRefused(f"{file} states no version.")
    if type(said.get("reviewed")) is not date:
        raise SafetyDataRefused(f"{file} states no day of review (reviewed = YYYY-MM-DD).")
    if not isinstance(said.get("sources"), dict) or not said["sources"]:
        raise SafetyDataRefused(f"{file} names no source.")
    if not isinstance(said.get("facts"), list) or not said["facts"]:
        raise SafetyDataRefused(f"{file} has no facts.")
    for name in _texts(file, "classes", said["classes"]) if said.get("classes") else ():
        if not names.class_of(name):
            raise SafetyDataRefused(f"{file}: unknown class “{name}”.")


def _source(file: str, key: str, one: Any) -> _Source:
    where = f"{file}, source {key}"
    if not isinstance(one, dict):
        raise SafetyDataRefused(f"{where} is no table.")
    _only(where, one, frozenset({"set_id", "date", "document", "file"}))
    named = {
        name: _text(where, one, name) for name in ("document", "file") if "document" in one or name in one
    }
    if "set_id" in one or "document" not in one:
        set_id = one.get("set_id")
        if not isinstance(set_id, str) or not _SET_ID.fullmatch(set_id.lower()):
            raise SafetyDataRefused(f"{where} states no label set id.")
    if "date" in one and type(one["date"]) is not date:
        raise SafetyDataRefused(f"{where}: “date” isn’t a day (date = YYYY-MM-DD).")
    return _Source(one.get("set_id", ""), one.get("date"), named.get("document", ""), named.get("file", ""))


def _facts(
    file: str, said: Mapping[str, Any], sources: Mapping[str, _Source], names: Names
) -> Iterator[Fact]:
    counted: dict[Kind, int] = {}
    for number, one in enumerate(said["facts"], start=1):
        where = f"{file}, fact {number}"
        if not isinstance(one, dict):
            raise SafetyDataRefused(f"{where} is no table.")
        kind = Kind(_choice(where, "kind", one.get("kind"), frozenset(Kind)))
        counted[kind] = counted.get(kind, 0) + 1
        where = f"{where} ({kind})"
        own = _OWN.get(kind, frozenset())
        may = _ABOVE.get(kind, frozenset())
        often = _OFTEN.keys() if kind is Kind.FREQUENCY else frozenset()
        excepted = frozenset({"needs_with"}) if kind in _EXCEPTED else frozenset()
        _only(where, one, _SAID | _SCOPE | own | may | often | excepted)
        if missing := sorted((own | may if one.keys() & may else own) - one.keys()):
            raise SafetyDataRefused(f"{where} states no {missing[0]}.")
        if kind is Kind.FREQUENCY and not one.keys() & _OFTEN.keys():
            raise SafetyDataRefused(f"{where} states neither most_days_a_week nor most_times_a_day.")
        key = f"{said['ingredient']}:{kind}:{counted[kind]}"
        yield _fact(where, key, said["ingredient"], kind, one, sources, names)


def _fact(
    where: str,
    key: str,
    ingredient: str,
    kind: Kind,
    one: Mapping[str, Any],
    sources: Mapping[str, _Source],
    names: Names,
) -> Fact:
    source = sources[_choice(where, "source", one.get("source"), frozenset(sources))]
    section = _text(where, one, "section")
    if not _SECTION.fullmatch(section):
        raise SafetyDataRefused(f"{where}: “{section}” isn’t a section code (LOINC).")
    named = _texts(where, "others", one["others"]) if "others" in one else ()
    others = tuple(_known_name(where, kind, ingredient, name, names) for name in named)
    for name, most in _OFTEN.items():
        if name in one and (type(one[name]) is not int or not 1 <= one[name] <= most):
            raise SafetyDataRefused(f"{where}: “{name}” is none of 1 to {most}.")
    return Fact(
        key=key,
        ingredient=ingredient,
        kind=kind,
        weight=Weight(_choice(where, "weight", one.get("weight"), frozenset(Weight))),
        say=_text(where, one, "say"),
        do=_text(where, one, "do") if one.get("do") else "",
        label=LabelSentence(
            source.set_id, source.date, section, _text(where, one, "quote"), source.document, source.file
        ),
        scope=_scope(where, one, names),
        amount=_number(where, "amount", one["amount"]) if "amount" in one else None,
        unit=_choice(where, "unit", one["unit"], UNITS) if "unit" in one else "",
        others=others,
        most_days_a_week=one.get("most_days_a_week"),
        most_times_a_day=one.get("most_times_a_day"),
    )


def _known_name(where: str, kind: Kind, ingredient: str, name: str, names: Names) -> str:
    """A code that no file explains, and a class without members, would never match anybody."""
    if kind is Kind.CONDITION:
        if name not in names.conditions:
            raise SafetyDataRefused(f"{where}: unknown condition “{name}”.")
        return name
    if found := names.class_of(name):
        return found
    if name != " ".join(name.lower().split()):
        raise SafetyDataRefused(f"{where}: unknown class “{name}” (an ingredient is written in lower case).")
    if _CLASS_WORDS.search(name):
        raise SafetyDataRefused(f"{where}: unknown class “{name}”.")
    if kind is Kind.INTERACTION and name == ingredient:
        raise SafetyDataRefused(f"{where}: {name} cannot interact with itself.")
    return name


def _scope(where: str, one: Mapping[str, Any], names: Names) -> Scope:
    ages = {name: _years(where, name, one[name]) for name in ("age_from", "age_under") if name in one}
    if len(ages) == 2 and ages["age_from"] >= ages["age_under"]:
        raise SafetyDataRefused(f"{where}: nobody is from {ages['age_from']} and under {ages['age_under']}.")
    kidneys = _texts(where, "kidneys", one["kidneys"]) if "kidneys" in one else ()
    excepted = _texts(where, "needs_with", one["needs_with"]) if "needs_with" in one else ()
    if unknown := sorted(set(excepted) - names.conditions.keys()):
        raise SafetyDataRefused(f"{where}: unknown condition “{unknown[0]}”.")
    for code in kidneys:
        _choice(where, "kidneys", code, KIDNEYS)
    prescription = one.get("prescription")
    if prescription is not None and type(prescription) is not bool:
        raise SafetyDataRefused(f"{where}: “prescription” is neither true nor false.")
    return Scope(
        age_from=ages.get("age_from"),
        age_under=ages.get("age_under"),
        kidneys=kidneys,
        release=_choice(where, "release", one["release"], RELEASES) if "release" in one else "",
        route=_text(where, one, "route").lower() if "route" in one else "",
        prescription=prescription,
        indication=_text(where, one, "indication") if "indication" in one else "",
        needs_with=excepted,
    )


def _only(where: str, one: Mapping[str, Any], known: frozenset[str]) -> None:
    if unknown := sorted(one.keys() - known):
        raise SafetyDataRefused(f"{where}: unknown key “{unknown[0]}”.")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _text(where: str, one: Mapping[str, Any], name: str) -> str:
    if not _is_text(one.get(name)):
        raise SafetyDataRefused(f"{where} states no {name}.")
    return str(one[name]).strip()


def _texts(where: str, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(_is_text(one) for one in value):
        raise SafetyDataRefused(f"{where}: “{name}” isn’t a list of words.")
    if len(set(value)) < len(value):
        raise SafetyDataRefused(f"{where}: “{name}” says a word twice.")
    return tuple(value)


def _choice(where: str, name: str, value: Any, known: frozenset[Any]) -> str:
    if not isinstance(value, str) or value not in known:
        raise SafetyDataRefused(f"{where}: “{name}” is none of {', '.join(sorted(known))}.")
    return value


def _number(where: str, name: str, value: Any) -> Decimal:
    try:
        number = Decimal(value) if type(value) in (int, Decimal, str) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 < number < 1_000_000:
        raise SafetyDataRefused(f"{where}: “{name}” is no amount.")
    return number


def _years(where: str, name: str, value: Any) -> Decimal:
    years = _number(where, name, value)
    if years > _MOST_YEARS:
        raise SafetyDataRefused(f"{where}: nobody is {years} years old.")
    return years
