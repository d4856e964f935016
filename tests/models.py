"""Policies and models for tests: small random networks that really change their mind."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from cambio.contracts.features import FEATURE_ORDER, FEATURE_ORDER_HASH
from cambio.contracts.lineage import file_hash
from cambio.features.spec import FeatureSpec
from cambio.trading.observation import FeatureStats, NormStats


def random_policy(seed: int = 0, scale: float = 4.0) -> bytes:
    """An ONNX policy `15 -> 8 -> 3` with random weights."""
    rng = np.random.default_rng(seed)
    weights = {
        "w0": rng.normal(0, scale / 15**0.5, (15, 8)),
        "b0": rng.normal(0, 1, 8),
        "w1": rng.normal(0, scale / 8**0.5, (8, 3)),
        "b1": np.zeros(3),
    }
    nodes = [
        helper.make_node("Gemm", ["observation", "w0", "b0"], ["h"]),
        helper.make_node("Tanh", ["h"], ["t"]),
        helper.make_node("Gemm", ["t", "w1", "b1"], ["l"]),
        helper.make_node("Softmax", ["l"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "policy",
        [helper.make_tensor_value_info("observation", TensorProto.FLOAT, ["n", 15])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(w.astype(np.float32), name) for name, w in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


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


def write_model(folder: Path, spec: FeatureSpec, seed: int = 0) -> Path:
    """A model folder as L3 leaves it, without the training."""
    folder.mkdir(parents=True)
    stats = stats_for(spec)
    (folder / "policy.onnx").write_bytes(random_policy(seed))
    (folder / "norm_stats.json").write_text(stats.model_dump_json())
    lineage = {
        "feature_order_hash": FEATURE_ORDER_HASH,
        "feature_spec_hash": spec.hash(),
        "norm_stats_hash": stats.hash(),
        "model_hash": file_hash(folder / "policy.onnx"),
    }
    metadata = {
        "model_id": f"random-s{seed}",
        "feature_spec": spec.model_dump(),
        "lineage": lineage,
    }
    (folder / "metadata.json").write_text(json.dumps(metadata))
    onnx.checker.check_model(onnx.load(folder / "policy.onnx"))
    return folder
