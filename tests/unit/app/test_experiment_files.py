"""An experiment that stands on another says only what differs, and counts as if it said all."""

from __future__ import annotations

import pytest
import yaml

from cambio.app.experiment_config import load
from cambio.app.experiment_files import available, resolve
from cambio.app.experiment_list import show
from cambio.contracts.lineage import hash_of
from cambio.errors import ConfigError, NotFound
from cambio.settings import load_settings

BASE = {
    "name": "base",
    "description": "The base.",
    "training": {"gamma": 0.9, "n_epochs": 3, "policy_layers": [64, 64]},
    "curriculum": [{"costs": 0.5, "until_step": 10}, {}],
    "success_criteria": [
        {"metric": "sharpe_ratio", "threshold": 1.0, "direction": "gte", "weight": 1.0}
    ],
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return load_settings(tmp_path_factory.mktemp("home"))


@pytest.fixture
def folder(tmp_path):
    """A configuration folder, and a way to write experiments into it."""
    (tmp_path / "experiments").mkdir()
    write(tmp_path, BASE)
    return tmp_path


def write(folder, document, file=None):
    path = folder / "experiments" / f"{file or document['name']}.yaml"
    path.write_text(yaml.safe_dump(document))


def on(base: str, name: str = "own", **said):
    return {"name": name, "description": f"{name}.", "extends": base, **said}


def test_sections_are_merged_and_lists_and_nulls_replace(folder):
    write(folder, on("base", training={"gamma": 0.5, "policy_layers": [8]}, curriculum=None))
    found = resolve(folder, "own").document
    assert found["training"] == {"gamma": 0.5, "n_epochs": 3, "policy_layers": [8]}
    assert found["curriculum"] is None
    assert (found["name"], found["description"]) == ("own", "own.")


def test_in_a_chain_the_nearest_wins(folder):
    write(folder, on("base", "middle", training={"gamma": 0.7, "n_epochs": 7}))
    write(folder, on("middle", training={"gamma": 0.5}))
    found = resolve(folder, "own")
    assert found.bases == ("middle", "base")
    assert found.document["training"] == {"gamma": 0.5, "n_epochs": 7, "policy_layers": [64, 64]}
    assert found.base["training"]["gamma"] == 0.7


def test_a_circle_is_named_from_where_it_closes(folder):
    write(folder, on("b", "a"))
    write(folder, on("c", "b"))
    write(folder, on("b", "c"))
    with pytest.raises(ConfigError, match="b -> c -> b"):
        resolve(folder, "a")


@pytest.mark.parametrize("base", ["nothing", "../secret", "", 3])
def test_a_base_that_is_not_there_is_named(folder, base):
    (folder / "secret.yaml").write_text(yaml.safe_dump(BASE))
    write(folder, on(base))
    with pytest.raises(ConfigError, match="extends") as error:
        resolve(folder, "own")
    if base == "nothing":
        assert "base, own" in error.value.remedy


@pytest.mark.parametrize("missing", ["name", "description"])
def test_name_and_description_are_never_inherited(folder, missing):
    document = on("base")
    del document[missing]
    write(folder, document, "own")
    with pytest.raises(ConfigError, match=f"{missing} must be its own"):
        resolve(folder, "own")


def test_what_it_resolves_to_is_what_is_hashed(folder, settings, tmp_path):
    write(folder, on("base", training={"gamma": 0.5}))
    other = tmp_path / "whole"
    (other / "experiments").mkdir(parents=True)
    whole = {**BASE, "name": "own", "description": "own."}
    write(other, {**whole, "training": {**BASE["training"], "gamma": 0.5}})
    extended, spelt_out = (load(place, "own", settings.ssot(), {}) for place in (folder, other))
    assert extended.extends == "base"
    dumped = [config.model_dump(mode="json") for config in (extended, spelt_out)]
    assert hash_of(dumped[0]) == hash_of(dumped[1])


def test_a_mistake_in_a_base_is_told_with_both_names(folder, settings):
    write(folder, {**BASE, "training": {"gama": 0.9}})
    write(folder, on("base"))
    with pytest.raises(ConfigError, match=r"own\.yaml on base: training\.gama is unknown"):
        load(folder, "own", settings.ssot(), {})


def test_what_an_experiment_stands_on_is_no_setting(folder, settings):
    with pytest.raises(ConfigError, match="--set extends"):
        load(folder, "base", settings.ssot(), {"extends": "other"})


def test_an_ab_test_is_no_experiment(folder):
    (folder / "experiments" / "ab.yaml").write_text("ab_test: {name: x}")
    assert set(available(folder)) == {"base"}
    with pytest.raises(ConfigError, match="cambio ab run ab"):
        resolve(folder, "ab")
    with pytest.raises(NotFound, match="There are: base"):
        resolve(folder, "nothing")


LIBRARY = {
    "high_gamma_ppo_v1": ("baseline_ppo_v1", {"training.gamma"}),
    "fast_high_gamma_v1": ("fast_ppo_v1", {"training.gamma"}),
    "fast_pnl_v1": ("fast_ppo_v1", {"reward.strategy"}),
    "fast_differential_sharpe_v1": ("fast_ppo_v1", {"reward.strategy"}),
    "fast_cheap_training_v1": ("fast_ppo_v1", {"environment.cost_multiple"}),
    "fast_dear_training_v1": ("fast_ppo_v1", {"environment.cost_multiple"}),
    "fast_curriculum_v1": ("fast_ppo_v1", {"curriculum"}),
    "fast_small_network_v1": ("fast_ppo_v1", {"training.policy_layers", "training.value_layers"}),
    "fast_large_network_v1": ("fast_ppo_v1", {"training.policy_layers", "training.value_layers"}),
}


@pytest.mark.parametrize("name", LIBRARY)
def test_an_experiment_of_the_library_differs_in_what_it_asks_about_alone(settings, name):
    """So none is judged at other costs, limits or criteria than its base is."""
    base, keys = LIBRARY[name]
    card = show(settings.config_folder, name, settings.ssot())
    assert card.bases == (base,)
    assert set(card.changes) == keys


def test_a_card_shows_the_bases_values_beside_its_own(folder, settings):
    write(folder, on("base", training={"gamma": 0.5}))
    card = show(folder, "own", settings.ssot()).to_dict()
    assert card["changes"] == {"training.gamma": {"base": 0.9, "own": 0.5}}
    assert card["configuration"]["training"]["n_epochs"] == 3
    assert show(folder, "base", settings.ssot()).changes == {}
