"""Is a dataset what its manifest says? Every hash, statistic and promise, worked out anew."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from pydantic import ValidationError

from cambio.calendar import session_days
from cambio.contracts.features import FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.contracts.lineage import file_hash
from cambio.dataset.folder import dataset_hash, parquet, read_split
from cambio.dataset.manifest import (
    MANIFEST,
    NORM_STATS,
    REBUILD,
    read_manifest,
    seal,
)
from cambio.dataset.normalization import constant_features, norm_stats, stats_bytes
from cambio.dataset.splits import SPLITS
from cambio.errors import ContractMismatch, DataQualityError
from cambio.features.kernels import LONGEST_LOOKBACK
from cambio.trading.checks import printable
from cambio.trading.observation import NormStats

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cambio.dataset.manifest import Manifest

FINITE = ("open", "high", "low", "close", *MARKET_FEATURES)
"""Columns without NaN and infinity."""
RATE = "rate_differential_pct"
"""May be NaN, which is counted: the configured fallback is charged there. Never infinite."""


class Kind(StrEnum):
    """What a finding is about, and so what failing it means."""

    FILE = "file"
    """Missing or damaged: the dataset can't be read."""
    CONTRACT = "contract"
    """It is not the dataset that was built."""
    DATA = "data"
    """What it holds is not fit for use."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    subject: str
    passed: bool
    detail: str
    """May quote a stranger's file: kept short and printable."""
    kind: Kind

    def __post_init__(self) -> None:
        object.__setattr__(self, "detail", printable(self.detail))


@dataclass(frozen=True, slots=True)
class Verification:
    """All that was checked of one dataset."""

    path: Path
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> list[Finding]:
        """What did not hold."""
        return [finding for finding in self.findings if not finding.passed]

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return not self.failed

    def to_dict(self) -> dict[str, Any]:
        """Give the findings as plain JSON types."""
        findings = [
            {"subject": f.subject, "passed": f.passed, "detail": f.detail, "kind": str(f.kind)}
            for f in self.findings
        ]
        return {"path": str(self.path), "passed": self.passed, "findings": findings}

    def require(self) -> None:
        """Pass, or refuse the dataset.

        Raises:
            DataQualityError: a file is missing or damaged, or nothing is wrong but the values.
            ContractMismatch: a hash or a promise of the manifest does not hold.
        """
        if self.passed:
            return
        kinds = {finding.kind for finding in self.failed}
        told = " ".join(f"{finding.subject}: {finding.detail}." for finding in self.failed)
        unread = Kind.FILE in kinds or Kind.CONTRACT not in kinds
        error = DataQualityError if unread else ContractMismatch
        raise error(
            f"{self.path} does not pass: {told}",
            remedy=REBUILD,
            findings=[finding.subject for finding in self.failed],
        )


def verify(folder: Path) -> Verification:
    """Check a dataset folder; nothing is written, and no check stops at the first failure.

    What can't be judged because a file can't be read is left out: that file's finding says why.
    """
    findings: list[Finding] = []
    manifest = _manifest(folder, findings)
    frames = _frames(folder, findings)
    stats = _stats(folder, findings)
    if manifest is not None:
        findings += _files(folder, manifest)
        findings += _hashes(folder, manifest, stats)
        findings += _order(manifest, frames)
    findings += _statistics(folder, frames, stats)
    for name, rows in frames.items():
        findings += _content(name, rows, manifest)
    return Verification(folder, tuple(findings))


def _manifest(folder: Path, findings: list[Finding]) -> Manifest | None:
    try:
        manifest = read_manifest(folder)
    except DataQualityError as error:
        findings.append(Finding(MANIFEST, False, _bare(error.what), Kind.FILE))
    except ContractMismatch as error:
        findings.append(Finding(MANIFEST, False, _bare(error.what), Kind.CONTRACT))
    else:
        findings.append(Finding(MANIFEST, True, f"version {manifest.version}", Kind.FILE))
        return manifest
    return None


