"""Training reads the dataset that the manifest and the hand-off name, or nothing at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.dataset.market import build

from cambio.contracts.features import FEATURE_ORDER_HASH
from cambio.contracts.handoffs import L2Output
from cambio.contracts.lineage import file_hash
from cambio.dataset.build import read_dataset
from cambio.errors import ContractMismatch, DataQualityError
from cambio.training.inputs import verify_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> L2Output:
    return build(tmp_path_factory.mktemp("datasets"))


@pytest.fixture
def copied(dataset, tmp_path) -> L2Output:
    """A dataset of one's own to spoil."""
    return read_dataset(Path(shutil.copytree(dataset.dataset_path, tmp_path / "dataset")))


@pytest.mark.parametrize("name", ["train.parquet", "val.parquet", "norm_stats.json"])
def test_a_file_that_changed_since_the_build_is_refused(copied, name):
    path = Path(copied.dataset_path) / name
    expected, content = file_hash(path), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ContractMismatch, match=name) as caught:
        verify_dataset(copied)
    assert caught.value.fields == {"expected": expected, "found": file_hash(path)}


@pytest.mark.parametrize(
    "name", ["train.parquet", "val.parquet", "norm_stats.json", "manifest.json"]
)
def test_a_file_that_is_gone_is_named(copied, name):
    (Path(copied.dataset_path) / name).unlink()
    with pytest.raises(DataQualityError, match=name):
        verify_dataset(copied)


def edit(dataset: L2Output, change: Callable[[dict[str, Any]], Any]) -> None:
    path = Path(dataset.manifest_path)
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def test_a_dataset_of_another_feature_order_is_refused(copied):
    edit(copied, lambda manifest: manifest.update(feature_order_hash="beef"))
    with pytest.raises(ContractMismatch, match="beef") as caught:
        verify_dataset(copied)
    assert caught.value.fields["expected"] == FEATURE_ORDER_HASH


def test_a_dataset_of_another_builder_is_refused(copied):
    """Its features mean something else; the load gate would refuse what comes out."""
    edit(copied, lambda manifest: manifest.update(feature_spec_hash="beef"))
    with pytest.raises(ContractMismatch, match="beef"):
        verify_dataset(read_dataset(Path(copied.dataset_path)))


@pytest.mark.parametrize("key", ["dataset_hash", "norm_stats_hash", "source_data_hash"])
def test_a_hand_off_that_is_not_of_this_dataset_is_refused(copied, key):
    """Its hashes go into the lineage, so they must be those of the files that were read."""
    with pytest.raises(ContractMismatch, match="beef"):
        verify_dataset(replace(copied, **{key: "beef"}))


def test_an_untouched_dataset_is_what_its_manifest_says(dataset):
    found = verify_dataset(dataset)
    assert found["dataset_hash"] == dataset.dataset_hash
