"""How a prescription may have arrived, and what each way must bring with it. Pure.

Signature, caller and read-back, and the details of a transfer are the custom of state pharmacy rules (21 CFR
1306.21 and 1306.25 ask the same of controlled substances): general knowledge, so the table is the place to
change. That a photo is a copy is the store's own rule; `copies` says when one may ship.
"""

from dataclasses import dataclass

from shop.prescriptions.states import Origin


@dataclass(frozen=True)
class Requires:
    """`fields` are the inputs of the desk that must be filled in or checked before an approval.

    `signed`: the signature was seen · `read_back`: what was heard was read back · `received_name`: who
    called, the pharmacy or the system · `received_phone`, `received_person`: of that pharmacy ·
    `original_number`: its Rx number. `confirmation`: it is a copy, which ships only once it is confirmed.
    """

    fields: tuple[str, ...]
    confirmation: bool = False


REQUIRED: dict[Origin, Requires] = {
    Origin.PAPER: Requires(("signed",)),
    Origin.FAX: Requires(("signed",)),
    Origin.PHOTO: Requires(("signed",), confirmation=True),
    Origin.PHONE: Requires(("received_name", "read_back")),
    Origin.TRANSFER: Requires(("received_name", "received_phone", "received_person", "original_number")),
    Origin.ELECTRONIC: Requires(("received_name",)),
}
LABELS: dict[Origin, str] = {
    Origin.PAPER: "Original in hand",
    Origin.PHOTO: "Photo or scan",
    Origin.FAX: "Prescriber’s fax",
    Origin.PHONE: "Telephone",
    Origin.TRANSFER: "Transfer",
    Origin.ELECTRONIC: "Electronic",
}
"""For staff."""
ARRIVED: dict[Origin, str] = {
    Origin.PAPER: "from paper",
    Origin.PHOTO: "from your photo",
    Origin.FAX: "from a fax",
    Origin.PHONE: "from a phone call",
    Origin.TRANSFER: "as a transfer from another pharmacy",
    Origin.ELECTRONIC: "from an electronic prescription",
}
"""For the customer: "entered by the pharmacy from a phone call"."""
SENT_IN = (Origin.PHOTO, Origin.PAPER)
"""What a customer's upload can be: a copy, until the original is here."""
BY_STAFF = (Origin.PHONE, Origin.FAX, Origin.PAPER, Origin.TRANSFER, Origin.ELECTRONIC)
"""What staff enter. No interface receives electronic ones yet: they are entered by hand, with the system."""


def choices(uploaded: bool) -> tuple[Origin, ...]:
    """The ways one may have arrived, by whether a customer sent it."""
    return SENT_IN if uploaded else BY_STAFF


def asked_for(field: str) -> tuple[Origin, ...]:
    """The origins that require an input of the desk."""
    return tuple(origin for origin, requires in REQUIRED.items() if field in requires.fields)


@dataclass(frozen=True)
class Received:
    """From whom it came: who called, the pharmacy that transfers it, or the system; kept as lines of text."""

    name: str = ""
    phone: str = ""
    person: str = ""  # the pharmacist who transferred it

    @property
    def text(self) -> str | None:
        """As it is stored, a line each; None for nothing. Inputs of one line hold no line ends."""
        lines = "\n".join(" ".join(part.split()) for part in (self.name, self.phone, self.person)).rstrip()
        return lines or None


def received_from(text: str | None) -> Received:
    """What `Received.text` stored."""
    name, phone, person, *_ = [*(text or "").split("\n"), "", ""]
    return Received(name, phone, person)
