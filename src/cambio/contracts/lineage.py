"""Canonical JSON and the hashes that tie an artefact to what it was made from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


def canonical_json(value: Any) -> str:
    """Give the one JSON text of ``value``: sorted keys, no spaces, no NaN.

    Raises:
        ValueError: ``value`` holds NaN or infinity, which JSON cannot say.

    >>> canonical_json({"b": 1, "a": [1.5, None]})
    '{"a":[1.5,null],"b":1}'
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def hash_of(value: Any) -> str:
    """Give the SHA-256 (64 hex digits) of the canonical JSON of ``value``.

    >>> hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def file_hash(path: Path, algorithm: str = "sha256") -> str:
    """Give the hex digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a model was made from. Holds no clock: the same inputs give the same record."""

    code_version: str
    config_hash: str
    overrides: dict[str, Any]
    feature_order_hash: str
    feature_spec_hash: str
    source_data_hash: str
    dataset_hash: str
    norm_stats_hash: str
    reward_config_hash: str
    training_start: str
    training_end: str
    validation_end: str
    """Up to here the data chose the weights; what comes later is out of sample."""
    seed: int
    model_hash: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give the record as plain JSON types."""
        return asdict(self)
