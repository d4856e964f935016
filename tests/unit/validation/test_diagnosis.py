"""An edge or an artefact: the parts of a result, and tests that find what was planted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models import stats_for, write_model

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.calendar import expected_bars, session_days, sessions_per_year
from cambio.contracts.features import FEATURE_ORDER, MARKET_FEATURES
from cambio.contracts.market import DateRange, MarketHistory
from cambio.features.spec import FeatureSpec
from cambio.settings import load_settings
from cambio.trading import walk
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.ledger import Market
from cambio.trading.observation import POSITION, ObservationBuilder
from cambio.trading.risk import RiskFacts, RiskLimits, RiskManager
from cambio.trading.step import TradingTerms
from cambio.validation.bootstrap import Interval, PairedComparison
from cambio.validation.diagnosis.conclusion import DATES, Finding, conclude
from cambio.validation.diagnosis.outcome import Anatomy, Mark, Outcome, Row
from cambio.validation.diagnosis.tape import Tape
from cambio.validation.diagnosis.variants import Trader, diagnose, diagnose_each
from cambio.validation.metrics import Account, compute_metrics
from cambio.validation.replay import BacktestEngine

CAPITAL = 10_000.0
SPEC = FeatureSpec()
NO_PATH = {
    "max_daily_loss": 1.0,
    "max_drawdown": 1.0,
    "max_consecutive_losses": 10**9,
    "max_trades_per_session": 10**9,
}
"""Limits of an account that never act."""
LIMITS = RiskLimits(confidence_threshold=0.4, cooldown_minutes=60, max_position=1, **NO_PATH)
SEEDS = st.integers(0, 2**32 - 1)
DXY = FEATURE_ORDER.index("dxy_change_1d")
LEAK = 0.004
"""Size of a planted move, as a log return: forty times its costs."""
SLOT = np.arange(60)


def times(sessions: int) -> np.ndarray:
    whole = expected_bars(date(2023, 1, 2), date(2024, 12, 31)).astype("datetime64[s]")
    return whole.astype(np.int64)[: 60 * sessions]


def tape_of(close: np.ndarray, signal: np.ndarray, cost: float = 1e-4) -> Tape:
    """A close-only tape, `(sessions, 60)`; each session sees its signal as the change of DXY."""
    sessions = len(close)
    time_s = times(sessions)
    flat = close.reshape(-1)
    n = len(flat)
    features = np.zeros((n, 13))
    features[:, DXY] = np.repeat(signal, 60) * 0.01  # a training deviation of 1
    before = np.zeros((n, 7))
    before[60:, 1] = features[:-60, DXY]
    market = Market(
        day=session_days(time_s),
        open=flat,
        close=flat,
        cost_rate=np.full(n, cost),
        carry=np.zeros(n),
        markup=np.zeros(n),
    )
    return Tape(time_s, features, before, market, np.ones(n, dtype=bool))


def follows_dxy(observations: np.ndarray) -> np.ndarray:
    """BUY when DXY rose, SELL when it fell, HOLD when it stood still; surely so."""
    action = 1 + np.sign(np.round(observations[:, DXY], 3)).astype(int)
    return np.eye(3, dtype=np.float32)[action]


def trader(ask=follows_dxy, limits: RiskLimits = LIMITS) -> Trader:
    return Trader(ask, stats_for(SPEC), limits, CAPITAL)


def noise(rng: np.random.Generator, sessions: int, scale: float = 2e-4) -> np.ndarray:
    return rng.normal(0.0, scale, (sessions, 60))


def random_market(rng: np.random.Generator, n: int) -> tuple[np.ndarray, Market]:
    """Bars with gaps, nights, carry and costs."""
    time_s = np.sort(rng.choice(times(8), size=n, replace=False))
    close = 4000 * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    return time_s, Market(
        day=session_days(time_s),
        open=close * np.exp(rng.normal(0, 0.01, n)),
        close=close,
        cost_rate=rng.uniform(0, 0.003, n),
        carry=rng.normal(0, 0.001, n),
        markup=np.full(n, 1e-4),
    )


# The walk.


@given(SEEDS, st.integers(0, 3))
@settings(max_examples=50, deadline=None)
def test_the_parts_of_a_result_are_the_result(seed, delay):
    rng = np.random.default_rng(seed)
    time_s, market = random_market(rng, 200)
    path = walk.walk(market, rng.integers(-1, 2, (3, 200)), CAPITAL, delay)
    changes = np.diff(path.equity, prepend=CAPITAL) / CAPITAL
    assert np.abs(path.parts.sum(axis=1) / CAPITAL - changes).max() < 1e-9
    slot = (time_s - 13 * 3600) % 86_400 // 300
    found = Anatomy.of(path, slot, CAPITAL)
    total = path.equity[-1] / CAPITAL - 1
    assert found.before_costs + found.costs == pytest.approx(total, abs=1e-9)
    by_bar = np.sum([found.by_night, found.by_session, found.by_costs])
    assert by_bar == pytest.approx(total, abs=1e-9)


def test_the_parts_are_those_that_one_works_out_by_hand():
    # Ten units long from 08:05 at 100; 08:10 and 08:15 are missing; a night at 0.1 % and 0.2 %.
    day = np.array([10, 10, 10, 11])
    market = Market(
        day=day,
        open=np.array([100.0, 100.0, 103.0, 104.0]),
        close=np.array([100.0, 101.0, 103.0, 105.0]),
        cost_rate=np.array([0.0, 0.01, 0.0, 0.0]),
        carry=np.array([0.0, 0.0, 0.0, 0.001]),
        markup=np.array([0.0, 0.0, 0.0, 0.002]),
    )
    path = walk.walk(market, np.full((3, 4), 1), 1000.0)
    night, financing, gap, within, cost = path.parts.T
    assert night.tolist() == [0, 0, 0, 10]
    assert financing.tolist() == pytest.approx([0, 0, 0, -3.09])
    assert gap.tolist() == [0, 0, 20, 0]
    assert within.tolist() == [0, 10, 0, 10]
    assert cost.tolist() == [0, -10, 0, 0]


@given(SEEDS, st.integers(0, 1))
@settings(max_examples=50, deadline=None)
def test_targets_are_those_of_the_risk_checks(seed, max_position):
    rng = np.random.default_rng(seed)
    time_s = np.append(times(1), times(1)[-1] + 300)  # the last one lies outside of the session
    n = len(time_s)
    probabilities = rng.dirichlet([1.0, 1.0, 1.0], (3, n))
    probabilities[:, ::7, 1] = np.nan
    limits = LIMITS.model_copy(update={"max_position": max_position})
    strange = rng.random(n) < 0.2
    targets = walk.targets_of(probabilities, strange, time_s, limits)
    for t in range(n):
        for row, position in enumerate((-1, 0, 1)):
            answer = probabilities[row, t]
            known = np.isfinite(answer).all()
            action = int(answer.argmax()) if known else 1
            facts = RiskFacts(
                requested=position if action == 1 else action - 1,
                position=position,
                confidence=float(answer.max()) if known else 0.0,
                day=int(session_days(time_s)[t]),
                now_s=int(time_s[t]) + 300,
                objections=("strange",) if strange[t] else (),
            )
            assert targets[row, t] == RiskManager(limits).check(facts).allowed


def test_a_late_fill_comes_late_and_is_not_called_off_by_waiting():
    market = Market(*np.ones((6, 6)))._replace(day=np.zeros(6, dtype=np.int64))
    targets = np.tile([[-1], [0], [1]], (1, 6))  # keep what there is,
    targets[1, 0] = 1  # but go long after the first bar
    found = [walk.walk(market, targets, CAPITAL, delay).positions.tolist() for delay in range(4)]
    assert found == [[0] * (1 + delay) + [1] * (5 - delay) for delay in range(4)]


def test_a_late_fill_opens_no_position_in_the_next_session():
    answers = np.zeros((3, 60, 3))
    answers[..., 2] = 1.0
    strange = np.zeros(60, dtype=bool)
    asked = [
        walk.targets_of(answers, strange, times(1), LIMITS, delay)[1].sum() for delay in range(4)
    ]
    assert asked == [59, 58, 57, 56]


# The base, against the backtest.


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    product = load_settings(home)
    config = SimulationConfig(start=date(2024, 1, 2), end=date(2024, 12, 31))
    market = simulate(config, product.catalogue)
    model = ProductionContract.validate_and_load(write_model(home / "model", SPEC))
    terms = TradingTerms(CostModel(product.trading.costs), product.risk, CAPITAL)
    history = MarketHistory(market.bars, market.macro)
    return model, terms, history, DateRange(date(2024, 3, 1), date(2024, 8, 30))


def backtested(model, terms, history, window) -> tuple[Outcome, set]:
    """What the backtest says, and what risk objected to."""
    replay = BacktestEngine(history, terms).run(model, window)
    account = Account.of(replay.decisions, replay.book, terms.capital)
    found = compute_metrics(account, sessions_per_year(window.start, window.end))
    gross = found.total_return + (found.costs + found.financing) / terms.capital
    outcome = Outcome(found.total_return, gross, found.sharpe_ratio, found.total_trades)
    return outcome, {why for d in replay.decisions for why in d.verdict.blocked_by}


def test_the_base_is_the_backtest_where_no_limit_of_the_account_acts(simulated):
    model, terms, history, window = simulated
    free = replace(terms, limits=terms.limits.model_copy(update=NO_PATH))
    tape = BacktestEngine(history, free).tape(model.spec, window)
    base = diagnose(Trader.of(model, free), tape, permutations=1).base
    expected, objections = backtested(model, free, history, window)
    assert {"confidence", "trading_hours"} <= objections
    assert (base.total_return, base.trades) == (expected.total_return, expected.trades)
    assert base.sharpe_ratio == pytest.approx(expected.sharpe_ratio, abs=1e-12)
    assert base.gross_return == pytest.approx(expected.gross_return, abs=1e-9)


def test_a_base_with_the_guard_at_work_is_the_backtest_too(simulated):
    model, terms, history, window = simulated
    narrow = replace(model, stats=model.stats.model_copy(update={"distance_p999": 1.0}))
    free = replace(terms, limits=terms.limits.model_copy(update=NO_PATH))
    tape = BacktestEngine(history, free).tape(model.spec, window)
    base = diagnose(Trader.of(narrow, free), tape, permutations=1).base
    expected, objections = backtested(narrow, free, history, window)
    assert "out_of_distribution" in objections
    assert (base.total_return, base.trades) == (expected.total_return, expected.trades)


def test_the_opposite_of_a_policy_that_looks_at_its_position_is_its_mirror(simulated):
    model, terms, history, window = simulated
    tape = BacktestEngine(history, terms).tape(model.spec, window)
    found = diagnose(Trader.of(model, terms), tape, permutations=1)
    assert found.removed[POSITION].outcome.trades != found.base.trades, "it looks at its position"
    assert found.flipped.outcome.trades == found.base.trades > 50


def test_the_tape_is_what_the_model_saw_and_what_it_would_have_seen_a_session_later(simulated):
    model, terms, history, window = simulated
    engine = BacktestEngine(history, terms)
    tape, replay = engine.tape(model.spec, window), engine.run(model, window)
    rows, missing, _ = ObservationBuilder(model.stats).judge_rows(tape.features)
    seen = [decision.observation for decision in replay.decisions]
    assert missing.tolist() == [observation is None for observation in seen]
    known = [observation[:13] for observation in seen if observation is not None]
    assert np.array_equal(rows[~missing], known)
    longer = engine.tape(model.spec, DateRange(date(2024, 2, 20), window.end))
    begin = len(longer.time_s) - len(tape.time_s)
    last_before = np.searchsorted(longer.session, longer.session[begin:]) - 1
    before = longer.features[last_before, 6:]
    assert np.array_equal(tape.macro_before, before, equal_nan=True)
    assert not np.array_equal(tape.macro_before, tape.features[:, 6:], equal_nan=True)
    assert not tape.flat.any(), "simulated bars have a range"


def test_the_first_session_of_all_has_no_macro_values_before_it(simulated):
    model, terms, history, _ = simulated
    window = DateRange(date(2024, 1, 1), date(2024, 1, 31))
    tape = BacktestEngine(history, terms).tape(model.spec, window)
    assert np.isnan(tape.macro_before).all(axis=1).tolist() == (tape.session == 0).tolist()


def test_quotes_that_stand_still_are_told_from_quotes_that_came_back():
    close = np.full((2, 60), 4000.0) + np.arange(60)
    close[0, 3] = close[0, 2] * (1 + 1e-8)  # but for rounding
    close[1, :3] = close[0, -1]
    close[1, 7] = close[0, -1]  # back at yesterday's last, later
    tape = tape_of(close, np.zeros(2))
    assert np.flatnonzero(tape.repeated()).tolist() == [3, 61, 62]
    assert np.flatnonzero(tape.opening_repeats()).tolist() == [60, 61, 62]
    opened = tape.market.open.copy()
    opened[60] = tape.market.close[59] + 5
    moved = tape.market.close + np.arange(120)
    other = replace(tape, market=tape.market._replace(open=opened, close=moved))
    assert np.flatnonzero(other.opening_repeats()).tolist() == []
    opened[60] = moved[59]
    assert np.flatnonzero(other.opening_repeats()).tolist() == [60], "its open alone is stale"


# What was planted is found.


def falls(diagnosis) -> set[str]:
    """Every test in which the profit falls."""
    found = (*diagnosis.first_bars, *diagnosis.delays, *diagnosis.stale, *diagnosis.removed)
    return {row.name for row in (*found, diagnosis.macro_lag) if row.mark is Mark.FALLS}


def drifting(seed: int, sessions: int = 120) -> Tape:
    """A true edge: DXY moves the price on its own day, and some more, evenly, on the next."""
    rng = np.random.default_rng(seed)
    signal = rng.choice([-1.0, 1.0], sessions + 1)
    moves = noise(rng, sessions)
    moves[:, 1:] += (LEAK * signal[:-1, None] + 1.5 * LEAK * signal[1:, None]) / 59
    signal = signal[:-1]
    return tape_of(4000 * np.exp(np.cumsum(moves).reshape(moves.shape)), signal)


def test_a_true_edge_survives():
    found = diagnose(trader(), drifting(1))
    assert conclude(found).finding is Finding.STANDS
    assert falls(found) == {"dxy_change_1d", "macro_lag"}
    assert conclude(found).rests_on == ("dxy_change_1d", "macro_lag")
    spreads = {spread.name: spread for spread in found.shuffled}
    assert tuple(spreads) == MARKET_FEATURES
    assert spreads["dxy_change_1d"].total_returns[-1] < 0.5 * found.base.total_return
    assert spreads["vix_z"].total_return == found.base.total_return


def stale_openings(seed: int) -> Tape:
    """A night that moves the price as DXY said, and two quotes that are yesterday's last."""
    rng = np.random.default_rng(seed)
    signal = rng.choice([-1.0, 1.0], 120)
    moves = noise(rng, 120)
    moves[:, 0] = LEAK * signal
    price = 4000 * np.exp(np.cumsum(moves).reshape(moves.shape))
    price[1:, :2] = price[:-1, -1:]
    return tape_of(price, signal)


