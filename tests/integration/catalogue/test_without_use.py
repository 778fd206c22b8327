"""Which medicines on sale the map of uses says nothing of."""

from shop.imports.status import without_use
from tests.factories import make_variant


def test_an_ingredient_without_a_use_is_listed_with_how_many_it_has(app, context):
    make_variant("Lisinopril", "10 mg")
    make_variant("Unheard of", "10 mg")
    make_variant("Unheard of", "20 mg", form="capsule")

    assert without_use() == (3, {"unheard of": 2})

    said = app.test_cli_runner().invoke(args=["catalogue", "uses"]).output
    assert "unheard of" in said
    assert "lisinopril" not in said
