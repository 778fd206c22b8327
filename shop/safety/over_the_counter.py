"""What may be sold without a prescription. Pure.

A product of the directory is over the counter because the directory says HUMAN OTC DRUG of it. One that was
made by hand is, where every active ingredient, by its route, has an entry in `data/otc_limits.toml`, and in
strengths up to the strongest that labels sell so (its `strongest`). What is compounded is always for one
patient, on a prescription (FD&C Act, section 503A).
"""

from decimal import Decimal

from shop.safety.otc_limits import is_known, limit_of
from shop.safety.subject import Refusal, Subject
from shop.safety.wording import words
from shop.substances.names import canonical
from shop.substances.strengths import parse_amounts, without_content

_ENTRIES = "over-the-counter entries of the safety data"
_UNITS_OF = {"mg": ("pill",), "mg/mL": ("mL",), "mg/g": ("g",), "%": ("mL", "g")}
"""By the measure of an amount, the units of which the data say the strongest."""
MG_OF_PERCENT = 10
"""One percent is a gram in 100 mL or 100 g."""
CODE = "prescription_only"
WHY = "it is sold only on prescription"
_COMPOUNDED = "compounded"


def refusal(subject: Subject) -> Refusal | None:
    """Why a product is not sold over the counter, None where it may be or is on prescription."""
    if not subject.over_the_counter:
        return None
    if _COMPOUNDED in words(subject.license):
        return _refused("A compounded medicine", "FD&C Act, section 503A")
    if not subject.by_hand:
        return None
    route = subject.route.partition(";")[0].strip()
    unknown = next((name for name in subject.ingredients if not is_known(name, route)), None)
    return _refused(unknown, _ENTRIES) if unknown else None


def strength_refusal(subject: Subject, strength: str, unit: str) -> Refusal | None:
    """Why a strength is not sold over the counter, None where it may be or its product is no matter of ours.

    `unit` is what is sold: pill, mL, g or pack. What does not state mg of each ingredient in one pill, mL
    or g has no fact, and is refused.
    """
    if not subject.over_the_counter or not subject.by_hand:
        return None
    names = sorted({canonical(name) for name in subject.ingredients})
    said = parse_amounts(without_content(strength)) or ()
    if len(said) != len(names):
        return _refused(f"{' and '.join(names)} of {strength}", _ENTRIES)
    route = subject.route.partition(";")[0].strip()
    found = (_too_strong(name, route, amount, unit) for name, amount in zip(names, said, strict=True))
    return next((one for one in found if one), None)


def _too_strong(name: str, route: str, amount: tuple[Decimal, str], unit: str) -> Refusal | None:
    limit = limit_of(name, route)
    mg, known = amount[0], limit.strongest if limit else {}
    units = _UNITS_OF.get(amount[1], ())
    if amount[1] == "mg" and unit != "pill":
        units = ()
    if amount[1] == "%":
        mg *= MG_OF_PERCENT
    most = [known[one] for one in units if one in known]
    if not most:
        return _refused(f"{name} in this form and unit", _ENTRIES)
    least = min(most, key=lambda one: one.mg)
    if mg <= least.mg:
        return None
    its, most_mg, own_mg = f"{name[:1].upper()}{name[1:]}", least.mg.normalize(), mg.normalize()
    sentence = (
        f"{its} is sold over the counter up to {most_mg:f} mg in one unit. "
        f"{own_mg:f} mg is sold only on prescription."
    )
    return Refusal(CODE, WHY, sentence, f"{least.source} ({least.reviewed.isoformat()})")


def _refused(what: str, source: str) -> Refusal:
    return Refusal(
        CODE, WHY, f"{what[:1].upper()}{what[1:]} is not sold over the counter, only on prescription.", source
    )
