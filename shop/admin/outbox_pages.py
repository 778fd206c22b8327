"""Jobs and alarms: what waits and failed of each kind, and retrying. Never shows what a job is about."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import ID, blueprint, query_arg
from shop.admin.labels import job_tag
from shop.clock import now
from shop.database import transaction
from shop.errors import NotFound
from shop.numbers import digits
from shop.outbox import failures


@blueprint.get("/outbox")
@requires(Permission.DISPATCH)
def outbox() -> str:
    """Alarms, and every kind that has something waiting, failing or given up."""
    kinds = [kind for kind in failures.by_kind(now()) if kind.waiting or kind.retriable]
    return render_template("admin/outbox.html", kinds=kinds, most=failures.MOST_COUNTED)


@blueprint.get("/outbox/<kind>")
@requires(Permission.DISPATCH)
def outbox_kind(kind: str) -> str:
    """Failed jobs of one kind, oldest first, and retrying all. A page goes on from the last one's id."""
    found = failures.of_kind(kind, now())
    jobs = failures.failing(kind, _after())
    if not found.lane and not jobs:
        raise NotFound("There are no jobs of this kind.", "Choose a kind from the list of jobs.")
    shown = jobs[: failures.PER_PAGE]
    following = shown[-1].id if len(jobs) > len(shown) else None
    return render_template(
        "admin/outbox_kind.html",
        kind=found,
        jobs=shown,
        following=following,
        first=not _after(),
        tag=job_tag,
        most=failures.MOST_COUNTED,
    )


@blueprint.post("/outbox/<kind>/retry-all")
@requires(Permission.DISPATCH)
def retry_all(kind: str) -> Response:
    """Let the worker take all failed jobs of a kind at once."""
    with transaction():
        count = failures.retry_all(kind, now())
    flash(f"Jobs scheduled for retry: {count:,}." if count else "No failed jobs of this kind.")
    return redirect(url_for("admin.outbox"), 303)


@blueprint.post(f"/outbox/<{ID}:job_id>/retry")
@requires(Permission.DISPATCH)
def retry(job_id: int) -> Response:
    """Let the worker take one job at once."""
    with transaction():
        again = failures.retry(job_id, now())
    flash("Retry scheduled." if again else "Not retried: this job is done, running, or never failed.")
    return redirect(url_for("admin.outbox"), 303)


def _after() -> int:
    return digits(query_arg("after")) or 0
