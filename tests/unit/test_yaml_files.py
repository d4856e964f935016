"""A mistake in a YAML file is named with its place."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict

from cambio.errors import ConfigError
from cambio.yaml_files import validated


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    total_timesteps: int = 1


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    training: Inner = Inner()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            {"training": {"total_timestep": 1}},
            "training.total_timestep is unknown; did you mean total_timesteps?",
        ),
        ({"trainin": {}}, "trainin is unknown; did you mean training?"),
        ({"zebra": 1}, "the.yaml: zebra is unknown."),
        ({"training": {"total_timesteps": "x"}}, "training.total_timesteps: Input should be"),
    ],
)
def test_an_unknown_key_is_named_with_the_one_that_was_meant(document, said):
    with pytest.raises(ConfigError) as told:
        validated(document, Outer, "the.yaml")
    assert said in told.value.what
