"""A patient's own words, read as ingredients, classes and conditions on record. Pure.

Nothing is guessed by likeness: "penicilin" is put right only where the list of misspellings has it. What is
not recognized is told apart from what is, so that a person reads it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Kind
from shop.substances.names import SALTS, spelled
from shop.substances.names import words as word_set

MOST_WORDS = 60
"""Words of one entry that are read; what comes after is reported as not recognized."""
_PARTS = re.compile(
    r"(?<!\d),|,(?!\d{3}(?!\d))|[;/+&()\n]|(?<=[a-z]{3})\.(?!\d)|\band\b|\bor\b|\balso\b|\bplus\b|\bwith\b"
)
"""What stands between the parts of an entry; the comma of "1,000 IU" doesn't."""
_NONE = re.compile(
    r"^(no|none|none known|nil|nka|nkda|nothing|nothing else|healthy|n a"
    r"|no (known )?(drug |medication |medicine )?(allerg\w+|conditions?|medicines?|medications?|problems?))$"
)
_FILLER = word_set(
    "a an the to of in on at my i am is was had have has get gets got im allergy allergies allergic reaction "
    "reactions severe mild bad rash rashes hives itching itch itchy swelling anaphylaxis anaphylactic nausea "
    "vomiting breathing trouble as child kid since years year ago daily once twice day morning night evening "
    "bedtime needed prn mg mcg ml g tablet tablets tab tabs capsule capsules pill pills medicine medicines "
    "medication medications drug drugs family type history disease chronic sometimes every other week weekly "
    "hours hour units water cream drops from when took taking take for by mouth only over counter otc"
)
_BESIDE_MEDICINE = SALTS | word_set(
    "odt extended immediate delayed release brand name generic low high dose strength extra regular "
    "maximum baby adult childrens children liquid syrup suspension gel gels liqui liquigel softgel "
    "chewable enteric coated caplet gelcap cap film inhaler inhaled eye ear nasal spray patch injection "
    "shot pen kwikpen flexpen vial insulin oral supplement vitamin complex oil extract unit tsp puff "
    "ointment lotion arthritis pain headache cold flu sleep heart blood pressure sugar cholesterol "
    "thyroid stomach acid reflux knee back skin doctor dentist clinic pharmacy hospital prescribed "
    "prescription directed think about half one two three max needed bedtime occasionally usually always "
    "regularly still just started new old long term taper omega none not unknown any"
)
"""Words beside a medicine's name that name no other (general knowledge); nor do those of two letters."""
_DEVICES = word_set("pen")
"""What medicines come in, and a short name of another one: in "Ozempic pen" nobody means penicillin."""
_ALONE = word_set("cold thyroid prostate sugar surgery bp add herpes")
"""Words that name a condition where nothing else stands beside them: "low sugar" is no diabetes."""
_NUMBER = re.compile(r"[\d.%]+(mg|mcg|ml|g|x)?")
_READ = re.compile(r"[a-z0-9]")


