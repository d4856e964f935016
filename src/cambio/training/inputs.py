"""What a training reads: a dataset's train and validation splits, verified before they are opened.

The test split belongs to L4 and is never opened here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cambio.contracts.features import FEATURE_ORDER_HASH
from cambio.contracts.lineage import file_hash
from cambio.errors import ContractMismatch, DataQualityError
from cambio.features.spec import FeatureSpec
from cambio.trading.observation import NormStats
from cambio.training.environment import EpisodeData

if TYPE_CHECKING:
    from cambio.contracts.handoffs import L2Output
    from cambio.trading.costs import CostModel

TRAINING_FILES: Final = ("train.parquet", "val.parquet", "norm_stats.json")
HANDED_HASHES: Final = ("dataset_hash", "norm_stats_hash", "source_data_hash", "feature_spec_hash")


@dataclass(frozen=True, slots=True)
class TrainingInputs:
    """A verified dataset, as far as training may see it."""

    manifest: dict[str, Any]
    norm_stats: bytes
    """The verified `norm_stats.json`."""
    train: EpisodeData
    val: EpisodeData

    @classmethod
    def read(cls, dataset: L2Output, costs: CostModel) -> TrainingInputs:
        """Verify and open train and validation.

        Raises:
            ContractMismatch: a file changed since the build, or is of another contract.
            DataQualityError: a file is missing or damaged.
        """
        manifest = verify_dataset(dataset)
        folder = Path(dataset.dataset_path)
        norm_stats = (folder / "norm_stats.json").read_bytes()
        try:
            stats = NormStats.model_validate_json(norm_stats)
        except ValueError as error:
            raise DataQualityError(
                f"{folder / 'norm_stats.json'} is damaged: {error}", remedy="Build it again."
            ) from error
        close_only = manifest["feature_spec"]["bar_range"] == "close_only"
        train, val = (
            EpisodeData.of(
                pl.read_parquet(folder / f"{name}.parquet"), stats, costs, close_only=close_only
            )
            for name in ("train", "val")
        )
        return cls(manifest, norm_stats, train, val)


def verify_dataset(dataset: L2Output) -> dict[str, Any]:
    """Check the files of train and validation against the manifest; give the manifest.

    Raises:
        ContractMismatch: a file changed since the build, the contract is another one, or the
            hand-off names another dataset than the manifest does.
        DataQualityError: a file is missing, or the manifest is damaged.
    """
    folder = Path(dataset.dataset_path)
    for name in ("manifest.json", *TRAINING_FILES):
        if not (folder / name).exists():
            raise DataQualityError(f"{folder / name} is missing.", remedy="Build it again.")
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
        _require_hashes(manifest, dataset)
        for name in TRAINING_FILES:
            stored, found = manifest["files"][name]["sha256"], file_hash(folder / name)
            if stored != found:
                where = str(folder / name)
                raise ContractMismatch.between("SHA-256", stored, "manifest.json", found, where)
    except (KeyError, TypeError, ValueError) as error:
        raise DataQualityError(
            f"{folder / 'manifest.json'} is damaged: {type(error).__name__} {error}",
            remedy="Build the dataset again.",
        ) from error
    return manifest


def _require_hashes(manifest: dict[str, Any], dataset: L2Output) -> None:
    ours = {
        "feature_order_hash": FEATURE_ORDER_HASH,
        "feature_spec_hash": FeatureSpec(**manifest["feature_spec"]).hash(),
    }
    handed = {key: getattr(dataset, key) for key in HANDED_HASHES}
    for by, expected in (("this installation", ours), ("the hand-off", handed)):
        for key, value in expected.items():
            if manifest[key] != value:
                subject = key.replace("_", " ")
                where = str(Path(dataset.dataset_path) / "manifest.json")
                raise ContractMismatch.between(subject, value, by, manifest[key], where)
