"""Seconds from the database to a dataset: 86,000 bars and 19 macro series out of SQLite.

Ours: read all bars and macro values, hash them, compute the features and the rate differential,
cut, hold back the embargo, judge the training rows, take their statistics, write three Parquet
files and the manifest with MD5 and SHA-256 of each, put the folder in place.

The peer is the specification's eight steps in pandas: read, merge, features, drop what is
missing, statistics of training, normalise, split, write Parquet, statistics and the MD5. No
embargo, no quality gate, no rates, no hash of the source, no manifest. It reads the same database
past SQLAlchemy, by a connection of the driver itself, and its features are those of `with_pandas`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks import market, ppo, with_pandas
from benchmarks.figures import Contender, Figure, times
from cambio.contracts.features import MARKET_FEATURES
from cambio.contracts.market import MarketHistory
from cambio.dataset.build import DatasetPlan, build_dataset
from cambio.store import bars, macro, tables
from cambio.store.database import open_database, reading

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from cambio.contracts.handoffs import L2Output

EXPERIMENT = "baseline_ppo_v1"
TARGET_S = 2.0
ROUNDS = 5
CLIP = 10.0
FEATURES = list(MARKET_FEATURES)
BARS = f"SELECT time, open, high, low, close FROM {tables.bars.name} ORDER BY time"
MACRO = f"SELECT series, period, value, available_at FROM {tables.macro_observations.name}"


def figures() -> list[Figure]:
    """Measure both."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        engine = open_database(market.database(home))
        root, theirs = home / "datasets", home / "peer"
        plan = ppo.experiment(EXPERIMENT).plan()
        ours = partial(build, engine, plan, root)
        peer = partial(_in_pandas, home / "cambio.db", plan, theirs)
        _require_equal(ours(), peer())
        samples = times(
            ROUNDS,
            Contender("cambio", ours, before=partial(shutil.rmtree, root)),
            Contender("pandas", peer, before=partial(shutil.rmtree, theirs)),
        )
        engine.dispose()
    return [Figure("dataset, 86,000 bars to Parquet", "s", *samples, target=TARGET_S)]


def build(engine: Engine, plan: DatasetPlan, root: Path) -> L2Output:
    """Build the dataset from what is stored."""
    with reading(engine) as connection:
        history = MarketHistory(bars.load(connection), macro.load(connection))
    return build_dataset(history, plan, market.costs(), root)


def _in_pandas(path: Path, plan: DatasetPlan, folder: Path) -> dict[str, pd.DataFrame]:
    with closing(sqlite3.connect(path)) as driver:
        rows = pd.read_sql(BARS, driver)
        events = pd.read_sql(MACRO, driver)
    rows["time"] = _utc(rows["time"])
    for name in ("period", "available_at"):
        events[name] = _utc(events[name])
    rows[FEATURES] = with_pandas.features(rows, events)
    rows = rows.dropna()
    day = (rows["time"] + with_pandas.BOGOTA).dt.tz_localize(None).rename("day")
    spans = {
        name: slice(str(span.start), str(span.end))
        for name, span in plan.ranges.spans(day.iloc[-1].date()).items()
    }
    splits = {name: rows.set_index(day).loc[span] for name, span in spans.items()}
    stats = splits["train"][FEATURES].agg(["mean", "std", "min", "max", "count"])
    folder.mkdir()
    digest = hashlib.md5()
    for name, split in splits.items():
        z = (split[FEATURES] - stats.loc["mean"]) / stats.loc["std"]
        normalised = split.assign(**z.clip(-CLIP, CLIP))
        normalised.to_parquet(folder / f"{name}.parquet", compression="zstd", index=False)
        digest.update((folder / f"{name}.parquet").read_bytes())
    manifest = {"dataset_hash": digest.hexdigest(), "features": stats.to_dict()}
    (folder / "norm_stats.json").write_text(json.dumps(manifest))
    return splits


def _utc(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts, format="ISO8601", utc=True).astype("datetime64[us, UTC]")


def _require_equal(ours: L2Output, theirs: dict[str, pd.DataFrame]) -> None:
    """Hold the peer's raw features against ours, wherever both have a row that is settled."""
    for name, split in theirs.items():
        stored = pd.read_parquet(Path(ours.dataset_path) / f"{name}.parquet")
        both = stored.merge(split, on="time", suffixes=("", "_theirs"))
        if len(both) < len(stored) - with_pandas.SETTLED:
            raise AssertionError(f"{name}: {len(both)} rows of {len(stored)} are the peer's too")
        settled = both.iloc[with_pandas.SETTLED :]
        for feature in FEATURES:
            np.testing.assert_allclose(
                settled[f"{feature}_theirs"], settled[feature], rtol=1e-6, atol=1e-9
            )
