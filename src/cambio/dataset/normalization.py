"""Statistics of the training split; nothing else ever enters them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from cambio.contracts.features import FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.errors import DataQualityError
from cambio.trading.observation import DISTANCE_QUANTILE, FeatureStats, NormStats, distances

if TYPE_CHECKING:
    import polars as pl

STATE_ENTRIES = {
    "position": FeatureStats(mean=0.0, std=1.0, min=-1.0, max=1.0, count=0),
    "time_normalized": FeatureStats(mean=0.0, std=1.0, min=0.0, max=1.0, count=0),
}
"""Identity: both enter the observation as they are (decision F6)."""


def constant_features(train: pl.DataFrame) -> list[str]:
    """Give the features that never change over the training rows, in the contract's order."""
    return [name for name in MARKET_FEATURES if train[name].min() == train[name].max()]


def told_constant(names: list[str]) -> str:
    """Say that features are constant."""
    return f"Constant over the whole training split: {', '.join(names)}."


def norm_stats(train: pl.DataFrame, feature_spec_hash: str) -> NormStats:
    """Give the statistics of the training rows (standard deviation with ddof 1).

    The guard's limit, `DISTANCE_QUANTILE` of their distances, is one of them.

    Raises:
        DataQualityError: a feature is constant, so it cannot be scaled (decision F8), or a
            statistic of it is not finite.
    """
    constant = constant_features(train)
    if constant:
        raise DataQualityError(
            told_constant(constant),
            remedy="Check the source of these features with `cambio data report`.",
        )
    entries = {name: _stats(name, train[name]) for name in MARKET_FEATURES}
    stats = NormStats(
        feature_order_hash=FEATURE_ORDER_HASH,
        feature_spec_hash=feature_spec_hash,
        row_count=train.height,
        features={**entries, **STATE_ENTRIES},
    )
    rows = np.ascontiguousarray(train.select(MARKET_FEATURES).to_numpy())
    furthest = np.quantile(distances(rows, *stats.arrays()), DISTANCE_QUANTILE)
    if not np.isfinite(furthest):
        raise DataQualityError("The distances of the training rows are not finite.")
    return stats.model_copy(update={"distance_p999": float(furthest)})


def stats_bytes(stats: NormStats) -> bytes:
    """Give the content of `norm_stats.json`."""
    return json.dumps(stats.document(), indent=2).encode()


def _stats(name: str, column: pl.Series) -> FeatureStats:
    values = column.to_numpy()
    try:
        return FeatureStats(
            mean=float(values.mean()),
            std=float(values.std(ddof=1)),
            min=float(values.min()),
            max=float(values.max()),
            count=len(values),
        )
    except ValidationError as error:
        raise DataQualityError(f"The statistics of {name} are not finite.") from error