def test_an_edge_in_opening_quotes_that_stand_still_is_an_artefact():
    found = diagnose(trader(), stale_openings(2))
    assert found.base.sharpe_ratio > 3
    assert {"first_3", "opening", "stale"} <= falls(found)
    assert conclude(found).finding is Finding.ARTEFACT


def test_an_edge_in_quotes_that_stand_still_within_a_session_is_an_artefact():
    rng = np.random.default_rng(3)
    signal = rng.choice([-1.0, 1.0], 120)
    moves = noise(rng, 120)
    moves[:, 4] += LEAK * signal
    price = 4000 * np.exp(np.cumsum(moves).reshape(moves.shape))
    price[:, 1:4] = price[:, :1]  # three quotes repeat the first one; then comes the jump
    found = diagnose(trader(), tape_of(price, signal))
    assert {"repeated", "stale"} <= falls(found)
    assert "opening" not in falls(found)
    assert conclude(found).finding is Finding.ARTEFACT


def test_an_edge_that_lives_for_one_bar_is_an_artefact():
    rng = np.random.default_rng(4)
    # DXY is made to say what the bar after the fill does; from bar to bar, so not by session.
    n = 120 * 60
    signal = rng.choice([-1.0, 1.0], n)
    moves = rng.normal(0, 2e-4, n)
    moves[2:] += 0.001 * signal[:-2]
    tape = tape_of(4000 * np.exp(np.cumsum(moves)).reshape(-1, 60), np.zeros(120))
    features = tape.features.copy()
    features[:, DXY] = 0.01 * signal
    found = diagnose(trader(), replace(tape, features=features))
    assert {"delay_1", "delay_2", "delay_3"} <= falls(found)
    assert "first_6" not in falls(found)
    assert conclude(found).falls == ("delay_1",)


