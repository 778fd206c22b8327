"""Directions in words for a label, in English or Spanish, from what was read of them. Pure.

No free text is translated: what an indication is called in Spanish stands in a table, and directions with
other words, or of which any word was left over, are not said at all. The Spanish is general knowledge: a
pharmacist who speaks it must review it.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

from shop.prescriptions.verification.directions import Directions, Reading, read
from shop.prescriptions.verification.directions_doses import Dose
from shop.prescriptions.verification.directions_rest import Rest
from shop.prescriptions.verification.directions_text import ML_OF, Often
from shop.prescriptions.verification.directions_uses import SPANISH

LANGUAGES = ("en", "es")
_VERB = {
    "mouth": ("Take", "Tome"),
    "tongue": ("Place", "Coloque"),
    "inhaled": ("Inhale", "Inhale"),
    "each eye": ("Put", "Ponga"),
    "each ear": ("Put", "Ponga"),
    "each nostril": ("Spray", "Rocíe"),
}
_ROUTE = {
    "": ("", ""),
    "mouth": ("by mouth", "por la boca"),
    "tongue": ("under the tongue", "debajo de la lengua"),
    "inhaled": ("", ""),
    "each eye": ("in each eye", "en cada ojo"),
    "each ear": ("in each ear", "en cada oído"),
    "each nostril": ("in each nostril", "en cada fosa nasal"),
}
_WORDS = {  # English one, many; Spanish one, many
    "tab": ("tablet", "tablets", "tableta", "tabletas"),
    "cap": ("capsule", "capsules", "cápsula", "cápsulas"),
    "c": ("capsule", "capsules", "cápsula", "cápsulas"),
    "caplet": ("caplet", "caplets", "tableta", "tabletas"),
    "pill": ("pill", "pills", "pastilla", "pastillas"),
    "puff": ("puff", "puffs", "inhalación", "inhalaciones"),
    "drop": ("drop", "drops", "gota", "gotas"),
    "spray": ("spray", "sprays", "rociada", "rociadas"),
}
_SLOTS = {
    "morning": ("in the morning", "por la mañana"),
    "noon": ("at noon", "al mediodía"),
    "evening": ("in the evening", "por la noche"),  # "por la tarde" is the afternoon
    "night": ("at bedtime", "al acostarse"),
    "meals": ("with meals", "con las comidas"),
}
_WEEKDAYS = {
    **{"a": ("Monday", "lunes"), "b": ("Tuesday", "martes"), "c": ("Wednesday", "miércoles")},
    **{"d": ("Thursday", "jueves"), "e": ("Friday", "viernes"), "f": ("Saturday", "sábados")},
    "g": ("Sunday", "domingos"),
}
_MANNER = {
    "with_food": ("with food", "con alimentos"),
    "with_water": ("with water", "con agua"),
    "empty_stomach": ("on an empty stomach", "con el estómago vacío"),
}
_SENTENCE = {
    "whole": ("Swallow whole. Do not crush or chew.", "Trague entero. No triture ni mastique."),
    "shake": ("Shake well.", "Agite bien."),
    "rinse": ("Rinse mouth with water after use.", "Enjuáguese la boca con agua después de usar."),
}


_SWALLOWED = ("oral", "tablet", "capsule", "caplet", "syrup", "elixir")
_ELSEWHERE = ("vagina", "sublingual", "buccal")
"""Words of a form that say it is swallowed, or that it isn't, where the directory states no route."""


class Medicine(Protocol):
    """What directions are about, as the catalogue has it: route "oral", form "oral suspension"."""

    @property
    def route(self) -> str: ...
    @property
    def form(self) -> str: ...


def in_full(directions: str, medicine: Medicine, language: str = "en") -> str:
    """Directions as they were typed, in a sentence for the patient: "1 tab tid" is "Take 1 tablet by mouth 3
    times a day."; "" where they can't be said whole or say so themselves: what was typed stands."""
    said = in_words(read(directions), language, route_of(medicine)) or ""
    return "" if _bare(said) == _bare(directions) else said


def _bare(sentence: str) -> str:
    return sentence.strip().rstrip(".").casefold()


