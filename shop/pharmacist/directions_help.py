"""What the desk adds to typed directions, for the pharmacist to confirm: their sentence in full, and the
days that follow from them."""

from collections.abc import Mapping

from shop.catalogue.queries import VariantFacts
from shop.pharmacist.forms import EntryForm
from shop.pharmacist.item_form import MOST_DAYS
from shop.prescriptions.verification.directions_words import in_full
from shop.prescriptions.verification.supply_checks import days_from


def say_in_full(form: EntryForm, known: Mapping[int, VariantFacts]) -> None:
    """Beside each medicine's directions, the sentence its patient will read, where they were read whole.

    `known` are the chosen medicines by their id.
    """
    for entry in form.items:
        typed = entry.form.typed()
        medicine = known.get(typed.variant_id or 0)
        if medicine and (full := in_full(typed.directions, medicine)):
            entry.form.directions.description = f"The patient reads: {full}"


def fill_days(form: EntryForm, known: Mapping[int, VariantFacts]) -> None:
    """Put the days that follow from directions and quantity where they were left empty; the field says so.

    What was typed is never changed, not even what is no number.
    """
    for entry in form.items:
        item, typed = entry.form, entry.form.typed()
        medicine = known.get(typed.variant_id or 0)
        if medicine is None or typed.declined or typed.days_supply is not None or item.days_supply.errors:
            continue
        days = days_from(typed.directions, typed.quantity, medicine.unit)
        if days is not None and days <= MOST_DAYS:
            item.days_supply.data, item.days_supply.raw_data = days, [str(days)]
            item.days_supply.description = "From the directions"