def follows_macro(observations: np.ndarray) -> np.ndarray:
    """Trade what the simulator plants, by the signs of DXY, USDMXN and BRENT."""
    weights = {"dxy_change_1d": 1.1, "usdmxn_change_1d": 0.65, "brent_change_1d": -0.25}
    signal = sum(w * observations[:, FEATURE_ORDER.index(name)] for name, w in weights.items())
    action = np.where(signal > 0.2, 2, np.where(signal < -0.2, 0, 1))
    return np.eye(3, dtype=np.float32)[action]


def simulated_tape(edge: str) -> Tape:
    config = SimulationConfig(seed=1, start=date(2024, 1, 2), end=date(2024, 12, 31), edge=edge)
    product = load_settings(None)
    market = simulate(config, product.catalogue)
    terms = TradingTerms(CostModel(product.trading.costs), LIMITS, CAPITAL)
    engine = BacktestEngine(MarketHistory(market.bars, market.macro), terms)
    return engine.tape(SPEC, DateRange(date(2024, 2, 1), date(2024, 12, 30)))


def suspicious(diagnosis) -> set[str]:
    return {dating.name for dating in diagnosis.datings if dating.suspicious}


def test_a_macro_value_that_is_dated_a_day_too_early_is_an_artefact():
    honest = simulated_tape("none")
    assert suspicious(diagnose(trader(), honest, 1)) == set()
    session = honest.session
    first = np.searchsorted(session, np.arange(session[-1] + 1))
    leaking = honest.features.copy()
    leaking[:, 6:] = honest.features[first[np.minimum(session + 1, session[-1])], 6:]
    tape = replace(honest, features=leaking, macro_before=honest.features[:, 6:])
    found = diagnose(trader(follows_macro), tape, 1)
    assert found.base.sharpe_ratio > 2
    assert "macro_lag" in falls(found)
    assert {"dxy_change_1d", "usdmxn_change_1d"} <= suspicious(found)
    assert conclude(found).falls == (DATES,)


