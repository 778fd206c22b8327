"""When two names are the same, however they are spelled or typed, and which medicine a word names. Pure.

Case, accents, punctuation and the form of Unicode say nothing: "Specímen, ADA" is "ada specimen", in composed
or decomposed letters.
"""

import unicodedata


def bare_letters(text: str) -> str:
    """The text without case, accents and apostrophes; everything else stays where it is."""
    parts = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).casefold()


def plain_words(name: str) -> list[str]:
    """A name's words in order, without case, accents and punctuation: letters and digits only."""
    return "".join(sign if sign.isalnum() else " " for sign in bare_letters(name)).split()


def plain_name(name: str) -> str:
    """One text for all spellings of a name: its plain words in any order.

    A name without any letter or digit stays as it is, so that no two of them become one.
    """
    return " ".join(sorted(plain_words(name))) or " ".join(name.split())


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same words, however they are spelled."""
    return plain_name(one) == plain_name(other)


def names_medicine(typed: str, label: str) -> bool:
    """Whether every word typed begins a word of a medicine's label, without case and accents. No word: no."""
    asked, known = _label_words(typed), _label_words(label)
    return bool(asked) and all(any(word.startswith(one) for word in known) for one in asked)


def _label_words(text: str) -> list[str]:
    """Words with their decimal points: "0.5"."""
    return "".join(sign if sign.isalnum() or sign == "." else " " for sign in bare_letters(text)).split()
