"""The one door to Stripe: nothing else in the project imports `stripe`.

It opens hosted payment pages (Checkout Sessions), asks what became of them, captures, voids, refunds and
reads webhooks. It knows neither orders nor the database, never sees a card, and is handed neutral words only:
a line says "Order F-…", never a medicine. What a state means for an order is checkout's business.

Money is authorized first and captured when the pharmacy sends the order. An authorized session is `complete`
with a `payment_status` of `unpaid`, so the state is read from the session and its intent together.
Sources: docs.stripe.com/api/checkout/sessions, docs.stripe.com/payments/place-a-hold-on-a-payment-method.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

import stripe

from shop.bulkhead import Full, payment_place
from shop.payments.deadline import DeadlineSession, within
from shop.payments.facts import (
    Event,
    PaymentFacts,
    PaymentState,
    RefundFacts,
    RefundReason,
    VoidReason,
    event_facts,
    id_of,
    intent_facts,
    refund_facts,
    session_facts,
)
from shop.payments.listed import Lists
from shop.payments.refusals import (
    OverRefund,
    PaymentRefused,
    PaymentServiceUnavailable,
    PaymentSettingsRefused,
    WebhookRefused,
)
from shop.payments.stripe_checkout import CheckoutPage, PageRequest, session_params

DEADLINE_SECONDS = 8.0
"""For one call of the gateway with all its requests and retries: a customer waits no longer than that."""
NETWORK_RETRIES = 2
LONGEST_KEY = 255
"""Characters of an idempotency key (docs.stripe.com/api/idempotent_requests)."""
WEBHOOK_TOLERANCE_SECONDS = 300

log = logging.getLogger(__name__)
# Below warnings, stripe's own logger writes whole request bodies, which hold the customer's email address.
logging.getLogger("stripe").setLevel(logging.WARNING)

T = TypeVar("T")


class Gateway:
    """Stripe for one account. Safe to share between threads; raises only what this module names."""

    def __init__(
        self,
        secret_key: str,
        webhook_secret: str,
        api_base: str | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        """`api_base` is the payment sandbox's address; with it only a test key is taken.

        A call that has no answer within `deadline_seconds` raises PaymentServiceUnavailable.
        """
        if not secret_key or not webhook_secret:
            raise PaymentSettingsRefused("Payments need a secret key and a webhook secret.")
        if api_base and not secret_key.startswith("sk_test_"):
            raise PaymentSettingsRefused("The payment sandbox takes only a key that starts with sk_test_.")
        self._webhook_secret, self._deadline = webhook_secret, deadline_seconds
        self._stripe = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base.rstrip("/")} if api_base else {},
            max_network_retries=NETWORK_RETRIES,
            http_client=stripe.RequestsClient(session=DeadlineSession()),
        )
        self.lists = Lists(self._stripe.v1, lambda ask: self._request(ask, todo=NOTHING_CHANGED))
        """What Stripe's lists say, for reconciliation; each page within the deadline."""

    @classmethod
    def from_settings(cls, secret_key: str, webhook_secret: str, api_base: str | None) -> Self:
        """The gateway for what the settings say; an empty `api_base` means Stripe itself."""
        return cls(secret_key, webhook_secret, api_base or None)

    def open_session(self, asked: PageRequest, idempotency_key: str) -> CheckoutPage:
        """A hosted page for one amount, authorized and not yet captured. Nothing is charged here."""
        params = session_params(asked)
        session = self._request(
            lambda: self._stripe.v1.checkout.sessions.create(params, _key(idempotency_key)),  # type: ignore[arg-type]
            todo=NOTHING_CHARGED,
        )
        return CheckoutPage(session.id, session.url or "", id_of(session.payment_intent))

    def look_up(self, session_id: str) -> PaymentFacts:
        """What became of a session. Asks only; changes nothing."""
        session = self._request(
            lambda: self._stripe.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]}),
            todo=NOTHING_CHANGED,
        )
        return session_facts(session)

    def look_up_intent(self, intent_id: str) -> PaymentFacts:
        """What became of an authorization. Asks only; changes nothing."""
        intent = self._request(
            lambda: self._stripe.v1.payment_intents.retrieve(intent_id),
            todo=NOTHING_CHANGED,
        )
        return intent_facts(intent)

    def expire(self, session_id: str) -> PaymentFacts:
        """Close the page so that nobody can pay it any more.

        A session that has ended already is no error: the facts say how, and they may say authorized.
        """
        with within(self._deadline):
            try:
                session = self._request(
                    lambda: self._stripe.v1.checkout.sessions.expire(
                        session_id, {"expand": ["payment_intent"]}
                    ),
                    todo="Try again in a minute. It’s safe to repeat.",
                )
            except PaymentRefused:
                facts = self.look_up(session_id)
                if facts.state is PaymentState.OPEN:
                    raise
                return facts
        return session_facts(session)

    def capture(self, intent_id: str, amount_cents: int, idempotency_key: str) -> PaymentFacts:
        """Take `amount_cents` of what is held and release the rest. Taken already, this amount: success."""
        return self._moved_to(
            PaymentState.CAPTURED,
            intent_id,
            amount_cents,
            lambda: self._stripe.v1.payment_intents.capture(
                intent_id, {"amount_to_capture": amount_cents}, _key(idempotency_key)
            ),
        )

    def void(self, intent_id: str, idempotency_key: str, reason: VoidReason | None = None) -> PaymentFacts:
        """Let go of what is held. Canceled already: success. A page nobody paid is ended by `expire`."""
        params: Any = {"cancellation_reason": reason.value} if reason else {}
        return self._moved_to(
            PaymentState.CANCELED,
            intent_id,
            None,
            lambda: self._stripe.v1.payment_intents.cancel(intent_id, params, _key(idempotency_key)),
        )

    def refund(
        self,
        intent_id: str,
        amount_cents: int,
        idempotency_key: str,
        reason: RefundReason | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> RefundFacts:
        """Give back part or all of what was captured. Raises OverRefund for more than is left.

        `metadata` is shown in Stripe's dashboard: codes and order numbers, nothing about health.
        """
        params: Any = {"payment_intent": intent_id, "amount": amount_cents}
        params |= {"reason": reason.value} if reason else {}
        params |= {"metadata": dict(metadata)} if metadata else {}
        if amount_cents < 1:
            raise ValueError("a refund is at least one cent")
        try:
            refund = self._request(
                lambda: self._stripe.v1.refunds.create(params, _key(idempotency_key)), todo=UNCERTAIN
            )
        except PaymentRefused as refusal:
            if _about_amount(refusal):
                raise OverRefund(
                    "This is more than the amount left to refund.",
                    "Check the earlier refunds.",
                    refusal.reason,
                ) from refusal
            raise
        return refund_facts(refund)

    def read_event(self, payload: bytes, signature: str) -> Event:
        """The event in a webhook's body, after its signature and age were checked. Raises WebhookRefused."""
        try:
            stripe.WebhookSignature.verify_header(
                payload, signature, self._webhook_secret, WEBHOOK_TOLERANCE_SECONDS
            )
            return event_facts(json.loads(payload))
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError):
            # The cause is left out: it carries the body, which is somebody else's words.
            raise WebhookRefused("This is not a current, signed event of the payment service.") from None

    def _moved_to(
        self,
        state: PaymentState,
        intent_id: str,
        amount_cents: int | None,
        act: Callable[[], stripe.PaymentIntent],
    ) -> PaymentFacts:
        with within(self._deadline):
            try:
                return intent_facts(self._request(act, todo=UNCERTAIN))
            except PaymentRefused as refusal:
                if refusal.reason != "payment_intent_unexpected_state":
                    raise
                facts = self.look_up_intent(intent_id)
                if facts.state is state and amount_cents in (None, facts.amount_cents):
                    return facts
                raise

    def _request(self, ask: Callable[[], T], todo: str) -> T:
        """The answer, or one of this module's refusals. The log names the problem, never the request."""
        try:
            with payment_place(), within(self._deadline):
                return ask()
        except Full as full:  # as many requests as may are waiting for the service already
            raise PaymentServiceUnavailable(full.message, NOTHING_CHANGED) from full
        except stripe.StripeError as error:
            reason = error.code or getattr(error.error, "type", None) or type(error).__name__
            log.warning(
                "payment service: %s, HTTP %s, request %s", reason, error.http_status, error.request_id
            )
            if isinstance(error, (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError)):
                raise PaymentServiceUnavailable(
                    "The payment service isn’t responding right now.", todo
                ) from error
            raise PaymentRefused(
                "The payment service declined this request.",
                "Reload the order. If it fails again, check the payment in the service’s dashboard.",
                reason,
            ) from error


NOTHING_CHARGED = "Nothing was charged. Try again in a minute."
NOTHING_CHANGED = "Nothing was changed. Try again in a minute."
UNCERTAIN = "We don’t know yet whether it went through. Try again in a minute; it can’t happen twice."


def _about_amount(refusal: PaymentRefused) -> bool:
    # Stripe names the parameter where it has no code of its own for "more than is left"
    return refusal.reason in ("charge_already_refunded", "amount_too_large") or (
        getattr(refusal.__cause__, "param", None) == "amount"
    )


def _key(idempotency_key: str) -> stripe.RequestOptions:
    if not 0 < len(idempotency_key) <= LONGEST_KEY:
        raise ValueError(f"an idempotency key has 1 to {LONGEST_KEY} characters, not {len(idempotency_key)}")
    return {"idempotency_key": idempotency_key}
