"""The list's address: what it is narrowed to, how it is sorted, which page. Nonsense is left out."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from shop.catalogue.facets import Choice, Chosen, Facets
from shop.catalogue.lists import SORTS

MOST_CHOICES = 20
MOST_LETTERS = 80
MOST_PAGE = 100_000
IN_WORDS = {"prescription": "Prescription: {}", "letter": "Begins with {}"}
PRESCRIPTION = {"needed": "Needed", "none": "Not needed"}


@dataclass(frozen=True)
class Narrowing:
    """The state of a list page, all of it in its address."""

    chosen: Chosen = field(default_factory=Chosen)
    sort: str = "name"
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> "Narrowing":
        """From the query string of a request."""
        letter = args.get("letter", "")[:1].upper()
        prescription = tuple(key for key in _many(args, "prescription") if key in PRESCRIPTION)
        chosen = Chosen(_many(args, "category"), _many(args, "form"), prescription, letter)
        sort, page = args.get("sort", ""), args.get("page", "")
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
        return cls(chosen, sort if sort in SORTS else SORTS[0], min(max(number, 1), MOST_PAGE))

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Name and value of every limit, for addresses and for hidden fields."""
        named = [("category", key) for key in self.chosen.categories]
        named += [("form", key) for key in self.chosen.forms]
        named += [("prescription", key) for key in self.chosen.prescription]
        return named + ([("letter", self.chosen.letter)] if self.chosen.letter else [])

    def url(self, page: int = 1) -> str:
        """The address of a page of this list."""
        sort = [("sort", self.sort)] if self.sort != SORTS[0] else []
        query = urlencode(self.fields + sort + ([("page", str(page))] if page > 1 else []))
        return f"/medicines?{query}" if query else "/medicines"

    def with_letter(self, letter: str) -> "Narrowing":
        """The same list, of one letter or (empty) of all."""
        return replace(self, chosen=replace(self.chosen, letter=letter), page=1)

    def without(self, name: str, key: str) -> "Narrowing":
        """The same list with one limit less."""
        kept = [(n, k) for n, k in self.fields if (n, k) != (name, key)]
        return replace(Narrowing.read(MultiDict(kept)), sort=self.sort)


@dataclass(frozen=True)
class Facet:
    """One group of choices in the margin: (choice, whether it is chosen)."""

    name: str
    title: str
    choices: tuple[tuple[Choice, bool], ...]


def margin(narrowing: Narrowing, facets: Facets) -> list[Facet]:
    """The facets to show; what is chosen stays there when nothing is left under it."""
    chosen = narrowing.chosen
    needed = tuple(replace(choice, name=PRESCRIPTION[choice.key]) for choice in facets.prescription)
    return [
        Facet("category", "Condition", _ticked(facets.categories, chosen.categories)),
        Facet("form", "Form", _ticked(facets.forms, chosen.forms)),
        Facet("prescription", "Prescription", _ticked(needed, chosen.prescription)),
    ]


def limits(narrowing: Narrowing, facets: list[Facet]) -> list[tuple[str, str]]:
    """Every limit in words with the address of the list without it."""
    names = {(f.name, choice.key): choice.name for f in facets for choice, _ in f.choices}
    found = []
    for name, key in narrowing.fields:
        words = IN_WORDS.get(name, "{}").format(names.get((name, key), key))
        found.append((words[:1].upper() + words[1:], narrowing.without(name, key).url()))
    return found


def heading(narrowing: Narrowing, facets: list[Facet]) -> str:
    """What the list is of, where one word says it: a condition's name, or medicines in general."""
    chosen = narrowing.chosen
    if len(chosen.categories) == 1:
        names = {choice.key: choice.name for choice, ticked in facets[0].choices if ticked and choice.count}
        return names.get(chosen.categories[0], "Medicines")
    return "Medicines without a prescription" if chosen.prescription == ("none",) else "Medicines"


def _ticked(choices: tuple[Choice, ...], chosen: tuple[str, ...]) -> tuple[tuple[Choice, bool], ...]:
    known = {choice.key for choice in choices}
    gone = [Choice(key, key, 0) for key in chosen if key not in known]
    return tuple((choice, choice.key in chosen) for choice in [*choices, *gone])


def _many(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    values = [value[:MOST_LETTERS] for value in args.getlist(name) if value.strip()]
    return tuple(dict.fromkeys(values))[:MOST_CHOICES]
