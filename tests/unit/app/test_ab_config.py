"""An A/B test's file: the specification's is read as it stands, and mistakes are named."""

from __future__ import annotations

import copy
import re
import shutil

import pytest
import yaml

from cambio.app.ab_config import AbTest, Measures, Variant, ab_tests, load_ab_test
from cambio.errors import ConfigError, NotFound
from cambio.settings import load_settings

SPECIFICATION = """
ab_test:
  name: "gamma_sensitivity"
  variants:
    - name: "control"
      config: "baseline_ppo_v1.yaml"
      traffic: 0.5
    - name: "treatment"
      config: "high_gamma_ppo_v1.yaml"
      traffic: 0.5
  metrics:
    primary: "sharpe_ratio"
    secondary: ["max_drawdown", "win_rate"]
  duration_days: 30
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return load_settings(tmp_path_factory.mktemp("home"))


@pytest.fixture
def loaded(settings, tmp_path):
    """Reads the specification's test with changes at dotted places."""

    def read(**changes):
        document = copy.deepcopy(yaml.safe_load(SPECIFICATION))
        for place, value in changes.items():
            *parents, leaf = place.split("__")
            node = document["ab_test"]
            for key in parents:
                node = node[int(key) if key.isdigit() else key]
            node[leaf] = value
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump(document))
        return load_ab_test(settings.config_folder, str(path), settings.ssot())

    return read


def test_the_specifications_test_is_shipped_word_for_word(settings):
    path = settings.config_folder / "experiments" / "ab_test_config.yaml"
    assert SPECIFICATION.strip() in path.read_text()
    plan = load_ab_test(settings.config_folder, "ab_test_config", settings.ssot())
    assert [each.name for each in plan.experiments] == ["baseline_ppo_v1", "high_gamma_ppo_v1"]
    assert plan.changes == {"training.gamma": [0.99, 0.999]}
    assert (plan.test.control.name, plan.test.treatment.traffic) == ("control", 0.5)
    assert plan.test.duration_days == 30


def test_every_shipped_test_is_right(settings):
    names = ab_tests(settings.config_folder)
    assert {"ab_test_config", "ab_fast_gamma"} <= set(names)
    for name in names:
        assert load_ab_test(settings.config_folder, f"{name}.yaml", settings.ssot()).file == name


def test_all_seeds_of_both_variants_can_be_asked_for(loaded):
    plan = loaded().with_seeds(3)
    assert [each.seeds for each in plan.experiments] == [(42, 43, 44), (42, 43, 44)]


THIRD = {"name": "third", "config": "fast_ppo_v1", "traffic": 0.1}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"variants__0__traffic": 0.6}, "traffic must sum to 1"),
        ({"variants__0__traffic": 0.0}, "greater than 0"),
        ({"variants__1__name": "control"}, "names of their own"),
        ({"variants": [THIRD]}, "at least 2"),
        ({"variants": [THIRD] * 3}, "at most 2"),
        ({"metrics__primary": "win_rate"}, "sharpe_ratio"),
        ({"metrics__secondary": ["luck"]}, "no metric is called luck"),
        ({"duration_days": 0}, "greater than or equal to 1"),
        ({"duration": 30}, "did you mean duration_days"),
        ({"variants__1__config": "nothing.yaml"}, "nothing.yaml, which is no experiment"),
        ({"variants__1__config": "baseline_ppo_v1"}, "the same in all but name"),
        ({"variants__1__config": "walk_forward_v1"}, "walk_forward_v1 is a walk-forward"),
    ],
)
def test_a_mistake_is_named(loaded, changes, told):
    with pytest.raises(ConfigError, match=told):
        loaded(**changes)


def test_an_experiment_or_nothing_is_no_ab_test(settings):
    with pytest.raises(ConfigError, match="cambio experiment run fast_ppo_v1"):
        load_ab_test(settings.config_folder, "fast_ppo_v1", settings.ssot())
    with pytest.raises(NotFound, match="ab_fast_gamma"):
        load_ab_test(settings.config_folder, "nothing", settings.ssot())


def test_a_path_that_leads_nowhere_is_not_taken_for_a_shipped_name(settings):
    with pytest.raises(NotFound, match=r"No A/B test 'mine/ab_fast_gamma\.yaml"):
        load_ab_test(settings.config_folder, "mine/ab_fast_gamma.yaml", settings.ssot())


def test_variants_that_would_not_train_on_the_same_rows_are_refused(settings, tmp_path):
    folder = tmp_path / "config"
    shutil.copytree(settings.config_folder, folder)
    other = folder / "experiments" / "other_ppo_v1.yaml"
    other.write_text(
        "{name: other_ppo_v1, description: O., extends: fast_ppo_v1, features: {zscore_ddof: 0}}"
    )
    test = yaml.safe_load(SPECIFICATION)
    for variant, name in zip(
        test["ab_test"]["variants"], ("fast_ppo_v1", "other_ppo_v1"), strict=True
    ):
        variant["config"] = name
    (folder / "experiments" / "mine.yaml").write_text(yaml.safe_dump(test))
    with pytest.raises(ConfigError, match=r"features\.zscore_ddof.*same rows"):
        load_ab_test(folder, "mine", settings.ssot())


def test_every_key_of_the_file_is_documented(settings):
    page = (settings.config_folder.parent / "docs" / "experiments.md").read_text()
    models = {"": AbTest, "metrics.": Measures, "variants[].": Variant}
    keys = {f"ab_test.{at}{name}" for at, model in models.items() for name in model.model_fields}
    documented = set(re.findall(r"^\| `(ab_test\.[^`]+)` \|", page, re.MULTILINE))
    assert documented == keys - {"ab_test.variants", "ab_test.metrics"}
