"""The data card: what of a dataset it shows, how it is put into words, and where it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from cambio.app.datasets import CARD
from cambio.contracts.features import MARKET_FEATURES
from cambio.dataset.splits import SPLITS
from cambio.errors import SourceError
from cambio.files import write_whole
from cambio.reports.dataset_card import DatasetCard, render
from cambio.reports.dataset_charts import WORDS, SessionRows
from cambio.reports.numbers import NONE, count, decimal, percent, signed
from cambio.reports.tables import Table
from cambio.store import quarantine
from cambio.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from cambio.app.datasets import Dataset, SplitSummary
    from cambio.app.resources import Resources
    from cambio.dataset.manifest import Manifest, Sessions

LOW_COVERAGE: Final = 0.9
"""A split below it gets a notice."""


def write_card(resources: Resources, dataset: Dataset) -> Path:
    """Write `card.html` into the dataset's folder; it appears whole or not at all.

    Raises:
        SourceError: the file cannot be written; an older one stays as it was.
    """
    with reading(resources.engine) as connection:
        refused = quarantine.counts(connection)
    path = dataset.path / CARD
    content = render(card(dataset, refused)).encode()
    try:
        write_whole(path, content)
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def card(dataset: Dataset, refused: Sequence[dict[str, Any]]) -> DatasetCard:
    """Put a dataset into words and tables.

    Args:
        dataset: as it was read.
        refused: `kind`, `reason`, `rows`, `first` and `last` of what is in quarantine.
    """
    manifest = dataset.manifest
    first, last = dataset.splits[0].first, dataset.splits[-1].last
    rows = sum(manifest.rows.values())
    return DatasetCard(
        title=f"Dataset of {manifest.experiment_name}",
        subtitle=f"{rows:,} complete 5-minute bars of USD/COP with 13 market features, "
        f"{first} to {last}. Folder {manifest.folder_name}.",
        notices=list(_notices(dataset)),
        splits=_splits(dataset.splits),
        features={
            name: {split: frame[name].to_numpy() for split, frame in dataset.rows.items()}
            for name in MARKET_FEATURES
        },
        drift=_drift(dataset),
        largest={each.feature: each.ks for each in dataset.drift if each.split == SPLITS[-1]},
        coverage=_coverage(dataset),
        left_out=Table(["Why", "Sessions", "Bars", "First", "Last"], [list(_left_out(dataset))]),
        quarantine=_quarantine(refused) if refused else None,
        made_from=_made_from(manifest),
        hashes=_hashes(manifest),
        next_commands=[
            f"cambio dataset verify {manifest.experiment_name}",
            f"cambio experiment run {manifest.experiment_name}",
        ],
    )


def _notices(dataset: Dataset) -> Iterator[str]:
    for each in dataset.splits:
        if each.coverage < LOW_COVERAGE:
            name = WORDS[each.split].capitalize()
            yield (
                f"{name} covers {percent(each.coverage)} % of the bars that the calendar expects "
                f"in its range; its first row is of {each.first}."
            )
    for each in dataset.splits:
        if each.rows_without_rate:
            yield (
                f"{count(each.rows_without_rate)} rows of {WORDS[each.split]} have no policy-rate "
                "differential: the configured fallback is charged there."
            )


def _splits(splits: Sequence[SplitSummary]) -> Table:
    headers = ["Split", "Range", "First row", "Last row", "Sessions", "Rows", "Coverage, %"]
    rows = [
        [
            WORDS[each.split].capitalize(),
            f"{each.range.start} to {each.range.end}",
            str(each.first),
            str(each.last),
            count(each.sessions),
            count(each.rows),
            percent(each.coverage),
            ", ".join(map(str, each.embargoed)) or NONE,
        ]
        for each in splits
    ]
    return Table([*headers, "Embargoed"], [rows])


def _drift(dataset: Dataset) -> Table:
    by_place = {(each.feature, each.split): each for each in dataset.drift}
    headers = ["Feature"]
    for split in SPLITS[1:]:
        word = WORDS[split].capitalize()
        headers += [f"{word} KS", f"{word} mean shift", f"{word} std ratio"]
    rows = []
    for feature in MARKET_FEATURES:
        cells = [feature]
        for split in SPLITS[1:]:
            found = by_place[feature, split]
            cells += [decimal(found.ks), signed(found.mean_shift), decimal(found.std_ratio)]
        rows.append(cells)
    return Table(headers, [rows])


def _coverage(dataset: Dataset) -> SessionRows:
    counted = pl.concat(
        frame.group_by("session").len().with_columns(split=pl.lit(name))
        for name, frame in dataset.rows.items()
    ).sort("session")
    last = dataset.splits[-1].range.end
    return SessionRows(
        days=counted["session"].to_numpy().astype("datetime64[D]"),
        rows=counted["len"].to_numpy().astype(np.int64),
        split=np.array(counted["split"].to_list()),
        span=(np.datetime64(dataset.splits[0].range.start), np.datetime64(last)),
    )


def _left_out(dataset: Dataset) -> Iterator[list[str]]:
    """Give the rows of the table: why, sessions, bars, first and last."""
    manifest = dataset.manifest
    for name in SPLITS:
        sessions = manifest.embargoed_sessions[name]
        if sessions:
            bars = count(manifest.left_out.embargoed_rows[name])
            ends = [str(min(sessions)), str(max(sessions))]
            yield [f"Embargo after {WORDS[name]}", count(len(sessions)), bars, *ends]
    for reason, found in manifest.incomplete_sessions.reasons.items():
        yield [reason, count(found.count), NONE, *_ends(found)]
    if manifest.left_out.incomplete_rows:
        whole = manifest.incomplete_sessions
        bars = count(manifest.left_out.incomplete_rows)
        yield ["All that lack a feature, whatever the reason", count(whole.count), bars, NONE, NONE]
    absent = manifest.sessions_without_bars
    if absent.count:
        yield ["Trading day without a stored bar", count(absent.count), "0", *_ends(absent)]
    between = manifest.left_out.between_ranges_rows
    if between:
        yield ["In no range", NONE, count(between), NONE, NONE]


def _ends(found: Sessions) -> list[str]:
    return [_date(found.first), _date(found.last)]


def _date(day: date | None) -> str:
    return NONE if day is None else str(day)


def _quarantine(refused: Sequence[dict[str, Any]]) -> Table:
    rows = [[q["kind"], q["reason"], count(q["rows"]), q["first"], q["last"]] for q in refused]
    return Table(["Kind", "Reason", "Rows", "First", "Last"], [rows])


def _made_from(manifest: Manifest) -> dict[str, str]:
    settings = manifest.configuration
    spec = manifest.feature_spec
    ranges = settings["date_ranges"]
    named = {"training": "train", "validation": "val", "test": "test"}
    dates = "; ".join(
        f"{split} {ranges[key]['start']} to {ranges[key]['end']}" for key, split in named.items()
    )
    quality = ", ".join(f"{key} {value}" for key, value in settings["quality"].items())
    rates = f"{manifest.rates['local_rate_series']} − {manifest.rates['foreign_rate_series']}"
    return {
        "code version": manifest.code_version or "unknown",
        "date ranges": dates,
        "bars": f"{spec.bar_range} ({manifest.bar_range_reason})",
        "z-scores": f"over {spec.zscore_window} releases, ddof {spec.zscore_ddof}",
        "macro values": f"at most {spec.staleness_days} days old",
        "rate differential": rates,
        "embargo": f"{settings['embargo_bars']} bars, rounded up to whole sessions",
        "quality gate": quality,
    }


def _hashes(manifest: Manifest) -> dict[str, str]:
    own = {
        "dataset (MD5 of train, val, test)": manifest.dataset_hash,
        "source data": manifest.source_data_hash,
        "feature order": manifest.feature_order_hash,
        "feature specification": manifest.feature_spec_hash,
        "statistics": manifest.norm_stats_hash,
        "manifest": manifest.manifest_hash,
    }
    for name, record in manifest.files.items():
        own[f"{name}, SHA-256"] = record.sha256
        own[f"{name}, MD5"] = record.md5
    return own
