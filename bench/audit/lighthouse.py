"""Lighthouse on one page: what one run says, and what several come to.

Performance is simulated from a trace, which other load on the machine still moves: the median of several
runs counts, and the machine's own speed in them (`benchmark`, Lighthouse's benchmarkIndex) stands beside it.
"""

import json
import os
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.audit.markup import MODULES
from tests.journeys.conftest import CHROMIUM_FLAGS

DEVICES = ("mobile", "desktop")
LEAST = {"accessibility": 100, "best-practices": 100, "seo": 100, "performance": 98}
TELLING = {"lcp": "largest-contentful-paint", "tbt": "total-blocking-time", "cls": "cumulative-layout-shift"}
TRIES = 3  # on a busy machine a trace can come out without its beginning
CALM = 1000
"""Below it Lighthouse itself says that the machine is too slow, or too busy, to judge performance by."""
KEPT_FROM_ENGINES = {"search"}
"""Pages that search engines are told not to index: not asked whether they may."""


@dataclass(frozen=True)
class Score:
    """Of one page on one device: points from 0 to 100; `lcp` and `tbt` in ms; what lost points, by audit."""

    points: dict[str, float]
    telling: dict[str, float]
    benchmark: float
    lost: tuple[str, ...]

    @property
    def passes(self) -> bool:
        return not self.short

    @property
    def short(self) -> tuple[str, ...]:
        """The categories that fell short, in words."""
        return tuple(
            f"{name} is {self.points[name]:.0f} of {least}"
            + (
                f"; the machine was busy (benchmark {self.benchmark:,.0f}, at least {CALM:,} when calm)"
                if name == "performance" and self.benchmark < CALM
                else ""
            )
            for name, least in LEAST.items()
            if self.points[name] < least
        )


def score(name: str, url: str, device: str, runs: int, folder: Path) -> Score:
    """The median of `runs` runs."""
    return median([_run(name, url, device, folder / f"{name}-{device}-{run}.json") for run in range(runs)])


def median(scores: list[Score]) -> Score:
    """Of each figure by itself; what lost points in any run."""
    return Score(
        {name: statistics.median(one.points[name] for one in scores) for name in LEAST},
        {name: statistics.median(one.telling[name] for one in scores) for name in TELLING},
        statistics.median(one.benchmark for one in scores),
        tuple(sorted({fault for one in scores for fault in one.lost})),
    )


def _run(name: str, url: str, device: str, report: Path) -> Score:
    command = ["node", str(MODULES / "lighthouse" / "cli" / "index.js"), url, "--quiet", "--output=json"]
    command += [f"--output-path={report}", f"--only-categories={','.join(LEAST)}"]
    command += [f"--chrome-flags={' '.join(['--headless=new', *CHROMIUM_FLAGS])}"]
    command += ["--preset=desktop"] if device == "desktop" else []
    command += ["--skip-audits=is-crawlable"] if name in KEPT_FROM_ENGINES else []
    env = os.environ | {"CHROME_PATH": "/usr/bin/chromium", "CI": "1"}  # CI: it asks nothing
    for _ in range(TRIES):
        ended = subprocess.run(command, env=env, capture_output=True, text=True)
        if not ended.returncode:
            return read(json.loads(report.read_text()))
    raise SystemExit(f"Lighthouse could not look at {url}:\n{ended.stderr}")


def read(report: dict) -> Score:
    """From Lighthouse's own report."""
    if fault := report.get("runtimeError"):
        raise SystemExit(f"Lighthouse could not look at {report['requestedUrl']}: {fault['message']}")
    audits, categories = report["audits"], report["categories"]
    return Score(
        {name: round(100 * categories[name]["score"]) for name in LEAST},
        {short: audits[name]["numericValue"] for short, name in TELLING.items()},
        report["environment"]["benchmarkIndex"],
        tuple(
            f"{name}: {audits[ref['id']]['title']}"
            for name in LEAST
            for ref in categories[name]["auditRefs"]
            if ref["weight"] and (audits[ref["id"]]["score"] or 0) < 1
            if audits[ref["id"]]["scoreDisplayMode"] in ("binary", "numeric")
        ),
    )
