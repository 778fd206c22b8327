"""What people looked for and did not find, as counts: a hint at what to carry, and nobody's name."""

import csv
import io

from flask import Response, render_template, request

from shop.access import Permission, requires
from shop.admin.blueprint import blueprint
from shop.clock import today
from shop.search import log
from shop.search.log import KEPT_DAYS, SHOWN_FROM

PERIODS = (7, 30, KEPT_DAYS)


@blueprint.get("/searches")
@requires(Permission.STOCK)
def searches() -> str:
    """Words that found nothing, the most frequent first."""
    days = _requested_days()
    return render_template(
        "admin/searches.html",
        rows=log.zero_result_searches(today(), days),
        days=days,
        periods=PERIODS,
        from_times=SHOWN_FROM,
        kept_days=KEPT_DAYS,
        most=log.MOST_SHOWN,
    )


@blueprint.get("/searches.csv")
@requires(Permission.STOCK)
def searches_file() -> Response:
    """The same as a file for a spreadsheet. Words are letters and digits only, so none can be a formula."""
    days = _requested_days()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["words", "times", "last"])
    writer.writerows(
        (row.words, row.count, row.last.isoformat()) for row in log.zero_result_searches(today(), days)
    )
    name = f"searches-without-result-{days}-days.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


def _requested_days() -> int:
    """A period that is offered; anything else is the usual month."""
    return next((days for days in PERIODS if request.args.get("days") == str(days)), 30)
