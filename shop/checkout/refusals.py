"""What checkout refuses as a whole; what stands in the way of one line is a verdict of `rules`."""

from shop.checkout.basket_review import BasketReview
from shop.errors import DomainError


class BasketBlocked(DomainError):
    """Something stands in the way of a line; `review` says what, line by line."""

    code = "basket_blocked"

    def __init__(self, review: BasketReview) -> None:
        first = review.blocked[0] if review.blocked else None
        super().__init__(
            f"{first.variant.label}: {first.verdict.sentence}"
            if first
            else "There is nothing in your basket.",
            first.verdict.todo if first else "Put something in first.",
        )
        self.review = review


class TotalChanged(DomainError):
    """The basket costs something else than the page the customer agreed to said."""

    code = "total_changed"

    def __init__(self) -> None:
        super().__init__(
            "The total has changed since this page was made.",
            "Look at it again; nothing was ordered or charged.",
        )


class TotalNotChargeable(DomainError):
    """The basket costs less, or more, than the payment service charges at once."""

    code = "total_not_chargeable"

    def __init__(self) -> None:
        super().__init__(
            "A card payment cannot be made for so small or so large a total.",
            "Change a quantity, or call us about this order.",
        )


class OrderMovedOn(DomainError):
    """Somebody else's step came first: the payment's, the clock's, or another click's."""

    code = "order_moved_on"

    def __init__(self) -> None:
        super().__init__("This order has changed in the meantime.", "Look at it as it is now.")
