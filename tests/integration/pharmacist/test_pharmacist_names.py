"""Names that are easily taken for others, as the pharmacist reads them."""

from shop.pharmacist.desk import look_alikes
from tests.factories import make_variant
from tests.integration.pharmacist.desk_browser import entered


def test_the_desk_writes_tall_letters_and_names_the_look_alikes(desk, submit):
    variant_id = make_variant("Hydralazine hydrochloride", "25 mg")
    answer = desk.post(submit(), "check", do="check", **entered(variant_id))
    assert "hydrALAZINE hydrochloride tablet 25 mg" in answer.text
    assert "hydrOXYzine" in answer.text


def test_a_controlled_look_alike_is_named_at_the_desk():
    assert "clonazePAM" in look_alikes("Clonidine hydrochloride")
    assert look_alikes("Baclofen") == ""
