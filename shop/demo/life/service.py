"""Writing the past, in the transaction that loads a fresh demonstration; the outermost caller commits."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import update

from shop.accounts import service as accounts
from shop.addresses import PostalAddress
from shop.catalogue import queries as catalogue
from shop.catalogue.models import Variant
from shop.catalogue.queries import VariantFacts
from shop.database import db
from shop.delivery import queries as delivery
from shop.demo.life import past, scripts, waiting
from shop.demo.life.bank import Bank
from shop.demo.life.hours import Hours
from shop.demo.life.people import PEOPLE, Person
from shop.demo.life.plan import OPENED, OnShelf, Planned, PlannedPrescription, plan
from shop.demo.life.scripts import Cabinet, Customer
from shop.demo.life.selling import Seller
from shop.demo.life.shelf import Shelf
from shop.demo.offers import is_scarce
from shop.demo.patients import acknowledge_notice
from shop.outbox.models import Job
from shop.patients import queries as patients_of
from shop.patients import service as patients
from shop.patients.profile import Kidneys, Profile, YesNo
from shop.patients.rules import Relation
from shop.safety.sale import sale_refusal
from shop.safety.states_served import COUNTRY
from shop.stock import figures
from shop.web import settings

Say = Callable[[str], None]
ERASE = "erase_files"
SHORT_DATED_CAME, RECALLED = timedelta(days=40), timedelta(days=9)
SAID_EVERY = 40
OWN_ADDRESS = PostalAddress(
    "Ada Specimen", "9 Example Street", "", "Springfield", "IL", "62701", "US", "(555) 555-0199"
)
NOTHING = Profile((), (), (), YesNo.NO, YesNo.NO, Decimal(74), Kidneys.NO_PROBLEM)


@dataclass(frozen=True)
class Loaded:
    """The store that opened: its strengths in the file's order, those priced by an NDC of the survey, whose
    name is `survey`, and the printed accounts by role. `secret` is the hashed password of invented accounts.
    """

    variants: Sequence[Variant]
    priced_by: Mapping[str, int]
    survey: str
    accounts: Mapping[str, int]
    secret: str

    @property
    def customer_id(self) -> int:
        """The account that is printed at every start."""
        return self.accounts["customer"]


@dataclass(frozen=True)
class Written:
    """How much was written, for the sentence that says so."""

    orders: int = 0
    prescriptions: int = 0
    waiting: int = 0


def write(loaded: Loaded, files: ExitStack, now: datetime, say: Say) -> Written:
    """Write ninety days before `now` into a store that opened before them and has seen nobody.

    What it puts into the vault is taken out again by `files`, which has to surround the transaction.
    """
    facts = catalogue.variants(variant.id for variant in loaded.variants)
    past.write_price_periods(loaded.priced_by, loaded.survey)
    past.write_searches(now)
    shelf = _shelf(loaded.variants, facts)
    if settings().market != COUNTRY:  # where everybody in `people` lives: elsewhere there were no customers
        return Written()
    hours = Hours(settings().market)
    opened = hours.before(now - OPENED)
    came = [hours.awake_after(opened + timedelta(hours=n)) for n in range(len(PEOPLE))]
    people = [_customer(one, loaded.secret, at) for one, at in zip(PEOPLE, came, strict=True)]
    own = _own_customer(loaded.customer_id)
    with Bank() as bank:
        stock = Shelf.of(facts, loaded.accounts["admin"], hours)
        by_slug = {one.slug: one for one in facts.values()}
        methods = delivery.methods(settings().delivery_cents, settings().delivery_days)
        seller = Seller(bank, stock, by_slug, loaded.accounts["admin"], methods, hours)
        events = plan(now, shelf, len(people), hours)
        cabinet = Cabinet(files)
        _live(events, seller, [*people, own], cabinet, loaded.accounts["pharmacist"], now, say)
        waiting.wait(people, cabinet, loaded.accounts["pharmacist"], now, hours)
        _work_off(now)
        figures.count_rates(now)
        bank.hand_over()
    prescribed = sum(isinstance(event, PlannedPrescription) for event in events)
    return Written(len(events) - prescribed, prescribed, waiting.COUNT)


def _shelf(variants: Sequence[Variant], facts: Mapping[int, VariantFacts]) -> list[OnShelf]:
    """What may be sold in this market, in the file's order."""
    market = settings().market
    return [
        OnShelf(one.slug, one.product_slug, one.form, one.prescription_required, is_scarce(place))
        for place, variant in enumerate(variants)
        if sale_refusal(one := facts[variant.id], market) is None
    ]


def _live(
    events: Sequence[Planned],
    seller: Seller,
    people: Sequence[Customer],
    cabinet: Cabinet,
    pharmacist_id: int,
    now: datetime,
    say: Say,
) -> None:
    """One thing after the other, with what happened to the stock in between."""
    between = [
        (seller.hours.before(now - SHORT_DATED_CAME), seller.shelf.receive_short_dated),
        (seller.hours.before(now - RECALLED), seller.shelf.recall),
    ]
    items: dict[int, dict[str, int]] = {}
    for turn, event in enumerate(events, start=1):
        while between and between[0][0] <= event.at:
            at, happens = between.pop(0)
            happens(at)
        customer = people[event.person]
        if isinstance(event, PlannedPrescription):
            items[event.person] = scripts.prescribe(
                event, customer, seller.facts, cabinet, pharmacist_id, seller.hours
            )
        else:
            seller.sell(event, customer, items.get(event.person, {}))
        db.session.flush()
        db.session.expunge_all()  # a session that knows a year's rows looks through them at every change
        if turn % SAID_EVERY == 0:
            say(f"  … {(now - event.at).days} days ago")


def _customer(person: Person, secret: str, at: datetime) -> Customer:
    """Their account, which is their own patient with every question answered."""
    user_id = accounts.add_account(person.name, person.email, secret, "customer", at, is_demo=True)
    acknowledge_notice(user_id, at)
    patient_id = patients.add(user_id, Relation.SELF, person.name, person.born, at)
    patient = patients_of.by_id(patient_id)
    assert patient is not None
    patients.save_health(user_id, patient.reference, NOTHING, at)
    return Customer(person, user_id, patient_id)


def _own_customer(user_id: int) -> Customer:
    """The account that a newcomer signs in with, as the customer they have been."""
    patient = next(one for one in patients_of.of_account(user_id) if one.relation is Relation.SELF)
    assert patient.born is not None
    return Customer(Person(patient.name, "", patient.born, OWN_ADDRESS), user_id, patient.id)


def _work_off(now: datetime) -> None:
    """What was to be done by now was done then: no mail goes out today for an order of last month.

    Files that were replaced by their pages are still there, and are erased now.
    """
    undone = Job.finished_at.is_(None)
    to_erase = update(Job).where(undone, Job.kind == ERASE)
    db.session.execute(to_erase.values(created_at=now, due_at=now, run_after=now))
    done = update(Job).where(undone, Job.run_after <= now, Job.kind != ERASE)
    db.session.execute(done.values(finished_at=Job.run_after, attempts=1))
