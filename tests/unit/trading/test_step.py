"""One bar through a book: what is filled, what is decided, and what is left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.models import ConstantPolicy, random_policy, stats_for

from cambio.calendar import session_open
from cambio.contracts.market import MACRO_SCHEMA
from cambio.contracts.trading import Action, Decision, Fill, Reason
from cambio.errors import ContractMismatch
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import MacroTable
from cambio.features.spec import FeatureSpec
from cambio.settings import load_settings
from cambio.trading.costs import CostModel
from cambio.trading.observation import ObservationBuilder
from cambio.trading.policy import OnnxPolicy, Policy
from cambio.trading.risk import RiskLimits, RiskManager
from cambio.trading.step import Adviser, DecisionPath, TradingBook

LIMITS = RiskLimits(
    confidence_threshold=0.4,
    max_daily_loss=0.02,
    max_drawdown=0.15,
    max_consecutive_losses=3,
    cooldown_minutes=60,
    max_trades_per_session=10,
    max_position=1,
)
SPEC = FeatureSpec(bar_range="as_is", zscore_window=20)
MONDAY, TUESDAY = date(2024, 7, 8), date(2024, 7, 9)
FEATURES = np.zeros(13)
MISSING = np.full(13, np.nan)
FREE = (0.0, 0.0, 0.0)


class Scripted:
    """Answers with the next of the given actions, and keeps what it was shown."""

    def __init__(self, *actions: int) -> None:
        self.actions = list(actions)
        self.seen: list[np.ndarray] = []

    def probabilities(self, observation: np.ndarray) -> np.ndarray:
        self.seen.append(observation)
        return ConstantPolicy(self.actions.pop(0)).probabilities(observation)


class Answer:
    """Always gives the same three numbers."""

    def __init__(self, *numbers: float) -> None:
        self.numbers = np.array(numbers, np.float32)

    def probabilities(self, observation: np.ndarray) -> np.ndarray:
        return self.numbers


def book(policy: Policy, limits: RiskLimits = LIMITS) -> TradingBook:
    observations = ObservationBuilder(stats_for(SPEC))
    return TradingBook("m1", Adviser(policy, observations), RiskManager(limits), 10_000.0)


def bar_time(index: int, day: date = MONDAY) -> int:
    """Open of a session's bar, 0 to 59."""
    return int(session_open(day).timestamp()) + 300 * index


def take(
    target: TradingBook, index: int, opens: float, closes: float, features=FEATURES, **terms
) -> Decision:
    rates = terms.get("rates", FREE)
    return target.on_bar(
        bar_time(index, terms.get("day", MONDAY)),
        (opens, closes),
        rates,
        features,
        terms.get("objections", ()),
    )


def test_an_order_fills_at_the_next_open_at_that_bars_cost():
    traded = book(ConstantPolicy(2))
    first = take(traded, 0, 100.0, 101.0)
    second = take(traded, 1, 104.0, 105.0, rates=(0.001, 0.0, 0.0))
    assert (first.fill, first.position, first.target) == (None, 0, 1)
    time = datetime(2024, 7, 8, 13, 5, tzinfo=UTC)
    assert second.fill == Fill(time, 0, 1, 104.0, pytest.approx(10.0), None)


def test_a_fill_that_closes_tells_the_trades_result():
    traded = book(Scripted(2, 0, 1))
    for index in range(2):
        take(traded, index, 100.0, 100.0)
    closing = take(traded, 2, 110.0, 120.0)
    assert closing.fill.result == pytest.approx(1000.0)
    assert (closing.fill.from_position, closing.fill.to_position) == (1, -1)


def test_a_decision_shows_the_book_as_marked_at_its_bars_close():
    traded = book(ConstantPolicy(2))
    take(traded, 0, 100.0, 100.0)
    found = take(traded, 1, 100.0, 103.0)
    assert (found.price, found.position) == (103.0, 1)
    assert found.equity == pytest.approx(10_300.0)


def test_a_decision_is_dated_by_its_bars_open_in_utc():
    found = take(book(ConstantPolicy(1)), 59, 100.0, 100.0)
    assert found.time == datetime(2024, 7, 8, 17, 55, tzinfo=UTC)


def test_the_policy_sees_the_position_it_holds_not_the_one_it_wants():
    policy = Scripted(2, 0, 1)
    traded = book(policy)
    for index in range(3):
        take(traded, index, 100.0, 100.0)
    assert [row[13] for row in policy.seen] == [0.0, 1.0, -1.0]


def test_hold_keeps_the_position_and_fills_nothing():
    traded = book(Scripted(0, 1, 1))
    found = [take(traded, index, 100.0, 100.0) for index in range(3)]
    assert [(d.position, d.target) for d in found] == [(0, -1), (-1, -1), (-1, -1)]
    assert [d.fill is not None for d in found] == [False, True, False]


