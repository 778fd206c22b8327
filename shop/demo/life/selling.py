"""The past's orders, each from its first minute to its end, through the services that make one today.

What a customer fills in is taken as right: the plan orders only what is covered, allowed and in stock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from shop.accounts.address_book import keep_address
from shop.catalogue.queries import VariantFacts
from shop.checkout import charging, end_order
from shop.checkout.confirm_payment import confirm
from shop.checkout.place_order import begin_payment
from shop.clock import business_date
from shop.delivery import queries as delivery
from shop.delivery.calendar import promised
from shop.delivery.rules import ELSEWHERE, Method, Option, chosen, options
from shop.demo.life.bank import Bank
from shop.demo.life.hours import Hours
from shop.demo.life.plan import PACKED_AFTER, Course, Ending, PlannedOrder
from shop.demo.life.scripts import Customer
from shop.demo.life.shelf import Shelf
from shop.money import line_total_cents
from shop.orders import service as order_steps
from shop.orders.cancellation import ByStaff
from shop.orders.models import Order
from shop.orders.service import NewLine
from shop.orders.states import CancelReason
from shop.patients import service as patients
from shop.payments import movements, queries
from shop.payments import service as payment_steps
from shop.payments.queries import PaymentRecord
from shop.payments.states import MovementKind, Reason
from shop.prescriptions.ledger import quantities
from shop.safety.states_served import Taxable, sales_tax_cents, state_code
from shop.stock import holds
from shop.stock.rules import USUAL_SUPPLY_DAYS, outlasts
from shop.web import settings

PAID_AFTER, ANSWERED_AFTER = timedelta(minutes=3), timedelta(seconds=4)
ENDED_AFTER = timedelta(hours=5)
OF_AGE = 18
GOING_ON = (Ending.UNPAID, Ending.TO_PACK, Ending.PACKED)
QUICKER_EVERY = 4


@dataclass
class Seller:
    """Sells to the past's customers. `facts` are its strengths by slug."""

    bank: Bank
    shelf: Shelf
    facts: Mapping[str, VariantFacts]
    admin_id: int
    methods: Sequence[Method]
    hours: Hours
    sent: int = 0

    def sell(self, planned: PlannedOrder, customer: Customer, items: Mapping[str, int]) -> None:
        """One order, with the `items` of the customer's prescription by slug, up to its ending.

        One that is still going on takes the ways that leave jobs behind. What ended has none to do: then each
        room is told directly what became of it.
        """
        order = self._ordered(planned, customer, items)
        if order is None:
            return
        at, going_on = planned.at, planned.ending in GOING_ON
        payment = (
            begin_payment(order, at)
            if going_on
            else payment_steps.begin(order.id, order.number, order.total_cents, order.currency, at)
        )
        session_id, url = self.bank.open(order, payment, at)
        payment_steps.opened(payment.id, session_id, url)
        if planned.ending is Ending.UNPAID:
            return
        if planned.ending is Ending.EXPIRED:
            self.bank.expire(session_id, order.holds_until)
            end_order.expire_order(order.id, order.holds_until)
            return
        paid = self.bank.pay(session_id, at + PAID_AFTER)
        known = at + PAID_AFTER + ANSWERED_AFTER
        if going_on:
            confirm(paid, known)
            if planned.ending is Ending.PACKED:
                order_steps.pack(order.id, self.admin_id, self.hours.after(at + PACKED_AFTER))
            return
        order_steps.place(order.id, known)
        days = (order.handling_days or 0, order.transit_days or 0)
        order_steps.promise(order.id, promised(business_date(known), *days, settings().market))
        payment_steps.authorize(payment.id, session_id, paid.intent_id, known)
        self._end(planned, order, replace(payment, intent_id=paid.intent_id))

    def _ordered(self, planned: PlannedOrder, customer: Customer, items: Mapping[str, int]) -> Order | None:
        at, today = planned.at, business_date(planned.at)
        wanted: list[tuple[str, Course | None]] = [(one.shelf.slug, one) for one in planned.lines]
        wanted += [(slug, None) for slug in planned.counter]
        until = {slug: self._until(course, at) for slug, course in wanted}
        lines = []
        for slug, course in wanted:
            facts = self.facts[slug]
            if course:
                quantity = course.regimen.quantity
                self.shelf.have(facts.id, quantity, until[slug], at)
            else:
                quantity = self.shelf.closed_pack(facts.id, until[slug], at)
            if not quantity:
                continue
            price = facts.price_for(quantity)
            assert price is not None, f"{slug} has no price"
            item_id, patient_id = (items[slug], customer.patient_id) if course else (None, None)
            lines.append(
                NewLine(
                    facts.id,
                    facts.label,
                    facts.unit,
                    price,
                    quantity,
                    course is not None,
                    item_id,
                    patient_id,
                )
            )
        if not lines:
            return None
        order = self._created(lines, customer, at)
        for line in sorted(order.lines, key=lambda line: line.prescription_item_id or 0):
            if line.prescription_item_id:
                quantities.hold_quantity(line.prescription_item_id, line.id, line.quantity, at, today)
        by_variant = {self.facts[slug].id: day for slug, day in until.items()}
        for line in sorted(order.lines, key=lambda line: line.variant_id):
            holds.hold(line.id, line.variant_id, line.quantity, by_variant[line.variant_id], at)
        return order

    def _until(self, course: Course | None, at: datetime) -> date:
        days = course.regimen.days if course else USUAL_SUPPLY_DAYS
        return outlasts(business_date(at), settings().delivery_days, days)

    def _created(self, lines: list[NewLine], customer: Customer, at: datetime) -> Order:
        config, address = settings(), customer.person.address
        taxable = [
            Taxable(line_total_cents(line.unit_price, line.quantity), line.prescription_required)
            for line in lines
        ]
        keep_address(customer.user_id, **asdict(address), at=at)
        order = order_steps.create(
            customer.user_id,
            lines,
            address,
            self._sent_by(lines, state_code(address.region) or ELSEWHERE),
            config.currency,
            at + timedelta(minutes=config.hold_minutes),
            at,
            tax_cents=sales_tax_cents(state_code(address.region), taxable),
            age_declared=OF_AGE if any(not line.prescription_required for line in lines) else None,
        )
        if any(line.patient_id for line in lines):
            patients.confirm_health(customer.user_id, customer.patient_id, at, order.number)
        return order

    def _sent_by(self, lines: list[NewLine], state: str) -> Option:
        """The usual way; every fourth order goes the quickest."""
        by_id = {one.id: one for one in self.facts.values()}
        units = [(line.variant_id, line.quantity) for line in lines]
        grams = delivery.grams_of(units, by_id, self.methods)
        subtotal = sum(line_total_cents(line.unit_price, line.quantity) for line in lines)
        offered = options(self.methods, state, grams, subtotal)
        self.sent += 1
        quickest = min(offered, key=lambda one: one.handling_days + one.transit_days)
        found = quickest if self.sent % QUICKER_EVERY == 0 else chosen(offered, "")
        assert found is not None, f"nothing is sent to {state}"
        return found

    def _end(self, planned: PlannedOrder, order: Order, payment: PaymentRecord) -> None:
        assert payment.intent_id is not None
        at = planned.at + ENDED_AFTER
        if planned.ending is Ending.SHIPPED:
            self._ship(planned, order, payment)
        elif planned.ending is Ending.CANCELED:
            at = self.hours.awake_after(at)
            end_order.cancel_order(order.id, at, order.user_id)
            self._let_go(payment, at)
        elif planned.ending is Ending.BY_STAFF:
            at = self.hours.after(at)
            why = ByStaff(CancelReason.OUT_OF_STOCK, "The delivery didn’t arrive.")
            end_order.cancel_order(order.id, at, self.admin_id, by_staff=why)
            self._let_go(payment, at)
        elif planned.ending is Ending.REFUNDED:
            charged = planned.at + charging.CAPTURE_AFTER
            self._charge(order, payment, Reason.HOLD_ENDS, charged)
            why = ByStaff(
                CancelReason.NOT_DELIVERABLE, "The address doesn’t exist, and nobody answers the phone."
            )
            at = self.hours.after(charged + ENDED_AFTER)
            end_order.cancel_order(order.id, at, self.admin_id, by_staff=why)
            self._give_back(payment, at)
        elif planned.ending is Ending.LAPSED:
            at = planned.at + timedelta(days=5)
            self.bank.lapse(payment.intent_id, at)
            now = queries.by_id(payment.id)
            assert now is not None
            end_order.lapse_order(order, now, at)

    def _ship(self, planned: PlannedOrder, order: Order, payment: PaymentRecord) -> None:
        """Packed one or two business days later; what goes the quicker way, on its first."""
        at = planned.at + timedelta(hours=19 + planned.turn * 7 % 22)
        if order.handling_days == 1:
            at = planned.at + timedelta(hours=5 + planned.turn % 7)
        at = self.hours.after(at)
        self._charge(order, payment, Reason.ORDER_SHIPS, at, self.admin_id)
        line_ids = [line.id for line in order.lines]
        required = [line.id for line in order.lines if line.prescription_required]
        quantities.dispense_quantity(line_ids, at, required, state=state_code(order.region))
        dispensed = holds.dispense(line_ids, at, self.admin_id)
        order_steps.ship(order.id, dispensed, f"DEMO{planned.turn:08}", self.admin_id, at)

    def _charge(
        self, order: Order, payment: PaymentRecord, reason: Reason, at: datetime, actor_id: int | None = None
    ) -> None:
        assert payment.intent_id is not None
        payment_steps.request_capture(payment.id, at)
        movement = movements.request(
            payment, MovementKind.CAPTURE, payment.intent_id, payment.amount_cents, reason, at, actor_id
        )
        self.bank.capture(payment.intent_id, at)
        movements.done(movement, at)
        payment_steps.mark_captured(payment.id, at)
        order_steps.mark_paid(order.id, at)

    def _let_go(self, payment: PaymentRecord, at: datetime) -> None:
        assert payment.intent_id is not None
        self.bank.void(payment.intent_id, at)
        movement = movements.unfinished(payment.id, MovementKind.VOID)
        assert movement is not None
        movements.done(movement, at)
        payment_steps.mark_voided(payment.id, at)

    def _give_back(self, payment: PaymentRecord, at: datetime) -> None:
        assert payment.intent_id is not None
        refund_id = self.bank.refund(payment.intent_id, at)
        movement = movements.unfinished(payment.id, MovementKind.REFUND)
        assert movement is not None
        movements.done(movement, at, refund_id)
        payment_steps.mark_refunded(payment.id, at)
