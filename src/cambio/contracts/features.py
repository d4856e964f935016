"""CTR-FEAT-001: the observation's order, its dimensions and its two hashes."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np

FEATURE_ORDER: Final[tuple[str, ...]] = (
    "log_ret_5m",
    "log_ret_1h",
    "log_ret_4h",
    "rsi_9",
    "atr_pct",
    "adx_14",
    "dxy_z",
    "dxy_change_1d",
    "vix_z",
    "embi_z",
    "brent_change_1d",
    "rate_spread",
    "usdmxn_change_1d",
    "position",
    "time_normalized",
)
"""Never change without a version bump: every stored model depends on it."""

MARKET_FEATURES: Final = FEATURE_ORDER[:13]
TECHNICAL_FEATURES: Final = FEATURE_ORDER[:6]
MACRO_FEATURES: Final = FEATURE_ORDER[6:13]

OBSERVATION_DIM: Final = 15
MARKET_FEATURES_COUNT: Final = 13
STATE_FEATURES_COUNT: Final = 2
OBSERVATION_CLIP: Final = 10.0

FEATURE_ORDER_HASH: Final = hashlib.sha256(str(FEATURE_ORDER).encode()).hexdigest()[:16]


def validate_observation(obs: np.ndarray) -> bool:
    """Tell whether ``obs`` is a `(15,) float32` vector of finite numbers.

    >>> validate_observation(np.zeros(15, dtype=np.float32))
    True
    >>> validate_observation(np.zeros(15))
    False
    """
    return bool(
        obs.shape == (OBSERVATION_DIM,) and obs.dtype == np.float32 and np.isfinite(obs).all()
    )