def test_the_simulators_planted_edge_survives():
    found = diagnose(trader(follows_macro), simulated_tape("planted"), 1)
    assert found.base.sharpe_ratio > 2
    assert suspicious(found) == set()
    assert conclude(found).finding is Finding.STANDS


# The other tests.


def test_doing_the_opposite_earns_the_opposite_and_pays_as_much():
    tape = drifting(5)
    base = diagnose(trader(), tape, 1).base
    free = tape.market._replace(cost_rate=np.zeros(len(tape.time_s)))
    flipped = diagnose(trader(), tape, 1).flipped.outcome
    assert flipped.trades == base.trades
    gross = diagnose(trader(), replace(tape, market=free), 1)
    before = np.log1p([gross.base.total_return, gross.flipped.outcome.total_return]).sum()
    assert before == pytest.approx(0.0, abs=0.01)
    after = np.log1p([base.total_return, flipped.total_return]).sum()
    assert after - before == pytest.approx(-2 * base.trades * 2e-4, rel=0.02)


def test_one_side_is_flat_where_the_other_would_be_held():
    tape = drifting(6)
    found = diagnose(trader(), tape, 1)
    both = found.long.outcome.trades + found.short.outcome.trades
    assert both == found.base.trades
    assert found.long.outcome.total_return > 0.1 < found.short.outcome.total_return
    assert found.sides.years == (2023,)
    assert found.sides.long == pytest.approx((found.long.outcome.total_return,))


