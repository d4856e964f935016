"""L1 use cases: export raw features, refresh the stored ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow.parquet as pq

from cambio.contracts.features import MARKET_FEATURES
from cambio.dataset.build import FeatureConfig, missing_sessions, observations, training_bars
from cambio.errors import ConfigError, DataQualityError, SourceError
from cambio.features.macro import MacroTable
from cambio.features.spec import BUILDER_VERSION
from cambio.store import features as feature_queries
from cambio.store.database import transaction

if TYPE_CHECKING:
    from datetime import date

    from cambio.app.resources import Resources
    from cambio.contracts.market import MarketHistory
    from cambio.features.spec import FeatureSpec


@dataclass(frozen=True, slots=True)
class FeatureSummary:
    """What was computed."""

    rows: int
    complete_rows: int
    feature_spec: dict[str, Any]
    feature_spec_hash: str
    incomplete_sessions: dict[str, Any]
    path: str | None = None
    """Of an export."""
    written: int = 0
    """Rows that the database did not have, or had otherwise."""
    newest: datetime | None = None
    """Open of the newest stored bar (UTC)."""


def compute(
    resources: Resources,
    history: MarketHistory,
    config: FeatureConfig,
    start: date | None = None,
    end: date | None = None,
) -> tuple[pl.DataFrame, FeatureSpec, FeatureSummary]:
    """Compute features over all bars; give those of the sessions from start to end.

    Args:
        resources: the training range and the costs.
        history: everything that is stored: `resources.history()`.
        config: what to compute.
        start: first session; None is the first one with bars.
        end: last session; None is the newest one.

    Raises:
        DataQualityError: no bar lies in the range.
    """
    in_training = training_bars(history.bars, resources.ranges)
    spec = config.resolve(in_training if in_training.height else history.bars)
    frame = observations(history, spec, resources.terms.costs)
    if start is not None:
        frame = frame.filter(pl.col("session") >= start)
    if end is not None:
        frame = frame.filter(pl.col("session") <= end)
    if frame.is_empty():
        stored = history.bars["time"]
        span = f"{stored.min()!s} to {stored.max()!s}" if len(stored) else "none"
        raise DataQualityError(
            f"No bar is stored between {start or 'the beginning'} and {end or 'now'}; "
            f"stored: {span}.",
            remedy="Choose another range, or import bars with `cambio import ohlcv`.",
        )
    finite = frame.select(pl.all_horizontal(pl.col(MARKET_FEATURES).is_finite()).sum()).item()
    summary = FeatureSummary(
        rows=frame.height,
        complete_rows=int(finite),
        feature_spec=spec.model_dump(),
        feature_spec_hash=spec.hash(),
        incomplete_sessions=missing_sessions(frame, MacroTable(history.macro), spec),
    )
    return frame, spec, summary


def export(
    resources: Resources,
    path: Path,
    config: FeatureConfig,
    start: date | None = None,
    end: date | None = None,
) -> FeatureSummary:
    """Write `time` (bar open, UTC) and the 13 raw market features (float64, NaN = missing).

    Raises:
        DataQualityError: no bar lies in the range.
        SourceError: the file cannot be written; an older one stays as it was.
        ConfigError: its name does not end in .parquet.
    """
    if path.suffix != ".parquet":
        raise ConfigError(f"{path} is to hold Parquet: name it .parquet.")
    frame, _, summary = compute(resources, resources.history(), config, start, end)
    table = frame.select("time", *MARKET_FEATURES).to_arrow()
    staged = path.with_name(f".{path.name}.partial")
    try:
        pq.write_table(table, staged, compression="zstd")
        staged.replace(path)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise SourceError(f"{path} cannot be written: {error.strerror}.") from error
    return replace(summary, path=str(path))


def refresh(resources: Resources, config: FeatureConfig) -> FeatureSummary:
    """Bring `inference_features_5m` up to date with the stored bars and macro values.

    From the first bar on whose features are missing or differ (a repaired bar changes all that
    follow), they are written anew.

    Raises:
        DataQualityError: no bar is stored.
    """
    with resources.progress.stage("L1 features") as stage:
        frame, spec, summary = compute(resources, resources.history(), config)
        with transaction(resources.engine) as connection:
            stored = feature_queries.load(connection, spec.hash())
            stale = frame.slice(_common_rows(frame, stored))
            feature_queries.replace(
                connection, stale, spec.hash(), BUILDER_VERSION, resources.now()
            )
        stage.update(frame.height, frame.height, f"{stale.height:,} of {frame.height:,} written")
    return replace(summary, written=stale.height, newest=frame["time"][-1])


def _common_rows(frame: pl.DataFrame, stored: pl.DataFrame) -> int:
    """Give how many leading rows of ``frame`` are stored with the same values, NaN and all."""
    columns, rows = ["time", *MARKET_FEATURES], min(frame.height, stored.height)
    ours, theirs = (f.select(columns).head(rows).fill_nan(None) for f in (frame, stored))
    same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(f"{c}_stored")) for c in columns)
    both = pl.concat([ours, theirs.rename(lambda name: f"{name}_stored")], how="horizontal")
    differing = both.select((~same).arg_true()).to_series()
    return int(differing[0]) if len(differing) else rows
