"""The two peers that the specification draws: an environment and a replay on DataFrame rows.

`RowEnvironment` is its `class TradingEnvironment`, `replay` its `BacktestEngine.run_backtest`,
access by `df.iloc[step]` included. What it leaves open is filled in the quicker way: the frame
holds floats only, so a row is one array and not a row of objects; the observation is normalised
by numpy in one expression, not by the specification's loop over a dictionary. Neither charges
costs or financing, checks risk or computes features: both do less than ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
import pandas as pd

from cambio.contracts.features import FEATURE_ORDER, MARKET_FEATURES, MARKET_FEATURES_COUNT

if TYPE_CHECKING:
    import polars as pl
    from stable_baselines3 import PPO

    from cambio.trading.observation import NormStats

VIX_PENALTY_FROM, VIX_PENALTY = 1.5, 0.8
TRADE_COST, DRAWDOWN_PENALTY = 0.001, 0.5


def as_rows(frame: pl.DataFrame) -> pd.DataFrame:
    """Give a dataset's rows by Bogota time: the 13 features, then the close."""
    columns = [*MARKET_FEATURES, "close"]
    values = frame.select(columns).to_numpy()
    return pd.DataFrame(
        values,
        columns=columns,
        index=pd.DatetimeIndex(frame["time"].to_numpy()) - pd.Timedelta("5h"),
    )


class Observations:
    """Normalises one row and the two state features behind it."""

    def __init__(self, stats: NormStats) -> None:
        self._mean = np.array([stats.features[name].mean for name in FEATURE_ORDER])
        self._std = np.array([stats.features[name].std for name in FEATURE_ORDER])

    def build(self, row: pd.Series, position: int) -> np.ndarray:
        """Give the observation, `(15,) float32`."""
        raw = np.empty(len(FEATURE_ORDER))
        raw[:MARKET_FEATURES_COUNT] = row.to_numpy()[:MARKET_FEATURES_COUNT]
        raw[MARKET_FEATURES_COUNT:] = position, row.name.hour / 24.0
        return np.clip((raw - self._mean) / self._std, -10.0, 10.0).astype(np.float32)


class Portfolio:
    """A position of −1, 0 or 1 and what it earned; both peers keep one."""

    def __init__(self, initial_capital: float) -> None:
        self.capital = initial_capital
        self.reset()

    def reset(self) -> None:
        """Start flat."""
        self.position = 0
        self.entry_price = 0.0
        self.value = self.peak = self.capital
        self.trades = 0

    def execute(self, action: int, price: float) -> float:
        """Move to what ``action`` asks for; give the result of the trade that this closed."""
        target = self.position if action == 1 else int(action) - 1
        if target == self.position:
            return 0.0
        pnl = 0.0
        if self.position:
            pnl = self.position * (price / self.entry_price - 1.0) * self.value
        self.position, self.entry_price = target, price
        self.value += pnl
        self.peak = max(self.peak, self.value)
        self.trades += 1
        return pnl

    @property
    def drawdown(self) -> float:
        """Fraction below the peak."""
        return 1.0 - self.value / self.peak


class RowEnvironment(gym.Env):
    """The specification's environment: three rows of the frame a step."""

    def __init__(self, df: pd.DataFrame, stats: NormStats, capital: float, max_steps: int) -> None:
        super().__init__()
        self.df = df
        self.observations = Observations(stats)
        self.portfolio = Portfolio(capital)
        self.max_steps = max_steps
        self.current_step = 0
        self.observation_space = gym.spaces.Box(-10.0, 10.0, (len(FEATURE_ORDER),), np.float32)
        self.action_space = gym.spaces.Discrete(3)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed, options=options)
        self.current_step = 0
        self.portfolio.reset()
        return self._get_observation(), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        current_price = self.df.iloc[self.current_step]["close"]
        before = self.portfolio.value
        pnl = self.portfolio.execute(action, current_price)
        reward = self._reward(
            returns=pnl / before,
            trades_made=int(action != 1),
            drawdown=self.portfolio.drawdown,
            vix_z=self.df.iloc[self.current_step]["vix_z"],
        )
        self.current_step += 1
        done = self.current_step >= len(self.df) - 1
        truncated = self.current_step >= self.max_steps
        info = {"pnl": pnl, "position": self.portfolio.position}
        return self._get_observation(), reward, done, truncated, info

    def _get_observation(self) -> np.ndarray:
        return self.observations.build(self.df.iloc[self.current_step], self.portfolio.position)

    @staticmethod
    def _reward(returns: float, trades_made: int, drawdown: float, vix_z: float) -> float:
        reward = returns * 100
        reward -= trades_made * TRADE_COST
        reward -= drawdown**2 * DRAWDOWN_PENALTY
        if vix_z > VIX_PENALTY_FROM:
            reward *= VIX_PENALTY
        return float(reward)


def replay(model: PPO, test_df: pd.DataFrame, stats: NormStats, capital: float) -> Portfolio:
    """Replay bar by bar: a row, `PPO.predict`, the portfolio."""
    portfolio = Portfolio(capital)
    observations = Observations(stats)
    for i in range(len(test_df)):
        obs = observations.build(test_df.iloc[i], portfolio.position)
        action, _ = model.predict(obs, deterministic=True)
        portfolio.execute(int(action), test_df.iloc[i]["close"])
    return portfolio
