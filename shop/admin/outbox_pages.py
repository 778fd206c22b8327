"""Jobs that gave up or keep failing, and trying one again. Shows what kind of job, never what it is about."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.desk import ID, blueprint
from shop.admin.words import job_tag
from shop.database import now, transaction
from shop.outbox import failures


@blueprint.get("/outbox")
@requires(Permission.DISPATCH)
def outbox() -> str:
    """What failed and is not done yet."""
    return render_template(
        "admin/outbox.html", jobs=failures.failing(), tag=job_tag, most=failures.MOST_SHOWN
    )


@blueprint.post(f"/outbox/<{ID}:job_id>/retry")
@requires(Permission.DISPATCH)
def retry(job_id: int) -> Response:
    """Let the worker take it at once."""
    with transaction():
        again = failures.try_again(job_id, now())
    flash("The worker tries it again now." if again else "This job is done, or was never failing.")
    return redirect(url_for("admin.outbox"), 303)
