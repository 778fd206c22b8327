"""Which reviews a basket or an order asks for: whose review each of its lines is part of. Pure.

A line on prescription is its patient's. What needs none is for whom it was said; while nobody said, every
patient of the account may take it, so it is reviewed with each of them. For someone else, or where there is
no account, lines are reviewed among themselves only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shop.drug_review.as_directed import RULE as SUMMED
from shop.drug_review.reading import BOUGHT, Line, ReviewRequest
from shop.drug_review.taking import Alert, From
from shop.patients.profile import Profile
from shop.patients.queries import PatientFacts
from shop.patients.rules import Relation
from shop.safety.drug_facts.facts import Kind

_OF_PERSON = frozenset(
    {
        *(Kind.MIN_AGE, Kind.MAX_AGE, Kind.CONDITION, Kind.KIDNEYS, Kind.PREGNANCY),
        *(Kind.BREASTFEEDING, Kind.ALLERGY),
    }
)
OF_ACCOUNT = ("line-", BOUGHT)
"""How keys begin of what an account orders or has bought; every other medicine is somebody's."""
_RULES_OF_PERSON = ("allergy:", "not_answered:", "not_recognized:", "no_minimum_age:")


@dataclass(frozen=True)
class Wanted:
    """A line of a basket or an order. `prescription`: it is on one, and then `patient_id` is whose it is.

    Without one `patient_id` is who takes it, where that was said, and `someone_else` that it is nobody of the
    account.
    """

    line: Line
    prescription: bool = False
    patient_id: int | None = None
    someone_else: bool = False


def review_requests_of(
    lines: Sequence[Wanted],
    patients: Iterable[PatientFacts],
    user_id: int | None,
    order: str | None = None,
) -> list[ReviewRequest]:
    """The review requests of one basket or order, the account holder's first, someone else's last.

    `patients` are those of the account, and whoever else a line names (somebody who was removed since).
    `order` is `ReviewRequest.order`.
    """
    people = sorted(patients, key=lambda one: (one.relation is not Relation.SELF, one.id))
    mine = [one for one in people if one.removed_at is None and one.user_id == user_id]
    open_ = [one for one in lines if not one.prescription and one.patient_id is None and not one.someone_else]
    perhaps = frozenset(one.line.key for one in open_) if len(mine) > 1 else frozenset()
    requests = []
    for patient in people:
        theirs = [one for one in lines if one.patient_id == patient.id or (patient in mine and one in open_)]
        if theirs:
            own = [one.line for one in theirs]
            requests.append(ReviewRequest.of(patient, own, From.BASKET, order, perhaps))
    strangers = tuple(one.line for one in lines if one.someone_else)
    nobodys = () if mine else tuple(one.line for one in open_)
    for account, taken in ((user_id, nobodys), (None, strangers)):
        if taken:
            requests.append(ReviewRequest(account, None, None, Profile(), taken, From.BASKET, order))
    return requests


def is_of_person(alert: Alert) -> bool:
    """Whether an alert rests on who takes it; else it is the same whoever of an account does."""
    if not all(key.startswith(OF_ACCOUNT) for key in alert.about):
        return True
    if alert.fact is None:
        return alert.rule.startswith(_RULES_OF_PERSON)
    scope = alert.fact.scope
    by_person = alert.fact.by_age or bool(scope.kidneys) or alert.fact.unit.endswith("/kg")
    return (by_person and not alert.rule.startswith(SUMMED)) or alert.fact.kind in _OF_PERSON


def once_each(requests: Sequence[ReviewRequest], alerts: Sequence[Sequence[Alert]]) -> list[list[bool]]:
    """By request, which alerts are asked: of what several people of one order may take, what the review says
    whoever it is, is asked with the first of them."""
    said: set[tuple[object, ...]] = set()
    answers = []
    for request, found in zip(requests, alerts, strict=True):
        keys = [(request.user_id, request.order, one.code, one.verdict, one.about) for one in found]
        shared = [_may_be_anyones(one, request) and not is_of_person(one) for one in found]
        answers.append([not (both and key in said) for key, both in zip(keys, shared, strict=True)])
        said.update(key for key, both in zip(keys, shared, strict=True) if both)
    return answers


def _may_be_anyones(alert: Alert, request: ReviewRequest) -> bool:
    return all(key in request.perhaps or key.startswith(BOUGHT) for key in alert.about)
