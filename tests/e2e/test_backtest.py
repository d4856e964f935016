"""`cambio backtest`: other costs, the tear sheet, and what luck it may be."""

from __future__ import annotations

import re

import pytest

USAGE, CONFIG = 2, 3


@pytest.fixture
def model(experiment) -> str:
    """A model that hardly learnt anything, on a simulated market."""
    return experiment["model_id"]


def test_a_backtest_at_other_costs_says_so_and_is_a_look_of_its_own(cambio, model):
    plain = cambio("backtest", model, "--json").json()
    dear = cambio("backtest", model, "--costs", "2x", "--json").json()
    assert dear["metrics"]["costs"] == pytest.approx(plain["at_costs"]["x2"]["costs"])
    assert dear["notices"][-1].startswith("All costs are 2 times the configured ones")
    assert (plain["statistics"]["trials"], dear["statistics"]["trials"]) == (1, 2)


def test_a_tear_sheet_is_one_file_that_asks_for_nothing(cambio, model, tmp_path):
    path = tmp_path / "new" / "sheet.html"
    answer = cambio("backtest", model, "--from", "2025-10-01", "--report", path)
    assert answer.code == 0
    assert "How much of it may be luck" in answer.out
    page = path.read_text()
    assert model in page
    assert not re.search(r"(src|href)=\"(?!#|data:)|url\((?!#)|<script|@import", page)


def test_a_diagnosis_is_told_shown_and_given_as_json(cambio, model, tmp_path):
    path = tmp_path / "sheet.html"
    answer = cambio("backtest", model, "--diagnose", "--report", path)
    assert answer.code == 0
    assert "An edge or an artefact" in answer.out
    assert 'id="diagnosis"' in path.read_text()
    found = cambio("backtest", model, "--diagnose", "--json").json()
    diagnosis, anatomy = found["diagnosis"], found["diagnosis"]["anatomy"]
    parts = sum(anatomy[name] for name in ("night", "financing", "gap", "within", "costs"))
    assert parts == pytest.approx(diagnosis["base"]["total_return"], abs=1e-9)
    assert len(diagnosis["removed"]) == 15
    assert diagnosis["conclusion"]["finding"] in {"nothing", "artefact", "unclear", "stands"}
    assert "diagnosis" not in cambio("backtest", model, "--json").json()


@pytest.mark.parametrize("costs", ["cheap", "-1x", "nan"])
def test_costs_that_are_no_multiple_are_refused(cambio, costs):
    answer = cambio("backtest", "any", "--costs", costs)
    assert answer.code == USAGE
    assert "2x" in answer.err


def test_a_window_ends_with_the_data_whatever_is_asked_for(cambio, model):
    found = cambio("backtest", model, "--from", "2025-07-01", "--to", "2026-12-31", "--json").json()
    assert found["window"] == {"start": "2025-07-01", "end": "2025-12-31"}
    assert found["statistics"]["trials"] == 1, "the same sessions are the same look"


def test_a_window_after_the_data_is_refused_with_the_newest_session(cambio, model):
    answer = cambio("backtest", model, "--from", "2027-01-01")
    assert answer.code == CONFIG
    assert "2025-12-31" in answer.err
