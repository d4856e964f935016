"""From stored bars and macro events to a dataset folder: Parquet, statistics, manifest.

The same inputs give the same bytes. Nothing here knows a clock; the folder appears whole or
not at all.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field

from cambio.calendar import session_days
from cambio.contracts.features import FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.contracts.handoffs import L2Output
from cambio.contracts.lineage import file_hash, hash_of
from cambio.contracts.market import is_close_only
from cambio.dataset.normalization import norm_stats
from cambio.dataset.quality import DataQualityGate, QualityThresholds
from cambio.dataset.splits import SPLITS, DateRanges, split
from cambio.errors import DataQualityError
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import EPOCH, MacroTable
from cambio.features.spec import FeatureSpec

if TYPE_CHECKING:
    from datetime import date

    from cambio.contracts.market import MarketHistory
    from cambio.trading.costs import CostModel

MANIFEST_VERSION = "1.0.0"
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
    """How to build: the parts of an experiment that shape its dataset."""

    experiment_name: str
    ranges: DateRanges
    features: FeatureConfig
    quality: QualityThresholds


def build_dataset(
    history: MarketHistory, plan: DatasetPlan, costs: CostModel, root: Path
) -> L2Output:
    """Build the dataset below ``root``, in a folder named by what it is made from.

    Raises:
        DataQualityError: no bars, an empty split, a constant feature, or the gate refuses.
    """
    if history.bars.is_empty():
        raise DataQualityError(
            "There are no bars in the database.",
            remedy="Run `cambio import ohlcv FILE --source-timezone ...` or `cambio simulate`.",
        )
    days = session_days(history.bars["time"].dt.epoch("s").to_numpy())
    newest = pl.Series(days[-1:].astype(np.int32)).cast(pl.Date)[0]
    ranges = plan.ranges.resolve(newest)
    spec = plan.features.resolve(training_bars(history.bars, plan.ranges))
    frame = observations(history, spec, costs).filter(pl.col("session") >= plan.ranges.data.start)
    splits = split(complete(frame), ranges)
    train = splits["train"].rows
    span = pl.col("session").is_between(ranges["train"].start, ranges["train"].end)
    DataQualityGate(plan.quality).require(frame.filter(span), train.height, ranges["train"].end)
    stats = norm_stats(train, spec.hash())
    source_hash = history.hash()
    identity = {
        "source_data_hash": source_hash,
        "feature_spec_hash": spec.hash(),
        "rates": costs.rates,
        "ranges": {name: [str(r.start), str(r.end)] for name, r in ranges.items()},
    }
    folder = root / plan.experiment_name / hash_of(identity)[:16]
    with tempfile.TemporaryDirectory(dir=_made(root), prefix=".building-") as scratch:
        staged = Path(scratch) / "dataset"
        staged.mkdir()
        for name in SPLITS:
            pq.write_table(
                splits[name].rows.to_arrow(), staged / f"{name}.parquet", compression="zstd"
            )
        (staged / "norm_stats.json").write_text(json.dumps(stats.model_dump(), indent=2))
        manifest = {
            "version": MANIFEST_VERSION,
            "experiment_name": plan.experiment_name,
            **identity,
            "feature_order_hash": FEATURE_ORDER_HASH,
            "feature_spec": spec.model_dump(),
            "bar_range_reason": _range_reason(plan, history.bars),
            "dataset_hash": _concatenated_md5([staged / f"{name}.parquet" for name in SPLITS]),
            "norm_stats_hash": stats.hash(),
            "files": {path.name: _describe(path, splits) for path in sorted(staged.iterdir())},
            "embargoed_sessions": {n: [str(d) for d in splits[n].embargoed] for n in SPLITS},
            "incomplete_sessions": missing_sessions(frame, MacroTable(history.macro), spec),
            "rate_differential_fallback_rows": {
                name: int(splits[name].rows["rate_differential_pct"].is_nan().sum())
                for name in SPLITS
            },
        }
        (staged / "manifest.json").write_text(json.dumps(manifest, indent=2))
        _publish(staged, folder)
    return read_dataset(folder)


def read_dataset(folder: Path) -> L2Output:
    """Give the hand-off record of a dataset folder.

    Raises:
        DataQualityError: the folder holds no manifest.
    """
    path = folder / "manifest.json"
    if not path.exists():
        raise DataQualityError(f"{folder} is not a dataset: manifest.json is missing.")
    manifest = json.loads(path.read_text())
    rows = {name: int(manifest["files"][f"{name}.parquet"]["rows"]) for name in SPLITS}
    return L2Output(
        dataset_path=str(folder),
        dataset_uri=None,
        dataset_hash=manifest["dataset_hash"],
        feature_order_hash=manifest["feature_order_hash"],
        feature_spec_hash=manifest["feature_spec_hash"],
        row_count=sum(rows.values()),
        experiment_name=manifest["experiment_name"],
        norm_stats_path=str(folder / "norm_stats.json"),
        norm_stats_hash=manifest["norm_stats_hash"],
        manifest_path=str(path),
        source_data_hash=manifest["source_data_hash"],
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


def _concatenated_md5(paths: list[Path]) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _describe(path: Path, splits: dict[str, Any]) -> dict[str, Any]:
    described = {
        "md5": file_hash(path, "md5"),
        "sha256": file_hash(path),
        "size_bytes": path.stat().st_size,
    }
    return described | ({"rows": splits[path.stem].rows.height} if path.stem in splits else {})


def _made(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    return root


def _publish(staged: Path, folder: Path) -> None:
    """Put the finished folder in place; an older build of the same inputs gives way."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rename(staged.with_name("replaced"))
    staged.rename(folder)
