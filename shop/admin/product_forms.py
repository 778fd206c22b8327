"""The forms of products, strengths and packs made by hand: they say beside the field what cannot be meant.

`shop/handmade` reads every field; nothing here knows a rule.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from babel import Locale
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields import SelectChoice

from shop.handmade import typed
from shop.handmade.amounts import MEASURED
from shop.handmade.choices import LICENSES, ROUTES, form_in, known_form, license_of, route_of
from shop.handmade.packs import PackTyped
from shop.handmade.product_typed import ProductTyped
from shop.handmade.refusals import NotSaved
from shop.handmade.sizes import SizeTyped
from shop.handmade.strengths import StrengthTyped
from shop.handmade.typed import MOST_INGREDIENTS, Unreadable
from shop.substances.forms import Form, known_forms
from shop.substances.identity import is_extended
from shop.web import settings

Read = TypeVar("Read")
FEWEST_ROWS, ROWS_MORE = 3, 3
_AS_STORED = ("form", "route", "brand", "license", "release", "by_container", "seen", "categories")
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class _Typed(FlaskForm):  # type: ignore[misc]
    """A form whose fields are read one by one; `seen` identifies what was stored when it was opened."""

    seen = HiddenField()

    def complain(self, name: str, sentence: str) -> None:
        """Say what is wrong beside a field."""
        field = self[name] if name in self else next(one for one in self if one.name != "seen")
        field.errors = [*field.errors, sentence]

    def refused(self, refusal: NotSaved) -> None:
        """Say beside its field why it was not saved."""
        self.complain(refusal.field, refusal.in_full)

    def read(self, name: str, reading: Callable[..., Read], *values: Any) -> Read | None:
        """What a field means, or None with the reason beside it."""
        try:
            return reading(*values)
        except Unreadable as error:
            self.complain(name, str(error))
            return None


class ProductForm(_Typed):
    """A product. Made by `product_form`, with a field for each ingredient."""

    form = SelectField("Form", validate_choice=False)
    route = SelectField("How it is given", validate_choice=False)
    kind = RadioField(
        "Sold as",
        choices=[SelectChoice("rx", "Prescription only"), SelectChoice("otc", "Over the counter")],
        validate_choice=False,
    )
    license = SelectField("License", validate_choice=False)
    brand = StringField("Brand, if it has one", render_kw=_PLAIN | {"maxlength": typed.LONGEST_BRAND})
    release = StringField("Release", render_kw=_PLAIN | {"maxlength": 40})
    by_container = BooleanField("Sold by the container: a bottle of 2.5 mL, a tube of 15 g")
    categories = SelectMultipleField("Categories", validate_choice=False, render_kw={"size": 6})
    rows: int = FEWEST_ROWS

    @property
    def ingredient_fields(self) -> list[Any]:
        return [self[f"ingredient_{at}"] for at in range(self.rows)]

    @property
    def fields_first(self) -> list[Any]:
        """In the order of the page; the rest follows."""
        rest = self.release, self.by_container, self.brand, self.kind
        return [*self.ingredient_fields, self.form, self.route, self.license, *rest]

    def product(self, known: frozenset[str]) -> ProductTyped | None:
        """What was typed; None where something cannot be meant, and then fields have errors."""
        names, form = self._ingredients(known), self._form()
        brand = self.read("brand", typed.brand_name, self.brand.data)
        license_ = self.read("license", license_of, self.license.data or "")
        if self.kind.data not in ("rx", "otc"):
            self.complain("kind", "Choose whether it needs a prescription.")
        if names is None or form is None or license_ is None or any(field.errors for field in self):
            return None
        return ProductTyped(
            ingredients=names,
            form=form,
            route=self.route.data,
            prescription_required=self.kind.data == "rx",
            brand=brand,
            license=license_,
            categories=self.category_ids(),
            release=typed.release_of(self.release.data, is_extended(form.word)),
            by_container=bool(self.by_container.data),
        )

    def category_ids(self) -> tuple[int, ...]:
        """The categories chosen, of those that there are."""
        offered = {value for value, *_ in self.categories.iter_choices()}
        return tuple(int(value) for value in self.categories.data or () if value in offered)

    def _form(self) -> Form | None:
        """The form as it is taken; what only some forms have is checked with it."""
        route = self.read("route", route_of, self.route.data or "")
        word = self.read("form", known_form, self.form.data or "")
        form = None if route is None or word is None else self.read("form", form_in, word, route)
        if form is not None:
            self.read("release", typed.release_of, self.release.data, is_extended(form.word))
            if self.by_container.data and form.unit not in MEASURED:
                self.complain("by_container", "Only a form measured in mL or g is sold by the container.")
        return form

    def _ingredients(self, known: frozenset[str]) -> tuple[str, ...] | None:
        texts = [field.data or "" for field in self.ingredient_fields]
        for at, text in enumerate(texts):
            if text.strip():
                self.read(f"ingredient_{at}", typed.ingredient_names, [text], known)
        if any(field.errors for field in self.ingredient_fields):
            return None
        return self.read("ingredient_0", typed.ingredient_names, texts, known)


class StrengthForm(_Typed):
    """A strength: its amounts and where it is registered."""

    strength = StringField("Strength", render_kw=_PLAIN | {"maxlength": 80})
    content = StringField("One container holds", render_kw=_PLAIN | {"maxlength": 20})
    markets = StringField("Registered in", render_kw=_PLAIN | {"maxlength": 120})

    def strength_entered(self) -> StrengthTyped | None:
        """What was typed; the amounts are read with the product's ingredients in view."""
        countries = self.read("markets", typed.markets, self.markets.data, country_codes())
        if not (self.strength.data or "").strip():
            self.complain("strength", "Enter the strength: 10 mg, 250 mg/5 mL, 2 %.")
        if countries is None or self.strength.errors:
            return None
        return StrengthTyped(self.strength.data.strip(), countries, (self.content.data or "").strip())


