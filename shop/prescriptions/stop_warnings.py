"""What a customer is told where a medicine is not dispensed that must not stop suddenly: declared by the room
that knows the labels, asked here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shop.prescriptions.models import Prescription
from shop.safety.drug_facts.facts import LabelSentence


@dataclass(frozen=True)
class StopWarning:
    """`medicine` as the catalogue calls it, and the label's sentence the warning rests on."""

    medicine: str
    label: LabelSentence


Warnings = Callable[[Prescription], Sequence[StopWarning]]
_asked: list[Warnings] = []


def warns_on_stopping(warnings: Warnings) -> Warnings:
    """Declare a question: given a prescription, what of it is not dispensed and must not stop suddenly."""
    if warnings not in _asked:
        _asked.append(warnings)
    return warnings


def stop_warnings(prescription: Prescription) -> list[StopWarning]:
    """Every warning about a prescription that was refused, revoked or declined in part."""
    return [warning for warnings in _asked for warning in warnings(prescription)]
