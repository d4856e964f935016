"""Ensembles: seeds of one experiment that decide together, as one graph and one model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from cambio.app.models import files_of
from cambio.contracts.handoffs import L3Output
from cambio.contracts.lineage import hash_of
from cambio.errors import ConfigError, Conflict, ContractMismatch, SourceError
from cambio.files import publish_folder
from cambio.store import models
from cambio.store.database import reading, transaction
from cambio.trading.policy import sample_observations
from cambio.training.export import networks_of, policy_graph, require_mean

if TYPE_CHECKING:
    from cambio.app.resources import Resources

OF_ONE_SEED: Final = frozenset({"seed", "model_hash", "config_hash", "overrides"})
"""Fields of a lineage that may differ between members; the latter two by their seeds alone."""
SAMPLE: Final = 256
"""Observations on which the ensemble is compared with its members."""
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class _Member:
    """One model of an ensemble to be."""

    model_id: str
    files: dict[str, bytes]
    metadata: dict[str, Any]
    config: dict[str, Any]

    @property
    def lineage(self) -> dict[str, Any]:
        lineage: dict[str, Any] = self.metadata["lineage"]
        return lineage

    def common(self) -> dict[str, Any]:
        """Give what has to be the same in all members, by dotted name."""
        lineage = {key: v for key, v in self.lineage.items() if key not in OF_ONE_SEED}
        overrides = _without_seeds(self.lineage.get("overrides", {}))
        found = {"lineage": {**lineage, "overrides": overrides}}
        return _flat({**found, "config": _without_seeds(self.config)})


def join(resources: Resources, ids: Sequence[str]) -> str:
    """Publish and register the ensemble of registered models; give its id.

    It answers with the mean of its members' probabilities. The same members in any order are the
    same ensemble.

    Raises:
        NotFound: a model is not registered, or lacks a file.
        ContractMismatch: a member does not pass the gate, they differ in more than their seeds, or
            the graph is not the mean of theirs.
        ConfigError: one is named twice.
        Conflict: one is an ensemble itself.
        SourceError: the ensemble's folder cannot be written.
    """
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ConfigError(f"{', '.join(twice)} is named twice; an ensemble holds each once.")
    members = [_member(resources, model_id) for model_id in sorted(ids)]
    for other in members[1:]:
        _require_alike(members[0], other)
    graphs = [member.files["policy.onnx"] for member in members]
    graph = policy_graph([network for one in graphs for network in networks_of(one)])
    difference = require_mean(graph, graphs, sample_observations(SAMPLE))
    return _publish(resources, members, graph, {"ensemble_difference": difference})


def _member(resources: Resources, model_id: str) -> _Member:
    with reading(resources.engine) as connection:
        row = models.get(connection, model_id)
    files = files_of(resources, row)
    member = _Member(
        model_id, files, json.loads(files["metadata.json"]), yaml.safe_load(files["config.yaml"])
    )
    if "members" in member.lineage:
        raise Conflict(
            f"{model_id} is an ensemble itself.",
            remedy=f"Name its members instead: {' '.join(member.lineage['members'])}.",
        )
    return member


def _require_alike(one: _Member, other: _Member) -> None:
    """Refuse to join models that differ in more than their seeds."""
    ours, its = one.common(), other.common()
    names = sorted(n for n in {*ours, *its} if ours.get(n) != its.get(n))
    if names:
        told = "; ".join(f"{n}: {ours.get(n)} and {its.get(n)}" for n in names[:SHOWN])
        more = f"; and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        raise ContractMismatch(
            f"{one.model_id} and {other.model_id} differ in more than their seeds, so they can't "
            f"be joined. {told}{more}.",
            remedy="Join seeds of one experiment: `cambio train NAME --seeds 5` trains some.",
            differences=names,
        )


def _publish(
    resources: Resources, members: Sequence[_Member], graph: bytes, metrics: dict[str, float]
) -> str:
    """Put the ensemble's folder below the models', whole or not at all, and register it."""
    config = {**members[0].config, "seeds": [member.lineage["seed"] for member in members]}
    metadata = _metadata(members, config, graph, metrics)
    files = {
        "policy.onnx": graph,
        "norm_stats.json": members[0].files["norm_stats.json"],
        "config.yaml": yaml.safe_dump(config, sort_keys=False).encode(),
        "metadata.json": json.dumps(metadata, indent=2).encode(),
    }
    folder = resources.models / metadata["model_id"]
    try:
        publish_folder(folder, files, last="metadata.json")
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}.") from error
    resources.artifacts.keep(folder)
    output = _output(metadata, folder, resources.home)
    by = resources.account().name
    with transaction(resources.engine) as connection:
        models.register(connection, output, metadata["lineage"], resources.now(), by)
    return output.model_id


def _metadata(
    members: Sequence[_Member], config: dict[str, Any], graph: bytes, metrics: dict[str, float]
) -> dict[str, Any]:
    """Give the ensemble's `metadata.json`; its lineage is what its members share."""
    first = members[0]
    lineage = {key: v for key, v in first.lineage.items() if key not in OF_ONE_SEED}
    lineage |= {
        "overrides": _without_seeds(first.lineage.get("overrides", {})),
        "config_hash": hash_of(config),
        "members": [member.model_id for member in members],
        "seeds": config["seeds"],
        "model_hash": hashlib.sha256(graph).hexdigest(),
    }
    return {
        "model_id": f"{config['name']}-ensemble{len(members)}-{hash_of(lineage)[:8]}",
        "experiment_name": config["name"],
        "model_version": first.metadata.get("model_version", ""),
        "feature_spec": first.metadata["feature_spec"],
        "lineage": lineage,
        "metrics": metrics,
    }


def _output(metadata: Mapping[str, Any], folder: Path, home: Path) -> L3Output:
    lineage = metadata["lineage"]
    return L3Output(
        model_id=metadata["model_id"],
        model_path=str(folder.relative_to(home)),
        model_hash=lineage["model_hash"],
        model_version=metadata["model_version"],
        metrics=metadata["metrics"],
        training_run_id="",
        experiment_name=metadata["experiment_name"],
        norm_stats_path=str(folder / "norm_stats.json"),
        config_hash=lineage["config_hash"],
        feature_order_hash=lineage["feature_order_hash"],
        feature_spec_hash=lineage["feature_spec_hash"],
    )


def _without_seeds(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "seeds"}


def _flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Give the leaves of nested mappings by dotted name.

    >>> _flat({"a": {"b": 1}, "c": [2]})
    {'a.b': 1, 'c': [2]}
    """
    found: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, dict) and value:
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found
