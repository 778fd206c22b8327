"""What an admin types about a product, read and checked: names, codes, sizes, markets. Pure.

Names are plain letters: a letter of another alphabet that looks like one of ours would carry a substance past
every list. Whoever needs a Greek letter writes its name, as the directory does ("alpha tocopherol").
"""

import re
import unicodedata
from collections.abc import Collection, Iterable

from shop import numbers
from shop.catalogue.ndc_codes import UnreadableCode, eleven_digits
from shop.safety.controlled import substance_in
from shop.safety.dataset import Entry
from shop.safety.wording import words
from shop.substances.names import LONGEST, canonical, spelled_out, split

MOST_INGREDIENTS = 20
LONGEST_BRAND = 120
LONGEST_LABELER = 200
LONGEST_SOURCE = 200
LONGEST_DESCRIPTION = 1000
MOST_MARKETS = 30
MOST_IN_A_PACK = 100_000
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_NAME = re.compile(r"[A-Za-z0-9 ,.'()\[\]/+:%-]+", re.ASCII)
_LETTERS = re.compile(r"[A-Za-z]{2}", re.ASCII)
_SEVERAL = re.compile(r"\s(?:and|with|plus)\s|[+/&]|,\s", re.IGNORECASE)
_MARKUP = re.compile(r"[<>]")
_DIGITS = (str.maketrans("013457", "oleast"), str.maketrans("013457", "oieast"))
"""Digits that are read as letters: "fentany1", "tram4dol"."""
_SHORTEST_DISGUISED = 6


class Unreadable(ValueError):
    """Something typed that cannot be meant; the message is a sentence for the page."""


def line(text: str | None, longest: int, what: str) -> str:
    """One line of printable text in the Latin alphabet, spaces made single; "" for nothing typed.

    Raises Unreadable for control characters, letters of other alphabets and what is too long.
    """
    raw = unicodedata.normalize("NFKC", text or "")
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cn", "Cs") for letter in raw.strip()):
        raise Unreadable(f"The {what} has an invisible character in it. Type it again instead of pasting it.")
    found = " ".join(raw.split())
    if len(found) > longest:
        raise Unreadable(f"The {what} can have at most {longest} characters.")
    foreign = next((letter for letter in found if not _is_latin(letter)), None)
    if foreign:
        raise Unreadable(
            f"“{foreign}” is not a letter of the Latin alphabet, although it may look like one. "
            f"Type the {what} again; write Greek letters out (alpha)."
        )
    return found


def ingredient_names(texts: Iterable[str], known: Collection[str] = ()) -> tuple[str, ...]:
    """The ingredient set as it is stored, alphabetical, each once. `known`: names the catalogue has.

    Several may stand in one text with semicolons between them. Raises Unreadable.
    """
    names = [name for text in texts for part in split(text or "") if (name := _ingredient(part, known))]
    if not names:
        raise Unreadable("Enter at least one ingredient.")
    found = sorted(set(names))
    if len(found) > MOST_INGREDIENTS:
        raise Unreadable(f"A product can have at most {MOST_INGREDIENTS} ingredients.")
    return tuple(found)


def brand_name(text: str | None) -> str | None:
    """A brand without its ® or ™; None for none."""
    bare = re.sub(r"[®™℠©]", "", text or "")
    return _unmarked(line(bare, LONGEST_BRAND, "brand"), "brand") or None


def release_of(text: str | None, extended: bool) -> str:
    """What tells an extended release from another: its mark (SR, XL, 12-hour) or its application's number."""
    found = line(text, 40, "release").upper().replace(" ", "")
    if not extended:
        if found:
            raise Unreadable("Only an extended release has one: leave this blank, or choose another form.")
        return ""
    hours = re.fullmatch(r"(12|24)-?(?:HOURS?|HRS?|H)", found)
    if hours:
        return f"{hours[1]}-hour"
    if not re.fullmatch(r"SR|XL|XR|CD|CC|LA|XT|(?:ANDA|NDA|BLA)\d{5,6}", found, re.ASCII):
        raise Unreadable(
            "Extended releases are not alike. Enter what tells this one: SR, XL, 12-hour, or NDA020711."
        )
    return found