def test_an_order_too_late_for_its_session_is_not_filled_in_the_next():
    tape = drifting(13, 5)
    features = np.zeros_like(tape.features)
    features[tape.slot == 58, DXY] = 0.01  # buy at 12:50, and keep it
    found = diagnose(trader(), replace(tape, features=features), 1)
    assert found.base.trades == 1
    assert [row.outcome.trades for row in found.delays] == [0, 0, 0]


def test_what_a_policy_is_told_instead_of_a_feature_is_the_mean_of_its_training():
    asked = []

    def ask(observations: np.ndarray) -> np.ndarray:
        asked.append(observations.copy())
        return follows_dxy(observations)

    diagnose(trader(ask), drifting(7, 10), 1)
    without = asked[1 + FEATURE_ORDER.index("position")]
    assert set(without[:, POSITION]) == {0.0}
    assert set(asked[0][:, POSITION]) == {-1.0, 0.0, 1.0}
    plain = np.delete(asked[0], POSITION, axis=1)
    assert np.array_equal(plain, np.delete(without, POSITION, axis=1))
    rsi = FEATURE_ORDER.index("rsi_9")
    assert set(asked[0][:, rsi]) == {-2.5}, "raw 0, of mean 50 and deviation 20"
    assert set(asked[1 + rsi][:, rsi]) == {0.0}


