"""What checkout refuses as a whole; what stands in the way of one line is a verdict of `rules`."""

from shop.checkout.priced_basket import BasketReview
from shop.errors import DomainError


class BasketBlocked(DomainError):
    """Something stands in the way of a line; `review` says what, line by line."""

    code = "basket_blocked"

    def __init__(self, review: BasketReview) -> None:
        first = review.blocked[0] if review.blocked else None
        super().__init__(
            f"{first.variant.label}: {first.verdict.sentence}" if first else "Your basket is empty.",
            first.verdict.todo if first else "Add a medicine first.",
        )
        self.review = review


class TotalChanged(DomainError):
    """The basket costs something else than the page the customer agreed to said."""

    code = "total_changed"

    def __init__(self) -> None:
        super().__init__(
            "The total has changed since you opened this page.",
            "Nothing was ordered or charged. Review the new total before you order.",
        )


class DeliveryNotOffered(DomainError):
    """The chosen delivery method, or any, does not take this basket to this state."""

    status = 422
    code = "delivery_not_offered"

    def __init__(self, any_other: bool) -> None:
        super().__init__(
            "We don’t offer this delivery method for this order and address."
            if any_other
            else "We can’t deliver this order to this address.",
            "Choose one of the methods below." if any_other else "Choose another address, or call us.",
        )


class TotalNotChargeable(DomainError):
    """The basket costs less, or more, than the payment service charges at once."""

    code = "total_not_chargeable"

    def __init__(self) -> None:
        super().__init__(
            "This total is outside the range that can be paid by card.",
            "Change a quantity, or call us about this order.",
        )


class OrderMovedOn(DomainError):
    """Somebody else's step came first: the payment's, the clock's, or another click's."""

    code = "order_moved_on"

    def __init__(self) -> None:
        super().__init__(
            "This order has changed since you opened this page.", "Reload the page to see its current status."
        )


class OrderedTwice(OrderMovedOn):
    """Other clicks on the same button kept coming first: there is no order of this one."""

    code = "ordered_twice"

    def __init__(self) -> None:
        DomainError.__init__(
            self,
            "This order was sent several times at once.",
            "Nothing was charged. Your basket shows any order that is still waiting for payment.",
        )


class AlreadyPacked(OrderMovedOn):
    """The order is packed, so its customer can neither cancel nor change it; staff can."""

    code = "already_packed"

    def __init__(self) -> None:
        super().__init__()
        self.message = "This order is already packed, so it can’t be canceled or changed here."
        self.todo = "Call us before it ships, and we’ll stop it."
