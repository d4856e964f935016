"""What `expected` says is what `TradingEnvironment` pays, on the average over every path."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.training.episodes import STATS, wild

from cambio.errors import ConfigError
from cambio.training.config import EnvironmentConfig
from cambio.training.environment import EpisodeData, TradingEnvironment
from cambio.training.expectation import Bars, Expected, bars_of, expected
from cambio.training.reward import RewardConfig

seeded = settings(derandomize=True, deadline=None, max_examples=25)
PNL = RewardConfig(strategy="pnl")
COMPOSITE = RewardConfig(
    strategy="composite", drawdown_penalty=0.0, trade_penalty=0.03, risk_penalty=0.2, high_vix_z=0.0
)
compiled = jax.jit(expected, static_argnames="moments")


def calm(n: int, seed: int = 1) -> EpisodeData:
    """Moves of half a percent: nobody is ruined, nights cost, fills differ in price."""
    data = wild(n, seed)
    rng = np.random.default_rng(seed)
    closes = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.005, n)))
    market = data.market._replace(
        close=closes,
        open=closes * np.exp(rng.normal(0, 0.003, n)),
        cost_rate=rng.uniform(0, 0.002, n),
        day=np.arange(n) // 3,
    )
    return replace(data, market=market)


def table(rng: np.random.Generator, decisions: int) -> np.ndarray:
    """Chances of each action by bar and position, `(l, 3, 3)`."""
    return rng.dirichlet([0.7] * 3, (decisions, 3))


def batch(data: EpisodeData, rewards: RewardConfig, start: int, decisions: int) -> Bars:
    rows = slice(start + 1, start + 1 + decisions)
    return Bars(*(column[rows, None] for column in bars_of(data, rewards)))


def of(data, rewards, chances, start=0, *, moments=False) -> Expected:
    bars = batch(data, rewards, start, len(chances))
    asked = chances[:, :, None, :].astype(np.float32)
    return compiled(asked, bars, moments=moments)


def walk(data, rewards, table, start=0) -> tuple[list[int], list[float], list[float]]:
    """Take the action of ``table`` by decision and position in the readable environment."""
    config = EnvironmentConfig(max_steps=len(table), ruin_fraction=1e-9)
    env = TradingEnvironment(data, STATS, config, rewards)
    env.reset(options={"start": start})
    positions, earned, equity = [0], [], [10_000.0]
    for row in table:
        _, reward, _, _, info = env.step(int(row[positions[-1] + 1]))
        positions.append(info["position"])
        earned.append(reward)
        equity.append(info["equity"])
    return positions, earned, equity


@pytest.mark.parametrize("rewards", [PNL, COMPOSITE], ids=["pnl", "composite"])
@given(seed=st.integers(0, 10_000))
@seeded
def test_it_is_the_mean_over_every_path(rewards: RewardConfig, seed: int) -> None:
    rng = np.random.default_rng(seed)
    decisions = 5
    data, chances = calm(decisions + 1, seed), table(rng, decisions)
    mean = square = 0.0
    for actions in product(range(3), repeat=decisions):
        positions, earned, equity = walk(data, rewards, [[a] * 3 for a in actions])
        chance = np.prod([chances[t, positions[t] + 1, a] for t, a in enumerate(actions)])
        mean += chance * sum(earned)
        bars = 100.0 * (np.array(equity[1:]) / equity[:-1] - 1.0)
        begins = np.flatnonzero(np.diff(data.market.day))
        square += chance * sum(part.sum() ** 2 for part in np.split(bars, begins[begins > 0]))
    found = of(data, rewards, chances, moments=True)
    assert float(found.reward[0]) == pytest.approx(mean, rel=2e-5, abs=2e-6)
    assert float(found.squares) == pytest.approx(square, rel=2e-5, abs=2e-6)
    assert float(of(data, rewards, chances).reward[0]) == pytest.approx(mean, rel=2e-5, abs=2e-6)


@given(seed=st.integers(0, 10_000))
@seeded
def test_of_a_policy_that_never_draws_it_is_the_reward_of_its_one_path(seed: int) -> None:
    """Over two sessions of a real market's size, with nights, wherever the episode begins."""
    rng = np.random.default_rng(seed)
    data = market_sized(181, seed)
    start = int(rng.integers(60))
    # It turns seldom: the longer it holds, the further its leverage goes from one.
    chances = np.eye(3)[rng.choice(3, p=[0.02, 0.96, 0.02], size=(120, 3))]
    positions, earned, _ = walk(data, PNL, chances.argmax(-1), start)
    found = float(of(data, PNL, chances, start).reward[0])
    assert found == pytest.approx(sum(earned), rel=1e-5, abs=2e-5)
    assert len(set(positions)) > 1


def market_sized(n: int, seed: int) -> EpisodeData:
    """Bars of 10 basis points, nights of 43: what USD/COP does."""
    data, rng = wild(n, seed), np.random.default_rng(seed)
    gaps = rng.normal(0, 1e-4, n)
    gaps[60::60] = rng.normal(0, 43e-4, len(gaps[60::60]))
    moves = np.stack([gaps, rng.normal(0, 10e-4, n)], 1).ravel().cumsum()
    opens, closes = 4000.0 * np.exp(moves.reshape(n, 2)).T
    market = data.market._replace(open=opens, close=closes, day=np.arange(n) // 60)
    return replace(data, market=market)


@pytest.mark.parametrize("move", [0.02, 0.05, 0.10])
def test_the_series_ends_where_it_says(move: float) -> None:
    """The bar after a short's entry went by ``move`` is off by w^5, w being twice that."""
    data = market_sized(3, 0)
    closes = np.array([4000.0, 4000.0 / (1.0 + move), 3900.0 / (1.0 + move)])
    opens = np.array([4000.0, 4000.0, closes[1]])
    still = np.zeros(3)
    market = data.market._replace(
        open=opens, close=closes, cost_rate=still, carry=still, markup=still
    )
    data = replace(data, market=market)
    chances = np.tile(np.eye(3)[0], (2, 3, 1))
    bars = np.array([float(of(data, PNL, chances[:n]).reward[0]) for n in (1, 2)])
    _, earned, _ = walk(data, PNL, [[0] * 3] * 2)
    error = abs(bars[1] - bars[0] - earned[1]) / earned[1]
    assert error < (2.0 * move) ** 5 + 1e-5


def test_a_reward_of_no_bar_alone_is_refused() -> None:
    with pytest.raises(ConfigError, match="looks back"):
        bars_of(calm(10), RewardConfig())
