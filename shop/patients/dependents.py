"""What keeps a patient from being removed: declared by the rooms whose open matters name patients.

Each says in a sentence what is open, or nothing. This room knows none of theirs. The same way it is asked
whether somebody has verified who a patient is, and told that a patient's answers or birth date changed.
"""

from collections.abc import Callable
from datetime import datetime

Answer = Callable[[int], str | None]
Proof = Callable[[int], bool]
Follower = Callable[[int, datetime], None]

_asked: list[Answer] = []
_proofs: list[Proof] = []
_remembered: list[Proof] = []
_followers: list[Follower] = []


def keeps_patient(answer: Answer) -> Answer:
    """Declare a question: given a patient's id, a sentence about what is open, or None."""
    if answer not in _asked:
        _asked.append(answer)
    return answer


def what_keeps(patient_id: int) -> list[str]:
    """Every reason why the patient cannot be removed now; empty: they can."""
    return [sentence for answer in _asked if (sentence := answer(patient_id))]


def proves_patient(proof: Proof) -> Proof:
    """Declare a question: whether a pharmacist has approved something for this patient's name."""
    if proof not in _proofs:
        _proofs.append(proof)
    return proof


def is_proven(patient_id: int) -> bool:
    """Whether name and birth date are those that a pharmacist has read and approved."""
    return any(proof(patient_id) for proof in _proofs)


def remembers_patient(memory: Proof) -> Proof:
    """Declare a question: whether a record that the law keeps names this patient."""
    if memory not in _remembered:
        _remembered.append(memory)
    return memory


def is_remembered(patient_id: int) -> bool:
    """Whether the patient stays on record when the account is deleted."""
    return any(memory(patient_id) for memory in _remembered)


def follows_patient(follower: Follower) -> Follower:
    """Declare who is told, in the transaction, that what decides about a patient's medicines changed."""
    if follower not in _followers:
        _followers.append(follower)
    return follower


def tell_changed(patient_id: int, at: datetime) -> None:
    """The patient's answers or birth date are others now."""
    for follower in _followers:
        follower(patient_id, at)
