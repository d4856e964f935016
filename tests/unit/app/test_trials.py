"""The trial ledger, and what the looks at a window ask of the next model."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pytest
from tests.unit.app.macro_product import Silent

from cambio.app.trials import ledger, next_model
from cambio.calendar import sessions_per_year, trading_days
from cambio.contracts.market import DateRange
from cambio.errors import ConfigError
from cambio.settings import load_settings
from cambio.store import trials
from cambio.store.database import transaction
from cambio.validation.statistics import SharpeEstimate, probabilistic_sharpe_ratio
from cambio.wiring import connect

SPRING = DateRange(date(2025, 1, 1), date(2025, 6, 30))
SUMMER = DateRange(date(2025, 6, 1), date(2025, 9, 30))
AUTUMN = DateRange(date(2025, 10, 1), date(2025, 12, 31))


@pytest.fixture
def resources(tmp_path, monkeypatch):
    """One look at spring, one at summer, which overlaps it, and one at autumn."""
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "")
    opened = connect(load_settings(tmp_path / "var"), Silent())
    for i, (name, window) in enumerate((("a", SPRING), ("b", SUMMER), ("a", AUTUMN))):
        days = np.array(trading_days(window.start, window.end), dtype="datetime64[D]")
        returns, model = np.zeros(len(days)), f"{name}-s{i}"
        trial = trials.Trial(model, f"{i}" * 64, name, window, "t", 0.1, len(days), days, returns)
        with transaction(opened.engine) as connection:
            trials.record(connection, trial, datetime(2026, 1, 1 + i, tzinfo=UTC))
    yield opened
    opened.engine.dispose()


def models_of(found) -> list[str]:
    return [look.model_id for look in found.looks]


def test_the_ledger_is_told_newest_first_in_annual_terms(resources):
    found = ledger(resources)
    assert models_of(found) == ["a-s2", "b-s1", "a-s0"]
    yearly = sessions_per_year(AUTUMN.start, AUTUMN.end)
    assert found.looks[0].sharpe_ratio == pytest.approx(0.1 * math.sqrt(yearly))
    assert found.to_dict()["trials"][0]["window"]["start"] == AUTUMN.start


def test_looks_are_chosen_by_experiment_and_by_sessions(resources):
    assert models_of(ledger(resources, "b")) == ["b-s1"]
    assert models_of(ledger(resources, start=date(2025, 7, 1))) == ["a-s2", "b-s1"]
    assert models_of(ledger(resources, end=date(2025, 5, 31))) == ["a-s0"]
    assert models_of(ledger(resources, "a", date(2025, 6, 30), date(2025, 9, 30))) == ["a-s0"]
    with pytest.raises(ConfigError, match="ends"):
        ledger(resources, start=date(2025, 7, 1), end=date(2025, 6, 1))


def test_a_window_counts_the_looks_at_those_that_overlap_whatever_is_shown(resources):
    states = {state.window: state.looks for state in ledger(resources).windows}
    assert states == {SPRING: 2, SUMMER: 2, AUTUMN: 1}
    (only,) = ledger(resources, "b").windows
    assert (only.window, only.looks) == (SUMMER, 2)


def known(count: int) -> trials.Looks:
    return trials.Looks(np.zeros(count), np.full(count, 101))


def test_one_earlier_look_asks_for_the_best_of_two_without_skill():
    """Bailey & López de Prado 2014, eq. 1, by hand: 0.5772 × z(1 − 1/2e) = 0.5772 × 0.9004."""
    found = next_model(SPRING, 101, known(1))
    yearly = math.sqrt(sessions_per_year(SPRING.start, SPRING.end))
    assert found.luck == pytest.approx(0.57722 * 0.90045 / 10 * yearly, rel=1e-4)
    estimate = SharpeEstimate(found.needed / yearly, 101, 0.0, 3.0)
    assert probabilistic_sharpe_ratio(estimate, found.luck / yearly) == pytest.approx(0.95)


def test_each_look_raises_the_bar():
    bars = [next_model(SPRING, 101, known(count)) for count in (0, 1, 5, 50)]
    assert bars[0].luck == 0.0
    for before, after in pairwise(bars):
        assert after.luck > before.luck
        assert after.needed > before.needed
