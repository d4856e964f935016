"""The 15-dimensional observation: market features normalised once, state as it is.

The guard judges each observation where it is made: one that is unlike anything in the training
split says that nobody knows what the policy does with it, so it allows no new risk.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

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
MAX_CLIPPED: Final = 1
"""Market features at the clip that are still ordinary. A return after a gap reaches it alone, on 1
of 1,000 training bars; two at once are seen on 1 of 59,138 (USD/COP, 2021 to 2024)."""
DISTANCE_QUANTILE: Final = 0.999
"""Of the distances in the training split; what lies beyond is unlike training."""
_MISSING, _ORDINARY, _STRANGE = range(3)


class FeatureStats(BaseModel):
    """Statistics of one feature over the training split."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mean: float
    std: float
    min: float
    max: float
    count: int


class NormStats(BaseModel):
    """The content of `norm_stats.json`: an entry for each of the 15 features, the guard's limit."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    feature_order_hash: str
    feature_spec_hash: str
    row_count: int
    features: dict[str, FeatureStats]
    distance_p999: float | None = Field(None, gt=0)
    """`DISTANCE_QUANTILE` of the training rows' `distances`; without it, as in statistics that were
    taken before there was a guard, only `MAX_CLIPPED` limits."""

    def document(self) -> dict[str, Any]:
        """Give the content of the file as plain JSON types; what is not known is not named."""
        return self.model_dump(exclude_none=True)

    def hash(self) -> str:
        """Give the hash that model and bundle carry (`norm_stats_hash`)."""
        return hash_of(self.document())

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
def _distance(features, mean, std):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(MARKET_FEATURES_COUNT):
        total += ((features[i] - mean[i]) / std[i]) ** 2
    return math.sqrt(total / MARKET_FEATURES_COUNT)


@kernel
def _write(features, position, time_normalized, mean, std, furthest, out):  # type: ignore[no-untyped-def]
    """Write the observation unless a feature is missing; tell which of the three it is."""
    for i in range(MARKET_FEATURES_COUNT):
        if not np.isfinite(features[i]):
            return _MISSING
    normalize(features, mean, std, out)
    write_state(position, time_normalized, out)
    clipped = 0
    for i in range(MARKET_FEATURES_COUNT):
        clipped += abs(out[i]) >= OBSERVATION_CLIP
    if clipped > MAX_CLIPPED or _distance(features, mean, std) > furthest:
        return _STRANGE
    return _ORDINARY


@kernel
def _write_rows(features, mean, std, furthest, out, found):  # type: ignore[no-untyped-def]
    for i in range(features.shape[0]):
        found[i] = _write(features[i], 0.0, 0.0, mean, std, furthest, out[i])


@kernel
def _normalize_rows(features, mean, std, out):  # type: ignore[no-untyped-def]
    for i in range(features.shape[0]):
        normalize(features[i], mean, std, out[i])


@kernel
def _distances(features, mean, std, out):  # type: ignore[no-untyped-def]
    for i in range(features.shape[0]):
        out[i] = _distance(features[i], mean, std)


def distances(
    features: NDArray[np.float64], mean: NDArray[np.float64], std: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give how far rows lie from the middle of training, `(n,) float64`.

    The root mean square of the 13 features in training deviations, before the clip: 1 on average
    over the training split. It is the Mahalanobis distance with a diagonal covariance, over the
    root of 13.

    Args:
        features: raw market features, `(n, 13) float64`.
        mean: of the training split, at least `(13,)`; so is ``std``.
        std: see ``mean``.
    """
    out = np.empty(len(features))
    _distances(features, mean, std, out)
    return out


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
        self._furthest = math.inf if stats.distance_p999 is None else stats.distance_p999

    def observe(
        self, features: NDArray[np.float64], position: int, time_s: int
    ) -> tuple[NDArray[np.float32] | None, bool]:
        """Give the observation, and whether it is out of the training distribution.

        Args:
            features: raw market features, `(13,) float64`.
            position: −1, 0 or 1.
            time_s: the bar's open, UTC epoch seconds.

        Returns:
            `(15,) float32` and the guard's answer; None and False when a feature is missing.
        """
        out = np.empty(OBSERVATION_DIM, dtype=np.float32)
        found = _write(
            *(features, position, time_normalized(time_s), self._mean, self._std),
            *(self._furthest, out),
        )
        return (None if found == _MISSING else out), found == _STRANGE

    def build(
        self, features: NDArray[np.float64], position: int, time_s: int
    ) -> NDArray[np.float32] | None:
        """Give the observation alone, `(15,) float32`, or None when a feature is missing."""
        return self.observe(features, position, time_s)[0]

    def market_rows(self, features: NDArray[np.float64]) -> NDArray[np.float32]:
        """Give the normalised market part of many rows, `(n, 13) float32`, for environments."""
        out = np.empty(features.shape, dtype=np.float32)
        _normalize_rows(features, self._mean, self._std, out)
        return out

    def judge_rows(
        self, features: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]:
        """Do what `observe` does with the market part of many rows.

        Args:
            features: raw market features, `(n, 13) float64`.

        Returns:
            Normalised, `(n, 13) float32`, zeros where a feature is missing; which rows miss one,
            and which are out of the training distribution, `(n,)` each.
        """
        out = np.zeros((len(features), OBSERVATION_DIM), dtype=np.float32)
        found = np.empty(len(features), dtype=np.int8)
        _write_rows(features, self._mean, self._std, self._furthest, out, found)
        return out[:, :MARKET_FEATURES_COUNT], found == _MISSING, found == _STRANGE
