"""What the benchmarks work on: seven simulated years, and one policy that really trades."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING

import torch
from stable_baselines3 import PPO

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.contracts.market import MarketHistory
from cambio.dataset.build import complete, observations
from cambio.dataset.normalization import norm_stats
from cambio.features.spec import FeatureSpec
from cambio.settings import load_settings
from cambio.store import bars, macro
from cambio.store.database import open_database, transaction
from cambio.trading.costs import CostModel
from cambio.training.config import EnvironmentConfig
from cambio.training.environment import EpisodeData, TradingEnvironment
from cambio.training.export import policy_graph
from cambio.training.reward import RewardConfig
from cambio.training.sb3 import Sb3Learner

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from cambio.settings import Settings
    from cambio.trading.observation import NormStats

SPEC = FeatureSpec(bar_range="as_is")
ENVIRONMENT = EnvironmentConfig()
REWARD = RewardConfig()
NETWORK = {"net_arch": {"pi": [256, 256], "vf": [256, 256]}, "activation_fn": torch.nn.Tanh}
FIRST_SESSION = date(2019, 1, 2)
FEATURE_BARS = 86_000


@cache
def settings() -> Settings:
    """Give the settings that the product ships."""
    return load_settings()


@cache
def whole_history() -> MarketHistory:
    """Give 2019 to 2025: 100,320 bars and 19 macro series."""
    market = simulate(SimulationConfig(start=FIRST_SESSION), settings().catalogue)
    return MarketHistory(market.bars, market.macro)


@cache
def history() -> MarketHistory:
    """Give the newest 86,000 bars, six years, and all macro values."""
    whole = whole_history()
    return MarketHistory(whole.bars.tail(FEATURE_BARS), whole.macro)


def database(home: Path) -> str:
    """Store `history` in a home's SQLite database; give its URL."""
    url = f"sqlite:///{home / 'cambio.db'}"
    engine = open_database(url)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with transaction(engine) as connection:
        bars.store(connection, history().bars, now)
        macro.store(connection, history().macro, now)
    engine.dispose()
    return url


@cache
def costs() -> CostModel:
    """Give the cost model that the product ships."""
    return CostModel(settings().trading.costs)


@cache
def frame() -> pl.DataFrame:
    """Give the complete observations of `history`, as a dataset's rows."""
    return complete(observations(history(), SPEC, costs()))


@cache
def stats() -> NormStats:
    """Give the statistics of `frame`."""
    return norm_stats(frame(), SPEC.hash())


@cache
def episodes() -> EpisodeData:
    """Give `frame` as environments read it."""
    return EpisodeData.of(frame(), stats(), costs(), close_only=False)


@cache
def policy() -> PPO:
    """Give an untrained 15-256-256-3 policy that often changes its mind.

    Fresh from Stable-Baselines3 it would be a coin among three, whose every request the
    confidence limit blocks; its last layer is scaled up so that orders, fills and risk happen.
    """
    torch.set_num_threads(1)
    environment = TradingEnvironment(episodes(), stats(), ENVIRONMENT, REWARD)
    model = PPO("MlpPolicy", environment, policy_kwargs=NETWORK, device="cpu", seed=3)
    with torch.no_grad():
        model.policy.action_net.weight *= 300.0
    return model


def graph(model: PPO) -> bytes:
    """Give the ONNX graph of a policy, as training exports it."""
    return policy_graph([Sb3Learner(model).network()])
