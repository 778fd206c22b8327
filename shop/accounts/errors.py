"""What accounts refuse, in sentences the person may read."""

from datetime import timedelta
from math import ceil

from shop.accounts.rules import LEAST_LETTERS, WeakPassword
from shop.errors import DomainError

WHY_WEAK = {
    WeakPassword.TOO_SHORT: f"Choose a password of at least {LEAST_LETTERS} characters.",
    WeakPassword.TOO_LONG: "Choose a password of at most 128 characters.",
    WeakPassword.COMMON: "Choose another password: this one is too common.",
    WeakPassword.REPEATS: "Choose another password: this one repeats a few characters.",
    WeakPassword.OWN_NAME: "Choose a password that isn’t your name or email.",
}


class EmailTaken(DomainError):
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("An account with this email already exists.", "Sign in, or reset your password.")


class AccountNeeded(DomainError):
    """Something open depends on the account."""

    code = "account_needed"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(
            f"We can’t delete your account yet. {' '.join(reasons)}",
            "Wait until that is done, or cancel it. Then try again.",
        )


class SameEmail(DomainError):
    status = 422
    code = "same_email"

    def __init__(self) -> None:
        super().__init__("This is already your email.", "Enter another address.")


class EmailAskedTooOften(DomainError):
    """Too many links to confirm an email were asked for: strangers would get them."""

    status = 429
    code = "email_asked_too_often"

    def __init__(self) -> None:
        super().__init__("You asked for several links within an hour.", "Try again in an hour.")


class EmailCorrectedTooOften(DomainError):
    """A guest's email was corrected as often as it may be."""

    status = 429
    code = "email_corrected_too_often"

    def __init__(self) -> None:
        super().__init__("You’ve changed this order’s email three times.", "Call us and we’ll help.")


class LinkExpired(DomainError):
    """A link to confirm an email that is too old, was used, or was followed by another."""

    status = 410
    code = "link_expired"

    def __init__(self) -> None:
        super().__init__(
            "This link has expired or was already used. Your email wasn’t changed.",
            "If you still want to change it, ask for a new link on your account page.",
        )


class GuestLinkExpired(DomainError):
    """A link to a guest's order that is too old, was changed, or is about one that is in an account now."""

    status = 410
    code = "guest_link_expired"

    def __init__(self) -> None:
        super().__init__("This link has expired or is incomplete.", "Ask for a new one.")


class OrderKept(GuestLinkExpired):
    """The link did what it is for: the order is in an account."""

    code = "order_kept"

    def __init__(self) -> None:
        DomainError.__init__(self, "This order is already in an account.", "Sign in to see it.")


class LinkAskedTooOften(DomainError):
    """Too many links to orders were asked for, from one place or for one email."""

    status = 429
    code = "link_asked_too_often"

    def __init__(self) -> None:
        super().__init__("You’ve asked for too many links.", "Try again in 15 minutes.")


class PasswordWrong(DomainError):
    """Somebody at a signed-in browser who doesn't know the password."""

    status = 422
    code = "password_wrong"

    def __init__(self) -> None:
        super().__init__("Incorrect password.", "Try again. If you forgot it, sign out and reset it.")


class PasswordWeak(DomainError):
    code = "password_weak"

    def __init__(self, why: WeakPassword) -> None:
        super().__init__(WHY_WEAK[why], "Three or four unrelated words make a good password.")


class TooManyAddresses(DomainError):
    status = 422
    code = "too_many_addresses"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} addresses, the most we keep.", "Remove one first.")


class TooManyTries(DomainError):
    """Too many failed sign-ins for this email, or from this origin."""

    status = 429
    code = "too_many_tries"
    way = ("/reset-password", "Reset your password")

    def __init__(self, wait: timedelta) -> None:
        minutes = ceil(wait / timedelta(minutes=1))
        super().__init__(
            "Too many failed sign-in attempts.",
            f"Wait {minutes} {'minute' if minutes == 1 else 'minutes'}, then try again,"
            " or reset your password.",
        )
