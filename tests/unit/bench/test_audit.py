"""What Lighthouse reports is read as points, and the median of several runs decides."""

import re

import pytest

from bench.audit.lighthouse import LEAST, TELLING, median, read

FINE = dict.fromkeys(LEAST, 1.0)


def report(scores: dict[str, float], benchmark: float = 1500) -> dict:
    """As Lighthouse writes it, with one audit in each category that has the category's own score."""
    told = {
        name: {"numericValue": 12, "score": 1, "scoreDisplayMode": "numeric"} for name in TELLING.values()
    }
    own = {f"of-{name}": score for name, score in scores.items()}
    audits = {one: {"title": one, "score": score, "scoreDisplayMode": "binary"} for one, score in own.items()}
    return {
        "audits": told | audits,
        "categories": {
            name: {"score": score, "auditRefs": [{"id": f"of-{name}", "weight": 1}]}
            for name, score in scores.items()
        },
        "environment": {"benchmarkIndex": benchmark},
    }


@pytest.mark.parametrize(
    ("runs", "passes"),
    [
        ([FINE], True),
        ([FINE | {"performance": 0.98}], True),
        ([FINE | {"performance": 0.97}], False),
        ([FINE | {"performance": 0.4}, FINE, FINE], True),  # a noisy run does not decide
        ([FINE | {"seo": 0.99}], False),
        ([FINE | {"accessibility": 0.99}], False),
    ],
)
def test_the_median_of_the_runs_decides(runs, passes):
    assert median([read(report(one)) for one in runs]).passes is passes


@pytest.mark.parametrize(("benchmark", "busy"), [(400, True), (1500, False)])
def test_a_busy_machine_fails_too_but_is_named(benchmark, busy):
    [said] = read(report(FINE | {"performance": 0.9}, benchmark)).short
    assert re.findall(r"\d+(?:,\d+)?", said) == ["90", "98", *(["400", "1,000"] if busy else [])]


def test_what_lost_points_is_named():
    assert median([read(report(FINE | {"seo": 0.5})), read(report(FINE))]).lost == ("seo: of-seo",)


def test_a_page_that_could_not_be_looked_at_is_no_pass():
    broken = report(FINE) | {"requestedUrl": "http://x", "runtimeError": {"message": "no page"}}
    with pytest.raises(SystemExit, match="no page"):
        read(broken)
