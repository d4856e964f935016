"""The load gate: change one thing of a model folder, and it does not load."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tests.models import random_network, random_policy, write_model
from tests.unit.trading.test_policy import graph as zeros
from tests.unit.trading.test_policy import that_fails_when_run

from cambio.contracts.features import FEATURE_ORDER_HASH
from cambio.contracts.lineage import file_hash
from cambio.errors import ContractMismatch, NotFound
from cambio.features.spec import FeatureSpec
from cambio.trading.gate import FILES, ProductionContract, examine
from cambio.trading.observation import NormStats
from cambio.training.export import Layer, Network, policy_graph

SPEC = FeatureSpec(bar_range="as_is", zscore_window=60)
OTHER = "0" * 16


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_model(tmp_path / "model", SPEC)


def edit(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def metadata(folder: Path, key: str, value: str) -> None:
    edit(folder / "metadata.json", lambda document: document["lineage"].update({key: value}))


def statistics(folder: Path, **changed) -> None:
    edit(folder / "norm_stats.json", lambda document: document.update(changed))


def refused(folder: Path) -> ContractMismatch:
    with pytest.raises(ContractMismatch) as caught:
        ProductionContract.validate_and_load(folder)
    return caught.value


def test_a_model_that_belongs_here_loads_whole(folder):
    model = ProductionContract.validate_and_load(folder)
    assert (model.model_id, model.spec) == ("random-s0", SPEC)
    assert model.stats.hash() == model.lineage["norm_stats_hash"]
    assert model.policy.probabilities(np.zeros(15, np.float32)).shape == (3,)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(NotFound, match=name):
        ProductionContract.validate_and_load(folder)


@pytest.mark.parametrize(
    ("key", "subject", "here"),
    [
        ("feature_order_hash", "feature order hash", lambda _: FEATURE_ORDER_HASH),
        ("feature_spec_hash", "feature spec hash", lambda _: SPEC.hash()),
        ("model_hash", "model hash", lambda folder: file_hash(folder / "policy.onnx")),
    ],
)
def test_a_hash_of_the_metadata_that_differs_is_refused_with_both_sides(folder, key, subject, here):
    metadata(folder, key, OTHER)
    error = refused(folder)
    assert error.fields == {"expected": here(folder), "found": OTHER}
    assert subject in str(error)
    assert "random-s0" in str(error)


def test_another_hash_of_the_statistics_is_refused_with_both_sides(folder):
    metadata(folder, "norm_stats_hash", OTHER)
    error = refused(folder)
    assert OTHER in error.fields.values()
    assert "norm stats hash" in str(error)


def changed_mean(folder: Path) -> None:
    edit(
        folder / "norm_stats.json", lambda document: document["features"]["vix_z"].update(mean=0.5)
    )


TAMPERED = {
    "a mean": changed_mean,
    "the statistics' order hash": lambda folder: statistics(folder, feature_order_hash=OTHER),
    "the statistics' spec hash": lambda folder: statistics(folder, feature_spec_hash=OTHER),
    "the row count": lambda folder: statistics(folder, row_count=2),
    "the graph": lambda folder: (folder / "policy.onnx").write_bytes(random_policy(seed=1)),
    "a parameter": lambda folder: edit(
        folder / "metadata.json", lambda document: document["feature_spec"].update(staleness_days=9)
    ),
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
def test_a_file_that_was_changed_afterwards_is_refused(folder, tamper):
    tamper(folder)
    refused(folder)


def test_statistics_of_another_model_are_refused(folder, tmp_path):
    other = write_model(tmp_path / "other", FeatureSpec(bar_range="close_only"))
    (folder / "norm_stats.json").write_bytes((other / "norm_stats.json").read_bytes())
    refused(folder)


@pytest.mark.parametrize("key", ["feature_order_hash", "feature_spec_hash"])
def test_statistics_of_another_contract_are_refused_though_their_hash_agrees(folder, key):
    statistics(folder, **{key: OTHER})
    stats = NormStats.model_validate_json((folder / "norm_stats.json").read_text())
    metadata(folder, "norm_stats_hash", stats.hash())
    assert refused(folder).fields["found"] == OTHER


def drop(key: str) -> Callable[[Path], None]:
    return lambda folder: edit(folder / "metadata.json", lambda document: document.pop(key))


def garbage(name: str) -> Callable[[Path], Any]:
    return lambda folder: (folder / name).write_text("{")


def add_parameter(folder: Path) -> None:
    edit(folder / "metadata.json", lambda document: document["feature_spec"].update(rsi_period=9))


def not_a_number(folder: Path) -> None:
    text = (folder / "norm_stats.json").read_text()
    (folder / "norm_stats.json").write_text(text.replace('"mean":0.0', '"mean":NaN', 1))


UNREADABLE = {
    "no lineage": drop("lineage"),
    "no specification": drop("feature_spec"),
    "no id": drop("model_id"),
    "metadata that is no JSON": garbage("metadata.json"),
    "metadata without end": lambda folder: (folder / "metadata.json").write_text("[" * 100_000),
    "metadata of another shape": lambda folder: (folder / "metadata.json").write_text("[1]"),
    "statistics that are no JSON": garbage("norm_stats.json"),
    "a parameter this version does not know": add_parameter,
    "a mean that is no number": not_a_number,
}


@pytest.mark.parametrize("spoil", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_refused_as_a_mismatch(folder, spoil):
    """The caller falls back to the champion on a refusal, and on nothing else."""
    spoil(folder)
    refused(folder)


def test_a_hash_that_is_missing_is_refused(folder):
    edit(folder / "metadata.json", lambda document: document["lineage"].pop("model_hash"))
    refused(folder)


def test_statistics_that_lack_a_feature_are_refused(folder):
    """Though every hash agrees: it could never give an observation."""
    edit(folder / "norm_stats.json", lambda document: document["features"].pop("vix_z"))
    stats = NormStats.model_validate_json((folder / "norm_stats.json").read_text())
    metadata(folder, "norm_stats_hash", stats.hash())
    refused(folder)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_policy_that_answers_no_probabilities_is_refused(tmp_path, value):
    """Though every hash agrees; `argmax` of NaN would always sell."""
    inner, outer = random_network().layers
    spoilt = Layer(outer.weight, np.array([value, 0, 0], np.float32))
    graph = policy_graph([Network((inner, spoilt), "tanh")])
    folder = write_model(tmp_path / "spoilt", SPEC, graph=graph)
    assert "probabilities" in str(refused(folder))


def test_an_answer_below_nothing_is_no_probability(tmp_path):
    """Though it is finite and sums to 1."""
    one = numpy_helper.from_array(np.array([1.5, -0.25, -0.25], np.float32), "one")
    proto = onnx.load_model_from_string(zeros())  # its weights are all 0
    proto.graph.initializer.append(one)
    proto.graph.node[0].output[0] = "zeros"
    proto.graph.node.append(onnx.helper.make_node("Add", ["zeros", "one"], ["probabilities"]))
    folder = write_model(tmp_path / "below", SPEC, graph=proto.SerializeToString())
    assert refused(folder).fields["found"] == "wrong on 64 of 64 observations"


def test_a_graph_that_fails_when_it_is_run_is_refused(tmp_path):
    folder = write_model(tmp_path / "failing", SPEC, graph=that_fails_when_run())
    assert "cannot be run" in refused(folder).fields["found"]


def test_a_registered_model_loads_as_what_it_is(folder):
    row = {"model_id": "random-s0", "model_hash": file_hash(folder / "policy.onnx")}
    assert ProductionContract.validate_and_load(folder, row).model_id == "random-s0"


def test_a_model_in_anothers_folder_is_refused_and_both_are_named(folder, tmp_path):
    other = file_hash(write_model(tmp_path / "other", SPEC, seed=1) / "policy.onnx")
    own = file_hash(folder / "policy.onnx")
    for row, sides in (
        ({"model_id": "random-s1", "model_hash": own}, ("random-s1", "random-s0")),
        ({"model_id": "random-s0", "model_hash": other}, (other, own)),
    ):
        with pytest.raises(ContractMismatch) as caught:
            ProductionContract.validate_and_load(folder, row)
        assert caught.value.fields == dict(zip(("expected", "found"), sides, strict=True))


@pytest.mark.parametrize("name", ["", "../../etc", "a b", ".hidden", "x\x1b[2J", 5])
def test_an_id_that_could_be_no_folders_name_is_refused(folder, name):
    edit(folder / "metadata.json", lambda document: document.update(model_id=name))
    refused(folder)


def test_every_check_is_told_at_once(folder):
    """The gate refuses on the first; whoever looks into it sees all."""
    metadata(folder, "feature_order_hash", OTHER)
    metadata(folder, "model_hash", OTHER)
    files = {name: (folder / name).read_bytes() for name in FILES}
    files["norm_stats.json"] = b"{"
    wrong = [check.subject for check in examine(files).checks if not check.passed]
    assert wrong == ["content of norm_stats.json"]
    files["norm_stats.json"] = (folder / "norm_stats.json").read_bytes()
    wrong = [check.subject for check in examine(files).checks if not check.passed]
    assert wrong == ["feature order hash in metadata.json", "model hash in metadata.json"]
