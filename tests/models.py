"""Policies and models for tests: small random networks that really change their mind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from cambio.contracts.features import FEATURE_ORDER, FEATURE_ORDER_HASH
from cambio.contracts.handoffs import L3Output
from cambio.contracts.lineage import Lineage, file_hash, hash_of
from cambio.features.spec import FeatureSpec
from cambio.store import models
from cambio.store.database import transaction
from cambio.trading.observation import FeatureStats, NormStats
from cambio.training.export import Layer, Network, policy_graph

if TYPE_CHECKING:
    from cambio.app.resources import Resources

CONFIG = {
    "name": "random",
    "training": {"algorithm": "ppo", "total_timesteps": 1000, "gamma": 0.99},
    "environment": {"max_steps": 1200},
    "reward": {"strategy": "pnl"},
    "costs": {"multiplier": 1.0},
}


class ConstantPolicy:
    """Asks for the same action on every bar: 0 SELL, 1 HOLD, 2 BUY."""

    def __init__(self, action: int) -> None:
        self._answer = np.zeros(3, dtype=np.float32)
        self._answer[action] = 1.0

    def probabilities(self, observation: np.ndarray) -> np.ndarray:
        return self._answer


def random_network(seed: int = 0, scale: float = 4.0) -> Network:
    """A network `15 -> 8 -> 3` with random weights."""
    rng = np.random.default_rng(seed)
    inner = rng.normal(0, scale / 15**0.5, (15, 8)), rng.normal(0, 1, 8)
    outer = rng.normal(0, scale / 8**0.5, (8, 3)), np.zeros(3)
    layers = [Layer(w.T.astype(np.float32), b.astype(np.float32)) for w, b in (inner, outer)]
    return Network(tuple(layers), "tanh")


def random_policy(seed: int = 0, scale: float = 4.0) -> bytes:
    """The graph of `random_network`."""
    return policy_graph([random_network(seed, scale)])


# Rough scales of the raw features, so that normalised ones move around 0.
SCALES = {
    "rsi_9": (50.0, 20.0),
    "atr_pct": (0.1, 0.05),
    "adx_14": (25.0, 12.0),
    "rate_spread": (7.0, 2.0),
}


def stats_for(spec: FeatureSpec) -> NormStats:
    """Plausible statistics without a training split."""
    small = {name: (0.0, 0.002) for name in FEATURE_ORDER if name.startswith("log_ret")}
    change = {name: (0.0, 0.01) for name in FEATURE_ORDER if name.endswith("change_1d")}
    known = {**small, **change, **SCALES}
    entries = {}
    for name in FEATURE_ORDER:
        mean, std = known.get(name, (0.0, 1.0))
        entries[name] = FeatureStats(mean=mean, std=std, min=-1e9, max=1e9, count=1)
    return NormStats(
        feature_order_hash=FEATURE_ORDER_HASH,
        feature_spec_hash=spec.hash(),
        row_count=1,
        features=entries,
    )


def write_model(
    folder: Path,
    spec: FeatureSpec,
    seed: int = 0,
    graph: bytes = b"",
    model_id: str = "",
    **changed: Any,
) -> Path:
    """A model folder as L3 leaves it, without the training.

    Args:
        folder: is made.
        spec: of its features.
        seed: of its weights.
        graph: instead of a random policy.
        model_id: instead of `random-sSEED`.
        changed: sections of its configuration that are other than usual.
    """
    folder.mkdir(parents=True)
    stats = stats_for(spec)
    config = {**CONFIG, "seeds": [seed], **changed}
    (folder / "policy.onnx").write_bytes(graph or random_policy(seed))
    (folder / "norm_stats.json").write_text(stats.model_dump_json())
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    (folder / "model.zip").write_bytes(b"the archive of the training")
    lineage = Lineage(
        code_version="0.1.0+00000000",
        config_hash=hash_of(config),
        overrides={},
        feature_order_hash=FEATURE_ORDER_HASH,
        feature_spec_hash=spec.hash(),
        source_data_hash="5" * 64,
        dataset_hash="d" * 32,
        norm_stats_hash=stats.hash(),
        reward_config_hash="e" * 64,
        training_start="2020-01-01",
        training_end="2023-12-31",
        validation_end="2024-06-30",
        seed=seed,
        model_hash=file_hash(folder / "policy.onnx"),
    )
    metadata = {
        "model_id": model_id or f"random-s{seed}",
        "model_version": "1.0.0",
        "feature_spec": spec.model_dump(),
        "lineage": lineage.to_dict(),
        "metrics": {"best_validation_reward": 0.5},
    }
    (folder / "metadata.json").write_text(json.dumps(metadata))
    return folder


def publish(
    resources: Resources, spec: FeatureSpec, seed: int = 0, model_id: str = "", **changed: Any
) -> str:
    """A model below the product's models and in its registry, as after `cambio train`."""
    folder = resources.models / (model_id or f"random-s{seed}")
    write_model(folder, spec, seed, model_id=model_id, **changed)
    metadata = json.loads((folder / "metadata.json").read_text())
    lineage = metadata["lineage"]
    output = L3Output(
        model_id=metadata["model_id"],
        model_path=str(folder.relative_to(resources.home)),
        model_hash=lineage["model_hash"],
        model_version=metadata["model_version"],
        metrics=metadata["metrics"],
        training_run_id="",
        experiment_name="random",
        norm_stats_path=str(folder / "norm_stats.json"),
        config_hash=lineage["config_hash"],
        feature_order_hash=lineage["feature_order_hash"],
        feature_spec_hash=lineage["feature_spec_hash"],
    )
    with transaction(resources.engine) as connection:
        models.register(connection, output, lineage, resources.now())
    return output.model_id
