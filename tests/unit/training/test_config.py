"""What an experiment may set, and what is refused before anything is trained."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cambio.training.config import EnvironmentConfig, TrainingConfig


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
