"""Queries on the trial ledger."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from cambio.contracts.market import DateRange
from cambio.store import tables, trials
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
    sessions=3,
    days=np.array(["2025-07-01", "2025-07-02", "2025-12-30"], dtype="datetime64[D]"),
    returns=np.array([0.1, -0.2, 1e-17]),
)
LONGER = replace(
    TRIAL,
    model_hash="b" * 64,
    model_id="m2",
    experiment_name="e2",
    sharpe_per_session=-0.2,
    sessions=4,
    days=np.arange("2025-07-01", "2025-07-05", dtype="datetime64[D]"),
    returns=np.zeros(4),
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
    trials.record(connection, LONGER, NOW + timedelta(days=1))
    trials.record(connection, TRIAL, NOW)
    looks = trials.looks(connection, WINDOW)
    assert looks.sharpes.tolist() == [0.08, -0.2]
    assert looks.sessions.tolist() == [3, 4]


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


def test_a_trial_comes_back_with_its_days_and_returns_bit_for_bit(connection):
    trials.record(connection, TRIAL, NOW)
    [found] = trials.every(connection)
    assert (found.trial_id, found.model_id, found.experiment_name) == (TRIAL.trial_id, "m1", "e1")
    assert (found.window, found.sharpe_per_session, found.sessions) == (WINDOW, 0.08, 3)
    assert found.created_at == NOW
    assert found.days.dtype == np.dtype("datetime64[D]")
    assert found.days.tolist() == [date(2025, 7, 1), date(2025, 7, 2), date(2025, 12, 30)]
    assert found.returns.tolist() == [0.1, -0.2, 1e-17]


def test_trials_are_listed_newest_first_by_experiment_or_model(connection):
    trials.record(connection, TRIAL, NOW)
    trials.record(connection, LONGER, NOW + timedelta(days=1))
    assert [found.model_id for found in trials.every(connection)] == ["m2", "m1"]
    assert [found.model_id for found in trials.every(connection, experiment="e1")] == ["m1"]
    assert [found.model_id for found in trials.every(connection, model_id="m2")] == ["m2"]
    assert trials.every(connection, experiment="e1", model_id="m2") == []


def test_a_trial_that_is_known_without_returns_gets_them(connection):
    """Those from before returns were kept."""
    for trial in (TRIAL, LONGER):
        connection.execute(insert(tables.trial_ledger), older(trial))
    assert [found.returns for found in trials.every(connection)] == [None, None]
    assert not trials.record(connection, TRIAL, NOW + timedelta(days=1))
    [mine] = trials.every(connection, model_id="m1")
    assert (mine.returns.tolist(), mine.created_at) == ([0.1, -0.2, 1e-17], NOW)
    assert [found.days for found in trials.every(connection, model_id="m2")] == [None]


def older(trial):
    """The row of a trial as it was kept before returns were."""
    return {
        "trial_id": trial.trial_id,
        "model_id": trial.model_id,
        "experiment_name": trial.experiment_name,
        "window_start": WINDOW.start,
        "window_end": WINDOW.end,
        "sharpe_per_session": trial.sharpe_per_session,
        "sessions": trial.sessions,
        "created_at": NOW,
    }


CHANGES = [
    "DELETE FROM trial_ledger",
    *(
        f"UPDATE trial_ledger SET {change}"
        for change in (
            *("trial_id = 'other'", "model_id = 'other'", "experiment_name = 'other'"),
            *("window_start = '2020-01-01'", "window_end = '2025-07-01'", "sessions = 4"),
            *("sharpe_per_session = 0.0", "created_at = '2020-01-01'"),
            *("days = '[]'", "returns = '[]'", "days = NULL", "returns = NULL"),
        )
    ),
]
COLUMNS = (
    "trial_id, model_id, experiment_name, window_start, window_end, sharpe_per_session, sessions, "
    "created_at"
)
FRESH = "model_id, experiment_name, window_start, window_end, 9.0, sessions, created_at"
ON_SQLITE = [
    f"REPLACE INTO trial_ledger ({COLUMNS}) SELECT trial_id, {FRESH} FROM trial_ledger",
    f"REPLACE INTO trial_ledger (rowid, {COLUMNS}) SELECT 1, 'new', {FRESH} FROM trial_ledger",
    "UPDATE OR REPLACE trial_ledger SET rowid = 2 WHERE rowid = 1",
]
"""Which delete a row without a delete."""


def test_nobody_takes_a_trial_back_or_changes_one(engine):
    """Each would loosen the gate."""
    more = ["TRUNCATE trial_ledger"] if engine.dialect.name == "postgresql" else ON_SQLITE
    with engine.begin() as connection:
        trials.record(connection, TRIAL, NOW)
        before = connection.execute(select(tables.trial_ledger)).all()
    for statement in CHANGES + more:
        with (
            pytest.raises(DBAPIError, match=r"append-only|does not allow"),
            engine.begin() as refused,
        ):
            refused.exec_driver_sql(statement)
    with engine.begin() as connection:
        assert connection.execute(select(tables.trial_ledger)).all() == before


def test_recording_again_never_changes_returns(connection):
    trials.record(connection, TRIAL, NOW)
    trials.record(connection, replace(TRIAL, returns=np.ones(3)), NOW)
    assert trials.every(connection)[0].returns.tolist() == [0.1, -0.2, 1e-17]


def test_returns_that_are_not_one_for_each_session_are_refused():
    with pytest.raises(ValueError, match="3 sessions with 3 days and 2 returns"):
        replace(TRIAL, returns=np.zeros(2))
