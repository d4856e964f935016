"""From stored bars and macro events to a dataset folder: Parquet, statistics, manifest.

The same inputs give the same bytes. Nothing here knows a clock; the folder appears whole or
not at all.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from cambio.calendar import session_days, trading_days
from cambio.contracts.features import FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.contracts.handoffs import L2Output
from cambio.contracts.market import DateRange, is_close_only
from cambio.dataset import folder as files
from cambio.dataset.manifest import (
    IDENTITY,
    MANIFEST,
    MANIFEST_VERSION,
    NORM_STATS,
    FileRecord,
    LeftOut,
    Manifest,
    folder_name,
    read_manifest,
)
from cambio.dataset.normalization import (
    constant_features,
    norm_stats,
    stats_bytes,
    told_constant,
)
from cambio.dataset.quality import DataQualityGate, QualityThresholds
from cambio.dataset.splits import SPLITS, DateRanges, Split, empty_ranges, newest_session, split
from cambio.dataset.verify import verify
from cambio.errors import ConfigError
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.kernels import LONGEST_LOOKBACK
from cambio.features.macro import EPOCH, MacroTable
from cambio.features.spec import FeatureSpec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cambio.contracts.market import MarketHistory
    from cambio.trading.costs import CostModel
    from cambio.trading.observation import NormStats

CLOSE_ONLY_SHARE = 0.10
"""Above this share of close-only bars in training, the whole history is made close-only (T5)."""


class FeatureConfig(BaseModel):
    """`features` of an experiment: a `FeatureSpec` whose bar range may be left to the data."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    bar_range: Literal["auto", "as_is", "close_only"] = "auto"
    zscore_window: int = Field(252, ge=20)
    zscore_ddof: Literal[0, 1] = 1
    staleness_days: int = Field(5, ge=1)

    def resolve(self, bars: pl.DataFrame) -> FeatureSpec:
        """Give the specification, with "auto" decided by the share of close-only ``bars``."""
        chosen = self.bar_range
        if chosen == "auto":
            chosen = "close_only" if close_only_share(bars) > CLOSE_ONLY_SHARE else "as_is"
        return FeatureSpec(**{**self.model_dump(), "bar_range": chosen})


def close_only_share(bars: pl.DataFrame) -> float:
    """Give the share of bars without a range; 0 when there are none.

    >>> close_only_share(pl.DataFrame({"open": [1.0, 2.0], "high": [1.0, 3.0],
    ...                                "low": [1.0, 2.0], "close": [1.0, 2.5]}))
    0.5
    """
    return float(bars.select(is_close_only().mean().fill_null(0.0)).item())


def observations(history: MarketHistory, spec: FeatureSpec, costs: CostModel) -> pl.DataFrame:
    """Give every bar with its session, raw features and rate differential.

    Columns: time, session, open, high, low, close, the 13 features, rate_differential_pct.
    Missing values are NaN.
    """
    macro = MacroTable(history.macro)
    features = CanonicalFeatureBuilder(spec, macro).compute(history.bars)
    days = session_days(history.bars["time"].dt.epoch("s").to_numpy())
    sessions, session_of = np.unique(days, return_inverse=True)
    differential = costs.differential(macro, sessions.tolist())[session_of]
    return history.bars.select(
        "time",
        pl.Series("session", days.astype(np.int32)).cast(pl.Date),
        *("open", "high", "low", "close"),
        *(pl.Series(name, features[:, i]) for i, name in enumerate(MARKET_FEATURES)),
        pl.Series("rate_differential_pct", differential),
    )


def complete(frame: pl.DataFrame) -> pl.DataFrame:
    """Give the rows in which all 13 market features are finite."""
    return frame.filter(pl.all_horizontal(pl.col(MARKET_FEATURES).is_finite()))


@dataclass(frozen=True, slots=True)
class DatasetPlan:
    """How to build: the parts of an experiment that shape its dataset.

    Raises:
        ConfigError: the embargo is shorter than the longest look-back.
    """

    experiment_name: str
    ranges: DateRanges
    features: FeatureConfig
    quality: QualityThresholds
    embargo_bars: int = LONGEST_LOOKBACK
    """Taken from the end of train and of val, rounded up to whole sessions."""
    code_version: str = ""
    """Of the code that builds; the manifest names it."""

    def __post_init__(self) -> None:
        if self.embargo_bars < LONGEST_LOOKBACK:
            raise ConfigError(
                f"An embargo of {self.embargo_bars} bars is shorter than the longest look-back, "
                f"{LONGEST_LOOKBACK} bars."
            )

    def configuration(self) -> dict[str, Any]:
        """Give the settings as plain JSON types."""
        return {
            "date_ranges": self.ranges.model_dump(mode="json"),
            "features": self.features.model_dump(mode="json"),
            "quality": self.quality.model_dump(mode="json"),
            "embargo_bars": self.embargo_bars,
        }