def _frames(folder: Path, findings: list[Finding]) -> dict[str, pl.DataFrame]:
    frames = {}
    for name in SPLITS:
        subject = parquet(folder, name).name
        try:
            frames[name] = read_split(folder, name)
        except DataQualityError as error:
            findings.append(Finding(subject, False, _bare(error.what), Kind.FILE))
        else:
            rows = f"{frames[name].height:,} rows of the agreed columns"
            findings.append(Finding(subject, True, rows, Kind.FILE))
    return frames


def _stats(folder: Path, findings: list[Finding]) -> NormStats | None:
    path = folder / NORM_STATS
    try:
        stats = NormStats.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        findings.append(Finding(NORM_STATS, False, f"{path} is missing", Kind.FILE))
    except (OSError, ValidationError) as error:
        why = str(error).splitlines()[-1].strip() if isinstance(error, OSError) else _first(error)
        findings.append(Finding(NORM_STATS, False, f"{path} is damaged: {why}", Kind.FILE))
    else:
        entries = f"{len(stats.features)} entries"
        findings.append(Finding(NORM_STATS, True, entries, Kind.FILE))
        return stats
    return None


def _files(folder: Path, manifest: Manifest) -> Iterator[Finding]:
    """Hold each file against its record."""
    for name, record in manifest.files.items():
        path = folder / name
        if not path.is_file():  # told when it was to be read
            continue
        yield _equal(f"MD5 of {name}", record.md5, file_hash(path, "md5"))
        yield _equal(f"SHA-256 of {name}", record.sha256, file_hash(path))
        yield _equal(f"size of {name}", str(record.size_bytes), str(path.stat().st_size))


def _hashes(folder: Path, manifest: Manifest, stats: NormStats | None) -> Iterator[Finding]:
    """Hold the manifest's own hashes against what they are hashes of."""
    yield _equal("manifest hash", manifest.manifest_hash, seal(manifest.document()))
    yield _equal("folder name", manifest.folder_name, folder.resolve().name)
    yield _equal("feature order hash", FEATURE_ORDER_HASH, manifest.feature_order_hash)
    yield _equal("feature spec hash", manifest.feature_spec_hash, manifest.feature_spec.hash())
    if all(parquet(folder, name).is_file() for name in SPLITS):
        yield _equal("dataset hash", manifest.dataset_hash, dataset_hash(folder))
    if stats is not None:
        yield _equal("norm stats hash", manifest.norm_stats_hash, stats.hash())
        theirs = (stats.feature_order_hash, stats.feature_spec_hash)
        ours = (manifest.feature_order_hash, manifest.feature_spec_hash)
        yield _equal("contract of norm_stats.json", " ".join(ours), " ".join(theirs))


def _statistics(
    folder: Path, frames: Mapping[str, pl.DataFrame], stats: NormStats | None
) -> Iterator[Finding]:
    """Compute the statistics of the training rows anew; they must be the same to the last bit."""
    train = frames.get("train")
    if train is None:
        return
    constant = constant_features(train)
    told = f"constant: {', '.join(constant)}" if constant else "every feature varies"
    yield Finding("no constant feature in train", not constant, told, Kind.DATA)
    if stats is None or constant:
        return
    try:
        with np.errstate(all="ignore"):  # damaged values may overflow
            anew = norm_stats(train, stats.feature_spec_hash)
    except DataQualityError as error:
        yield Finding("statistics of train", False, _bare(error.what), Kind.DATA)
        return
    if stats.distance_p999 is None:  # from before it was measured
        anew = anew.model_copy(update={"distance_p999": None})
    same = stats_bytes(anew) == (folder / NORM_STATS).read_bytes()
    differing = [name for name in anew.features if anew.features[name] != stats.features.get(name)]
    told = "those of train.parquet, to the last bit"
    if not same:
        told = f"not those of train.parquet: {', '.join(differing) or 'other bytes'}"
    yield Finding("statistics of train", same, told, Kind.CONTRACT)


