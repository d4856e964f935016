"""The load gate: a model trades only if every hash says that it belongs here."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from cambio.contracts.features import FEATURE_ORDER_HASH
from cambio.contracts.trading import Action
from cambio.errors import ContractMismatch, DataQualityError, NotFound
from cambio.features.spec import FeatureSpec
from cambio.trading import bundle
from cambio.trading.checks import Check, require, said
from cambio.trading.observation import NormStats
from cambio.trading.policy import OnnxPolicy, sample_observations

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from numpy.typing import NDArray

FILES = ("policy.onnx", "norm_stats.json", "metadata.json")
UNREADABLE: Final = (KeyError, ValueError, TypeError, RecursionError, DataQualityError)
"""What reading a file can raise, however it was spoilt."""
MODEL_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
SUM_TOLERANCE: Final = 1e-5
REPAIR: Final = "Restore its files from a backup or a bundle, or train it again."

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model that passed the gate."""

    model_id: str
    policy: OnnxPolicy
    stats: NormStats
    spec: FeatureSpec
    lineage: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Examination:
    """Every check of a model; the model itself only if all passed."""

    checks: list[Check]
    model: LoadedModel | None
    model_id: str
    """What the model calls itself; empty when that cannot be read."""


class ProductionContract:
    """Loads models for trading; refuses what does not match."""

    @classmethod
    def validate_and_load(
        cls, folder: Path, registered: Mapping[str, Any] | None = None
    ) -> LoadedModel:
        """Give the model in ``folder``.

        Args:
            folder: as training left it.
            registered: `model_id` and `model_hash` of the model that is meant, if it has a row in
                the registry already; another one that lies in its folder is refused.

        Raises:
            NotFound: a file is missing.
            ContractMismatch: feature order, feature specification, statistics or graph differ, a
                file cannot be read, the policy does not answer with probabilities, or it is not
                the model that was registered.
        """
        missing = [name for name in FILES if not (folder / name).exists()]
        if missing:
            raise NotFound(f"The model in {folder} lacks {', '.join(missing)}.", remedy=REPAIR)
        files = {name: (folder / name).read_bytes() for name in FILES}
        found = examine(files)
        if registered is not None:
            checks = registry_checks(registered, found.model_id, files["policy.onnx"])
            found = replace(found, checks=[*found.checks, *checks])
        return _model(found, f"in {folder}", REPAIR)

    @classmethod
    def load_bundle(cls, path: Path, trusted: Mapping[str, Ed25519PublicKey]) -> LoadedModel:
        """Give the model in a bundle, if one of the ``trusted`` keys has signed it.

        Raises:
            NotFound: there is no such file.
            ContractMismatch: it was not signed by a trusted key, differs from what was signed, or
                is a model of another contract.
            SourceError: it cannot be read.
        """
        return _model(
            examine_bundle(bundle.read(path), trusted),
            f"in {path}",
            f"`cambio models verify {path}` shows every check.",
        )


def registry_checks(
    registered: Mapping[str, Any], model_id: str, graph: bytes | None
) -> list[Check]:
    """Compare a model with its row in the registry: what it calls itself, and its graph."""
    graph_hash = "missing" if graph is None else hashlib.sha256(graph).hexdigest()
    return [
        Check.equal("model id of the registry", registered["model_id"], model_id),
        Check.equal("model hash of the registry", registered["model_hash"], graph_hash),
    ]


def _model(examination: Examination, where: str, remedy: str) -> LoadedModel:
    whose = " ".join(filter(None, ("Model", examination.model_id, where)))
    require(examination.checks, whose, remedy)
    if examination.model is None:  # cannot be: no model without a failed check
        raise ContractMismatch(f"{whose} cannot be loaded.", remedy=remedy)
    return examination.model


def examine_bundle(content: bytes, trusted: Mapping[str, Ed25519PublicKey]) -> Examination:
    """Check a bundle down to its policy; a graph that nobody trusted has signed is not opened."""
    opened = bundle.unseal(content, trusted)
    inner = examine(opened.files, trusted=opened.passed, manifest=opened.manifest)
    return Examination([*opened.checks, *inner.checks], inner.model, inner.model_id)