def test_asking_for_what_is_held_fills_nothing():
    traded = book(ConstantPolicy(2))
    found = [take(traded, index, 100.0, 100.0) for index in range(4)]
    assert [d.fill is not None for d in found] == [False, True, False, False]


@pytest.mark.parametrize("missing", range(13))
def test_a_missing_feature_means_hold_with_the_reason(missing):
    features = FEATURES.copy()
    features[missing] = np.nan
    found = take(book(ConstantPolicy(2)), 0, 100.0, 100.0, features)
    assert (found.action, found.confidence, found.observation) == (Action.HOLD, 0.0, None)
    assert found.verdict.blocked_by == (Reason.MISSING_FEATURES,)
    assert found.target == 0


def test_a_missing_feature_keeps_the_position():
    traded = book(ConstantPolicy(2))
    found = [take(traded, i, 100.0, 100.0, f) for i, f in enumerate([FEATURES, MISSING, MISSING])]
    assert [(d.position, d.target) for d in found] == [(0, 1), (1, 1), (1, 1)]


def test_a_missing_feature_does_not_ask_the_policy():
    policy = Scripted()
    take(book(policy), 0, 100.0, 100.0, MISSING)
    assert policy.seen == []


def test_a_missing_feature_does_not_stop_the_kill_switch():
    traded = book(ConstantPolicy(2))
    take(traded, 0, 100.0, 100.0)
    found = take(traded, 1, 100.0, 100.0, MISSING, objections=(Reason.KILL_SWITCH,))
    assert found.target == 0
    assert {Reason.MISSING_FEATURES, Reason.KILL_SWITCH} <= set(found.verdict.blocked_by)


STRANGE = np.full(13, 1e6)
"""Every feature at the clip."""


def test_an_observation_unlike_training_opens_nothing():
    found = take(book(ConstantPolicy(2)), 0, 100.0, 100.0, STRANGE)
    assert (found.action, found.target) == (Action.BUY, 0)
    assert found.verdict.blocked_by == (Reason.OUT_OF_DISTRIBUTION,)


def test_an_observation_unlike_training_lets_a_position_be_closed_but_not_turned():
    traded = book(ConstantPolicy(2))
    take(traded, 0, 100.0, 100.0)
    turning = book(ConstantPolicy(0))
    turning.restore(traded.state())
    assert take(turning, 1, 100.0, 100.0, STRANGE).target == 0


def test_an_observation_unlike_training_keeps_the_position_that_is_held():
    traded = book(ConstantPolicy(2))
    found = [take(traded, i, 100.0, 100.0, f) for i, f in enumerate([FEATURES, STRANGE])]
    assert (found[1].position, found[1].target, found[1].verdict.blocked_by) == (1, 1, ())


def test_trading_goes_on_with_the_next_ordinary_observation():
    traded = book(ConstantPolicy(2))
    found = [take(traded, i, 100.0, 100.0, f) for i, f in enumerate([STRANGE, FEATURES])]
    assert [d.target for d in found] == [0, 1]


def test_the_guard_adds_to_what_the_world_objects():
    found = take(book(ConstantPolicy(2)), 0, 100.0, 100.0, STRANGE, objections=(Reason.SHELF_LIFE,))
    assert set(found.verdict.blocked_by) == {Reason.SHELF_LIFE, Reason.OUT_OF_DISTRIBUTION}


def test_a_network_that_answers_nan_opens_nothing():
    found = take(book(Answer(np.nan, np.nan, np.nan)), 0, 100.0, 100.0)
    assert found.target == 0


def test_a_network_that_answers_nan_closes_nothing():
    """`argmax` would make SELL of it."""
    traded = book(ConstantPolicy(2))
    take(traded, 0, 100.0, 100.0)
    broken = book(Answer(np.nan, np.nan, np.nan))
    broken.restore(traded.state())
    found = take(broken, 1, 100.0, 100.0)
    assert (found.action, found.position, found.target) == (Action.HOLD, 1, 1)


def test_a_network_that_fails_on_a_bar_is_one_that_does_not_answer():
    """It ends no engine in which others trade. What always fails, the load gate refuses."""

    class Failing:
        def probabilities(self, observation: np.ndarray) -> np.ndarray:
            raise ContractMismatch("The policy's graph cannot be run.")

    found = take(book(Failing()), 0, 100.0, 100.0)
    assert (found.action, found.confidence, found.target) == (Action.HOLD, 0.0, 0)


def test_an_unsure_policy_opens_nothing():
    found = take(book(Answer(0.31, 0.30, 0.39)), 0, 100.0, 100.0)
    assert (found.action, found.target) == (Action.BUY, 0)
    assert found.confidence == pytest.approx(0.39)


def test_a_days_loss_flattens_at_the_next_open_and_stays_flat():
    traded = book(ConstantPolicy(2))
    prices = [(100.0, 100.0), (100.0, 97.9), (97.0, 97.0), (97.0, 97.0)]
    found = [take(traded, i, *price) for i, price in enumerate(prices)]
    assert [d.target for d in found] == [1, 0, 0, 0]
    assert [d.position for d in found] == [0, 1, 0, 0]
    assert found[1].verdict.blocked_by == (Reason.DAILY_LOSS,)


