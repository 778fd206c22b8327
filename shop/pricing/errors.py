"""What pricing refuses, each with the sentence the user reads."""

from shop.errors import DomainError


class RuleRefused(DomainError):
    """A rule that cannot be meant. `fields`: what is wrong by mark_up, fee, fixed_price, breaks."""

    status = 422
    code = "price_rule_refused"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()), "Correct it and try again.")
        self.fields = fields


class PriceRefused(DomainError):
    """A fixed price that cannot be meant."""

    status = 422
    code = "price_refused"


class NothingToPutBack(DomainError):
    """There was no earlier rule or price, or it stands already."""

    code = "nothing_to_put_back"
