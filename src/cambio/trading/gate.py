"""The load gate: a model trades only if every hash says that it belongs here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cambio.contracts.features import FEATURE_ORDER_HASH
from cambio.contracts.lineage import file_hash
from cambio.errors import ContractMismatch, DataQualityError, NotFound
from cambio.features.spec import FeatureSpec
from cambio.trading.observation import NormStats
from cambio.trading.policy import OnnxPolicy

FILES = ("policy.onnx", "norm_stats.json", "metadata.json")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model that passed the gate."""

    model_id: str
    policy: OnnxPolicy
    stats: NormStats
    spec: FeatureSpec
    lineage: dict[str, Any]


class ProductionContract:
    """Loads models for trading; refuses what does not match."""

    @classmethod
    def validate_and_load(cls, folder: Path) -> LoadedModel:
        """Give the model in ``folder``.

        Raises:
            NotFound: a file is missing.
            ContractMismatch: feature order, feature specification, statistics or graph differ.
        """
        missing = [name for name in FILES if not (folder / name).exists()]
        if missing:
            raise NotFound(f"The model in {folder} lacks {', '.join(missing)}.")
        try:
            return cls._load(folder)
        except (KeyError, ValueError, TypeError, DataQualityError) as error:
            raise ContractMismatch(
                f"The model in {folder} cannot be read: {type(error).__name__} {error}",
                remedy="Train it again, or restore its files.",
            ) from error

    @classmethod
    def _load(cls, folder: Path) -> LoadedModel:
        metadata = json.loads((folder / "metadata.json").read_text())
        lineage = metadata["lineage"]
        spec = FeatureSpec(**metadata["feature_spec"])
        stats = NormStats.model_validate_json((folder / "norm_stats.json").read_text())
        stats.arrays()
        model_id = metadata["model_id"]
        votes = [
            ("feature order hash", FEATURE_ORDER_HASH, lineage["feature_order_hash"]),
            ("feature order hash", FEATURE_ORDER_HASH, stats.feature_order_hash),
            ("feature spec hash", spec.hash(), lineage["feature_spec_hash"]),
            ("feature spec hash", spec.hash(), stats.feature_spec_hash),
            ("norm stats hash", stats.hash(), lineage["norm_stats_hash"]),
            ("model hash", file_hash(folder / "policy.onnx"), lineage["model_hash"]),
        ]
        for subject, expected, found in votes:
            if expected != found:
                raise ContractMismatch.between(
                    subject, expected, "this installation", found, f"model {model_id}"
                )
        policy = OnnxPolicy((folder / "policy.onnx").read_bytes())
        return LoadedModel(model_id, policy, stats, spec, lineage)
