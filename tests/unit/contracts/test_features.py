"""CTR-FEAT-001 as it was agreed."""

from __future__ import annotations

import numpy as np
import pytest

from cambio.contracts import features
from cambio.contracts.features import FEATURE_ORDER, validate_observation

VALID = np.zeros(15, dtype=np.float32)


def with_value(value: float) -> np.ndarray:
    observation = VALID.copy()
    observation[7] = value
    return observation


def test_the_order_is_the_specifications():
    """sha256(str(FEATURE_ORDER))[:16]; stored models carry it."""
    assert features.FEATURE_ORDER_HASH == "ddc9d7cdba81ab3d"


def test_the_parts_make_the_whole():
    parts = (*features.TECHNICAL_FEATURES, *features.MACRO_FEATURES, "position", "time_normalized")
    assert parts == FEATURE_ORDER


def test_the_counts_are_those_of_the_order():
    market, state = features.MARKET_FEATURES_COUNT, features.STATE_FEATURES_COUNT
    assert (market, state) == (len(features.MARKET_FEATURES), 2)
    assert features.OBSERVATION_DIM == market + state == len(FEATURE_ORDER)


@pytest.mark.parametrize("observation", [VALID, with_value(10.0), with_value(-10.0)])
def test_a_finite_float32_vector_of_15_is_valid(observation):
    assert validate_observation(observation) is True


@pytest.mark.parametrize(
    "observation",
    [
        VALID.astype(np.float64),
        VALID[:14],
        np.zeros(16, np.float32),
        VALID[None, :],
        with_value(np.nan),
        with_value(np.inf),
        with_value(-np.inf),
    ],
    ids=["float64", "14", "16", "a batch", "NaN", "inf", "-inf"],
)
def test_anything_else_is_not(observation):
    assert validate_observation(observation) is False
