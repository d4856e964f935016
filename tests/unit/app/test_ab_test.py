"""Two variants on the same sessions: a winner only where one is shown, capital split by share."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cambio.app.ab_config import load_ab_test
from cambio.app.ab_report import page_of
from cambio.app.ab_test import (
    SeedRun,
    VariantResult,
    compared,
    planned_sessions,
    split_capital,
    variant_of,
    window_of,
)
from cambio.app.records import as_account
from cambio.calendar import sessions_per_year, trading_days
from cambio.cli import console, render_ab
from cambio.contracts.market import DateRange
from cambio.reports.ab import render
from cambio.settings import load_settings
from cambio.validation.metrics import compute_metrics
from cambio.validation.sequential import BURN_IN, EXPECTED_SESSIONS

WINDOW = DateRange(date(2025, 1, 1), date(2025, 12, 31))
DAYS = np.array(trading_days(WINDOW.start, WINDOW.end)[:200], dtype="datetime64[D]")


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    settings = load_settings(tmp_path_factory.mktemp("home"))
    return load_ab_test(settings.config_folder, "ab_test_config", settings.ssot())


def seed_run(seed: int, returns: np.ndarray, notices: tuple[str, ...] = ()) -> SeedRun:
    yearly = sessions_per_year(WINDOW.start, WINDOW.end)
    return SeedRun(
        seed=seed,
        model_id=f"model-s{seed}",
        days=DAYS[: len(returns)],
        returns=returns,
        metrics=compute_metrics(as_account(returns), yearly),
        lineage={"dataset_hash": "d" * 32},
        notices=notices,
    )


def result(plan, control: list[np.ndarray], treatment: list[np.ndarray]):
    sides = [
        variant_of(
            variant,
            [seed_run(seed, returns) for seed, returns in enumerate(records)],
            WINDOW,
            plan.test.metrics.secondary,
        )
        for variant, records in zip(plan.test.variants, (control, treatment), strict=True)
    ]
    return compared(plan, WINDOW, *sides, looks=6)


def noise(seed: int, sessions: int = 200, drift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(drift, 0.004, sessions)


def test_a_variant_is_the_mean_of_its_seeds(plan):
    """A lucky one among three moves it by a third."""
    records = [noise(seed) for seed in range(3)]
    found = result(plan, records, [noise(9)]).control
    assert found.returns == pytest.approx(sum(records) / 3)


def test_a_difference_that_is_there_is_shown_and_dated(plan):
    market = noise(0)
    found = result(plan, [market], [market + noise(1) / 4 + 0.002])
    at = found.sequence.concluded_at
    assert at is not None
    assert at >= BURN_IN - 1
    assert found.winner is found.treatment
    assert found.verdict.startswith("treatment has the higher Sharpe ratio")
    assert str(DAYS[at]) in found.verdict
    assert found.to_dict()["concluded_on"] == str(DAYS[at])


def test_the_control_can_win(plan):
    market = noise(0)
    assert result(plan, [market + 0.002], [market]).winner.variant.name == "control"


def test_where_nothing_differs_nothing_is_shown(plan):
    found = result(plan, [noise(0)], [noise(1)])
    assert (found.winner, found.sequence.concluded_at) == (None, None)
    assert found.verdict == "No difference shown after 200 sessions."


def test_thirty_days_cannot_show_anything_and_it_says_so(plan):
    found = result(plan, [noise(0, 20)], [noise(0, 20) + 0.01])
    assert found.winner is None
    told = next(notice for notice in found.notices if "could not name a winner" in notice)
    assert "20 sessions (30 calendar days) are fewer than the 60" in told


def test_a_variant_that_hardly_trades_cannot_show_anything_either(plan):
    seldom = np.where(np.arange(200) % 10 == 0, noise(0), 0.0)
    found = result(plan, [noise(1)], [seldom])
    assert found.winner is None
    assert any("treatment earned or lost something in 20 sessions" in n for n in found.notices)


def test_one_seed_is_said_to_be_few(plan):
    several = [noise(seed) for seed in range(3)]
    assert any("has 1 seed:" in notice for notice in result(plan, several, [noise(9)]).notices)
    assert result(plan, several, several).notices == ()


def test_unequal_numbers_of_seeds_are_said_to_be_unfair(plan):
    three, five = ([noise(seed) for seed in range(count)] for count in (3, 5))
    (told,) = result(plan, three, five).notices
    assert told.startswith("The variants have 3 and 5 seeds")
    assert "--seeds 5" in told


def test_capital_is_split_once_and_never_evened_out():
    """1/4 grows by 100 % twice: 0.25, 0.5, 1.0; 3/4 halves twice: 0.75, 0.375, 0.1875."""
    up, down = np.array([1.0, 1.0]), np.array([-0.5, -0.5])
    found = split_capital((up, down), (0.25, 0.75))
    assert found == pytest.approx([0.875 - 1.0, 1.1875 / 0.875 - 1.0])


def test_secondary_metrics_say_what_their_interval_is_of(plan):
    found = result(plan, [noise(0), noise(1)], [noise(2), noise(3)]).control
    drawdown, wins = found.secondary
    assert (drawdown.name, drawdown.of_sessions) == ("max_drawdown", True)
    assert drawdown.figure == found.figures["max_drawdown"]
    assert (wins.name, wins.of_sessions) == ("win_rate", False)


def test_the_sessions_are_the_first_days_of_the_test_period(plan):
    """The shipped period begins on 2025-07-01; 30 days end on the 30th."""
    newest = date(2025, 12, 31)
    assert window_of(plan, newest) == DateRange(date(2025, 7, 1), date(2025, 7, 30))
    assert window_of(plan, date(2025, 7, 10)).end == date(2025, 7, 10)


def test_more_data_changes_no_interval_that_was_shown_before(plan):
    """Only so may one look today, and again when the test period has grown."""
    endless = replace(plan, test=plan.test.model_copy(update={"duration_days": None}))
    control, treatment = noise(0), noise(1)
    early = result(endless, [control[:120]], [treatment[:120]]).sequence
    late = result(endless, [control], [treatment]).sequence
    assert late.low[:120] == pytest.approx(early.low, rel=1e-9)
    assert late.high[:120] == pytest.approx(early.high, rel=1e-9)


def test_the_interval_is_narrow_where_the_test_was_planned_to_end(plan):
    """The second half of 2025 has 122 sessions; 30 days have fewer than the burn-in."""
    assert planned_sessions(plan) == BURN_IN
    half_a_year = replace(plan, test=plan.test.model_copy(update={"duration_days": 184}))
    assert planned_sessions(half_a_year) == len(trading_days(date(2025, 7, 1), date(2025, 12, 31)))
    endless = replace(plan, test=plan.test.model_copy(update={"duration_days": None}))
    assert planned_sessions(endless) == EXPECTED_SESSIONS


def test_terminal_and_page_tell_the_verdict_and_escape(plan, tmp_path, monkeypatch):
    seeds = [noise(seed) for seed in range(3)]
    found = result(plan, seeds, [returns + 0.002 for returns in seeds])
    page = render(page_of(found))
    monkeypatch.setattr(console.out, "width", 140)
    with console.out.capture() as captured:
        render_ab.result(found, tmp_path / "page.html")
    assert found.verdict in captured.get()
    assert found.verdict in page
    assert page.index(found.verdict) < page.index("<table")
    assert page.count("<svg") == 4
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    hostile = seed_run(0, seeds[0], notices=("<script>",))
    side = VariantResult(
        found.control.variant, (hostile,), seeds[0], found.control.figures, found.control.secondary
    )
    assert "<script" not in render(page_of(compared(plan, WINDOW, side, found.treatment, 1)))


def test_the_answer_is_plain_json(plan):
    short = result(plan, [np.zeros(3)], [noise(1, 3)])
    document = json.loads(json.dumps(short.to_dict(), default=str, allow_nan=False))
    assert document["sequence"]["low"] == [None, None, None]
    assert render(page_of(short)).startswith("<!doctype html>")