def route_of(medicine: Medicine) -> str:
    """The directory's route, or what the form says where it states none: a syrup is swallowed."""
    if medicine.route and medicine.route != "not stated":
        return medicine.route
    form = medicine.form.casefold()
    swallowed = any(word in form for word in _SWALLOWED) and not any(word in form for word in _ELSEWHERE)
    return "oral" if swallowed else "not stated"


def in_words(said: Directions, language: str, medicine_route: str = "") -> str | None:
    """A sentence for the patient; None where it cannot be said whole, and the directions stand as written.

    `medicine_route` is the catalogue's ("oral"), for directions that name no way.

    Raises ValueError for another language than "en" and "es".
    """
    at = LANGUAGES.index(language)
    if said.steps:
        return _in_steps(said, language, medicine_route)
    route = said.rest.route or _usual_route(said.doses, medicine_route)
    use = _use(said.rest.indication, at)
    if said.reading is not Reading.READ or route not in _VERB or use is None or not _sayable(said.doses):
        return None
    between = (" and ", " y ")[at]
    doses = between.join(
        f"{_amount(dose, at)} {_route(route, at, n)}{_often(dose, at, len(said.doses) == 1)}"
        for n, dose in enumerate(said.doses)
    )
    parts = [f"{_VERB[route][at]} {doses}"]
    manners = [_MANNER[code][at] for code in said.rest.manner if code in _MANNER]
    if not any("meals" in dose.slots for dose in said.doses):
        parts += manners
    if said.days and not any(dose.often.code == "once" for dose in said.doses):
        parts.append(_days(said.days, at))
    if said.as_needed:
        parts.append(("as needed", "según sea necesario")[at])
    if use:
        parts.append(use)
    sentence = " ".join(" ".join(parts).split())
    if said.most_a_day is not None:
        most = _figure(said.most_a_day)
        sentence += (f", no more than {most} a day", f", no más de {most} al día")[at]
    if said.as_directed:
        sentence += (", as directed", ", según las indicaciones")[at]
    more = [_SENTENCE[code][at] for code in said.rest.manner if code in _SENTENCE]
    return " ".join([f"{sentence}.", *more])


def _in_steps(said: Directions, language: str, medicine_route: str) -> str | None:
    """ "Take 2 tablets by mouth once a day for 1 day, then 1 tablet …": the verb and the way are said once.

    None where a step says more than dose and days: it would stand in the wrong place.
    """
    at = LANGUAGES.index(language)
    first, *later = said.steps
    route = first.rest.route or _usual_route(first.doses, medicine_route)
    if said.reading is not Reading.READ or first.rest.manner or first.rest.indication:
        return None
    if any(one.rest != Rest() or _usual_route(one.doses, medicine_route) not in ("", route) for one in later):
        return None
    whole = [
        in_words(replace(one, rest=Rest(route)), language, medicine_route) if route else None
        for one in said.steps
    ]
    sentences = [sentence.removesuffix(".") for sentence in whole if sentence]
    if len(sentences) < len(said.steps):
        return None
    way = f" {_ROUTE[route][at]}" if _ROUTE[route][at] else ""
    bare = [one.removeprefix(f"{_VERB[route][at]} ").replace(way, "", 1) for one in sentences[1:]]
    return (", then ", ", luego ")[at].join([sentences[0], *bare]) + "."


def _usual_route(doses: Sequence[Dose], medicine_route: str) -> str:
    """A tablet whose directions name no way is swallowed; a liquid may be for anything."""
    units = {dose.unit for dose in doses}
    if units == {"puff"}:
        return "inhaled"
    swallowed = medicine_route == "oral" and units <= {"", "pill", "mL"}
    return "mouth" if swallowed or (not medicine_route and units <= {"", "pill"}) else ""


def _sayable(doses: Sequence[Dose]) -> bool:
    return bool(doses) and all(
        (dose.unit in ("", "mL") or _word(dose.word) in _WORDS) and (dose.slots or _times(dose.often, 0))
        for dose in doses
    )


def _use(indication: str, at: int) -> str | None:
    """ "for pain"; "" where nothing is said, None where it cannot be said in this language."""
    if not indication:
        return ""
    if at == 0:
        return f"for {indication}"
    spanish = SPANISH.get(indication)
    return f"para {spanish}" if spanish else None


