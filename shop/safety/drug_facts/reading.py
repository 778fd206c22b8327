"""The facts as the data files have them: read on first use and kept, so that no start pays for it.

`flask safety facts` and the tests read every file; a store whose files cannot be relied on refuses the review
with the file's name, it does not review less.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from shop.safety.dataset import DATA, Dataset, Entry, SafetyDataRefused, fields, read
from shop.safety.drug_facts.book import Book, Condition, DrugClass
from shop.safety.drug_facts.fact_file import Names, read_file
from shop.safety.drug_facts.facts import IngredientFacts

FOLDER = "drug_facts"
CLASSES = "drug_classes.toml"
CONDITIONS = "conditions*.toml"
_CLASS = fields(
    "name",
    required={"members": list},
    optional={"also": list, "duplication": str, "basis": str},
    one_of={"duplication": frozenset({"needs", "advice"}), "basis": frozenset({"label", "knowledge"})},
)
_CONDITION = fields("code", required={"also": list}, optional={"name": str}, may_be_empty=frozenset({"also"}))


@cache
def book() -> Book:
    """All that is on record, of the store's own files. Raises SafetyDataRefused."""
    return read_book(DATA)


def facts_of(ingredient: str) -> IngredientFacts | None:
    """What is on record of an ingredient, with or without its salt; None where it has no file."""
    return book().of(ingredient)


def datasets(folder: Path = DATA) -> tuple[Dataset, ...]:
    """The files of classes and conditions, validated in their form. Raises SafetyDataRefused."""
    conditions = sorted(folder.glob(CONDITIONS))
    return (read(folder / CLASSES, _CLASS), *(read(path, _CONDITION) for path in conditions))


def read_book(folder: Path) -> Book:
    """Everything of one folder of data files.

    Raises:
        SafetyDataRefused: names the file and the entry that cannot be relied on.
    """
    of_classes, *of_conditions = datasets(folder)
    classes = {entry.name: _drug_class(of_classes.file, entry) for entry in of_classes.entries}
    _each_word_once(of_classes.file, classes)
    conditions: dict[str, Condition] = {}
    for file in of_conditions:
        for condition in (_condition(file.file, entry) for entry in file.entries):
            known = conditions.get(condition.code, Condition(condition.code, ()))
            words = tuple(dict.fromkeys((*known.also, *condition.also)))
            conditions[condition.code] = Condition(condition.code, words, condition.name or known.name)
    facts = {one.ingredient: one for one in _facts(folder / FOLDER, Names(classes, conditions))}
    return Book(facts, classes, conditions)


def _facts(folder: Path, names: Names) -> Iterator[IngredientFacts]:
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise SafetyDataRefused(f"{folder.name} holds no file of facts.")
    for path in paths:
        yield read_file(path, names)


def _drug_class(file: str, entry: Entry) -> DrugClass:
    where = f"{file} ({entry.name})"
    members = entry.texts("members")
    for member in members:
        if member != " ".join(member.lower().split()):
            raise SafetyDataRefused(f"{where}: write “{member}” in lower case, with single spaces.")
    if len(set(members)) < len(members):
        raise SafetyDataRefused(f"{where} names a member twice.")
    return DrugClass(entry.name, frozenset(members), entry.texts("also"), entry.text("duplication"))


def _each_word_once(file: str, classes: dict[str, DrugClass]) -> None:
    """A word for two classes would mean either, and none for sure."""
    seen: dict[str, str] = {}
    for one in classes.values():
        for word in (one.name, *one.also):
            if seen.setdefault(word.casefold(), one.name) != one.name:
                raise SafetyDataRefused(
                    f"{file}: “{word}” names both {seen[word.casefold()]} and {one.name}."
                )


def _condition(file: str, entry: Entry) -> Condition:
    code = entry.text("code")
    if not code.replace("_", "").isalnum() or code != code.lower():
        raise SafetyDataRefused(f"{file} ({code}): a code is lower-case letters, figures and underscores.")
    return Condition(code, entry.texts("also"), entry.text("name"))