def _content(name: str, rows: pl.DataFrame, manifest: Manifest | None) -> Iterator[Finding]:
    """Look at the rows of one split."""
    unfit = [c for c in FINITE if not rows[c].is_finite().all() or rows[c].null_count()]
    if rows[RATE].is_infinite().any() or rows[RATE].null_count():
        unfit.append(RATE)
    told = f"missing or infinite: {', '.join(unfit)}" if unfit else "all fit for use"
    yield Finding(f"values of {name}", not unfit, told, Kind.DATA)
    ascending = rows["time"].is_sorted() and rows["time"].n_unique() == rows.height
    told = "ascending, each once" if ascending else "not ascending, or repeated"
    yield Finding(f"times of {name}", ascending, told, Kind.DATA)
    days = session_days(rows["time"].dt.epoch("s").to_numpy())
    same = np.array_equal(days, rows["session"].to_physical().to_numpy())
    told = "the dates of the times" if same else "not the dates of the times"
    yield Finding(f"sessions of {name}", same, told, Kind.DATA)
    if manifest is None:
        return
    yield _equal(f"rows of {name}", str(manifest.rows[name]), str(rows.height))
    unknown = int(rows[RATE].is_nan().sum())
    said = manifest.rate_differential_fallback_rows[name]
    yield _equal(f"rows of {name} without a rate", str(said), str(unknown))
    start, end = manifest.ranges[name]
    inside = bool(rows["session"].is_between(start, end).all()) and rows.height > 0
    first, last = _ends(rows["session"])
    where = f"{first} to {last}, in {start} to {end}"
    told = where if inside else f"not {where}"
    yield Finding(f"range of {name}", inside, told, Kind.CONTRACT)


def _order(manifest: Manifest, frames: Mapping[str, pl.DataFrame]) -> Iterator[Finding]:
    """Tell whether the splits follow one another, and keep the embargo between them."""
    for earlier, later in pairwise(SPLITS):
        if earlier not in frames or later not in frames:
            continue
        (_, last), (first, _) = (_ends(frames[name]["time"]) for name in (earlier, later))
        apart = last is not None and first is not None and last < first
        told = f"{last} before {first}" if apart else f"{last} is not before {first}"
        yield Finding(f"{earlier} before {later}", apart, told, Kind.CONTRACT)
        yield _embargo(manifest, earlier, frames[earlier])


def _embargo(manifest: Manifest, name: str, rows: pl.DataFrame) -> Finding:
    """Tell whether the sessions behind a split are left out, and enough of them."""
    subject = f"embargo after {name}"
    sessions, end = manifest.embargoed_sessions[name], manifest.ranges[name][1]
    bars = manifest.left_out.embargoed_rows.get(name, 0)
    wanted = manifest.configuration.get("embargo_bars")
    _, last = _ends(rows["session"])
    if not isinstance(wanted, int) or wanted < LONGEST_LOOKBACK:
        told = f"{wanted} bars wanted, the longest look-back is {LONGEST_LOOKBACK}"
        return Finding(subject, False, told, Kind.CONTRACT)
    if bars < wanted:
        return Finding(subject, False, f"{bars} bars of {wanted}", Kind.CONTRACT)
    if not sessions or last is None or not last < min(sessions) or max(sessions) > end:
        told = f"{name} ends on {last}, left out: {', '.join(map(str, sessions)) or 'none'}"
        return Finding(subject, False, told, Kind.CONTRACT)
    left_out = f"{', '.join(map(str, sessions))}: {bars} bars, {wanted} wanted"
    return Finding(subject, True, left_out, Kind.CONTRACT)


def _ends(column: pl.Series) -> tuple[Any, Any]:
    return column.min(), column.max()


def _equal(subject: str, expected: str, found: str) -> Finding:
    same = expected == found
    return Finding(subject, same, found if same else f"{expected} != {found}", Kind.CONTRACT)


def _bare(text: str) -> str:
    return text.rstrip(".")


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"
