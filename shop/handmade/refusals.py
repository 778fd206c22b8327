"""Why something typed by hand is not saved. `field` is the field of the form beside which it is said."""

from shop.errors import DomainError


class NotSaved(DomainError):
    """A value that is not taken; the page shows the sentence beside `field` and keeps what was typed."""

    status = 422
    code = "not_saved"

    def __init__(self, field: str, message: str, todo: str = "") -> None:
        super().__init__(message, todo)
        self.field = field


class NotSoldHere(NotSaved):
    """The safety data refuse it: controlled, or not decided. An import keeps it out too."""

    code = "not_sold_here"


class Exists(NotSaved):
    """There is one already; the page leads to it. `slug` is its product's."""

    code = "exists"
    status = 409

    def __init__(self, field: str, message: str, slug: str, variant_id: int | None = None) -> None:
        super().__init__(field, message, "Open it and edit it there.")
        self.slug, self.variant_id = slug, variant_id


class OfDirectory(DomainError):
    """The next import would overwrite it."""

    code = "of_directory"

    def __init__(self) -> None:
        super().__init__(
            "The NDC directory says this, and the next import would write it again.",
            "Take the product off sale if it should not be sold, or withdraw the strength.",
        )


class InUse(NotSaved):
    """Orders, prescriptions or lots name it as it is."""

    code = "in_use"
