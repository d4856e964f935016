"""Queries on the trial ledger."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cambio.contracts.market import DateRange
from cambio.store import trials
from cambio.store.trials import Trial

NOW = datetime(2025, 12, 1, 18, tzinfo=UTC)
WINDOW = DateRange(date(2025, 7, 1), date(2025, 12, 31))
TRIAL = Trial(
    model_id="m1",
    model_hash="a" * 64,
    experiment_name="e1",
    window=WINDOW,
    terms_hash="t1",
    sharpe_per_session=0.08,
    sessions=120,
)


@pytest.fixture
def connection(engine):
    with engine.begin() as opened:
        yield opened


def test_looking_twice_at_the_same_thing_is_one_look(connection):
    assert trials.record(connection, TRIAL, NOW)
    assert not trials.record(connection, TRIAL, NOW + timedelta(days=1))
    assert trials.looks(connection, WINDOW).sharpes.tolist() == [0.08]


def test_renaming_a_model_does_not_make_it_another_look(connection):
    trials.record(connection, TRIAL, NOW)
    assert not trials.record(connection, replace(TRIAL, model_id="m2", experiment_name="e2"), NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"model_hash": "b" * 64},
        {"window": DateRange(date(2025, 7, 1), date(2025, 12, 30))},
        {"terms_hash": "t2"},
    ],
)
def test_another_graph_window_or_terms_is_another_look(connection, change):
    trials.record(connection, TRIAL, NOW)
    assert trials.record(connection, replace(TRIAL, **change), NOW)


def test_looks_come_oldest_first_with_their_lengths(connection):
    newer = replace(TRIAL, model_hash="b" * 64, sharpe_per_session=-0.2, sessions=60)
    trials.record(connection, newer, NOW + timedelta(days=1))
    trials.record(connection, TRIAL, NOW)
    looks = trials.looks(connection, WINDOW)
    assert looks.sharpes.tolist() == [0.08, -0.2]
    assert looks.sessions.tolist() == [120, 60]


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        (date(2025, 1, 1), date(2025, 6, 30), 0),
        (date(2025, 1, 1), date(2025, 7, 1), 1),
        (date(2025, 9, 1), date(2025, 9, 30), 1),
        (date(2025, 1, 1), date(2026, 6, 30), 1),
        (date(2025, 12, 31), date(2026, 3, 31), 1),
        (date(2026, 1, 1), date(2026, 3, 31), 0),
    ],
)
def test_a_trial_counts_where_the_windows_share_a_day(connection, start, end, seen):
    trials.record(connection, TRIAL, NOW)
    assert len(trials.looks(connection, DateRange(start, end)).sharpes) == seen


def test_an_empty_ledger_gives_empty_arrays(connection):
    looks = trials.looks(connection, WINDOW)
    assert (looks.sharpes.shape, looks.sessions.shape) == ((0,), (0,))


def test_a_model_that_never_moved_is_a_look_too(connection):
    assert trials.record(connection, replace(TRIAL, sharpe_per_session=math.nan), NOW)
    assert trials.looks(connection, WINDOW).sharpes.tolist() == [0.0]
