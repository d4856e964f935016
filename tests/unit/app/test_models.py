"""Registered models, their bundles and ensembles, as the commands use them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml
from tests.models import publish
from tests.unit.app.macro_product import Silent

from cambio.app import ensembles, models
from cambio.app.resources import Resources
from cambio.contracts.lineage import hash_of
from cambio.errors import ConfigError, Conflict, ContractMismatch, NotFound, SourceError
from cambio.features.spec import FeatureSpec
from cambio.settings import load_settings
from cambio.store import models as registry
from cambio.store.database import reading
from cambio.trading import bundle, signing
from cambio.trading.gate import ProductionContract
from cambio.trading.policy import sample_observations
from cambio.wiring import connect

SPEC = FeatureSpec(bar_range="as_is")


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Resources]:
    """The product with three seeds of one experiment, and a key."""
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "")
    opened = connect(load_settings(tmp_path / "var"), Silent())
    for seed in (1, 2, 3):
        publish(opened, SPEC, seed)
    signing.create(opened.keys)
    yield opened
    opened.engine.dispose()


def row_of(resources: Resources, model_id: str) -> dict:
    with reading(resources.engine) as connection:
        return registry.get(connection, model_id)


def failed(checks) -> list[str]:
    return [check.subject for check in checks if not check.passed]


# Show


def test_a_card_tells_all_that_is_known_of_a_model(resources):
    found = models.show(resources, "random-s1").to_dict()
    folder = resources.models / "random-s1"
    assert (found["model_id"], found["stage"]) == ("random-s1", "staging")
    assert found["lineage"]["seed"] == 1
    assert found["metrics"] == {"best_validation_reward": 0.5}
    assert found["feature_spec"] == SPEC.model_dump()
    assert found["settings"]["training"]["gamma"] == 0.99
    assert found["folder"] == str(folder)
    assert set(found["files"]) == {path.name for path in folder.iterdir()}
    assert found["files"]["policy.onnx"]["sha256"] == found["model_hash"]


def test_a_card_is_shown_also_where_the_folder_is_damaged(resources):
    folder = resources.models / "random-s1"
    (folder / "metadata.json").write_text("{")
    (folder / "config.yaml").unlink()
    found = models.show(resources, "random-s1")
    assert (found.feature_spec, found.settings) == (None, None)
    shutil.rmtree(folder)
    assert models.show(resources, "random-s1").files == {}


def test_what_is_not_registered_is_not_found(resources):
    for use in (models.show, models.verify):
        with pytest.raises(NotFound, match="random-s3"):
            use(resources, "random-s9")


# Verify


def test_a_model_as_it_was_registered_passes(resources):
    assert failed(models.verify(resources, "random-s1")) == []


def other_graph(folder: Path) -> None:
    shutil.copy(folder.parent / "random-s2" / "policy.onnx", folder)


def other_lineage(folder: Path) -> None:
    """What was seen in training is said to be new."""
    metadata = json.loads((folder / "metadata.json").read_text())
    metadata["lineage"]["validation_end"] = "2020-01-01"
    (folder / "metadata.json").write_text(json.dumps(metadata))


def other_config(folder: Path) -> None:
    config = yaml.safe_load((folder / "config.yaml").read_text())
    config["costs"]["multiplier"] = 0.0
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def other_id(folder: Path) -> None:
    """Under which a bundle would be signed."""
    metadata = json.loads((folder / "metadata.json").read_text())
    (folder / "metadata.json").write_text(json.dumps({**metadata, "model_id": "random-s2"}))


DAMAGE = {
    "another id": (other_id, "model id of the registry"),
    "another graph": (other_graph, "model hash of the registry"),
    "another lineage": (other_lineage, "lineage of the registry"),
    "another configuration": (other_config, "config hash of the registry"),
    "a configuration with a date": (
        lambda folder: (folder / "config.yaml").write_text("a: 2020-01-01"),
        "config hash of the registry",
    ),
    "no archive": (lambda folder: (folder / "model.zip").unlink(), "model.zip"),
    "no graph": (lambda folder: (folder / "policy.onnx").unlink(), "content of policy.onnx"),
    "no metadata": (lambda folder: (folder / "metadata.json").unlink(), "content of metadata.json"),
    "no folder": (shutil.rmtree, "content of norm_stats.json"),
}


@pytest.mark.parametrize(("damage", "subject"), DAMAGE.values(), ids=DAMAGE)
def test_what_is_no_longer_as_registered_is_told(resources, damage, subject):
    damage(resources.models / "random-s1")
    assert subject in failed(models.verify(resources, "random-s1"))
    assert failed(models.verify(resources, "random-s2")) == []


def test_a_bundle_is_verified_with_the_keys_of_this_installation(resources, tmp_path):
    exported = models.export(resources, ["random-s1"], tmp_path)
    assert failed(models.verify_bundle(exported.path, resources.keys)) == []
    assert "signature" in failed(models.verify_bundle(exported.path, tmp_path / "others"))


# Export


def test_a_model_leaves_as_a_bundle_that_loads(resources, tmp_path):
    exported = models.export(resources, ["random-s1"], tmp_path)
    assert exported.path == tmp_path / "random-s1.cambio"
    model = ProductionContract.load_bundle(exported.path, signing.trusted_keys(resources.keys))
    assert model.lineage == row_of(resources, "random-s1")["lineage"]


def test_the_same_model_gives_the_same_bundle(resources, tmp_path):
    paths = [tmp_path / "a.cambio", tmp_path / "b.cambio"]
    hashes = [models.export(resources, ["random-s1"], path).sha256 for path in paths]
    assert hashes[0] == hashes[1]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_bundle_goes_to_the_working_folder_unless_told(resources, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert models.export(resources, ["random-s1"]).path.resolve() == tmp_path / "random-s1.cambio"


def test_without_a_key_nothing_is_made(resources, tmp_path):
    (resources.keys / "signing.pem").unlink()
    with pytest.raises(ConfigError, match="cambio keys create"):
        models.export(resources, ["random-s1", "random-s2"], tmp_path)
    assert len(list(resources.models.iterdir())) == 3
    assert list(tmp_path.glob("*.cambio")) == []


@pytest.mark.parametrize("damage", [other_graph, other_lineage, other_config, other_id])
def test_a_model_that_is_not_what_was_registered_is_not_signed(resources, tmp_path, damage):
    damage(resources.models / "random-s1")
    with pytest.raises(ContractMismatch, match="cambio models verify random-s1"):
        models.export(resources, ["random-s1"], tmp_path)
    assert list(tmp_path.glob("*.cambio")) == []


def test_a_model_that_lacks_a_file_is_not_signed(resources, tmp_path):
    (resources.models / "random-s1" / "config.yaml").unlink()
    with pytest.raises(NotFound, match=r"lacks config\.yaml"):
        models.export(resources, ["random-s1"], tmp_path)


def test_a_bundle_is_called_one(resources, tmp_path):
    with pytest.raises(ConfigError, match=r"named \.cambio"):
        models.export(resources, ["random-s1"], tmp_path / "model.zip")


def test_a_folder_that_is_missing_is_told(resources, tmp_path):
    with pytest.raises(SourceError, match="cannot be written"):
        models.export(resources, ["random-s1"], tmp_path / "missing" / "a.cambio")


# Ensembles


@pytest.fixture
def ensemble(resources) -> str:
    return ensembles.join(resources, ["random-s3", "random-s1", "random-s2"])


def test_seeds_together_decide_with_the_mean_of_their_probabilities(resources, ensemble):
    loaded = ProductionContract.validate_and_load(resources.models / ensemble)
    members = [
        ProductionContract.validate_and_load(resources.models / f"random-s{seed}")
        for seed in (1, 2, 3)
    ]
    for row in np.random.default_rng(5).normal(0, 3, (50, 15)).astype(np.float32):
        expected = np.mean([one.policy.probabilities(row) for one in members], axis=0)
        np.testing.assert_allclose(loaded.policy.probabilities(row), expected, rtol=0, atol=1e-6)


def test_an_ensemble_is_a_registered_model_of_its_own(resources, ensemble):
    row = row_of(resources, ensemble)
    assert (row["stage"], row["is_active"]) == ("staging", False)
    assert row["experiment_name"] == "random"
    assert row["metrics"]["ensemble_difference"] < 1e-6
    assert ProductionContract.validate_and_load(resources.home / row["model_path"])
    assert failed(models.verify(resources, ensemble)) == []


def test_an_ensemble_was_compared_with_its_members_before_it_was_published(resources, ensemble):
    def answers(model_id: str) -> np.ndarray:
        policy = ProductionContract.validate_and_load(resources.models / model_id).policy
        return np.array([policy.probabilities(row) for row in sample_observations(256)], float)

    mean = np.mean([answers(f"random-s{seed}") for seed in (1, 2, 3)], axis=0)
    worst = np.abs(answers(ensemble) - mean).max()
    assert row_of(resources, ensemble)["metrics"] == {"ensemble_difference": worst}
    assert 0 < worst < 1e-6


def test_an_ensemble_is_mended_where_it_stands(resources, ensemble):
    folder = resources.models / ensemble
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "policy.onnx").write_bytes(b"damaged")
    (folder / "note.txt").write_text("kept by the user")
    assert ensembles.join(resources, ["random-s1", "random-s2", "random-s3"]) == ensemble
    assert {name: (folder / name).read_bytes() for name in files} == files
    assert (folder / "note.txt").exists()


def test_an_ensembles_lineage_is_what_its_members_share(resources, ensemble):
    lineage = row_of(resources, ensemble)["lineage"]
    member = row_of(resources, "random-s1")["lineage"]
    assert lineage["members"] == ["random-s1", "random-s2", "random-s3"]
    assert lineage["seeds"] == [1, 2, 3]
    own = {"members", "seeds", "model_hash", "config_hash"}
    shared = {key: value for key, value in lineage.items() if key not in own}
    assert shared == {key: member[key] for key in member.keys() - own - {"seed"}}
    config = yaml.safe_load((resources.models / ensemble / "config.yaml").read_text())
    assert (config["seeds"], lineage["config_hash"]) == ([1, 2, 3], hash_of(config))
    assert ensemble == f"random-ensemble3-{hash_of(lineage)[:8]}"


def test_the_order_of_the_members_does_not_matter(resources, ensemble):
    assert ensembles.join(resources, ["random-s1", "random-s2", "random-s3"]) == ensemble
    assert ensembles.join(resources, ["random-s1", "random-s2"]) != ensemble
    assert not list(resources.models.glob(".*"))


def test_an_ensemble_leaves_as_one_bundle(resources, tmp_path, ensemble):
    exported = models.export(resources, ["random-s1", "random-s2", "random-s3"], tmp_path)
    assert exported.path == tmp_path / f"{ensemble}.cambio"
    assert set(bundle.unseal(exported.path.read_bytes(), {}).files) == set(bundle.FILES)
    assert failed(models.verify_bundle(exported.path, resources.keys)) == []


UNLIKE = {
    "other costs": {"costs": {"multiplier": 2.0}},
    "other training": {"training": {"algorithm": "ppo", "total_timesteps": 1000, "gamma": 0.5}},
    "a section more": {"risk": {"max_drawdown": 0.1}},
}


@pytest.mark.parametrize("changed", UNLIKE.values(), ids=UNLIKE)
def test_models_of_other_terms_are_not_joined(resources, changed):
    publish(resources, SPEC, 4, **changed)
    with pytest.raises(ContractMismatch, match=r"differ in more than their seeds") as caught:
        ensembles.join(resources, ["random-s1", "random-s4"])
    (section,) = changed
    assert all(name.startswith(f"config.{section}") for name in caught.value.fields["differences"])


def test_models_of_other_features_are_not_joined(resources):
    publish(resources, FeatureSpec(bar_range="close_only"), 4)
    with pytest.raises(ContractMismatch) as caught:
        ensembles.join(resources, ["random-s1", "random-s4"])
    assert caught.value.fields["differences"] == [
        "lineage.feature_spec_hash",
        "lineage.norm_stats_hash",
    ]


def test_a_model_counts_once(resources):
    with pytest.raises(ConfigError, match="random-s1 is named twice"):
        ensembles.join(resources, ["random-s1", "random-s2", "random-s1"])


def test_an_ensemble_is_no_member(resources, ensemble):
    with pytest.raises(Conflict, match="random-s1 random-s2 random-s3"):
        ensembles.join(resources, [ensemble, "random-s1"])
