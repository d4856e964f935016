"""What an experiment may set, and what is refused before anything is trained."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from cambio.training.config import Curriculum, EnvironmentConfig, StageConfig, TrainingConfig


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"n_steps": 100, "n_envs": 8, "batch_size": 4}, "no multiple of n_envs"),
        ({"n_steps": 64, "n_envs": 8, "batch_size": 48}, "no multiple of batch_size"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"gamma": 1.01}, "gamma"),
        ({"total_timesteps": 0}, "total_timesteps"),
        ({"algorithm": "dqn"}, "algorithm"),
        ({"activation": "gelu"}, "activation"),
        ({"horizon": 5}, "horizon"),
    ],
)
def test_training_settings_that_cannot_work_are_refused(values, message):
    with pytest.raises(ValidationError, match=message):
        TrainingConfig(**values)


@pytest.mark.parametrize(
    ("key", "value"),
    [("max_steps", 1), ("ruin_fraction", 0.0), ("ruin_fraction", 1.0)],
)
def test_environment_settings_that_cannot_work_are_refused(key, value):
    with pytest.raises(ValidationError, match=key):
        EnvironmentConfig(**{key: value})


def test_the_defaults_are_the_specifications():
    config = TrainingConfig()
    assert (config.total_timesteps, config.learning_rate, config.n_steps) == (500_000, 1e-4, 2048)
    assert (config.batch_size, config.n_epochs, config.gamma) == (64, 10, 0.99)
    assert config.policy_layers == config.value_layers == (256, 256)


def curriculum(*stages: dict[str, Any]) -> tuple[StageConfig, ...]:
    return TypeAdapter(Curriculum).validate_python(stages)


def test_a_curriculum_goes_from_easy_to_the_market_as_it_is():
    free, calm, full = curriculum(
        {"costs": 0, "until_step": 100}, {"volatility": "calm", "until_reward": 1.0}, {}
    )
    assert (free.costs, calm.volatility, full) == (0.0, "calm", StageConfig())


def test_no_curriculum_is_one():
    assert curriculum() == ()


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([{"costs": 0.5}], "the last stage must be the market as it is"),
        ([{"until_step": 5}], "the last stage must be the market as it is"),
        ([{"costs": 0}, {}], "stage 0 never ends"),
        ([{"until_reward": 1}, {"costs": 0.5}, {}], "stage 1 never ends"),
        ([{"until_step": 5}, {"until_step": 5}, {}], r"until_step must grow.*\[5, 5\]"),
        ([{"until_step": 9}, {"until_reward": 1}, {"until_step": 5}, {}], "until_step must grow"),
        ([{"costs": -0.1, "until_step": 5}, {}], "costs"),
        ([{"costs": 1.1, "until_step": 5}, {}], "costs"),
        ([{"max_steps": 1, "until_step": 5}, {}], "max_steps"),
        ([{"volatility": "wild", "until_step": 5}, {}], "volatility"),
        ([{"until_steps": 5}, {}], "until_steps"),
    ],
)
def test_a_curriculum_that_cannot_work_is_refused(stages, message):
    with pytest.raises(ValidationError, match=message):
        curriculum(*stages)
