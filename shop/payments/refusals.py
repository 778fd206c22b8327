"""What the gateway refuses, by name and code."""

from shop.errors import Busy, DomainError


class PaymentServiceUnavailable(Busy):
    """Stripe could not be reached or did not answer in time. Every call may be repeated with the same key."""

    code = "payment_service_unavailable"


class PaymentRefused(DomainError):
    """Stripe answered no. `reason` is its code, such as `amount_too_large`."""

    status = 409
    code = "payment_refused"

    def __init__(self, message: str, todo: str = "", reason: str = "") -> None:
        super().__init__(message, todo)
        self.reason = reason


class OverRefund(PaymentRefused):
    """More was to be given back than was taken and not yet given back. Nothing was moved."""

    code = "over_refund"


class WebhookRefused(DomainError):
    """A message that Stripe did not sign, or that is too old, or that is no event at all."""

    status = 400
    code = "webhook_refused"


class PaymentSettingsRefused(ValueError):
    """The keys and the address do not belong together; the message says how, without showing them."""
