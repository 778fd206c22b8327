"""A health profile in words, for the customer's page and the pharmacist's desk."""

from shop.patients.profile import UNKNOWN, Kidneys, Profile, Topic, YesNo
from shop.patients.rules import Relation

TOPICS = {
    Topic.ALLERGIES: "Allergies",
    Topic.CONDITIONS: "Conditions",
    Topic.MEDICINES: "Medicines from elsewhere",
    Topic.PREGNANCY: "Pregnancy",
    Topic.BREASTFEEDING: "Breastfeeding",
    Topic.WEIGHT: "Weight",
    Topic.KIDNEYS: "Kidneys",
}
RELATIONS = {
    Relation.SELF: "account holder",
    Relation.CHILD: "child",
    Relation.ADULT: "dependent adult",
    None: "relation not stated",
}
NOT_ANSWERED = "not answered"
NONE_KNOWN = "none known"
YES_NO = {YesNo.NO: "no", YesNo.YES: "yes", YesNo.UNKNOWN: "not known"}
KIDNEYS = {
    Kidneys.NO_PROBLEM: "no known problem",
    Kidneys.REDUCED: "reduced",
    Kidneys.DIALYSIS: "dialysis",
    Kidneys.UNKNOWN: "not known",
}


def answer(health: Profile, topic: Topic) -> str:
    """One answer in words; what was not answered says so."""
    value = getattr(health, topic.value)
    if value is None:
        return NOT_ANSWERED
    match topic:
        case Topic.WEIGHT:
            return "not known" if value == UNKNOWN else f"{value} kg"
        case Topic.KIDNEYS:
            return KIDNEYS[value]
        case Topic.PREGNANCY | Topic.BREASTFEEDING:
            return YES_NO[value]
        case _:
            return "; ".join(value) or NONE_KNOWN
