"""What the drug utilization review knows, and how often its rules are overridden."""

from flask import render_template

from shop.access import Permission, requires
from shop.clock import now
from shop.drug_review import report
from shop.pharmacist.blueprint import blueprint
from shop.pharmacist.fact_words import KINDS, rule_name
from shop.prescriptions.verification import queue
from shop.safety.drug_facts.reading import book


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
        rule_name=rule_name,
        outcome_words=report.OUTCOME_WORDS,
        days=report.PERIOD_DAYS,
        counts=queue.counts(),
    )
