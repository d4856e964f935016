"""Overrides reach any setting, and only settings that exist."""

from __future__ import annotations

import pytest

from cambio.app.experiment_config import load, merged, parse_overrides
from cambio.app.experiment_files import available
from cambio.errors import ConfigError, NotFound
from cambio.settings import load_settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return load_settings(tmp_path_factory.mktemp("home"))


def loaded(settings, *assignments: str):
    overrides = parse_overrides(assignments)
    return load(settings.config_folder, "baseline_ppo_v1", settings.ssot(), overrides)


def test_the_baseline_has_the_specifications_hyperparameters(settings):
    training = loaded(settings).training
    assert (training.total_timesteps, training.learning_rate) == (500_000, 1e-4)
    assert (training.n_steps, training.batch_size, training.n_epochs) == (2048, 64, 10)
    assert (training.gamma, training.gae_lambda, training.clip_range) == (0.99, 0.95, 0.2)
    assert (training.ent_coef, training.vf_coef, training.max_grad_norm) == (0.01, 0.5, 0.5)
    assert training.policy_layers == training.value_layers == (256, 256)


@pytest.mark.parametrize(
    ("assignment", "reach"),
    [
        ("training.total_timesteps=20000", lambda c: c.training.total_timesteps == 20_000),
        ("reward.strategy=pnl", lambda c: c.reward.strategy == "pnl"),
        ("costs.multiplier=2", lambda c: c.costs.multiplier == 2.0),
        ("risk.max_position=0", lambda c: c.risk.max_position == 0),
        (
            "date_ranges.test.start=2025-08-01",
            lambda c: str(c.date_ranges.test.start) == "2025-08-01",
        ),
        ("seeds=[1, 2]", lambda c: c.seeds == (1, 2)),
        ("gates.min_trades=10", lambda c: c.gates.min_trades == 10),
    ],
)
def test_any_setting_can_be_overridden(settings, assignment, reach):
    assert not reach(loaded(settings))
    assert reach(loaded(settings, assignment))


@pytest.mark.parametrize("assignment", ["training.stepz=1", "nothing=1", "training.gamma.x=1"])
def test_an_override_of_what_does_not_exist_is_refused(settings, assignment):
    with pytest.raises(ConfigError, match=assignment.split("=")[0].split(".")[0]):
        loaded(settings, assignment)


def test_a_rollout_must_divide_into_environments_and_batches(settings):
    with pytest.raises(ConfigError, match="n_envs"):
        loaded(settings, "training.n_envs=7")
    with pytest.raises(ConfigError, match="batch_size"):
        loaded(settings, "training.batch_size=100")


def test_an_assignment_without_a_value_says_how_to_write_one():
    with pytest.raises(ConfigError, match=r"key\.path=value"):
        parse_overrides(["training.total_timesteps"])


def test_an_override_changes_neither_source():
    experiment, ssot = {"a": {"b": 1}}, {"costs": {"multiplier": 1}}
    document = merged(experiment, ssot, {"a.b": 2, "costs.multiplier": 3})
    assert document == {"a": {"b": 2}, "costs": {"multiplier": 3}}
    assert (experiment, ssot) == ({"a": {"b": 1}}, {"costs": {"multiplier": 1}})


def test_a_later_override_does_not_change_an_earlier_ones_record():
    overrides = {"a": {"b": 1}, "a.b": 2}
    assert merged({}, {}, overrides) == {"a": {"b": 2}}
    assert overrides == {"a": {"b": 1}, "a.b": 2}


def test_every_shipped_experiment_is_valid(settings):
    names = available(settings.config_folder)
    assert {"baseline_ppo_v1", "demo_ppo_v1"} <= set(names)
    for name in names:
        assert load(settings.config_folder, name, settings.ssot(), {}).name == name


def test_an_unknown_experiment_names_the_known(settings):
    with pytest.raises(NotFound, match="baseline_ppo_v1"):
        load(settings.config_folder, "nothing", settings.ssot(), {})


WALK = "walk_forward={first_test: 2024-01-01, training_months: 12}"


def test_a_walk_forward_has_its_folds_and_their_embargo(settings):
    config = loaded(settings, "protocol=walk_forward", WALK, "walk_forward.embargo_bars=90")
    assert config.walk_forward.training_months == 12
    assert config.plan().embargo_bars == 90
    assert loaded(settings).plan().embargo_bars == 48


def test_protocol_and_folds_belong_together(settings):
    with pytest.raises(ConfigError, match="needs the section walk_forward"):
        loaded(settings, "protocol=walk_forward")
    with pytest.raises(ConfigError, match="belongs to protocol: walk_forward"):
        loaded(settings, WALK)
    single = loaded(settings, WALK, "walk_forward=null")
    assert single.protocol == "single_split"


@pytest.mark.parametrize("key", ["seed", "training.seed"])
def test_who_sets_one_seed_is_told_of_the_list(settings, key):
    with pytest.raises(ConfigError, match="list of seeds") as caught:
        loaded(settings, f"{key}=7")
    assert "--seeds 3" in caught.value.remedy
    assert "seeds=[7]" in caught.value.remedy


def test_a_protocol_that_does_not_exist_names_those_that_do(settings):
    with pytest.raises(ConfigError, match=r"single_split.*walk_forward"):
        loaded(settings, "protocol=kfold")