def test_what_is_marked_at_a_bar_that_is_left_out_does_not_count():
    tape = drifting(8, 40)
    wild = tape.market.close.copy()
    wild[::60] *= 2.0  # the first quote of each session is nonsense
    spoilt = replace(tape, market=tape.market._replace(open=wild, close=wild))
    rows = [diagnose(trader(), each, 1).first_bars[0].outcome for each in (tape, spoilt)]
    assert rows[0] == rows[1]


def test_shuffled_sessions_are_whole_and_at_the_same_time_of_day():
    tape = drifting(9, 5)
    order = np.array([3, 0, 4, 1, 2])
    chosen = tape.permuted(order)
    assert np.array_equal(chosen, (order[:, None] * 60 + SLOT).reshape(-1))
    there = np.ones(300, dtype=bool)
    there[[5, 60, 61]] = False  # a bar within a session, and the first two of one
    holed = Tape(*(_kept(getattr(tape, name), there) for name in Tape.__slots__))
    found = np.flatnonzero(there)[holed.permuted(order)]
    assert found[:5].tolist() == [180, 181, 182, 183, 184]
    assert found[59:65].tolist() == [2, 3, 4, 4, 6, 7]  # 08:25 is not there: the bar before it
    assert found[holed.session == 3][:4].tolist() == [62, 62, 62, 63]


def _kept(values, there):
    if isinstance(values, Market):
        return Market(*(column[there] for column in values))
    return values[there]