@dataclass(frozen=True, slots=True)
class _Content:
    """What the files of a dataset hold, and what it was cut from."""

    spec: FeatureSpec
    ranges: Mapping[str, DateRange]
    frame: pl.DataFrame
    splits: Mapping[str, Split]
    stats: NormStats


def build_dataset(
    history: MarketHistory, plan: DatasetPlan, costs: CostModel, root: Path
) -> L2Output:
    """Build the dataset below ``root``, in a folder named by what it is made from.

    A folder that stands there already and holds the same is left as it is, but for the manifest's
    time; any other is mended.

    Raises:
        DataQualityError: no bars, an empty split, a constant feature, or the gate refuses; every
            reason is told.
    """
    content = _content(history, plan, costs)
    identity = _identity(history, plan, costs, content)
    folder = root / plan.experiment_name / folder_name(identity)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=".building-") as scratch:
        staged = Path(scratch) / "dataset"
        staged.mkdir()
        _write(staged, content)
        manifest = _manifest(staged, plan, identity, content, history)
        (staged / MANIFEST).write_bytes(manifest.to_bytes())
        fresh = files.publish(staged, folder)
        if not fresh and _stands(staged, folder):
            files.confirm(folder)
        elif not fresh:
            files.mend(staged, folder)
    return read_dataset(folder)


def _stands(staged: Path, folder: Path) -> bool:
    """Tell whether the folder may stay as it is: the same bytes, or the same values.

    Another version of the Parquet library writes other bytes of the same values; they must fit
    their manifest.
    """
    if files.same_files(staged, folder):
        return True
    return verify(folder).passed and files.same_values(staged, folder)


def _content(history: MarketHistory, plan: DatasetPlan, costs: CostModel) -> _Content:
    """Compute, cut, and judge."""
    newest = newest_session(history)
    ranges = plan.ranges.spans(newest)
    spec = plan.features.resolve(training_bars(history.bars, plan.ranges))
    within = pl.col("session").is_between(
        plan.ranges.data.start, max(r.end for r in ranges.values())
    )
    frame = observations(history, spec, costs).filter(within)
    rows = complete(frame)
    splits = split(rows, ranges, plan.embargo_bars)
    gate = DataQualityGate(plan.quality)
    reasons = empty_ranges(splits, ranges, rows) + gate.too_short(splits)
    if "test" not in ranges:
        reasons.append(plan.ranges.not_begun(newest))
    train = splits["train"].rows
    constant = constant_features(train) if train.height else []
    if constant:
        reasons.append(told_constant(constant))
    span = pl.col("session").is_between(ranges["train"].start, ranges["train"].end)
    gate.require(frame.filter(span), train.height, ranges["train"].end, reasons)
    return _Content(spec, ranges, frame, splits, norm_stats(train, spec.hash()))


def _identity(
    history: MarketHistory, plan: DatasetPlan, costs: CostModel, content: _Content
) -> dict[str, Any]:
    """Give all that the files depend on, as plain JSON types."""
    values = {
        "source_data_hash": history.hash(),
        "feature_spec_hash": content.spec.hash(),
        "rates": costs.rates,
        "ranges": {name: [str(r.start), str(r.end)] for name, r in content.ranges.items()},
        "configuration": plan.configuration(),
        "code_version": plan.code_version,
    }
    return {key: values[key] for key in IDENTITY}


def _write(staged: Path, content: _Content) -> None:
    for name, part in content.splits.items():
        files.write_split(staged, name, part.rows)
    (staged / NORM_STATS).write_bytes(stats_bytes(content.stats))


