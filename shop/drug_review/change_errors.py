"""Why a change of a fact is refused."""

from shop.errors import DomainError, Forbidden


class FactChanged(DomainError):
    """The fact is not what the page showed, or what the change was asked of."""

    code = "fact_changed"

    def __init__(self) -> None:
        super().__init__(
            "This fact has changed since; nothing was saved.", "It’s shown as it is now. Look at it again."
        )


class NothingChanges(DomainError):
    """The requested value is already in effect."""

    status = 422
    code = "nothing_changes"

    def __init__(self) -> None:
        super().__init__("Nothing was saved: this is already in effect.", "Choose another weight or figure.")


class FigureWrong(DomainError):
    """A figure that this fact can't have."""

    status = 422
    code = "figure_wrong"

    def __init__(self, problem: str) -> None:
        super().__init__("Nothing was saved.", problem)


class ReasonMissing(DomainError):
    """Every change, refusal and withdrawal says why."""

    status = 422
    code = "reason_missing"

    def __init__(self, longest: int) -> None:
        super().__init__(
            "Nothing was saved: a reason is missing.", f"Say why, in up to {longest} characters."
        )


class WaitsAlready(DomainError):
    """One change of a fact waits at a time."""

    code = "waits_already"

    def __init__(self) -> None:
        super().__init__(
            "A change of this fact is already waiting for a second pharmacist.",
            "It has to be accepted, declined or withdrawn first.",
        )


class ForSecondPharmacist(Forbidden):
    """Who asked to loosen a fact can't be the one who accepts or declines it."""

    code = "second_pharmacist"

    def __init__(self) -> None:
        super().__init__(
            "You asked for this change, so another pharmacist has to decide on it.", "You may withdraw it."
        )


class NotTheirs(Forbidden):
    """A change is withdrawn by who asked for it."""

    code = "not_theirs"

    def __init__(self) -> None:
        super().__init__("Another pharmacist asked for this change.", "Accept or decline it instead.")