def test_costs_scale_what_is_paid_and_nothing_else():
    found = diagnose(trader(), drifting(10), 1)
    free, double, triple = (row.outcome for row in found.costs)
    assert free.total_return == pytest.approx(free.gross_return)
    assert free.total_return > found.base.total_return > double.total_return > triple.total_return
    assert {row.outcome.trades for row in found.costs} == {found.base.trades}


def test_the_same_diagnosis_twice_is_the_same_and_is_json():
    found = [diagnose(trader(), drifting(11, 30)) for _ in range(2)]
    texts = [json.dumps(each.to_dict(), allow_nan=False) for each in found]
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["base"]["trades"] == found[0].base.trades


def test_a_policy_that_never_trades_has_no_profit_to_explain():
    def holds(observations: np.ndarray) -> np.ndarray:
        return np.tile(np.float32([0, 1, 0]), (len(observations), 1))

    found = diagnose(trader(holds), drifting(12, 20), 1)
    assert conclude(found).finding is Finding.NOTHING
    assert found.first_bars[0].mark is None
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("left", "high", "mark"),
    [
        (0.5, -1.0, Mark.HOLDS),
        (0.49, -0.1, Mark.FALLS),
        (0.49, 0.0, Mark.UNCLEAR),
        (-2.0, 0.1, Mark.UNCLEAR),
        (None, -1.0, None),
    ],
)
def test_a_profit_falls_when_less_than_half_is_left_and_surely_less(left, high, mark):
    difference = PairedComparison(-1.0, Interval(-3.0, high, 0.95), 0.0, 1.0, 100, 1.0)
    assert Row("any", Outcome(0.1, 0.1, 1.0, 5), difference, left).mark is mark


def test_a_single_short_session_is_diagnosed():
    whole = drifting(14, 1)
    few = np.arange(60) < 4
    tape = Tape(*(_kept(getattr(whole, name), few) for name in Tape.__slots__))
    found = diagnose(trader(), tape, 1)
    assert found.sessions == 1
    assert found.base.trades == 1
    assert found.first_bars[-1].outcome.trades == 0, "no bar is left"
    json.dumps(found.to_dict(), allow_nan=False)


# Several policies, each with a tape of its own.


def cut(tape: Tape, sessions: int) -> tuple[Tape, Tape]:
    """The first sessions, and the others."""
    bars = 60 * sessions

    def piece(part: slice) -> Tape:
        columns = {name: getattr(tape.market, name)[part] for name in tape.market._fields}
        return Tape(
            tape.time_s[part],
            tape.features[part],
            tape.macro_before[part],
            tape.market._replace(**columns),
            tape.flat[part],
        )

    return piece(slice(bars)), piece(slice(bars, None))


def test_records_of_several_policies_are_one_after_the_other():
    def opposite(observations):
        return np.flip(follows_dxy(observations), axis=1)

    tape = drifting(4, 30)
    early, late = cut(tape, 12)
    one, other = diagnose(trader(), early, 1), diagnose(trader(opposite), late, 1)
    both = diagnose_each([(trader(), early), (trader(opposite), late)], 1)
    assert (both.bars, both.sessions) == (one.bars + other.bars, 30)
    assert both.datings == diagnose(trader(), tape, 1).datings
    for found, first, second in zip(both.delays, one.delays, other.delays, strict=True):
        sums = [each.outcome for each in (first, second)]
        assert found.outcome.total_return == pytest.approx(sum(s.total_return for s in sums))
        assert found.outcome.trades == sum(s.trades for s in sums)
    assert both.first_bars[1].dropped == pytest.approx(3 / 60)
    parts = both.anatomy
    assert parts.before_costs + parts.costs == pytest.approx(both.base.total_return, abs=1e-9)
    assert both.sides.both[0] == pytest.approx(
        (1 + one.sides.both[0]) * (1 + other.sides.both[0]) - 1
    )