def _manifest(
    staged: Path,
    plan: DatasetPlan,
    identity: Mapping[str, Any],
    content: _Content,
    history: MarketHistory,
) -> Manifest:
    splits = content.splits
    rows = {files.parquet(staged, name).name: part.rows.height for name, part in splits.items()}
    described = {p.name: FileRecord.of(p, rows.get(p.name)) for p in sorted(staged.iterdir())}
    macro = MacroTable(history.macro)
    manifest = {
        "version": MANIFEST_VERSION,
        "experiment_name": plan.experiment_name,
        **identity,
        "feature_order_hash": FEATURE_ORDER_HASH,
        "feature_spec": content.spec.model_dump(),
        "bar_range_reason": _range_reason(plan, history.bars),
        "dataset_hash": files.dataset_hash(staged),
        "norm_stats_hash": content.stats.hash(),
        "files": {name: record.model_dump() for name, record in described.items()},
        "embargoed_sessions": {n: [str(d) for d in splits[n].embargoed] for n in SPLITS},
        "left_out": _left_out(content).model_dump(),
        "incomplete_sessions": missing_sessions(content.frame, macro, content.spec),
        "sessions_without_bars": _without_bars(content),
        "rate_differential_fallback_rows": {
            name: int(splits[name].rows["rate_differential_pct"].is_nan().sum()) for name in SPLITS
        },
    }
    return Manifest.model_validate_json(json.dumps(manifest)).sealed()


def _left_out(content: _Content) -> LeftOut:
    """Count the stored bars that no split holds."""
    embargoed = {name: part.embargoed_rows for name, part in content.splits.items()}
    whole = complete(content.frame).height
    held = sum(part.rows.height for part in content.splits.values())
    return LeftOut(
        incomplete_rows=content.frame.height - whole,
        embargoed_rows=embargoed,
        between_ranges_rows=whole - held - sum(embargoed.values()),
    )


def _without_bars(content: _Content) -> dict[str, Any]:
    """Count the trading days of the ranges on which nothing is stored."""
    stored = set(content.frame["session"].unique().to_list())
    expected = (day for r in content.ranges.values() for day in trading_days(r.start, r.end))
    absent = [day for day in expected if day not in stored]
    ends = {"first": str(absent[0]), "last": str(absent[-1])} if absent else {}
    return {"count": len(absent), **ends}


def read_dataset(folder: Path) -> L2Output:
    """Give the hand-off record of a dataset folder.

    Raises:
        DataQualityError: the folder holds no manifest, or a damaged one.
        ContractMismatch: the manifest is of another version.
    """
    manifest = read_manifest(folder)
    rows = manifest.rows
    return L2Output(
        dataset_path=str(folder),
        dataset_uri=None,
        dataset_hash=manifest.dataset_hash,
        feature_order_hash=manifest.feature_order_hash,
        feature_spec_hash=manifest.feature_spec_hash,
        row_count=sum(rows.values()),
        experiment_name=manifest.experiment_name,
        norm_stats_path=str(folder / NORM_STATS),
        norm_stats_hash=manifest.norm_stats_hash,
        manifest_path=str(folder / MANIFEST),
        source_data_hash=manifest.source_data_hash,
        train_rows=rows["train"],
        val_rows=rows["val"],
        test_rows=rows["test"],
    )


def missing_sessions(frame: pl.DataFrame, macro: MacroTable, spec: FeatureSpec) -> dict[str, Any]:
    """Say which sessions have no complete observation at all, and why.

    Returns:
        `{"count": n, "reasons": {reason: {"count", "first", "last"}}}`.
    """
    finite = pl.all_horizontal(pl.col(MARKET_FEATURES).is_finite())
    empty = frame.group_by("session").agg(finite.any().alias("any")).filter(~pl.col("any"))
    sessions: list[date] = empty["session"].sort().to_list()
    reasons: dict[str, dict[str, Any]] = {}
    for session in sessions:
        found = macro.missing((session - EPOCH).days, spec)
        texts = [f"{series}: {why}" for series, why in found.items()] or ["indicators warming up"]
        for text in texts:
            entry = reasons.setdefault(text, {"count": 0, "first": str(session)})
            entry["count"] += 1
            entry["last"] = str(session)
    return {"count": len(sessions), "reasons": reasons}


def training_bars(bars: pl.DataFrame, ranges: DateRanges) -> pl.DataFrame:
    """Give the bars of the training range."""
    span = ranges.training
    local = pl.col("time").dt.convert_time_zone("America/Bogota").dt.date()
    return bars.filter(local.is_between(span.start, span.end))


def _range_reason(plan: DatasetPlan, bars: pl.DataFrame) -> str:
    share = close_only_share(training_bars(bars, plan.ranges))
    chosen = "auto" if plan.features.bar_range == "auto" else "chosen in the experiment"
    return f"{chosen}; {100 * share:.1f} % of the training bars are close-only"
