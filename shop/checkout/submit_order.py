"""From the checkout form to an order with its payment, for an account or a guest."""

from dataclasses import asdict

from flask import current_app

from shop import guest_access
from shop.accounts.address_book import keep_address
from shop.basket import queries as baskets
from shop.basket import service as basket
from shop.basket.owner import BasketOwner
from shop.checkout import payment_session, place_order
from shop.checkout.forms import CheckoutForm
from shop.checkout.guests import guest_for
from shop.checkout.refusals import OrderedTwice, OrderMovedOn
from shop.checkout.terms import terms_of
from shop.clock import now
from shop.database import transaction
from shop.orders.models import Order
from shop.patients import queries as patients
from shop.payments.queries import PaymentRecord
from shop.web import settings

TRIES = 3


def submit_order(owner: BasketOwner, form: CheckoutForm) -> tuple[Order, PaymentRecord] | str:
    """The new order and its payment; or the number of the earlier one, when that turns out to be paid."""
    terms, gateway, address = terms_of(settings()), current_app.extensions["gateway"], form.delivery_address()
    said = set(form.nothing_new.data or []) if owner.user_id else set()
    known = patients.of_account(owner.user_id) if owner.user_id and said else []
    nothing_new = [one.id for one in known if one.reference in said]
    for _ in range(TRIES):
        buyer_id = baskets.buyer_of(owner)
        if buyer_id and (earlier := payment_session.close_unpaid(gateway, buyer_id, now())):
            return earlier
        try:
            with transaction():
                user_id = owner.user_id or guest_for(owner, form.email.data, address.recipient, now())
                created = place_order.create_order(
                    user_id,
                    address,
                    form.shown_total_cents,
                    terms,
                    now(),
                    form.age_declared,
                    nothing_new,
                    bool(form.notice.data),
                    owner,
                    form.method_code,
                )
                if owner.user_id:
                    keep_address(user_id, **asdict(address), at=now())
                else:
                    basket.ordered_by_guest(owner, user_id)
        except OrderMovedOn:
            continue  # another click made one meanwhile: that one is given up first
        if not owner.user_id:
            guest_access.ordered(created[0].number)
        return created
    raise OrderedTwice
