"""The 15-dimensional observation: market features normalised once, state as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from cambio.calendar import BOGOTA_OFFSET_S, DAY_S
from cambio.contracts.features import (
    FEATURE_ORDER,
    MARKET_FEATURES_COUNT,
    OBSERVATION_CLIP,
    OBSERVATION_DIM,
)
from cambio.contracts.lineage import hash_of
from cambio.errors import DataQualityError
from cambio.features.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

POSITION: Final = 13
TIME: Final = 14


class FeatureStats(BaseModel):
    """Statistics of one feature over the training split."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mean: float
    std: float
    min: float
    max: float
    count: int


class NormStats(BaseModel):
    """The content of `norm_stats.json`: one entry for each of the 15 features."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    feature_order_hash: str
    feature_spec_hash: str
    row_count: int
    features: dict[str, FeatureStats]

    def hash(self) -> str:
        """Give the hash that model and bundle carry (`norm_stats_hash`)."""
        return hash_of(self.model_dump())

    def arrays(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give mean and standard deviation in the contract's order, two `(15,) float64`.

        Raises:
            DataQualityError: an entry is missing or constant.
        """
        missing = [name for name in FEATURE_ORDER if name not in self.features]
        constant = [name for name, stats in self.features.items() if not stats.std > 0.0]
        if missing or constant:
            raise DataQualityError(
                f"norm_stats.json lacks {missing or 'nothing'} and is constant in "
                f"{constant or 'nothing'}.",
                remedy="Rebuild the dataset from data in which every feature varies.",
            )
        mean = np.array([self.features[name].mean for name in FEATURE_ORDER])
        std = np.array([self.features[name].std for name in FEATURE_ORDER])
        return mean, std


@kernel
def normalize(features, mean, std, out):  # type: ignore[no-untyped-def]
    """Write `clip((x - mean) / std, ±10)` of the 13 market features, as float32."""
    for i in range(MARKET_FEATURES_COUNT):
        value = (features[i] - mean[i]) / std[i]
        out[i] = np.float32(min(max(value, -OBSERVATION_CLIP), OBSERVATION_CLIP))


@kernel
def write_state(position, time_normalized, out):  # type: ignore[no-untyped-def]
    """Write the two state features behind the market features."""
    out[POSITION] = np.float32(position)
    out[TIME] = np.float32(time_normalized)


@kernel
def _write(features, position, time_normalized, mean, std, out):  # type: ignore[no-untyped-def]
    """Write the observation; tell whether every feature is there."""
    for i in range(MARKET_FEATURES_COUNT):
        if not np.isfinite(features[i]):
            return False
    normalize(features, mean, std, out)
    write_state(position, time_normalized, out)
    return True


@kernel
def _normalize_rows(features, mean, std, out):  # type: ignore[no-untyped-def]
    for i in range(features.shape[0]):
        normalize(features[i], mean, std, out[i])


def time_normalized(time_s: int) -> float:
    """Give hour/24 of the bar's open in Bogota; minutes do not count.

    >>> time_normalized(1720443600 + 55 * 60) * 24  # 2024-07-08 13:55 UTC
    8.0
    """
    return ((time_s + BOGOTA_OFFSET_S) % DAY_S // 3600) / 24.0


class ObservationBuilder:
    """Builds observations with one model's own statistics.

    Args:
        stats: the statistics of the model's training split.
    """

    def __init__(self, stats: NormStats) -> None:
        self._mean, self._std = stats.arrays()

    def build(
        self, features: NDArray[np.float64], position: int, time_s: int
    ) -> NDArray[np.float32] | None:
        """Give the observation, `(15,) float32`, or None when a feature is missing.

        Args:
            features: raw market features, `(13,) float64`.
            position: −1, 0 or 1.
            time_s: the bar's open, UTC epoch seconds.
        """
        out = np.empty(OBSERVATION_DIM, dtype=np.float32)
        whole = _write(features, position, time_normalized(time_s), self._mean, self._std, out)
        return out if whole else None

    def market_rows(self, features: NDArray[np.float64]) -> NDArray[np.float32]:
        """Give the normalised market part of many rows, `(n, 13) float32`, for environments."""
        out = np.empty(features.shape, dtype=np.float32)
        _normalize_rows(features, self._mean, self._std, out)
        return out
