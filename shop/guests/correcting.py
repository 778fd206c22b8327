"""A guest mistyped their email: it is corrected on the page of the order, by the browser that ordered.

Not by a link: whoever owns the mistyped mailbox has one too. Flushes, never commits.
"""

from datetime import datetime

from shop.accounts import guests
from shop.accounts.errors import GuestLinkExpired
from shop.clock import business_date
from shop.fulfillment.afterwards import mail_of
from shop.orders import persons
from shop.orders import queries as orders
from shop.outbox.mail import enqueue_mail


def correct_email(number: str, email: str, at: datetime) -> None:
    """Let the mails of a guest's paid order go to this address, and send the one that says where it stands.

    Nothing depends on who has this address, an account or nobody. Raises SameEmail, EmailCorrectedTooOften,
    and GuestLinkExpired where the order was never paid, or is in an account by now.
    """
    order = orders.lock(orders.id_of(number) or 0)
    if order is None or order.placed_at is None:
        raise GuestLinkExpired
    guests.correct_email(order.user_id, number, email, at)
    persons.remember_mailbox(order.id, email)
    if found := mail_of(order, business_date(at)):
        template, codes = found
        key = f"corrected:{number}:{at.isoformat()}"
        enqueue_mail(template, order.user_id, key, at, **codes)  # type: ignore[arg-type]
