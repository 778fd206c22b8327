"""What the desk adds to typed directions: their sentence in full, for the pharmacist to confirm."""

from collections.abc import Mapping

from shop.catalogue.queries import VariantFacts
from shop.pharmacist.forms import EntryForm
from shop.prescriptions.verification.directions_words import in_full


def say_in_full(form: EntryForm, known: Mapping[int, VariantFacts]) -> None:
    """Beside each medicine's directions, the sentence its patient will read, where they were read whole.

    `known` are the chosen medicines by their id.
    """
    for entry in form.items:
        typed = entry.form.typed()
        medicine = known.get(typed.variant_id or 0)
        if medicine and (full := in_full(typed.directions, medicine)):
            entry.form.directions.description = f"The patient reads: {full}"
