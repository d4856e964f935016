"""`manifest.json`: what a dataset is, what it was made from, and every hash of it.

It holds no clock and no path, so the same inputs give the same bytes.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from cambio.contracts.lineage import canonical_json, file_hash, hash_of
from cambio.dataset.splits import SPLITS
from cambio.errors import ContractMismatch, DataQualityError
from cambio.features.spec import FeatureSpec
from cambio.trading.checks import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST: Final = "manifest.json"
NORM_STATS: Final = "norm_stats.json"
FILES: Final = (*(f"{name}.parquet" for name in SPLITS), NORM_STATS)
"""What a manifest describes."""
MANIFEST_VERSION: Final = "2.0.0"
IDENTITY: Final = (
    "source_data_hash",
    "feature_spec_hash",
    "rates",
    "ranges",
    "configuration",
    "code_version",
)
"""The inputs: the folder's name is a hash of them."""
OF_BYTES: Final = ("files", "dataset_hash", "manifest_hash")
"""What differs where the same values were written as other bytes."""
NAME_DIGITS: Final = 16
REBUILD: Final = "Build it again with `cambio dataset build NAME`."


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class FileRecord(_Part):
    """One file of the dataset."""

    md5: str
    sha256: str
    size_bytes: int
    rows: int | None = None
    """Of a split."""

    @classmethod
    def of(cls, path: Path, rows: int | None = None) -> Self:
        """Describe the file at ``path``."""
        return cls(
            md5=file_hash(path, "md5"),
            sha256=file_hash(path),
            size_bytes=path.stat().st_size,
            rows=rows,
        )


class Sessions(_Part):
    """A number of sessions, and the first and last of them."""

    count: int
    first: date | None = None
    last: date | None = None


class IncompleteSessions(_Part):
    """Sessions that have bars but no complete observation; one may have several reasons."""

    count: int
    reasons: dict[str, Sessions]


class LeftOut(_Part):
    """Stored bars from the first training day to the last test day that no split holds."""

    incomplete_rows: int
    """A feature is missing."""
    embargoed_rows: dict[str, int]
    between_ranges_rows: int
    """Complete, but their session lies in no range."""


class Manifest(_Part):
    """The content of `manifest.json`."""

    version: str
    experiment_name: str
    source_data_hash: str
    feature_spec_hash: str
    rates: dict[str, Any]
    ranges: dict[str, tuple[date, date]]
    """First and last session of each split's range, "dynamic" frozen to a date."""
    configuration: dict[str, Any]
    """`date_ranges`, `features`, `quality` and `embargo_bars` of the plan."""
    code_version: str
    """Of the code that builds; empty where the caller named none."""
    feature_order_hash: str
    feature_spec: FeatureSpec
    bar_range_reason: str
    dataset_hash: str
    """MD5 of the concatenated Parquet files: train, val, test."""
    norm_stats_hash: str
    files: dict[str, FileRecord]
    embargoed_sessions: dict[str, list[date]]
    left_out: LeftOut
    incomplete_sessions: IncompleteSessions
    sessions_without_bars: Sessions
    """Trading days of the three ranges."""
    rate_differential_fallback_rows: dict[str, int]
    manifest_hash: str = ""
    """SHA-256 over all of the above."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name in ("ranges", "embargoed_sessions", "rate_differential_fallback_rows"):
            if set(getattr(self, name)) != set(SPLITS):
                raise ValueError(f"{name} must name {', '.join(SPLITS)}")
        if set(self.files) != set(FILES):
            raise ValueError(f"files must describe {', '.join(FILES)} and nothing else")
        for name in SPLITS:
            if self.files[f"{name}.parquet"].rows is None:
                raise ValueError(f"files must describe {name}.parquet with its rows")
        return self

    @property
    def rows(self) -> dict[str, int]:
        """Rows by split."""
        return {name: self.files[f"{name}.parquet"].rows or 0 for name in SPLITS}

    @property
    def folder_name(self) -> str:
        """The name of the folder that these inputs give."""
        document = self.document()
        return folder_name({key: document[key] for key in IDENTITY})

    def document(self) -> dict[str, Any]:
        """Give the manifest as plain JSON types."""
        return self.model_dump(mode="json", exclude_none=True)

    def of_values(self) -> dict[str, Any]:
        """Give the document without the hashes of bytes."""
        return {key: value for key, value in self.document().items() if key not in OF_BYTES}

    def sealed(self) -> Self:
        """Give the manifest with its own hash."""
        return self.model_copy(update={"manifest_hash": seal(self.document())})

    def to_bytes(self) -> bytes:
        """Give the content of the file."""
        return json.dumps(self.document(), indent=2).encode()


def folder_name(identity: dict[str, Any]) -> str:
    """Give the name of the folder of these inputs (`IDENTITY`, as plain JSON types)."""
    return hash_of(identity)[:NAME_DIGITS]


def seal(document: dict[str, Any]) -> str:
    """Give the hash over a manifest's document, its own `manifest_hash` left out."""
    return hash_of({key: value for key, value in document.items() if key != "manifest_hash"})


def read_manifest(folder: Path) -> Manifest:
    """Give the manifest of a dataset folder; that it is true is for `verify` to say.

    Raises:
        DataQualityError: it is missing, is no JSON, holds a text that can't be shown, or a field
            is missing or of a wrong type.
        ContractMismatch: it is of another version.
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
        document = _document(content)
    except FileNotFoundError as error:
        raise DataQualityError(
            f"{folder} is not a dataset: {MANIFEST} is missing.", remedy=REBUILD
        ) from error
    except OSError as error:
        raise DataQualityError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise DataQualityError(f"{path} is damaged: {error}.", remedy=REBUILD) from error
    version = document.get("version") if isinstance(document, dict) else None
    if isinstance(version, str) and version != MANIFEST_VERSION:
        raise ContractMismatch(
            f"manifest version differs: {MANIFEST_VERSION} (this installation) != "
            f"{printable(version)} "
            f"({path}).",
            remedy=REBUILD,
        )
    try:
        return Manifest.model_validate_json(content, strict=True)
    except ValidationError as error:
        mistakes = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'the file'}: {e['msg']}" for e in error.errors()
        )
        told = printable(mistakes)
        raise DataQualityError(f"{path} is damaged: {told}.", remedy=REBUILD) from error


def _document(content: bytes) -> Any:
    """Parse a manifest.

    Raises:
        ValueError: it is no JSON, or holds NaN, infinity or a text that can't be shown.
        RecursionError: it is nested too deeply.
    """
    document = json.loads(content)
    canonical_json(document)  # which knows no NaN and no infinity
    if not all(text.isprintable() for text in _texts(document)):
        raise ValueError("a text holds control characters")
    return document


def _texts(value: Any) -> Iterator[str]:
    """Give every key and text in a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from _texts(each)
