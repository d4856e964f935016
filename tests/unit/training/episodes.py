"""Small markets for environments: prices by hand or wild ones, features at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from tests.models import stats_for

from cambio.calendar import session_open
from cambio.features.macro import EPOCH
from cambio.features.spec import FeatureSpec
from cambio.trading.ledger import Market
from cambio.trading.observation import NormStats, ObservationBuilder, time_normalized
from cambio.training.environment import VIX_Z, EpisodeData


def _stats() -> NormStats:
    """With a `vix_z` whose raw and normalised values differ: the reward reads the raw one."""
    document = stats_for(FeatureSpec()).model_dump()
    document["features"]["vix_z"] |= {"mean": 0.5, "std": 2.0}
    return NormStats(**document)


STATS = _stats()
FIRST_OPEN = int(session_open(EPOCH.replace(year=2024, month=7, day=8)).timestamp())


def episode(
    opens: Sequence[float],
    closes: Sequence[float],
    *,
    days: Sequence[int] | None = None,
    cost_rate: float = 0.0,
    carry: float = 0.0,
    markup: float = 0.0,
    vix_z: float | None = None,
) -> EpisodeData:
    """Bars every five minutes; one session unless `days` says otherwise."""
    n = len(closes)
    features = np.random.default_rng(n).normal(0, 1, (n, 13))
    if vix_z is not None:
        features[:, VIX_Z] = vix_z
    time_s = FIRST_OPEN + 300 * np.arange(n)
    fixed = [np.full(n, value) for value in (cost_rate, carry, markup)]
    return EpisodeData(
        market=Market(
            np.array(days if days is not None else [0] * n, np.int64),
            np.array(opens, float),
            np.array(closes, float),
            *fixed,
        ),
        features=features,
        rows=ObservationBuilder(STATS).market_rows(features),
        time_s=time_s,
        time_normalized=np.array([time_normalized(t) for t in time_s.tolist()]),
    )


def flat(n: int, **terms: float) -> EpisodeData:
    """A price that never moves."""
    return episode([100.0] * n, [100.0] * n, **terms)


def wild(n: int = 60, seed: int = 1) -> EpisodeData:
    """Moves of some 4 % a bar, a night every ten bars, dear fills: positions are often ruined."""
    rng = np.random.default_rng(seed)
    closes = 100.0 * np.exp(np.cumsum(rng.normal(0, 0.04, n)))
    opens = closes * np.exp(rng.normal(0, 0.02, n))
    days = np.arange(n) // 10
    return episode(opens, closes, days=days, cost_rate=0.002, carry=3e-4, markup=1e-4)


def shuffled_after(data: EpisodeData, bar: int, rng: np.random.Generator) -> EpisodeData:
    """The same bars up to `bar`, the later ones in another order, times and days aside."""
    order = np.arange(len(data))
    order[bar + 1 :] = rng.permutation(order[bar + 1 :])
    prices = {name: getattr(data.market, name)[order] for name in Market._fields if name != "day"}
    return replace(
        data,
        market=data.market._replace(**prices),
        features=data.features[order],
        rows=data.rows[order],
    )