class PackForm(_Typed):
    """A pack: its code, who fills it, what is in it."""

    ndc = StringField("NDC, if it has one", render_kw=_PLAIN | {"maxlength": 20})
    labeler = StringField("Labeler", render_kw=_PLAIN | {"maxlength": typed.LONGEST_LABELER})
    size = StringField("Units in the pack", render_kw=_PLAIN | {"inputmode": "numeric", "maxlength": 8})
    description = StringField("Description", render_kw=_PLAIN | {"maxlength": typed.LONGEST_DESCRIPTION})

    def pack(self, store_code: str | None) -> PackTyped | None:
        """What was typed; None where something cannot be meant. `store_code`: what the store calls it now."""
        own = store_code is not None and (self.ndc.data or "").strip() == store_code
        code = None if own else self.read("ndc", typed.package_code, self.ndc.data)
        labeler = self.read("labeler", typed.labeler, self.labeler.data)
        size = self.read("size", typed.size, self.size.data, settings().locale)
        description = self.read("description", typed.description, self.description.data)
        if labeler is None or size is None or description is None or self.ndc.errors:
            return None
        return PackTyped(code, labeler, description, size)


class SizeForm(_Typed):
    """How much a pack of the directory holds, where its description does not say."""

    size = StringField("Units in the pack", render_kw=_PLAIN | {"inputmode": "numeric", "maxlength": 8})
    source = StringField("Read on", render_kw=_PLAIN | {"maxlength": typed.LONGEST_SOURCE})

    def size_typed(self) -> SizeTyped | None:
        """What was typed; None where something cannot be meant."""
        size = self.read("size", typed.size, self.size.data, settings().locale)
        source = self.read("source", typed.source, self.source.data)
        return None if size is None or source is None else SizeTyped(size, source)


def product_form(
    categories: Sequence[tuple[int, str]],
    now: Mapping[str, Any] | None = None,
    sent: Any = None,
    more: bool = False,
) -> ProductForm:
    """The form, filled with a product as it is `now` or with what was `sent`; `more` rows for ingredients."""
    names = tuple((now or {}).get("ingredients", ()))
    rows = _rows(sent, len(names)) + (ROWS_MORE if more else 0)
    fields: dict[str, Any] = {
        f"ingredient_{at}": StringField(
            f"Ingredient {at + 1}",
            render_kw=_PLAIN | {"maxlength": 200, "list": "ingredient-names", "data-ingredient": ""},
        )
        for at in range(min(rows, MOST_INGREDIENTS))
    }
    kind = type("ProductForm", (ProductForm,), fields | {"rows": min(rows, MOST_INGREDIENTS)})
    made: ProductForm = kind(formdata=sent, data=_filled(now, names))
    made.form.choices = _choices(known_forms(), made.form.data, "Choose a form")
    made.route.choices = _choices(list(ROUTES), made.route.data, "Choose a route")
    made.license.choices = [
        SelectChoice("", "Choose a license"),
        *(SelectChoice(*one) for one in LICENSES.items()),
    ]
    made.categories.choices = [SelectChoice(str(key), name) for key, name in categories]
    return made


def _rows(sent: Any, names: int) -> int:
    typed_rows = sum(1 for name in sent if name.startswith("ingredient_")) if sent else 0
    return max(FEWEST_ROWS, typed_rows, names + 1)


def _filled(now: Mapping[str, Any] | None, names: Sequence[str]) -> dict[str, Any]:
    if now is None:
        return {}
    fields = {
        name: now[name]
        for name in ("form", "route", "brand", "license", "release", "by_container", "seen", "categories")
    }
    fields["kind"] = "rx" if now["prescription_required"] else "otc"
    return fields | {f"ingredient_{at}": name for at, name in enumerate(names)}


def _choices(offered: Sequence[str], present: str | None, words: str) -> list[SelectChoice]:
    """What may be chosen, and what the product has although it is not offered."""
    odd = [present] if present and present not in offered else []
    return [SelectChoice("", words), *(SelectChoice(one, one) for one in [*odd, *offered])]


@cache
def country_codes() -> frozenset[str]:
    """Codes of countries, ISO 3166 alpha-2."""
    codes = frozenset(str(code) for code in Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - {"EU", "EZ", "UN", "ZZ"}
