"""Drift: the distance is scipy's, noise does not fire, a real change does."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy import signal, stats

from cambio.contracts.features import MARKET_FEATURES
from cambio.inference.config import LiveConfig
from cambio.inference.drift import (
    TrainingSample,
    find_drift,
    holm,
    ks_statistic,
    shelf_life_over,
    t_tail,
)

LIMITS = LiveConfig(
    stale_after_s=150,
    flatten_after_minutes=30,
    shelf_life_days=90,
    drift_sessions=10,
    drift_ks=0.05,
    drift_significance=0.05,
)
BARS = 8
"""A session of the tests is short."""
TRAINED = 240
GAP = 40
"""Sessions between training and the live window."""


def remembering(rng: np.random.Generator, count: int, memory: float) -> np.ndarray:
    """A stationary AR(1) of variance 1."""
    noise = rng.normal(size=count) * (1 - memory**2) ** 0.5
    noise[0] /= (1 - memory**2) ** 0.5
    return signal.lfilter([1.0], [1.0, -memory], noise)


def unchanging_market(seed: int) -> tuple[TrainingSample, np.ndarray]:
    """Training and a live window of one process: macro features with one value a session, returns
    with volatility in weeks, indicators that remember from bar to bar."""
    rng = np.random.default_rng(seed)
    sessions = TRAINED + GAP + LIMITS.drift_sessions
    daily = [
        np.repeat(remembering(rng, sessions, m), BARS) for m in (0, 0, 0, 0.9, 0.9, 0.95, 0.97)
    ]
    weeks = [np.exp(0.4 * np.repeat(remembering(rng, sessions, m), BARS)) for m in (0.8, 0.9, 0.95)]
    returns = [each * rng.normal(size=sessions * BARS) for each in weeks]
    indicators = [remembering(rng, sessions * BARS, m) for m in (0.8, 0.9, 0.95)]
    features = np.column_stack([*returns, *indicators, *daily])
    training = features[: TRAINED * BARS]
    sample = TrainingSample(training, np.repeat(np.arange(TRAINED), BARS))
    return sample, features[-LIMITS.drift_sessions * BARS :]


def alerts(training: TrainingSample, live: np.ndarray, limits: LiveConfig = LIMITS) -> set[str]:
    return {reading.feature for reading in find_drift(training, live, limits) if reading.alert}


def test_an_unchanged_market_fires_in_one_of_twenty_windows_at_most():
    """Of all 13 features together. Of 60 windows, 7 would be a chance of 2 % at 5 %."""
    fired = sum(bool(alerts(*unchanging_market(seed))) for seed in range(60))
    assert fired < 7


def test_the_specifications_constant_alone_fires_on_an_unchanged_market():
    """It says drift when the KS statistic is above 0.05."""
    found = [find_drift(*unchanging_market(seed), LIMITS) for seed in range(5)]
    above = [reading.ks > 0.05 for readings in found for reading in readings]
    assert np.mean(above) > 0.9


@pytest.mark.parametrize(
    ("feature", "change"),
    [("dxy_z", lambda x: x + 3.0), ("log_ret_5m", lambda x: 5.0 * x), ("rsi_9", lambda x: x - 2.5)],
    ids=["mean of a daily feature", "scale of a return", "mean of an indicator"],
)
def test_a_real_change_of_one_feature_fires_for_it_alone(feature, change):
    at = MARKET_FEATURES.index(feature)
    for seed in range(3):
        training, live = unchanging_market(seed)
        live[:, at] = change(live[:, at])
        assert alerts(training, live) == {feature}


def test_what_remembers_longer_than_the_window_fires_later():
    """The same shift: sure of a feature that is new every session, nothing of one that wanders."""
    rng = np.random.default_rng(1)
    training, live = unchanging_market(1)
    for at, memory in ((6, 0.0), (12, 0.995)):
        values = np.repeat(remembering(rng, TRAINED, memory), BARS)
        training.features[:, at] = (values - values.mean()) / values.std()
        live[:, at] = 2.0 + 0.3 * rng.normal(size=len(live))
    found = {reading.feature: reading for reading in find_drift(training, live, LIMITS)}
    assert found[MARKET_FEATURES[6]].alert
    assert not found[MARKET_FEATURES[12]].alert
    assert found[MARKET_FEATURES[12]].ks > 0.8


def test_a_small_distance_is_no_alert_however_significant():
    training, live = unchanging_market(0)
    live = live + 3.0
    tolerant = LIMITS.model_copy(update={"drift_ks": 0.999})
    assert alerts(training, live, tolerant) < alerts(training, live)


def test_the_p_values_are_corrected_for_thirteen_looks():
    """The smallest one is 13 times what it would be of one feature, which nobody else looks at."""
    training, live = unchanging_market(3)
    live[:, 0] *= 8.0
    alone = np.full_like(live, np.nan)
    alone[:, 0] = live[:, 0]
    (one,) = find_drift(training, alone, LIMITS)
    all_ = find_drift(training, live, LIMITS)[0]
    assert (one.feature, one.ks) == (all_.feature, all_.ks)
    assert all_.p_value == pytest.approx(13 * one.p_value)


def test_the_p_value_is_that_of_a_naive_calculation():
    """Window after window by hand, each held against training without it and its neighbours."""
    training, live = unchanging_market(4)
    live = np.where(np.arange(13) == 3, 1.5 * live + 0.4, np.nan)
    values, session_of = training.features[:, 3], training.sessions
    cells = [sorted(values)[k * len(values) // 200] for k in range(1, 200)]

    def distance(one: np.ndarray, other: np.ndarray) -> float:
        return max(abs(np.mean(one <= cell) - np.mean(other <= cell)) for cell in cells)

    logs = []
    for first in range(TRAINED - 9):
        inside = (session_of >= first) & (session_of < first + 10)
        around = (session_of < first - 10) | (session_of >= first + 20)
        logs.append(np.log(distance(values[inside], values[around])))
    farther = np.log(distance(live[:, 3], values)) - np.mean(logs)
    windows = TRAINED / 10
    t = farther / (np.std(logs, ddof=1) * (1 + 1 / windows) ** 0.5)
    (found,) = find_drift(training, live, LIMITS)
    assert 0.001 < found.p_value < 0.2
    assert found.p_value == pytest.approx(stats.t.sf(t, windows - 1), rel=0.01)


def test_the_readings_come_in_the_contracts_order():
    found = find_drift(*unchanging_market(0), LIMITS)
    assert tuple(reading.feature for reading in found) == MARKET_FEATURES


def test_missing_live_values_are_left_out():
    training, live = unchanging_market(0)
    whole = find_drift(training, live, LIMITS)
    holed = np.concatenate([live, np.full((20, 13), np.nan)])
    assert find_drift(training, holed, LIMITS) == whole


def test_a_feature_that_live_never_saw_has_no_reading():
    training, live = unchanging_market(0)
    live[:, 8] = np.nan
    found = {reading.feature for reading in find_drift(training, live, LIMITS)}
    assert found == set(MARKET_FEATURES) - {"vix_z"}


@pytest.mark.parametrize(("sessions", "answer"), [(49, False), (50, True)])
def test_too_little_training_gives_no_answer(sessions, answer):
    """Five windows of ten sessions."""
    training, live = unchanging_market(0)
    rows = sessions * BARS
    short = TrainingSample(training.features[:rows], training.sessions[:rows])
    assert (find_drift(short, live, LIMITS) is not None) is answer


def test_sessions_of_different_length_are_no_matter():
    training, live = unchanging_market(0)
    rng = np.random.default_rng(0)
    kept = rng.random(len(training.sessions)) < 0.7
    holed = TrainingSample(training.features[kept], training.sessions[kept] * 3)
    assert alerts(holed, live) == set()


@pytest.mark.parametrize("seed", range(5))
def test_the_statistic_is_scipys_ties_included(seed):
    rng = np.random.default_rng(seed)
    sample = np.repeat(rng.integers(0, 30, 12), 5).astype(float)
    reference = np.repeat(rng.integers(5, 40, 80), 3).astype(float)
    expected = stats.ks_2samp(sample, reference, method="asymp").statistic
    assert ks_statistic(sample, reference) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("degrees", [4, 9, 24, 49])
@pytest.mark.parametrize("t", [-2.0, 0.0, 1.0, 2.0, 3.0, 4.0])
def test_the_tail_of_students_t_is_nearly_scipys(t, degrees):
    assert t_tail(t, degrees) == pytest.approx(stats.t.sf(t, degrees), rel=0.04)


def test_holms_correction_multiplies_the_smallest_by_all_and_never_falls():
    """4 x 0.005, 3 x 0.01, 2 x 0.03, then 1 x 0.04, but no less than before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_a_corrected_p_value_is_at_most_one():
    assert holm([0.6, 0.9]) == [1.0, 1.0]


@pytest.mark.parametrize(("days", "over"), [(0, False), (90, False), (91, True)])
def test_a_model_lasts_for_its_shelf_life_after_training(days, over):
    end = date(2024, 12, 31)
    assert shelf_life_over(end, end + timedelta(days=days), 90) is over
