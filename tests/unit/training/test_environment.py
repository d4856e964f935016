"""The process, step by step: what is earned, what is paid, and how an episode ends."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from gymnasium.utils.env_checker import check_env as gymnasium_check
from stable_baselines3.common.env_checker import check_env as sb3_check
from tests.unit.training.episodes import STATS, episode, flat, wild

from cambio.contracts.features import MARKET_FEATURES, validate_observation
from cambio.errors import DataQualityError
from cambio.trading import ledger
from cambio.trading.costs import CostConfig, CostModel
from cambio.trading.observation import ObservationBuilder
from cambio.training.config import EnvironmentConfig
from cambio.training.environment import EpisodeData, TradingEnvironment
from cambio.training.reward import RewardConfig

SELL, HOLD, BUY = range(3)
PNL = RewardConfig(strategy="pnl")


def environment(
    data: EpisodeData, rewards: RewardConfig = PNL, *, max_steps: int = 100, ruin: float = 0.5
) -> TradingEnvironment:
    config = EnvironmentConfig(max_steps=max_steps, ruin_fraction=ruin)
    return TradingEnvironment(data, STATS, config, rewards)


def started(data: EpisodeData, start: int = 0, **settings) -> TradingEnvironment:
    target = environment(data, **settings)
    target.reset(options={"start": start})
    return target


def rewards(target: TradingEnvironment, *actions: int) -> list[float]:
    return [target.step(action)[1] for action in actions]


def endings(target: TradingEnvironment, actions: list[int]) -> list[str]:
    """For each step how the episode stands."""
    found = []
    for action in actions:
        _, _, terminated, truncated, _ = target.step(action)
        found.append("ruin" * terminated + "time" * truncated or "on")
    return found


@pytest.mark.parametrize("strategy", ["pnl", "differential_sharpe", "composite"])
def test_gymnasiums_check_passes(strategy):
    target = environment(wild(), RewardConfig(strategy=strategy), max_steps=20)
    gymnasium_check(target, skip_render_check=True)


def test_stable_baselines_check_passes():
    sb3_check(environment(wild(), max_steps=20))


def test_an_order_earns_from_the_next_open_not_from_the_close_it_saw():
    """Decided at 100, filled at 110, marked at 121: 10 %, not 21 %."""
    data = episode([100.0, 110.0], [100.0, 121.0])
    assert rewards(started(data), BUY) == [pytest.approx(10.0)]


def test_a_short_earns_when_the_price_falls():
    data = episode([100.0, 100.0, 90.0], [100.0, 100.0, 80.0])
    assert rewards(started(data), SELL, HOLD) == [0.0, pytest.approx(20.0)]


def test_a_position_earns_the_gap_between_bars():
    data = episode([100.0, 100.0, 105.0], [100.0, 100.0, 105.0])
    assert rewards(started(data), BUY, HOLD)[1] == pytest.approx(5.0)


def test_without_a_position_nothing_is_earned_or_paid():
    assert rewards(started(wild()), *[HOLD] * 30) == [0.0] * 30


def test_costs_are_charged_on_a_change_of_position_only():
    """10 of 10,000 to enter; a reversal of 9,990 pays 10 for the old leg, 9.98 for the new."""
    found = rewards(started(flat(7, cost_rate=0.001)), BUY, BUY, HOLD, SELL, SELL)
    assert found == pytest.approx([-0.1, 0.0, 0.0, -0.2, 0.0])


def test_the_night_is_charged_to_the_next_sessions_first_bar():
    """A weekend of three nights at 0.02 % and a markup of 0.005 %."""
    data = episode([100.0] * 3, [100.0] * 3, days=[0, 0, 3], carry=2e-4, markup=5e-5)
    assert rewards(started(data), BUY, HOLD) == pytest.approx([0.0, -0.075])
    assert rewards(started(data), SELL, HOLD) == pytest.approx([0.0, 0.045])


@pytest.mark.parametrize("seed", range(5))
def test_the_account_equals_the_ledgers_run_of_the_same_targets(seed):
    """One ledger for L3, L4 and L5."""
    data, n = wild(seed=seed), 60
    actions = np.random.default_rng(seed).integers(3, size=n - 1).tolist()
    target, targets, position = started(data, ruin=1e-9), [], 0
    equity = [10_000.0]
    for action in actions:
        position = {SELL: -1, HOLD: position, BUY: 1}[action]
        targets.append(position)
        equity.append(target.step(action)[4]["equity"])
    marks = np.empty(n)
    ledger.run_targets(data.market, np.array([*targets, 0]), 10_000.0, marks)
    assert equity == marks.tolist()


def test_an_observation_is_the_one_that_trades():
    data = wild()
    target = started(data, start=7)
    observation, *_ = target.step(BUY)
    builder = ObservationBuilder(STATS)
    expected = builder.build(data.features[8], 1, int(data.time_s[8]))
    assert observation.tobytes() == expected.tobytes()
    assert validate_observation(observation)


def test_the_first_observation_is_of_the_first_bar_and_flat():
    data = wild()
    observation, _ = environment(data).reset(options={"start": 5})
    expected = ObservationBuilder(STATS).build(data.features[5], 0, int(data.time_s[5]))
    assert observation.tobytes() == expected.tobytes()


def test_what_comes_later_changes_no_observation_and_no_reward():
    """The same prices and features up to bar 20, others after it."""
    one, two = wild(seed=1), wild(seed=2)
    for kept, other in zip(one.market, two.market, strict=True):
        other[:21] = kept[:21]
    two.features[:21] = one.features[:21]
    two.features[21:] += 1.0
    steps = [[env.step(a)[:2] for a in [BUY, SELL] * 10] for env in (started(one), started(two))]
    for left, right in zip(*steps, strict=True):
        assert left[0].tobytes() == right[0].tobytes()
        assert left[1] == right[1]


def test_an_episode_is_truncated_after_its_steps():
    assert endings(started(flat(50), max_steps=3), [HOLD] * 3) == ["on", "on", "time"]


def test_an_episode_is_truncated_at_the_end_of_the_data():
    assert endings(started(flat(5), start=2), [HOLD] * 2) == ["on", "time"]


CRASH = episode([100.0] * 4, [100.0, 100.0, 49.0, 49.0])


def test_ruin_terminates_and_is_no_truncation():
    assert endings(started(CRASH), [BUY, HOLD]) == ["on", "ruin"]


def test_ruin_on_the_last_bar_terminates():
    assert endings(started(CRASH, max_steps=2), [BUY, HOLD]) == ["on", "ruin"]


@pytest.mark.parametrize(("fraction", "ending"), [(0.48, "on"), (0.49, "ruin"), (0.5, "ruin")])
def test_ruin_is_a_share_of_the_capital(fraction, ending):
    assert endings(started(CRASH, ruin=fraction), [BUY, HOLD])[-1] == ending


def test_a_new_episode_starts_with_the_capital_and_no_memory():
    data = wild()
    target = environment(data, RewardConfig(strategy="differential_sharpe"))
    runs = []
    for _ in range(2):
        target.reset(options={"start": 3})
        runs.append(rewards(target, BUY, SELL, HOLD, BUY))
    assert runs[0] == runs[1]


def test_the_composite_reward_knows_the_position_changed_and_the_drawdown():
    """Two legs and 10 % below the peak, at the raw vix_z of the bar that was lived through."""
    config = RewardConfig(
        strategy="composite", trade_penalty=0.02, drawdown_penalty=0.5, risk_penalty=0.05
    )
    data = episode([100.0, 100.0, 100.0], [100.0, 100.0, 110.0], vix_z=2.0)
    found = rewards(started(data, rewards=config), BUY, SELL)
    assert found == pytest.approx([-0.02, -10.0 - 1.25 * 5.0 - 0.04 - 0.005])


def first_rows(seeds: range) -> list[bytes]:
    target = environment(wild(), max_steps=20)
    return [target.reset(seed=seed)[0].tobytes() for seed in seeds]


def test_a_seed_reproduces_the_start():
    assert first_rows(range(10)) == first_rows(range(10))


def test_other_seeds_start_elsewhere():
    assert len(set(first_rows(range(10)))) > 3


def test_a_drawn_start_leaves_room_for_a_whole_episode():
    target = environment(wild(n=30), max_steps=27)
    for seed in range(30):
        target.reset(seed=seed)
        assert endings(target, [HOLD] * 27)[-2:] == ["on", "time"]


def test_every_start_with_room_is_drawn():
    data = wild(n=30)
    target = environment(data, max_steps=27)
    seen = {target.reset(seed=seed)[0].tobytes() for seed in range(60)}
    first = [environment(data).reset(options={"start": s})[0].tobytes() for s in range(3)]
    assert seen == set(first)


def test_an_episode_longer_than_the_data_is_the_whole_data():
    target = environment(flat(5), max_steps=1000)
    target.reset(seed=1)
    assert endings(target, [HOLD] * 4) == ["on", "on", "on", "time"]


def frame(rows: int = 4) -> pl.DataFrame:
    times = pl.datetime_range(
        pl.datetime(2024, 7, 8, 13), pl.datetime(2024, 7, 8, 17), "5m", time_zone="UTC", eager=True
    )
    values = np.random.default_rng(1).normal(size=(rows, 13))
    columns = {"time": times[:rows], "open": [100.0] * rows, "close": [101.0] * rows}
    return pl.DataFrame({**columns, "rate_differential_pct": [5.0] * rows}).with_columns(
        *(pl.Series(name, values[:, i]) for i, name in enumerate(MARKET_FEATURES))
    )


def prepared(rows: pl.DataFrame, *, close_only: bool = False) -> EpisodeData:
    config = CostConfig(
        half_spread_bps=dict.fromkeys(range(8, 13), 1.0),
        slippage_bps=0.5,
        commission_bps=0.25,
        financing_markup_pct=1.0,
        fallback_differential_pct=6.0,
    )
    return EpisodeData.of(rows, STATS, CostModel(config), close_only=close_only)


def test_a_split_is_prepared_as_it_will_be_traded():
    data = prepared(frame())
    assert data.features.tolist() == frame().select(MARKET_FEATURES).to_numpy().tolist()
    assert np.array_equal(data.rows, ObservationBuilder(STATS).market_rows(data.features))
    assert data.time_normalized.tolist() == [8 / 24] * 4
    assert data.market.cost_rate.tolist() == pytest.approx([1.75e-4] * 4)


@pytest.mark.parametrize(("close_only", "opens"), [(False, 100.0), (True, 101.0)])
def test_close_only_bars_are_filled_at_their_close(close_only, opens):
    assert prepared(frame(), close_only=close_only).market.open.tolist() == [opens] * 4


@pytest.mark.parametrize(
    "rows", [frame(1), frame(0), frame().with_columns(vix_z=pl.lit(float("nan")))]
)
def test_a_split_without_bars_or_with_missing_features_is_refused(rows):
    with pytest.raises(DataQualityError, match="two bars or more and finite features"):
        prepared(rows)


def test_costs_are_scaled_and_prices_are_not():
    data = flat(3, cost_rate=0.002, carry=3e-4, markup=1e-4)
    market = data.at_costs(0.5).market
    assert (market.cost_rate[0], market.markup[0], market.carry[0]) == (0.001, 5e-5, 3e-4)
    assert data.market.cost_rate[0] == 0.002