@dataclass(frozen=True)
class Meant:
    """What one entry means. `allergens` are those that facts name and that are no medicine ("egg").

    `unknown` are the pieces of it that nothing on record explains, as they were typed.
    """

    words: str
    ingredients: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    allergens: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matching:
    """Reads words by a book. `brands` are other names of medicines, lower case, with their ingredients.

    `common` are words for allergens that are in no medicine, with what they mean ("cats": animal dander).
    """

    book: Book
    brands: Mapping[str, tuple[str, ...]]
    common: Mapping[str, str] = field(default_factory=dict)

    def medicine(self, words: str) -> Meant:
        """An entry about a medicine that is taken."""
        return self._meant(words, self._taken, beside=True)

    def allergy(self, words: str) -> Meant:
        """An entry about an allergy: medicines, classes, and what else facts name."""
        return self._meant(words, self._medicines | self._allergens)

    def condition(self, words: str) -> Meant:
        """An entry about a condition."""
        return self._meant(words, self._conditions)

    def _meant(
        self, words: str, names: Mapping[str, frozenset[tuple[str, str]]], *, beside: bool = False
    ) -> Meant:
        """`beside`: words next to a name are reported unless they are known to name nothing."""
        found: set[tuple[str, str]] = set()
        unknown: list[str] = []
        silent: list[str] = []  # "two pills every morning": it says something, and names nothing
        if not _has_other_script(words) and _NONE.match(" ".join(_plain(words).split())):
            return Meant(words)  # "n/a" is one answer, not two
        for part in _parts(words):
            plain = _plain(part).split()
            foreign = _has_other_script(part)
            if not foreign and (_NONE.match(" ".join(plain)) or not plain):
                continue
            named, rest = _named(plain[:MOST_WORDS], names)
            found |= named
            telling = [word for word in rest if word not in _FILLER and not _NUMBER.fullmatch(word)]
            if foreign or (telling and not named) or len(plain) > MOST_WORDS:
                unknown.append(" ".join(part.split()))
            elif named and beside and (more := self._more_than_a_name(telling)):
                unknown.append(" ".join(more))
            elif telling and (self._only_common(named) or _named_alone(plain, rest)):
                unknown.append(" ".join(part.split()))
            elif not named:
                silent.append(" ".join(part.split()))
        return Meant(
            words,
            ingredients=frozenset(name for kind, name in found if kind == "ingredient"),
            classes=frozenset(name for kind, name in found if kind == "class"),
            conditions=frozenset(name for kind, name in found if kind == "condition"),
            allergens=frozenset(name for kind, name in found if kind == "allergen"),
            unknown=tuple(unknown or (() if found else silent)),
        )

    def _only_common(self, named: set[tuple[str, str]]) -> bool:
        """Whether it is about common allergens alone: a word beside one may be a medicine."""
        return bool(named) and all(what[0] == "allergen" and what[1] in self._commons for what in named)

    @cached_property
    def _commons(self) -> frozenset[str]:
        return frozenset(self.common.values())

    def _more_than_a_name(self, words: list[str]) -> list[str]:
        """What of the words beside a medicine's name may be another one: no salt, form, or condition."""
        rest = [word for word in words if len(word) > 2 and not {word, _singular(word)} & _BESIDE_MEDICINE]
        return _named(rest, self._conditions)[1]

    @cached_property
    def _medicines(self) -> dict[str, frozenset[tuple[str, str]]]:
        classes = _gathered(
            (word, ("class", one.name))
            for one in self.book.classes.values()
            for word in (one.name, *one.also)
        )
        pairs = [
            (brand, what)
            for brand, parts in self.brands.items()
            if not set(_plain(brand).split()) <= _FILLER and _key(brand) not in self._conditions
            for part in parts
            for what in classes.get(_key(part), {("ingredient", self.book.name_of(part))})
        ]
        own = {_key(name): frozenset({("ingredient", name)}) for name in self.book.named}
        # an ingredient's own name is never a brand of something else, and "penicillin" is the class
        return _gathered(pairs) | own | classes

    @cached_property
    def _taken(self) -> dict[str, frozenset[tuple[str, str]]]:
        return {name: what for name, what in self._medicines.items() if name not in _DEVICES}

    @cached_property
    def _allergens(self) -> dict[str, frozenset[tuple[str, str]]]:
        named = {
            other
            for facts in self.book.facts.values()
            for fact in facts.of(Kind.ALLERGY)
            for other in fact.others
        }
        others = named - self.book.ingredients - self.book.classes.keys()
        pairs = [*((name, name) for name in others), *self.common.items()]
        return _gathered((word, ("allergen", name)) for word, name in pairs)

    @cached_property
    def _conditions(self) -> dict[str, frozenset[tuple[str, str]]]:
        return _gathered(
            (word, ("condition", one.code))
            for one in self.book.conditions.values()
            for word in (one.code.replace("_", " "), *one.also)
        )


def _parts(words: str) -> Iterator[str]:
    text = unicodedata.normalize("NFKC", words)
    for part in _PARTS.split(text.replace("’", "'")):
        if part and part.strip():
            yield part


def _has_other_script(part: str) -> bool:
    """Whether a word of it is in letters that no name on record has: "варфарин", "青霉素"."""
    words = unicodedata.normalize("NFD", part.casefold()).split()
    return any(
        not _READ.search(word) and any(letter.isalpha() and letter not in "μµ" for letter in word)
        for word in words
    )


def _plain(text: str) -> str:
    """Lower case, without accents and marks, known misspellings put right."""
    bare = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return spelled(" ".join(re.sub(r"[^a-z0-9.%]+|\.(?!\d)", " ", bare.replace("'", "")).split()))


def _named_alone(words: list[str], rest: list[str]) -> bool:
    matched = [word for word in words if word not in rest]
    return len(matched) == 1 and _singular(matched[0]) in _ALONE


def _key(name: str) -> str:
    return " ".join(_singular(word) for word in _plain(name).split())


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return (
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    )


def _gathered(pairs: Iterable[tuple[str, tuple[str, str]]]) -> dict[str, frozenset[tuple[str, str]]]:
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for name, what in pairs:
        if key := _key(name):
            found[key] = found.get(key, frozenset()) | {what}
    return found


def _named(
    words: list[str], names: Mapping[str, frozenset[tuple[str, str]]]
) -> tuple[set[tuple[str, str]], list[str]]:
    """What the words name, the longest name first at each place, and the words that belong to none."""
    keys = [_singular(word) for word in words]
    found: set[tuple[str, str]] = set()
    rest: list[str] = []
    at = 0
    while at < len(keys):
        for length in range(min(8, len(keys) - at), 0, -1):
            if what := names.get(" ".join(keys[at : at + length])):
                found |= what
                at += length
                break
        else:
            rest.append(words[at])
            at += 1
    return found, rest