def test_trading_goes_on_in_the_session_after_a_days_loss():
    traded = book(ConstantPolicy(2))
    for i, price in enumerate([(100.0, 100.0), (100.0, 97.9), (97.0, 97.0)]):
        take(traded, i, *price)
    assert take(traded, 0, 97.0, 97.0, day=TUESDAY).target == 1


def test_a_loss_over_night_counts_to_the_new_day():
    traded = book(ConstantPolicy(2))
    take(traded, 0, 100.0, 100.0)
    take(traded, 1, 100.0, 100.0)
    assert take(traded, 0, 97.5, 97.5, day=TUESDAY).verdict.blocked_by == (Reason.DAILY_LOSS,)


@pytest.mark.parametrize(("index", "target"), [(57, 1), (58, 1), (59, 0)])
def test_the_last_bar_cannot_open_a_position(index, target):
    """The 12:50 bar fills at 12:55; the 12:55 bar would fill tomorrow."""
    assert take(book(ConstantPolicy(2)), index, 100.0, 100.0).target == target


def test_the_last_bar_can_close_one():
    traded = book(Scripted(2, 0))
    take(traded, 58, 100.0, 100.0)
    found = take(traded, 59, 100.0, 100.0)
    assert (found.position, found.target) == (1, 0)
    assert found.verdict.blocked_by == (Reason.TRADING_HOURS,)


def test_a_trade_limit_counts_fills_and_resets_with_the_session():
    limits = LIMITS.model_copy(update={"max_trades_per_session": 1})
    traded = book(Scripted(2, 0, 0, 0), limits)
    found = [take(traded, i, 100.0, 100.0) for i in range(3)]
    assert [d.target for d in found] == [1, 0, 0]
    assert take(traded, 0, 100.0, 100.0, day=TUESDAY).target == -1


def market(count: int, seed: int = 4) -> list[tuple[int, float, float]]:
    """Open and close of bars over as many sessions as needed, volatile enough to hit limits."""
    rng = np.random.default_rng(seed)
    closes = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.004, count)))
    opens = closes * np.exp(rng.normal(0, 0.001, count))
    days = [MONDAY + timedelta(days=n // 60) for n in range(count)]
    times = [bar_time(n % 60, day) for n, day in enumerate(days)]
    return list(zip(times, opens.tolist(), closes.tolist(), strict=True))


def adviser(policy: Policy) -> Adviser:
    return Adviser(policy, ObservationBuilder(stats_for(SPEC)))


def test_an_adviser_is_asked_once_for_one_state_and_anew_for_every_other():
    """State is the bar's own array, its time and the position; equal values are not one bar."""
    policy = Scripted(2, 0, 2, 0)
    shared, again = adviser(policy), np.zeros(13)
    asked = [(FEATURES, 0, MONDAY), (FEATURES, 1, MONDAY), (FEATURES, 0, MONDAY)]
    asked += [(FEATURES, 0, TUESDAY), (again, 0, TUESDAY), (again, 0, TUESDAY)]
    actions = [int(shared.ask(row, held, bar_time(0, day)).action) for row, held, day in asked]
    assert actions == [2, 0, 2, 2, 0, 0]


def test_books_of_one_path_must_pay_for_nights_alike():
    """The carry is worked out once a session, so a fallback of its own would be ignored."""
    costs = load_settings(Path("unused")).trading.costs
    other = costs.model_copy(update={"fallback_differential_pct": 99.0})
    books = [(book(ConstantPolicy(1)), CostModel(each)) for each in (costs, other)]
    macro = MacroTable(pl.DataFrame(schema=MACRO_SCHEMA))
    with pytest.raises(ValueError, match="different policy rates"):
        DecisionPath(CanonicalFeatureBuilder(SPEC, macro), books)


@pytest.mark.parametrize("cut", [1, 59, 60, 61, 137])
def test_a_restored_book_goes_on_as_if_it_had_never_stopped(cut):
    rng = np.random.default_rng(8)
    mean, std = (row[:13] for row in stats_for(SPEC).arrays())
    features = mean + std * rng.normal(0, 2, (180, 13))
    bars = list(zip(market(180), features, strict=True))
    steady, first, second = (book(OnnxPolicy(random_policy())) for _ in range(3))

    def feed(target: TradingBook, part) -> list[Decision]:
        rates = (0.0005, 2e-4, 3e-5)
        found = [target.on_bar(time, (o, c), rates, row) for (time, o, c), row in part]
        return [replace(decision, observation=None) for decision in found]

    expected = feed(steady, bars)
    feed(first, bars[:cut])
    second.restore(json.loads(json.dumps(first.state())))
    assert feed(second, bars[cut:]) == expected[cut:]
    assert sum(decision.fill is not None for decision in expected) > 10
