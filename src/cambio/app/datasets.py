"""L2 use cases: build an experiment's dataset, describe one, find those that were built."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from cambio.calendar import BARS_PER_SESSION, trading_days
from cambio.contracts.features import MARKET_FEATURES
from cambio.contracts.market import DateRange
from cambio.dataset.build import build_dataset, read_dataset
from cambio.dataset.folder import read_split
from cambio.dataset.manifest import FILES, MANIFEST, Manifest, read_manifest
from cambio.dataset.splits import SPLITS
from cambio.dataset.verify import verify
from cambio.errors import (
    ConfigError,
    ContractMismatch,
    DataQualityError,
    NotFound,
    SourceError,
)
from cambio.reports.distribution import ks_distance
from cambio.trading.costs import CostModel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cambio.app.experiment_config import ExperimentConfig
    from cambio.app.resources import Resources
    from cambio.contracts.handoffs import L2Output
    from cambio.contracts.market import MarketHistory

CARD: Final = "card.html"
"""The data card, in the dataset's folder; no hash covers it."""


@dataclass(frozen=True, slots=True)
class SplitSummary:
    """One split in figures."""

    split: str
    range: DateRange
    rows: int
    sessions: int
    first: date
    """First session that has rows."""
    last: date
    coverage: float
    """Share of the calendar's bars in the range that are rows; holidays count on neither side."""
    embargoed: tuple[date, ...]
    rows_without_rate: int


