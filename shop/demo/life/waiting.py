"""What pharmacists find today: six prescriptions of different kinds and ages, and what came of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shop.clock import business_date
from shop.demo.life import scripts
from shop.demo.life.hours import Hours
from shop.demo.life.people import PRACTICES, Person
from shop.demo.life.scripts import Cabinet, Customer, Photo
from shop.demo.papers import Paper
from shop.patients import service as patients
from shop.patients.rules import Relation
from shop.prescriptions.states import Origin

COUNT = 6
DAILY = "1 tablet by mouth once daily"
CHILD_YEARS = 8
MINUTES = timedelta(minutes=3)


@dataclass(frozen=True)
class Written:
    """What stands on a paper; `days` old when it is sent."""

    medicine: str
    quantity: str
    refills: str
    directions: str = DAILY
    days: int = 1
    practice: int = 0


ANSWERED = Written("Amlodipine 5 mg tablets", "30 (thirty)", "", practice=2)
WAITING = Written("Baclofen 10 mg tablets", "90 (ninety)", "3", "1 tablet three times a day", 2)
ASKED = Written("Warfarin 2.5 mg tablets", "30", "")
TOO_OLD = Written("Lisinopril 10 mg tablets", "30", "11", days=400, practice=2)
FOR_A_CHILD = Written(
    "Amoxicillin 250 mg capsules", "21", "0 (none)", "1 capsule three times a day for 7 days", 0, 3
)


def wait(
    people: Sequence[Customer], cabinet: Cabinet, pharmacist_id: int, now: datetime, hours: Hours
) -> None:
    """Let them arrive. Those that came by phone, fax or transfer were entered by the pharmacist."""
    desk = _Desk(cabinet, pharmacist_id, now, hours)
    asked = desk.in_hours(timedelta(days=2, hours=5))
    sent = desk.sent(people[7], ANSWERED, asked - timedelta(hours=21))
    answered = hours.awake_before(now - timedelta(hours=6))
    scripts.ask_and_answer(sent, people[7], pharmacist_id, asked, answered)
    scripts.enter(people[11], Origin.TRANSFER, pharmacist_id, desk.in_hours(timedelta(days=1, hours=20)))
    scripts.enter(people[14], Origin.PHONE, pharmacist_id, desk.in_hours(timedelta(hours=22)))
    note = "Could you send it with my next order, please?"
    desk.sent(people[22], WAITING, now - timedelta(hours=5), note)
    scripts.enter(people[19], Origin.FAX, pharmacist_id, desk.in_hours(timedelta(hours=3, minutes=10)))
    _for_a_child(people[-1], desk)
    asked = desk.in_hours(timedelta(hours=20))
    open_question = desk.sent(people[26], ASKED, asked - timedelta(hours=10))
    scripts.ask_and_answer(open_question, people[26], pharmacist_id, asked, None)
    refused = desk.in_hours(timedelta(days=7))
    too_old = desk.sent(people[29], TOO_OLD, refused - timedelta(hours=3))
    scripts.refuse(too_old, pharmacist_id, refused)


@dataclass(frozen=True)
class _Desk:
    cabinet: Cabinet
    pharmacist_id: int
    now: datetime
    hours: Hours

    def in_hours(self, ago: timedelta) -> datetime:
        """The last moment so long ago at which the pharmacist was there, with minutes left to enter one."""
        return self.hours.before(self.hours.before(self.now - ago) - MINUTES)

    def sent(
        self,
        customer: Customer,
        written: Written,
        latest: datetime,
        note: str = "",
        patient: "Child | None" = None,
    ) -> str:
        """A photo of a paper, sent by then, by day; its reference."""
        at = self.hours.awake_before(latest)
        photo = self._photo(customer.person, written, business_date(at), patient)
        return scripts.send(customer, photo, note, at, patient.id if patient else None)

    def _photo(self, person: Person, written: Written, sent: date, patient: "Child | None") -> Photo:
        practice = PRACTICES[written.practice]
        paper = Paper(
            practice,
            patient.name if patient else person.name,
            patient.born if patient else person.born,
            sent - timedelta(days=written.days),
            written.medicine,
            written.quantity,
            written.refills,
            written.directions,
            len(person.name) + written.practice,
        )
        return self.cabinet.photo(paper)


@dataclass(frozen=True)
class Child:
    id: int
    name: str
    born: date


def _for_a_child(parent: Customer, desk: _Desk) -> None:
    name = f"Pia {parent.person.name.split()[-1]}"
    born = date(business_date(desk.now).year - CHILD_YEARS, 5, 17)
    sent = desk.hours.awake_before(desk.now - timedelta(minutes=50))
    added = sent - timedelta(minutes=12)
    child = Child(patients.add(parent.user_id, Relation.CHILD, name, born, added), name, born)
    desk.sent(parent, FOR_A_CHILD, sent, "For my daughter. She weighs 25 kg.", child)
