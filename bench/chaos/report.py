"""The run as a table: what died, what was ordered, what held; and how long public pages took meanwhile."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bench.chaos.evidence import Evidence
from bench.chaos.faults import Window
from bench.chaos.plan import Plan
from bench.chaos.prober import Probe
from bench.chaos.store import Death
from shop.orders.states import OrderStatus

BEGIN, END = "<!-- chaos -->", "<!-- /chaos -->"
LONGEST_PAGE = 1.0  # seconds a public page may take while a neighbor is slow or dead
LATE_SHARE, LATE_COUNT = 0.01, 2  # so many may be late: one in a hundred, or two in a short run
NOISE = 3.0  # a machine may be slow by itself: so many times the p99 of undisturbed pages are allowed …
MOST_NOISE = 3.0  # … but never more than so many seconds
FAR_TOO_LATE = 5.0  # times the limit: not a single page


@dataclass(frozen=True)
class Pages:
    """How long public pages took while nothing disturbed them, and while a neighbor was slow or dead."""

    calm: list[float]
    troubled: list[float]
    unanswered: int  # of the troubled: no answer, or an error

    @property
    def limit(self) -> float:
        """One second; up to three where undisturbed pages show that the machine itself is slow."""
        return max(LONGEST_PAGE, min(MOST_NOISE, NOISE * share(self.calm, 0.99)))

    @property
    def verdict(self) -> list[str]:
        """Broken when more pages are late or unanswered than may be, or one of them is far too late."""
        asked = len(self.troubled) + self.unanswered
        wrong = sum(seconds > self.limit for seconds in self.troubled) + self.unanswered
        slowest = max(self.troubled, default=0.0)
        if wrong <= max(LATE_COUNT, LATE_SHARE * asked) and slowest <= FAR_TOO_LATE * self.limit:
            return []
        return [
            f"{wrong} of {asked} public pages took more than {self.limit:.1f} s or failed while a neighbor "
            f"was slow or dead; the slowest took {slowest:.1f} s"
        ]


def judge_pages(probes: list[Probe], windows: list[Window], deaths: list[Death], ended: float) -> Pages:
    """Sort the probes: a page belongs to a neighbor when it was asked for in its window.

    Not one that got no answer while the store was not yet whole after a kill: that is the kill's.
    """
    calm, troubled, unanswered = [], [], 0
    for probe in probes:
        if any(window.begin <= probe.at < window.end for window in windows):
            if probe.status == 200:
                troubled.append(probe.seconds)
            elif probe.status or not _near(probe, deaths):
                unanswered += 1
        elif probe.status == 200 and probe.at < ended and not _near(probe, deaths):
            calm.append(probe.seconds)
    return Pages(calm, troubled, unanswered)


def _near(probe: Probe, deaths: list[Death]) -> bool:
    return any(
        probe.at <= (death.whole_at or float("inf")) + 1 and probe.until >= death.at for death in deaths
    )


def share(values: list[float], part: float) -> float:
    """The value below which `part` of them lie; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else 0.0


@dataclass(frozen=True)
class Summary:
    """What the table needs beside the evidence."""

    plan: Plan
    deaths: list[Death]
    windows: list[Window]
    pages: Pages
    held: int
    rules: int
    quiet: float
    restarts: int


def table(run: Summary, found: Evidence) -> str:
    """Markdown between its marks."""
    orders = [OrderStatus(row["status"]).name.lower().replace("_", " ") for row in found.tables["order"]]
    answers = Counter(answer.status for answer, _ in found.answers)
    fives = sum(count for status, count in answers.items() if status >= 500 and status != 503)
    declined = sum(event["type"] == "payment_intent.payment_failed" for event in found.service["event"])
    repeated = len(found.mails) - len({mail.id for mail in found.mails})
    rows = {
        "seed, minutes": f"{run.plan.seed}, {run.plan.minutes:g}",
        "kills": _counted(death.what for death in run.deaths),
        "slow or dead neighbors": _counted(window.what for window in run.windows),
        "whole store started again from outside": f"{run.restarts}",
        "orders": _counted(orders),
        "cards declined": f"{declined}",
        "mails": f"{len(found.mails)}, {repeated} of them repeats",
        "answers to customers and admin": f"{sum(answers.values())}: {answers[503]} × 503, {fives} × 500, "
        f"{answers[0]} cut by a death",
        "quiet after": f"{run.quiet:.0f} s",
        "the store’s own proofs": ", ".join(
            f"{name} {'failed' if code else 'ok'}" for name, (code, _) in found.commands.items()
        ),
        "rules that held": f"**{run.held} of {run.rules}**",
        "public pages beside a neighbor": _times(run.pages.troubled)
        + f", max {max(run.pages.troubled, default=0) * 1000:.0f} ms, {run.pages.unanswered} unanswered",
        "public pages undisturbed": _times(run.pages.calm),
    }
    lines = [
        f"| {run.plan.database} | |",
        "|---|---|",
        *(f"| {name} | {text} |" for name, text in rows.items()),
    ]
    return "\n".join([BEGIN, *lines, END])


def _counted(names: Iterable[str]) -> str:
    """**7**: 3 of this, 4 of that."""
    counts = Counter(str(name) for name in names)
    return f"**{sum(counts.values())}**: " + ", ".join(
        f"{many} {name}" for name, many in counts.most_common()
    )


def _times(seconds: list[float]) -> str:
    return (
        f"{len(seconds)}: p50 {share(seconds, 0.5) * 1000:.0f} ms, p99 {share(seconds, 0.99) * 1000:.0f} ms"
    )
