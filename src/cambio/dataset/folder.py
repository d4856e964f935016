"""A dataset's files: reading and writing splits, and putting a finished folder in place."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from cambio.contracts.features import MARKET_FEATURES
from cambio.dataset.manifest import MANIFEST, REBUILD, read_manifest
from cambio.dataset.splits import SPLITS
from cambio.errors import DataQualityError
from cambio.files import put_folder
from cambio.trading.checks import printable

SPLIT_SCHEMA: Final = pl.Schema(
    {
        "time": pl.Datetime("us", "UTC"),
        "session": pl.Date(),
        **dict.fromkeys(("open", "high", "low", "close"), pl.Float64()),
        **dict.fromkeys(MARKET_FEATURES, pl.Float64()),
        "rate_differential_pct": pl.Float64(),
    }
)
"""Columns of a split: a bar's open, its Bogota date, prices, raw features, rate differential."""


def parquet(folder: Path, split: str) -> Path:
    """Give the path of a split's file."""
    return folder / f"{split}.parquet"


def write_split(folder: Path, split: str, rows: pl.DataFrame) -> None:
    """Write a split's file."""
    pq.write_table(rows.to_arrow(), parquet(folder, split), compression="zstd")


def read_split(folder: Path, split: str) -> pl.DataFrame:
    """Give the rows of a split.

    Raises:
        DataQualityError: the file is missing, damaged, or has other columns.
    """
    path = parquet(folder, split)
    try:
        rows = pl.DataFrame(pq.read_table(BytesIO(path.read_bytes())))
    except FileNotFoundError as error:
        raise DataQualityError(f"{path} is missing.", remedy=REBUILD) from error
    except (OSError, ValueError, pa.ArrowException, pl.exceptions.PolarsError) as error:
        why = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        told = printable(why)
        raise DataQualityError(f"{path} is damaged: {told}.", remedy=REBUILD) from error
    if rows.schema != SPLIT_SCHEMA:
        differing = sorted(set(SPLIT_SCHEMA.items()) ^ set(rows.schema.items()), key=str)
        named = ", ".join(dict.fromkeys(name for name, _ in differing)) or "their order"
        raise DataQualityError(
            f"{path} has other columns than agreed: {printable(named)}.", remedy=REBUILD
        )
    return rows


def dataset_hash(folder: Path) -> str:
    """Give the MD5 of the concatenated split files, in the order train, val, test."""
    digest = hashlib.md5(usedforsecurity=False)
    for split in SPLITS:
        digest.update(parquet(folder, split).read_bytes())
    return digest.hexdigest()


def publish(staged: Path, folder: Path) -> bool:
    """Put a finished folder in place at once; tell whether it was new.

    Of two that publish the same folder one wins. Where it stands already, nothing happens and
    False is told: `mend` replaces what is damaged.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    return put_folder(staged, folder)


def same_files(staged: Path, folder: Path) -> bool:
    """Tell whether all files of ``staged`` are in ``folder``, byte for byte."""
    return all(
        (folder / path.name).is_file() and (folder / path.name).read_bytes() == path.read_bytes()
        for path in staged.iterdir()
    )


def same_values(staged: Path, folder: Path) -> bool:
    """Tell whether both hold the same rows and say the same of them, whatever their bytes.

    Raises:
        DataQualityError: a file is missing or damaged.
        ContractMismatch: a manifest is of another version.
    """
    told = (read_manifest(each).of_values() for each in (staged, folder))
    return next(told) == next(told) and all(
        read_split(staged, name).equals(read_split(folder, name)) for name in SPLITS
    )


def confirm(folder: Path) -> None:
    """Give the manifest the time of now: builds are listed by it, and nothing else is changed.

    A folder of another account keeps its time.
    """
    with suppress(PermissionError):
        os.utime(folder / MANIFEST)


def mend(staged: Path, folder: Path) -> None:
    """Replace the files of a damaged folder one by one, the manifest last.

    The folder is never missing, and a file is whole at every moment, so that two may mend it and
    others read it at the same time.
    """
    for path in sorted(staged.iterdir(), key=lambda path: path.name == MANIFEST):
        path.replace(folder / path.name)
