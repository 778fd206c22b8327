"""What single states bar although it is sold elsewhere. Pure: a state and names in, a refusal out."""

from collections.abc import Sequence
from functools import cache

from shop.safety.dataset import DATA, Dataset, fields, read
from shop.safety.mailable import is_substance
from shop.safety.subject import Refusal

_RULES = fields(
    "name",
    required={"states": list, "ingredients": list, "why": str},
    optional={"since": str},
)


def barred_in(state: str, ingredients: Sequence[str]) -> Refusal | None:
    """Why a product with these ingredients is not sent to a state (USPS abbreviation), or None."""
    wanted = state.strip().upper()
    for entry in datasets()[0].entries:
        if wanted in entry.texts("states") and all(
            any(is_substance(name, one) for name in ingredients) for one in entry.texts("ingredients")
        ):
            sentence = f"We may not send it to {wanted}: {entry.text('why')}."
            return Refusal("barred_in_state", entry.text("why"), sentence, entry.source)
    return None


def states_that_bar(ingredients: Sequence[str]) -> dict[str, Refusal]:
    """By state, why it bars a product with these ingredients: what a medicine's page says beforehand."""
    states = {state for entry in datasets()[0].entries for state in entry.texts("states")}
    found = {state: barred_in(state, ingredients) for state in sorted(states)}
    return {state: refusal for state, refusal in found.items() if refusal}


@cache
def datasets() -> tuple[Dataset, ...]:
    """The file of this room part, validated."""
    return (read(DATA / "state_rules.toml", _RULES),)
