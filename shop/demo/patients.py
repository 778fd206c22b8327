"""The demo customer's patients, all invented: the account holder and two children, all answered."""

from datetime import date, datetime
from decimal import Decimal

from shop.clock import day_start
from shop.patients import notice, queries, service
from shop.patients.profile import Kidneys, Profile, YesNo
from shop.patients.rules import Relation

ADA = Profile(
    allergies=("penicillin: rash",),
    conditions=("high blood pressure",),
    medicines=("vitamin D 1,000 IU, once a day",),
    pregnancy=YesNo.NO,
    breastfeeding=YesNo.NO,
    weight=Decimal("68"),
    kidneys=Kidneys.NO_PROBLEM,
)
BEN = Profile((), ("asthma",), (), YesNo.NO, YesNo.NO, Decimal("38.5"), Kidneys.NO_PROBLEM)
CLEO = Profile((), (), (), None, None, Decimal("19"), Kidneys.NO_PROBLEM)
PEOPLE = (
    ("Ada Specimen", date(1971, 3, 2), Relation.SELF, ADA),
    ("Ben Specimen", date(2015, 3, 2), Relation.CHILD, BEN),
    ("Cleo Specimen", date(2021, 9, 14), Relation.CHILD, CLEO),
)


def add_patients(user_id: int, at: datetime) -> None:
    """Give the demo customer their patients; an account that has some keeps those."""
    if queries.of_account(user_id):
        return
    acknowledge_notice(user_id, at)
    for name, born, relation, health in PEOPLE:
        patient = queries.by_id(service.add(user_id, relation, name, born, at))
        assert patient is not None
        service.save_health(user_id, patient.reference, health, at)


def acknowledge_notice(user_id: int, at: datetime) -> None:
    """Of who has been a customer since `at`: on the day of the edition in force at the earliest, because
    nobody acknowledges a notice that isn't in force yet."""
    notice.acknowledge(user_id, max(at, day_start(notice.edition())))
