"""Which known name a word is that nobody spelled so: by what it sounds like, then by typing errors. Pure."""

from collections.abc import Callable, Sequence
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from shop.search.names import Known, medicine_words, sound_of
from shop.substances.query_text import edits_forgiven, fold

_LONG = 9
"""Letters from which on a third error is forgiven, if the first letter is right."""
_HEARD = 5
"""Letters of a sound from which on it tells one phrase from another."""
_MOST = 8
_SAME_SOUND = 1
"""What a name of the same sound counts as, in typing errors."""


def near_names(word: str, known: Callable[[], Sequence[Known]] = medicine_words) -> list[tuple[str, int]]:
    """Known names near to a word, nearest first, each with its distance in typing errors (1 to 3).

    Two spellings of one sound are one error apart, however many letters differ.
    """
    asked = fold(word)
    if len(asked) < 3 or not asked.isalpha():
        return []
    most = edits_forgiven(asked)
    spellings, sounds = _columns(known)
    own = sound_of(asked)
    found: dict[str, int] = {}
    for at in sounds[1].get(own, ()):
        found[spellings[at]] = min(_SAME_SOUND, OSA.distance(asked, spellings[at]) or _SAME_SOUND)
    third = len(asked) >= _LONG
    for _, distance, at in process.extract(
        asked, spellings, scorer=OSA.distance, score_cutoff=most + third, limit=_MOST
    ):
        name = spellings[at]
        if distance <= most or name[0] == asked[0]:
            found.setdefault(name, int(distance))
    for _, distance, at in process.extract(own, sounds[0], scorer=OSA.distance, score_cutoff=1, limit=_MOST):
        name = spellings[at]
        if len(own) >= len("metfor"):
            found[name] = min(found.get(name, 3), int(distance) + _SAME_SOUND)
    found.pop(asked, None)
    order = {name: (distance, -JaroWinkler.similarity(asked, name), name) for name, distance in found.items()}
    return sorted(found.items(), key=lambda one: order[one[0]])[:_MOST]


def near_phrase(text: str, phrases: Callable[[], Sequence[str]]) -> tuple[str, int] | None:
    """The phrase nearest to a text by its letters or its sound, with its distance; None if none is near."""
    most = edits_forgiven("".join(letter for letter in text if letter.isalpha()))
    if not most or len(text) < len("acnes"):
        return None
    found = process.extractOne(text, phrases(), scorer=OSA.distance, score_cutoff=most)
    if found:
        return (found[0], int(found[1])) if found[1] else None
    own = _phrase_sound(text)
    if len(own) < _HEARD:
        return None
    heard = process.extractOne(own, _phrase_sounds(phrases), scorer=OSA.distance, score_cutoff=1)
    return (phrases()[heard[2]], int(heard[1]) + _SAME_SOUND) if heard else None


def _phrase_sound(text: str) -> str:
    return " ".join(sound_of(word) for word in text.split())


@cache
def _phrase_sounds(phrases: Callable[[], Sequence[str]]) -> list[str]:
    return [_phrase_sound(one) for one in phrases()]


@cache
def _columns(
    known: Callable[[], Sequence[Known]],
) -> tuple[list[str], tuple[list[str], dict[str, list[int]]]]:
    names = known()
    by_sound: dict[str, list[int]] = {}
    for at, one in enumerate(names):
        by_sound.setdefault(one.sound, []).append(at)
    return [one.name for one in names], ([one.sound for one in names], by_sound)
