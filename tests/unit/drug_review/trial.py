"""The trial's tables as takings and people: `trial.txt` explains their columns."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from shop.drug_review.handling import on_stopping
from shop.drug_review.review import review
from shop.drug_review.taking import From, Part, Taking
from shop.drug_review.usage import use_of
from shop.patients.profile import Kidneys, YesNo
from tests.unit.drug_review.small_facts import ADULT

HERE = Path(__file__).parent
GRAVITY = ["passed", "advice", "needs", "stops"]
_MEDICINE = re.compile(r"(?P<known>otc |has )?(?P<parts>[^:]+?)(?P<form>(?: (?:er|mL))*): (?P<directions>.*)")


@dataclass(frozen=True)
class Row:
    name: str
    expected: str
    medicines: str
    patient: str
    why: str


def rows(file="trial.txt", columns=5):
    """The lines of a table without its remarks."""
    text = (HERE / file).read_text("utf-8").splitlines()
    return [Row(*cells) for line in text if (cells := _cells(line, columns))]


def cells_of(file, columns):
    text = (HERE / file).read_text("utf-8").splitlines()
    return [cells for line in text if (cells := _cells(line, columns))]


def _cells(line, columns):
    if not line.strip() or line.startswith("#"):
        return ()
    cells = [cell.strip() for cell in line.split("|")]
    assert len(cells) == columns, line
    return cells


def takings(row):
    """What is under review, and what is taken already."""
    made = [_taking(f"item-{number}", said) for number, said in enumerate(row.medicines.split(" ; "))]
    others = [one for one in made if one.known is From.ACTIVE]
    return [one for one in made if one not in others], others


def _taking(key, said):
    found = _MEDICINE.fullmatch(said.strip())
    assert found, said
    parts = [re.fullmatch(r"(.+) ([\d.]+)", part.strip()).groups() for part in found["parts"].split("&")]
    unit = "mL" if " mL" in found["form"] else "pill"
    known = {"otc ": From.BASKET, "has ": From.ACTIVE}.get(found["known"], From.DOCUMENT)
    use = re.search(r"\bfor (erectile dysfunction|migraine)$", found["directions"])
    return Taking(
        key,
        said.partition(":")[0],
        known,
        tuple(Part(name, Decimal(mg)) for name, mg in parts),
        found["directions"],
        use_of(found["directions"], unit),
        route="oral",
        release="extended" if " er" in found["form"] else "immediate",
        unit=unit,
        prescription=found["known"] != "otc ",
        indication=use[1] if use else "",
    )


def person(row):
    """The patient: everything is answered, and nothing is the matter, but for what the row says."""
    said = [word.strip() for word in row.patient.split(",")]
    lists = {"allergy": [], "condition": [], "takes": []}
    answers = {}
    for word in said[1:]:
        first, _, rest = word.partition(" ")
        if first in lists:
            lists[first].append(rest)
        elif word.endswith(" kg"):
            answers["weight"] = Decimal(first)
        elif word in ("pregnant", "breastfeeding"):
            answers["pregnancy" if word == "pregnant" else word] = YesNo.YES
        else:
            assert first == "kidneys", word
            answers["kidneys"] = Kidneys(rest)
    answers |= {"allergies": tuple(lists["allergy"]), "conditions": tuple(lists["condition"])}
    profile = replace(ADULT.profile, medicines=tuple(lists["takes"]), **answers)
    return replace(ADULT, age=Decimal(said[0]), profile=profile)


def alerts_of(row):
    under_review, others = takings(row)
    if row.expected == "warns":
        return [alert for one in under_review for alert in on_stopping(one)]
    return review(under_review, others, person(row))


def kind_of(alert):
    return str(alert.fact.kind) if alert.fact else alert.rule.partition(":")[0]


def answers(row):
    """Whether the review says what was expected of it, and what it said."""
    alerts = alerts_of(row)
    wanted = row.expected.partition(" but ")[0]
    said = [(kind_of(alert), str(alert.verdict)) for alert in alerts]
    if row.expected == "warns":
        return bool(said), said
    if wanted == "quiet":
        return all(verdict == "advice" for _, verdict in said), said
    least, _, kinds = wanted.partition(" ")
    met = [verdict for kind, verdict in said if kind in kinds.split("/")]
    exact = least.startswith("=")
    gravest = max((GRAVITY.index(verdict) for verdict in met), default=0)
    least = GRAVITY.index(least.lstrip("="))
    return (gravest == least if exact else gravest >= least), said
