"""What walk-forwards and A/B tests found, kept as JSON beside their pages: for who compares."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from cambio.errors import ConfigError
from cambio.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cambio.app.resources import Resources

VERSION: Final = 1
"""Of a record's shape; others are told as unreadable."""


class Kind(StrEnum):
    """What a record is of; the folder that it lies in."""

    WALK_FORWARD = "walk-forwards"
    AB_TEST = "ab-tests"


@dataclass(frozen=True, slots=True)
class Record:
    """One run's findings."""

    name: str
    """Of the record, unique in its kind; a later run of the same replaces it."""
    created_at: datetime
    """When the run ended, UTC."""
    document: Mapping[str, Any]
    """Plain JSON types, as the run's `to_dict` has them."""


def folder_of(resources: Resources, kind: Kind) -> Path:
    """Give where the records of a kind lie."""
    return resources.home / "records" / kind


def keep(resources: Resources, kind: Kind, name: str, document: Mapping[str, Any]) -> Path:
    """Store what a run found; the record appears whole or not at all.

    Args:
        resources: the home, and the clock.
        kind: of the run.
        name: of the record.
        document: JSON types and dates; NaN and infinity become null.

    Raises:
        ConfigError: it can't be written.
    """
    path = folder_of(resources, kind) / f"{name}.json"
    content = {
        "version": VERSION,
        "created_at": resources.now().isoformat(),
        "document": _finite(document),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(content, allow_nan=False, default=str).encode())
    except OSError as error:
        raise ConfigError(
            f"The record can't be written to {path}: {error.strerror}.",
            remedy="Make room, then run the same command again: nothing is trained twice.",
        ) from error
    return path


def kept(resources: Resources, kind: Kind) -> tuple[list[Record], list[str]]:
    """Give the records of a kind, the newest first, and the names of those that can't be read."""
    found, unreadable = [], []
    for path in sorted(folder_of(resources, kind).glob("[!.]*.json")):
        record = _read(path)
        if record is None:
            unreadable.append(path.stem)
        else:
            found.append(record)
    found.sort(key=lambda record: (record.created_at, record.name), reverse=True)
    return found, unreadable


def _read(path: Path) -> Record | None:
    try:
        content = json.loads(path.read_bytes())
        if content["version"] != VERSION:
            return None
        created_at = datetime.fromisoformat(content["created_at"])
        return Record(path.stem, created_at, dict(content["document"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _finite(value: Any) -> Any:
    """Give a value with None for what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value
