"""What the drug utilization review knows, and how often its rules are overridden."""

from flask import render_template

from shop.access import Permission, requires
from shop.clock import now
from shop.drug_review import report
from shop.pharmacist.blueprint import blueprint
from shop.prescriptions.verification import queue
from shop.safety.drug_facts.facts import Kind
from shop.safety.drug_facts.reading import book

KINDS = {
    Kind.MAX_DAILY: "maximum daily dose",
    Kind.MAX_SINGLE: "maximum single dose",
    Kind.FREQUENCY: "frequency",
    Kind.MIN_AGE: "minimum age",
    Kind.MAX_AGE: "older patients",
    Kind.CONDITION: "condition",
    Kind.KIDNEYS: "kidney function",
    Kind.PREGNANCY: "pregnancy",
    Kind.BREASTFEEDING: "breastfeeding",
    Kind.INTERACTION: "interaction",
    Kind.ALLERGY: "allergy",
    Kind.DO_NOT_CRUSH: "do not crush",
    Kind.TAPER: "do not stop suddenly",
}


@blueprint.get("/rules")
@requires(Permission.VERIFY)
def rules_page() -> str:
    """Rules by how often they were shown and overridden; facts by kind; ingredients without any."""
    return render_template(
        "pharmacist/rules.html",
        tab="rules",
        rules=report.rules_shown(now(), book()),
        coverage=report.coverage(book()),
        kinds=KINDS,
        outcome_words=report.OUTCOME_WORDS,
        days=report.PERIOD.days,
        counts=queue.counts(),
    )
