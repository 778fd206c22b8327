"""What the rules of this room are asked about and what they answer: names and words, never ids. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """A product by what is said of it; what is not known stays empty, and never counts in its favor.

    `names` are its generic and trade name. `form` and `route` are the directory's words or ours. `classes`
    are pharmacologic classes as the directory writes them ("Opioid Agonist [EPC], …"). `license` is how it is
    marketed ("BLA"), several with semicolons between. `flag` is the schedule that a file states, or "".
    `over_the_counter`: without a prescription; `by_hand`: no directory says so, an admin does.
    """

    ingredients: tuple[str, ...]
    names: tuple[str, ...] = ()
    form: str = ""
    classes: str = ""
    flag: str = ""
    route: str = ""
    license: str = ""
    over_the_counter: bool = False
    by_hand: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why something is not sold. `why` completes "We may not send it:"; `sentence` stands alone."""

    code: str
    why: str
    sentence: str
    source: str
