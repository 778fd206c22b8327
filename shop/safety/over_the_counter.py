"""What may be sold without a prescription. Pure.

A product of the directory is over the counter because the directory says HUMAN OTC DRUG of it. One that was
made by hand is, where every active ingredient, by its route, has an entry in `data/otc_limits.toml`. What is
compounded is always for one patient, on a prescription (FD&C Act, section 503A).
"""

from shop.safety.otc_limits import is_known
from shop.safety.subject import Refusal, Subject
from shop.safety.wording import words

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
    return _refused(unknown, "over-the-counter entries of the safety data") if unknown else None


def _refused(what: str, source: str) -> Refusal:
    return Refusal(
        CODE, WHY, f"{what[:1].upper()}{what[1:]} is not sold over the counter, only on prescription.", source
    )
