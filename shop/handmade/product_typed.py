"""A product as an admin typed it, each part read and checked: what makes it the same page. Pure."""

from dataclasses import dataclass

from shop.substances.forms import Form
from shop.substances.identity import Naming, identity


@dataclass(frozen=True)
class ProductTyped:
    """A product as typed, each part checked: names canonical, form and route in our words.

    `release` tells an extended release from others, "" for what is none; `by_container` is sold in bottles
    and tubes of a stated content rather than by the mL or g.
    """

    ingredients: tuple[str, ...]
    form: Form
    route: str
    prescription_required: bool
    brand: str | None
    license: str
    categories: tuple[int, ...] = ()
    release: str = ""
    by_container: bool = False

    @property
    def unit(self) -> str:
        return "pack" if self.by_container else self.form.unit

    @property
    def naming(self) -> Naming:
        otc = not self.prescription_required
        return Naming(self.identity, self.brand, self.ingredients, self.form.plural, self.release, otc)

    @property
    def identity(self) -> str:
        return identity(
            self.ingredients,
            self.form.word,
            self.brand,
            not self.prescription_required,
            release=self.release,
            by_container=self.by_container,
        )