def examine(
    files: Mapping[str, bytes], *, trusted: bool = True, manifest: bundle.Manifest | None = None
) -> Examination:
    """Check a model's files against this installation.

    Args:
        files: `policy.onnx`, `norm_stats.json`, `metadata.json` by name; others are not looked at.
        trusted: whether the graph may be opened.
        manifest: what the bundle around them says, if there is one.
    """
    checks: list[Check] = []
    claims = _read(checks, files, "metadata.json", _Claims.of)
    stats = _read(checks, files, "norm_stats.json", _statistics)
    if claims and manifest:
        checks += claims.repeated_by(manifest)
    if claims and stats:
        checks += _votes(claims, stats, files.get("policy.onnx", b""))
    policy = _policy(checks, files) if trusted else None
    if not trusted:
        found = "not opened, for the bundle did not pass"
        checks.append(Check("content of policy.onnx", False, "readable", found))
    model = None
    if claims and stats and policy and all(check.passed for check in checks):
        model = LoadedModel(claims.model_id, policy, stats, claims.spec, claims.lineage)
    return Examination(checks, model, claims.model_id if claims else "")


@dataclass(frozen=True, slots=True)
class _Claims:
    """What `metadata.json` says."""

    model_id: str
    spec: FeatureSpec
    lineage: dict[str, Any]

    @classmethod
    def of(cls, content: bytes) -> _Claims:
        metadata = json.loads(content)
        lineage = metadata["lineage"]
        for key in ("feature_order_hash", "feature_spec_hash", "norm_stats_hash", "model_hash"):
            lineage[key]
        model_id = metadata["model_id"]
        if not MODEL_ID.fullmatch(model_id):
            raise ValueError("its model_id could be no folder's name")
        return cls(model_id, FeatureSpec(**metadata["feature_spec"]), lineage)

    def repeated_by(self, manifest: bundle.Manifest) -> list[Check]:
        ours = {
            "model id": self.model_id,
            "feature order hash": FEATURE_ORDER_HASH,
            "feature spec hash": self.spec.hash(),
        }
        its = (manifest.model_id, manifest.feature_order_hash, manifest.feature_spec_hash)
        return [
            Check.equal(f"{subject} in {bundle.MANIFEST}", expected, found)
            for (subject, expected), found in zip(ours.items(), its, strict=True)
        ]


def _statistics(content: bytes) -> NormStats:
    stats = NormStats.model_validate_json(content)
    stats.arrays()
    stats.hash()  # NaN has none
    return stats


def _read(
    checks: list[Check], files: Mapping[str, bytes], name: str, reader: Callable[[bytes], T]
) -> T | None:
    """Give what a file holds, and put on the list whether it could be read."""
    subject = f"content of {name}"
    if name not in files:
        checks.append(Check(subject, False, "readable", "missing"))
        return None
    try:
        value = reader(files[name])
    except ContractMismatch as error:
        expected = str(error.fields.get("expected", "readable"))
        checks.append(Check(subject, False, expected, str(error.fields.get("found", error.what))))
        return None
    except UNREADABLE as error:
        checks.append(Check(subject, False, "readable", said(error)))
        return None
    checks.append(Check(subject, True, "readable", "readable"))
    return value


def _votes(claims: _Claims, stats: NormStats, graph: bytes) -> list[Check]:
    """Compare every hash that a model carries with what this installation computes."""
    lineage, own = claims.lineage, "in norm_stats.json"
    order, spec, its = FEATURE_ORDER_HASH, claims.spec.hash(), "in metadata.json"
    graph_hash = hashlib.sha256(graph).hexdigest()
    return [
        Check.equal(f"feature order hash {its}", order, lineage["feature_order_hash"]),
        Check.equal(f"feature order hash {own}", order, stats.feature_order_hash),
        Check.equal(f"feature spec hash {its}", spec, lineage["feature_spec_hash"]),
        Check.equal(f"feature spec hash {own}", spec, stats.feature_spec_hash),
        Check.equal(f"norm stats hash {its}", stats.hash(), lineage["norm_stats_hash"]),
        Check.equal(f"model hash {its}", graph_hash, lineage["model_hash"]),
    ]


def _policy(checks: list[Check], files: Mapping[str, bytes]) -> OnnxPolicy | None:
    """Open the graph and run it on a sample: NaN weights load, but they must never trade."""
    policy = _read(checks, files, "policy.onnx", OnnxPolicy)
    if policy is None:
        return None
    rows = sample_observations()
    wanted = f"finite and summing to 1 on {len(rows)} observations"
    try:
        wrong = sum(not _is_distribution(policy.probabilities(row)) for row in rows)
        answered = f"wrong on {wrong} of {len(rows)} observations" if wrong else wanted
    except ContractMismatch as error:
        answered = error.what
    checks.append(Check("probabilities", answered == wanted, wanted, answered))
    return policy


def _is_distribution(answer: NDArray[np.float32]) -> bool:
    """Tell whether an answer gives each action a probability; NaN is none."""
    fits = answer.shape == (len(Action),) and bool((answer >= 0).all())
    return fits and abs(float(answer.sum(dtype=np.float64)) - 1.0) <= SUM_TOLERANCE