def labeler(text: str | None) -> str:
    """Who makes or fills a pack."""
    found = _unmarked(line(text, LONGEST_LABELER, "labeler"), "labeler")
    if not found:
        raise Unreadable("Enter who makes or fills the pack.")
    return found


def source(text: str | None) -> str:
    """Where something was read, as it may be looked up again."""
    found = line(text, LONGEST_SOURCE, "source")
    if len(found) < 3:
        raise Unreadable("Say where you read it: label of the package, with its date.")
    return found


def description(text: str | None) -> str:
    """What is in a pack, as its maker would say it."""
    found = line(text, LONGEST_DESCRIPTION, "description")
    if not found:
        raise Unreadable("Describe the pack: 30 g in 1 TUBE.")
    return found


def markets(text: str | None, countries: Collection[str]) -> list[str]:
    """Country codes (ISO 3166 alpha-2) with commas or spaces between, upper case, each once, sorted."""
    found = sorted({code.upper() for code in re.split(r"[\s,;]+", text or "") if code})
    if not found:
        raise Unreadable("Enter at least one country: US, or US, CA.")
    unknown = next((code for code in found if code not in countries), None)
    if unknown:
        raise Unreadable(
            f"“{unknown[:20]}” is not the code of a country. Codes have two letters: US, CA, DE."
        )
    if len(found) > MOST_MARKETS:
        raise Unreadable(f"Enter at most {MOST_MARKETS} countries.")
    return found


def size(text: str | None, locale: str = "en_US") -> int:
    """Units of the product in a pack, a whole number as the locale writes it."""
    found = numbers.whole(text or "", locale)
    if found is None or not 1 <= found <= MOST_IN_A_PACK:
        raise Unreadable(
            f"Enter how many units are in the pack, a whole number from 1 to {MOST_IN_A_PACK:,}."
        )
    return found


def package_code(text: str | None) -> tuple[str, str] | None:
    """An NDC as printed and as 11 digits; None for none."""
    found = line(text, 20, "NDC").translate(_DASHES)
    if not found:
        return None
    try:
        return found, eleven_digits(found)
    except UnreadableCode as error:
        raise Unreadable(f"“{found}”: {error}.") from None


def disguised(name: str) -> Entry | None:
    """The controlled substance that a name is read as, although it is spelled past the list.

    Digits for letters ("tram4dol"), or a name parted ("fen tanyl"). What the list finds itself is none.
    """
    said = words(name)
    spaced = ["".join(said[at : at + size]) for size in (2, 3) for at in range(len(said) - size + 1)]
    read = [word.translate(table) for word in said if any(map(str.isdigit, word)) for table in _DIGITS]
    for word in (*read, *spaced):
        if len(word) >= _SHORTEST_DISGUISED and (entry := substance_in(word)):
            return entry
    return None


def _ingredient(text: str, known: Collection[str]) -> str:
    name = line(text, LONGEST, "ingredient")
    if not name:
        return ""
    if not _NAME.fullmatch(name):
        odd = next(letter for letter in name if not _NAME.fullmatch(letter))
        raise Unreadable(f"“{odd}” does not belong in the name of an ingredient. Write it in plain letters.")
    if not _LETTERS.search(name):
        raise Unreadable(f"“{name[:40]}” is not the name of an ingredient.")
    found = canonical(spelled_out(name))
    if found not in known:
        if _SEVERAL.search(name):
            raise Unreadable(
                f"“{name[:60]}” seems to be several ingredients. Enter each in a field of its own."
            )
        if not substance_in(name) and (entry := disguised(name)):
            raise Unreadable(f"“{name[:60]}” reads like {entry.name}. Type the name of the substance.")
    return found


def _unmarked(text: str, what: str) -> str:
    if found := _MARKUP.search(text):
        raise Unreadable(f"“{found.group()}” does not belong in the {what}.")
    return text


def _is_latin(letter: str) -> bool:
    """ASCII, a Latin letter with an accent, or a sign that is no letter."""
    if letter.isascii():
        return True
    bare = unicodedata.normalize("NFKD", letter)[0]
    return bare.isascii() if letter.isalnum() else unicodedata.category(letter)[0] in "PSZ"
