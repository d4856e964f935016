"""The specification's hash: it moves with everything that changes a feature."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cambio.contracts.features import FEATURE_ORDER
from cambio.features.spec import FORMULAS, FeatureSpec

OTHER = {
    "bar_range": "as_is",
    "zscore_window": 251,
    "zscore_ddof": 0,
    "staleness_days": 4,
}


def test_every_parameter_is_varied_below():
    assert set(OTHER) == set(FeatureSpec.model_fields)


@pytest.mark.parametrize("parameter", OTHER)
def test_every_parameter_changes_the_hash(parameter):
    changed = FeatureSpec(**{parameter: OTHER[parameter]})
    assert changed.hash() != FeatureSpec().hash()


def test_saying_the_defaults_changes_nothing():
    assert FeatureSpec(**FeatureSpec().model_dump()).hash() == FeatureSpec().hash()


def test_the_default_hash_is_the_one_that_stored_models_carry():
    """A formula, a dtype or a default that changes needs a new BUILDER_VERSION and new models."""
    assert FeatureSpec().hash()[:16] == "7b38654e2a50639a"


def test_every_feature_has_its_formula():
    assert tuple(FORMULAS) == FEATURE_ORDER


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("zscore_window", 19), ("zscore_ddof", 2), ("staleness_days", 0), ("bar_range", "auto")],
)
def test_a_value_that_means_nothing_is_refused(parameter, value):
    with pytest.raises(ValidationError, match=parameter):
        FeatureSpec(**{parameter: value})


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValidationError, match="rsi_period"):
        FeatureSpec(rsi_period=14)


def test_a_specification_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        FeatureSpec().zscore_window = 30
