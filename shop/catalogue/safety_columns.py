"""What the safety data said of a product, as columns: read by whoever asks whether it may be sold.

`listing.deciding` writes them. A product nobody has decided about counts as one that may not be sent.
"""

from typing import Any

from sqlalchemy import ColumnElement, case, func

CLEAR = "clear"
UNDECIDED_WHY = "the pharmacy has not checked yet whether it may be"


def not_by_mail_sql(product: Any) -> ColumnElement[Any]:
    """Why a product may not be sent, None when it may: what the admins' list says, then what the data say.

    `product` has the columns of the table: the class, or `Product.__table__.c`.
    """
    said = case(
        (product.safety_code.is_(None), UNDECIDED_WHY),
        (product.safety_code != CLEAR, func.coalesce(product.safety_why, UNDECIDED_WHY)),
    )
    return func.coalesce(product.not_by_mail, said)
