"""Datasets changed behind their manifest's back, and manifests that were made to fit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from cambio.dataset.folder import dataset_hash, write_split
from cambio.dataset.manifest import FileRecord, seal


def edit(folder: Path, change: Callable[[dict[str, Any]], Any], *, sealed: bool = True) -> None:
    """Change the manifest; its own hash fits unless ``sealed`` is False."""
    path = folder / "manifest.json"
    document = json.loads(path.read_text())
    change(document)
    if sealed:
        document["manifest_hash"] = seal(document)
    path.write_text(json.dumps(document, indent=2))


def reseal(folder: Path) -> None:
    """Let the manifest describe the files as they are now."""

    def describe(document: dict[str, Any]) -> None:
        for name in document["files"]:
            rows = None
            if name.endswith(".parquet"):
                rows = pl.read_parquet(folder / name).height
            record = FileRecord.of(folder / name, rows)
            document["files"][name] = record.model_dump(exclude_none=True)
        document["dataset_hash"] = dataset_hash(folder)

    edit(folder, describe)


def forge(folder: Path, split: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Change a split's rows, and every hash with them."""
    write_split(folder, split, change(pl.read_parquet(folder / f"{split}.parquet")))
    reseal(folder)
