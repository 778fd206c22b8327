"""What the pages of the desk share: a blueprint, and what its navigation counts."""

from functools import cached_property
from typing import Any

from flask import Blueprint

from shop.drug_review import change_queries
from shop.drug_review.order_review import count_waiting
from shop.fulfillment import copies
from shop.prescriptions.verification.typed import VERDICT_WORDS, Verdict

blueprint = Blueprint("pharmacist", __name__, url_prefix="/pharmacist")


class ToConfirm:
    """How many copies keep a paid order from shipping; asked for only by a page that says it, and once."""

    @cached_property
    def count(self) -> int:
        return len(copies.with_paid_orders())


class ToReview:
    """How many placed orders wait for a decision about an alert; asked for as `ToConfirm` is."""

    @cached_property
    def count(self) -> int:
        return count_waiting()


class ToAccept:
    """How many changes of facts wait for a second pharmacist; asked for as `ToConfirm` is."""

    @cached_property
    def count(self) -> int:
        return change_queries.count_waiting()


@blueprint.app_template_filter("verdict")
def _verdict(code: str) -> str:
    return VERDICT_WORDS[Verdict(code)]


@blueprint.context_processor
def _counted() -> dict[str, Any]:
    return {"to_confirm": ToConfirm(), "to_review": ToReview(), "to_accept": ToAccept()}