@dataclass(frozen=True, slots=True)
class Drift:
    """How far one feature moved from train to a later split."""

    feature: str
    split: str
    ks: float
    """Largest gap between the two distribution functions, 0 to 1."""
    mean_shift: float
    """Difference of the means, in standard deviations of train."""
    std_ratio: float
    """Standard deviation over that of train."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A dataset that was read: its manifest, its rows and what they amount to."""

    path: Path
    manifest: Manifest
    rows: Mapping[str, pl.DataFrame]
    """By split."""
    splits: tuple[SplitSummary, ...]
    drift: tuple[Drift, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give all but the rows, as plain JSON types and dates."""
        return {
            "path": str(self.path),
            "manifest": self.manifest.document(),
            "splits": [asdict(split) for split in self.splits],
            "drift": [asdict(drift) for drift in self.drift],
        }


@dataclass(frozen=True, slots=True)
class Build:
    """One folder among the builds of an experiment."""

    path: Path
    manifest: Manifest | None
    problem: str
    """Why its manifest can't be read; empty where it can."""

    def to_dict(self) -> dict[str, Any]:
        """Give what tells builds apart, as plain JSON types."""
        found = self.manifest
        ranges = found and found.document()["ranges"]
        return {
            "path": str(self.path),
            "dataset_hash": found and found.dataset_hash,
            "rows": found and found.rows,
            "ranges": ranges,
            "code_version": found and found.code_version,
            "problem": self.problem,
        }


def build(
    resources: Resources, config: ExperimentConfig, history: MarketHistory | None = None
) -> L2Output:
    """Build the experiment's dataset below `resources.datasets`, or find it standing there.

    Args:
        resources: the database and the folders.
        config: the experiment.
        history: what is stored, if the caller has read it already.

    Raises:
        ConfigError: the experiment is a walk-forward, whose folds have a dataset each, or the
            costs name a rate that the catalogue does not have.
        DataQualityError: the gate refuses the data; nothing is written.
        SourceError: the folder can't be written, or the storage failed.
    """
    if config.protocol == "walk_forward":
        raise ConfigError(
            f"{config.name} is a walk-forward: every fold has a dataset of its own.",
            remedy=f"`cambio experiment run {config.name}` builds them. For the plain split add "
            "--set protocol=single_split --set walk_forward=null.",
        )
    require_known_rates(resources, config)
    plan = config.plan()
    with resources.progress.stage("L2 dataset") as stage:
        stored = history or resources.history()
        try:
            found = build_dataset(stored, plan, CostModel(config.costs), resources.datasets)
        except OSError as error:
            raise SourceError(
                f"The dataset can't be written below {resources.datasets}: "
                f"{error.strerror or error}.",
                remedy="Nothing was left half-written; make room and run it again.",
            ) from error
        resources.artifacts.keep(Path(found.dataset_path))
        stage.update(1, 1, f"{found.row_count:,} rows, hash {found.dataset_hash[:8]}")
    return found


def verified(folder: Path) -> L2Output:
    """Give the dataset in a folder, once every hash and statistic of it was recomputed.

    Raises:
        DataQualityError: it is no dataset, or not what its manifest says.
        ContractMismatch: the manifest is of another version.
    """
    verify(folder).require()
    return read_dataset(folder)


def find(resources: Resources, where: str) -> list[Path]:
    """Give the dataset folders that are meant, newest first: an experiment's, or the one at a path.

    Raises:
        NotFound: no experiment of this name has a build, and no dataset is at such a path.
    """
    path = Path(where)
    if path.name == where and where and not where.startswith("."):
        for name in resources.artifacts.names(resources.datasets / where):
            resources.artifacts.bring(resources.datasets / where / name)
        folders = [each for each in _entries(resources.datasets / where) if each.is_dir()]
        if folders:
            return sorted(folders, key=lambda each: (-_built_at(each), each.name))
    if where and {each.name for each in _entries(path)} & {MANIFEST, *FILES}:
        return [path]
    known = sorted(path.name for path in resources.datasets.glob("[!.]*") if path.is_dir())
    raise NotFound(
        f"No dataset of {where!r} in {resources.datasets}, and none at such a path.",
        remedy=f"Built so far: {', '.join(known) or 'none'}. "
        "`cambio dataset build NAME` builds one.",
    )


def require_known_rates(resources: Resources, config: ExperimentConfig) -> None:
    """Refuse costs whose policy rates nobody fetches: every night would cost the fallback.

    Raises:
        ConfigError: the catalogue does not have one of them.
    """
    for series in (config.costs.local_rate_series, config.costs.foreign_rate_series):
        if series not in resources.catalogue:
            raise ConfigError(
                f"costs: {series} is no series of the catalogue, so no night could be priced.",
                remedy="Name a policy rate of config/macro_series.yaml.",
            )


def builds(folders: list[Path]) -> list[Build]:
    """Give what tells the folders apart; one whose manifest can't be read says why."""
    found = []
    for folder in folders:
        try:
            found.append(Build(folder, read_manifest(folder), ""))
        except (DataQualityError, ContractMismatch) as error:
            found.append(Build(folder, None, error.what))
    return found


def describe(folder: Path) -> Dataset:
    """Read a dataset and work out coverage and drift. Whether it is sound, `verify` says.

    Raises:
        DataQualityError: a file is missing or damaged, or a split is empty.
        ContractMismatch: the manifest is of another version.
    """
    manifest = read_manifest(folder)
    rows = {name: read_split(folder, name) for name in SPLITS}
    empty = [name for name, frame in rows.items() if frame.is_empty()]
    if empty:
        raise DataQualityError(f"{folder} holds no rows of {', '.join(empty)}.")
    splits = tuple(_summary(name, rows[name], manifest) for name in SPLITS)
    return Dataset(folder, manifest, rows, splits, _drift(rows))


def _entries(folder: Path) -> list[Path]:
    """Give what a folder holds: nothing where there is none, or can be none of such a name."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _built_at(folder: Path) -> float:
    path = folder / MANIFEST
    return path.stat().st_mtime if path.exists() else 0.0


def _summary(name: str, rows: pl.DataFrame, manifest: Manifest) -> SplitSummary:
    span = DateRange(*manifest.ranges[name])
    sessions = rows["session"].unique().sort().to_list()
    expected = trading_days(span.start, span.end)
    counted = rows.filter(pl.col("session").is_in(expected)).height
    return SplitSummary(
        split=name,
        range=span,
        rows=rows.height,
        sessions=len(sessions),
        first=sessions[0],
        last=sessions[-1],
        coverage=counted / (BARS_PER_SESSION * max(len(expected), 1)),
        embargoed=tuple(manifest.embargoed_sessions[name]),
        rows_without_rate=manifest.rate_differential_fallback_rows[name],
    )


def _drift(rows: Mapping[str, pl.DataFrame]) -> tuple[Drift, ...]:
    train, *later = SPLITS
    found = []
    for feature in MARKET_FEATURES:
        base = np.sort(rows[train][feature].to_numpy())
        mean, std = float(base.mean()), float(base.std(ddof=1))
        for split in later:
            values = np.sort(rows[split][feature].to_numpy())
            shift = (float(values.mean()) - mean) / std
            spread = float(values.std(ddof=1)) / std if values.size > 1 else 0.0
            found.append(Drift(feature, split, ks_distance(base, values), shift, spread))
    return tuple(found)