def _route(route: str, at: int, number: int) -> str:
    return f"{_ROUTE[route][at]} " if number == 0 and _ROUTE[route][at] else ""


def _amount(dose: Dose, at: int) -> str:
    count = (
        _figure(dose.high)
        if dose.low == dose.high
        else f"{_figure(dose.low)}{(' to ', ' a ')[at]}{_figure(dose.high)}"
    )
    if dose.unit == "mL" or dose.word in ML_OF:
        return f"{count} mL"
    if not dose.unit:
        return count
    one, many = _WORDS[_word(dose.word)][2 * at : 2 * at + 2]
    return f"{count} {one if dose.high <= 1 else many}"


def _word(word: str) -> str:
    """ "tab" of "tablets", "puff" of "inhalations"."""
    if word.startswith("caplet"):
        return "caplet"
    if word.startswith("inhalation"):
        return "puff"
    if word.startswith("gtt"):
        return "drop"
    return next(
        (key for key in ("tab", "cap", "pill", "puff", "drop", "spray") if word.startswith(key)), word
    )


def _often(dose: Dose, at: int, alone: bool) -> str:
    places = [_SLOTS[slot][at] for slot in dose.slots]
    slots = (
        (", ".join(places[:-1]) + (" and ", " y ")[at] + places[-1]) if len(places) > 1 else "".join(places)
    )
    count = dose.often.high
    if dose.often.code:
        return _on_days(dose.often.code, at)
    if dose.slots and (count == len(dose.slots) or "meals" in dose.slots):
        only_meals = dose.slots == ("meals",)  # "with meals" alone doesn't say how often
        return f"{_times(dose.often, at)} {slots}" if only_meals else _daily(slots, at, alone)
    return " ".join(filter(None, [_times(dose.often, at), slots]))


def _on_days(code: str, at: int) -> str:
    """ "once", "monthly", or the days of the week."""
    if code == "monthly":
        return ("once a month", "una vez al mes")[at]
    if code == "once":
        return ("once only", "una sola vez")[at]
    names = [_WEEKDAYS[letter][at] for letter in code.removeprefix("wkd_")]
    joined = names[0] if len(names) == 1 else ", ".join(names[:-1]) + (" and ", " y ")[at] + names[-1]
    return (f"every {joined}", f"todos los {joined}")[at]


def _daily(slots: str, at: int, alone: bool) -> str:
    return f"{slots} {('every day', 'todos los días')[at]}" if alone else slots


def _times(often: Often, at: int) -> str:
    """ "3 times a day"; "" where the frequency has no words."""
    if often.hours:
        low, high = map(_figure, often.hours)
        span = low if low == high else f"{low}{(' to ', ' a ')[at]}{high}"
        return (
            (f"every {span} hours", f"cada {span} horas")[at]
            if span != "1"
            else ("every hour", "cada hora")[at]
        )
    if often.low != often.high:
        return (
            f"{_figure(often.low)} to {_figure(often.high)} times a day",
            f"de {_figure(often.low)} a {_figure(often.high)} veces al día",
        )[at]
    each = often.high
    if each == 1:
        return ("once a day", "una vez al día")[at]
    if each.denominator == 1:
        return (f"{each} times a day", f"{each} veces al día")[at]
    if each == Fraction(1, 2):
        return ("every other day", "un día sí y otro no")[at]
    if each == Fraction(1, 7):
        return ("once a week", "una vez por semana")[at]
    if (7 * each).denominator == 1 and each < 1:
        return (f"{7 * each} times a week", f"{7 * each} veces por semana")[at]
    if each.numerator == 1:
        return (f"every {each.denominator} days", f"cada {each.denominator} días")[at]
    return ""


def _days(days: int, at: int) -> str:
    if days == 1:
        return ("for 1 day", "durante 1 día")[at]
    return (f"for {days} days", f"durante {days} días")[at]


def _figure(number: Fraction) -> str:
    """ "2", "1/2", "1 1/2", "2.5": halves, quarters and thirds of tablets as people say them."""
    whole, part = divmod(number, 1)
    if not part:
        return str(whole)
    if part.denominator in (2, 3, 4) and number < 10:
        return f"{whole} {part}" if whole else str(part)
    return f"{float(number):.3f}".rstrip("0").rstrip(".")
