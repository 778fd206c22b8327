"""Medicines of which several fills are not sent at once."""

from pathlib import Path

import pytest

from shop.safety import overdose
from shop.safety.dataset import SafetyDataRefused
from shop.safety.overdose import datasets, overdose_risk


@pytest.mark.parametrize(
    ("names", "substance"),
    [
        (["amitriptyline hydrochloride"], "amitriptyline"),
        (["baclofen"], "baclofen"),
        (["Bupropion Hydrochloride"], "bupropion"),
        (["metoprolol succinate"], "metoprolol"),
        (["hydrochlorothiazide", "metoprolol tartrate"], "metoprolol"),
        (["lithium carbonate"], "lithium"),
        (["valproic acid"], "valproic acid"),
        (["amoxicillin"], None),
        (["potassium citrate"], None),
        (["propranololol"], None),
        ([], None),
    ],
)
def test_a_substance_is_found_with_its_salts_and_in_mixtures(names: list[str], substance: str | None):
    found = overdose_risk(names)
    assert (found.substance if found else None) == substance


def test_every_entry_rests_on_a_label_or_says_that_nobody_read_one():
    (data,) = datasets()
    for entry in data.entries:
        risk = overdose_risk([entry.text("name")])
        assert risk is not None
        assert risk.source
        if entry.text("basis") == "label":
            assert risk.quote
            assert entry.source.startswith("US label ")
        else:
            assert not risk.quote
            assert "US label" not in entry.source


@pytest.mark.parametrize(
    "entry",
    [
        'name = "x", basis = "label"',
        'name = "x", basis = "label", section = "34088-5"',
        'name = "x", basis = "knowledge", section = "34088-5", quote = "q"',
        'name = "x", basis = "hearsay"',
    ],
)
def test_a_label_without_its_sentence_stops_the_start(entry: str, tmp_path: Path, monkeypatch):
    head = 'version = "1"\nreviewed = 2026-11-01\nsource = "s"\ninherit = ["reviewed", "source"]\n'
    (tmp_path / "overdose.toml").write_text(f"{head}entries = [{{ {entry} }}]\n", "utf-8")
    monkeypatch.setattr(overdose, "DATA", tmp_path)
    datasets.cache_clear()
    try:
        with pytest.raises(SafetyDataRefused):
            datasets()
    finally:
        datasets.cache_clear()
