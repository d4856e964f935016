"""L0 use cases: import files of bars and of macro values, each in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from cambio.acquisition import quality, sessions
from cambio.acquisition.catalogue import critical_series
from cambio.acquisition.definitions import refuse_others
from cambio.acquisition.importers import read_bars
from cambio.acquisition.macro_files import MacroMapping, load_mapping, read_macro
from cambio.acquisition.quality import Spike
from cambio.acquisition.refusals import Reason, Refusal
from cambio.acquisition.sessions import Agreement
from cambio.acquisition.simulator import SIMULATED
from cambio.acquisition.splices import judge_batch
from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA, is_close_only
from cambio.errors import Conflict
from cambio.store import bars as bar_queries
from cambio.store import macro as macro_queries
from cambio.store import quarantine
from cambio.store.database import lock, reading, transaction
from cambio.store.quarantine import Kept
from cambio.telemetry import ROWS_QUARANTINED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Connection, Engine

    from cambio.acquisition.catalogue import Catalogue

    OnProgress = Callable[[int, int, str], None]

STEPS = ("reading", "placing", "checking", "storing")


@dataclass(frozen=True, slots=True)
class ShiftedSessions:
    """Sessions whose local times were stored under another zone."""

    bars: int
    days: int
    first: datetime
    """Open of the first one, where it belongs (UTC)."""
    last: datetime
    overlap: Agreement
    """With bars of this file or of the database that are in place."""
    repaired: bool


@dataclass(frozen=True, slots=True)
class OhlcvImportReport:
    """What an import of bars found and did. Counts are bars unless they say otherwise."""

    file: str
    source_timezone: str
    zone_shares: dict[str, float]
    """Share of the rows that each zone would put into the session."""
    rows: int
    backwards: int
    """Rows that are earlier than the one before; they were sorted."""
    repeated: int
    """Rows that say again what another row says."""
    covered: int
    """Close-only rows beside a ranged bar with the same close."""
    inserted: int
    unchanged: int
    revised: int
    shifted: ShiftedSessions | None
    quarantined: dict[str, int]
    """Refused rows by reason."""
    first: datetime | None
    last: datetime | None
    on_holidays: int
    close_only: int
    close_only_share: dict[str, float]
    """By month, `YYYY-MM`."""
    spikes: tuple[Spike, ...]
    """Suspicious, and kept."""
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the report in JSON types."""
        return {name: to_plain(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class SuspiciousValue:
    """A macro value that was refused for what it is, not for where it stands."""

    key: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class MacroImportReport:
    """What an import of macro values found and did. Counts are values."""

    file: str
    source: str
    rows: int
    values: dict[str, int]
    """Values by series that are believed, stored before or not."""
    inserted: int
    unchanged: int
    revised: int
    quarantined: dict[str, int]
    """Refused values by reason."""
    suspicious: tuple[SuspiciousValue, ...]
    unfinished: tuple[str, ...]
    """Series whose last period is left out, because the file ends within it."""
    days: int
    """Rows of `macro_indicators_daily`."""
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the report in JSON types."""
        return {name: to_plain(value) for name, value in asdict(self).items()}


def import_ohlcv(
    engine: Engine,
    path: Path,
    *,
    source_timezone: str,
    now: datetime,
    repair: bool = False,
    columns: Mapping[str, str] | None = None,
    on_progress: OnProgress = lambda done, total, note: None,  # noqa: ARG005
) -> OhlcvImportReport:
    """Import a file of bars: all that is right is stored, the rest quarantined, or nothing is.

    Args:
        engine: the database.
        path: `.csv` or `.parquet`.
        source_timezone: how the stored clock readings are to be understood, whatever their label.
        now: when the import happens.
        repair: move shifted sessions to where they belong, rather than quarantine them.
        columns: our name -> the file's, where they differ.
        on_progress: told (steps done, steps in all, the step that begins).

    Raises:
        ConfigError: the zone or a mapped column is unknown.
        SourceError: the file cannot be opened, or the database refused.
        DataQualityError: the file is damaged, or does not fit the stated zone.
        Conflict: the database holds a simulated market.
    """
    on_progress(0, len(STEPS), STEPS[0])
    file = read_bars(path, columns)
    on_progress(1, len(STEPS), STEPS[1])
    shares = sessions.check_zone(file.bars["clock"].drop_nulls(), source_timezone, path)
    placed = sessions.place(file.bars, source_timezone, now)
    sessions.check_step(placed, path)
    shifted = _shifted_sessions(engine, placed, repaired=repair)
    bars = sessions.repair(placed, shifted.overlap, path) if repair and shifted else placed
    on_progress(2, len(STEPS), STEPS[2])
    resolved = quality.resolve_duplicates(bars.filter(pl.col("reason").is_null()))
    conflicts = resolved.conflicts.with_columns(reason=pl.lit(Reason.CONFLICTING_DUPLICATE))
    refused = pl.concat([bars.filter(pl.col("reason").is_not_null()), conflicts], how="diagonal")
    refusals = file.refusals(refused)
    kept = resolved.bars.select(BAR_SCHEMA.names())
    on_progress(3, len(STEPS), STEPS[3])
    with transaction(engine) as connection:
        lock(connection, "bars")
        refuse_simulated(connection)
        wrong = {time for _, time in _overruled(connection, refusals)}
        kept = kept.filter(~pl.col("time").is_in(list(wrong)))
        counts = bar_queries.store(connection, kept, now)
        quarantine_rows(connection, refusals, path.name, now)
        repaired = file.refusals(placed.filter(bars["moved"]))
        quarantine.release(
            connection, "ohlcv", (row.key for row in repaired), Reason.SHIFTED_SESSION
        )
    on_progress(4, len(STEPS), "")
    return OhlcvImportReport(
        file=str(path),
        source_timezone=source_timezone,
        zone_shares=shares,
        rows=file.bars.height,
        backwards=file.backwards,
        repeated=resolved.repeated,
        covered=resolved.covered,
        **asdict(counts),
        shifted=shifted,
        quarantined=_by_reason(refusals),
        first=kept["time"].min(),  # type: ignore[arg-type]
        last=kept["time"].max(),  # type: ignore[arg-type]
        on_holidays=quality.holiday_bars(kept),
        close_only=kept.select(is_close_only().sum()).item(),
        close_only_share=quality.close_only_share(kept),
        spikes=tuple(quality.spikes(kept)),
        warnings=file.table.warnings + sessions.close_label_warning(bars),
    )


def _shifted_sessions(
    engine: Engine, bars: pl.DataFrame, *, repaired: bool
) -> ShiftedSessions | None:
    shifted = sessions.shifted_bars(bars)
    if shifted.is_empty():
        return None
    first, last = shifted["time"].min(), shifted["time"].max()
    with reading(engine) as connection:
        stored = bar_queries.load(connection, first, last)  # type: ignore[arg-type]
    in_place = bars.filter(pl.col("reason").is_null()).select("time", "close")
    there = pl.concat([in_place, stored.select("time", "close")]).unique(
        "time", keep="first", maintain_order=True
    )
    return ShiftedSessions(
        bars=shifted.height,
        days=quality.session_dates(shifted).n_unique(),
        first=first,  # type: ignore[arg-type]
        last=last,  # type: ignore[arg-type]
        overlap=sessions.agreement(shifted, there),
        repaired=repaired,
    )


def import_macro(
    engine: Engine,
    path: Path,
    *,
    mapping: MacroMapping | Path,
    catalogue: Catalogue,
    now: datetime,
) -> MacroImportReport:
    """Import a wide file of macro series: what is believed is stored, the rest quarantined.

    A value that differs from a stored one becomes a revision, known from ``now`` on.

    Args:
        engine: the database.
        path: `.csv` or `.parquet`.
        mapping: which column is which series, or the YAML file that says so.
        catalogue: plausible ranges and publication lags.
        now: when the import happens.

    Raises:
        ConfigError: the mapping is wrong.
        SourceError: the file cannot be opened, or the database refused.
        DataQualityError: the file is damaged or lacks a column.
        Conflict: the database holds a simulated market.
    """
    if isinstance(mapping, Path):
        mapping = load_mapping(mapping)
    file = read_macro(path, mapping, catalogue, now)
    with transaction(engine) as connection:
        lock(connection, "macro")
        refuse_simulated(connection)
        stored = macro_queries.newest(connection)
        wrong = _overruled(connection, file.refused)
        places = file.values.select("series", "period").iter_rows()
        values = file.values.filter(
            pl.Series([place not in wrong for place in places], dtype=pl.Boolean)
        )
        continued, others = refuse_others(values, stored, mapping.source, catalogue)
        believed, doubted = judge_batch(continued, stored, catalogue)
        observations = _observations(believed, mapping.source, catalogue)
        counts = macro_queries.store(connection, observations, now)
        suspicious = [*others, *(_from(mapping.source, refusal) for refusal in doubted)]
        refusals = [*file.refused, *suspicious]
        quarantine_rows(connection, refusals, path.name, now)
        days = macro_queries.rebuild_daily(connection, critical_series(catalogue), now)
    return MacroImportReport(
        file=str(path),
        source=mapping.source,
        rows=file.table.frame.height,
        values=dict(believed.group_by("series").len().sort("series").iter_rows()),
        **asdict(counts),
        quarantined=_by_reason(refusals),
        suspicious=tuple(SuspiciousValue(r.key, r.reason.value, r.detail) for r in suspicious),
        unfinished=file.unfinished,
        days=days,
        warnings=file.table.warnings,
    )


def refuse_simulated(connection: Connection) -> None:
    """Refuse to put real data beside a simulated market.

    Raises:
        Conflict: the database holds one.
    """
    if SIMULATED in bar_queries.sources(connection) | macro_queries.sources(connection):
        raise Conflict(
            "The database holds a simulated market; real data is never mixed with it.",
            remedy="Choose another CAMBIO_HOME for your own data.",
        )


def _overruled(connection: Connection, refusals: Iterable[Refusal]) -> set[quarantine.Place]:
    """Give the places where the file's first row is wrong: a person released the other one."""
    conflicts = [r for r in refusals if r.reason is Reason.CONFLICTING_DUPLICATE]
    keys = [refusal.key for refusal in conflicts]
    return quarantine.overruled(connection, conflicts[0].kind, keys) if conflicts else set()


def _from(source: str, refusal: Refusal) -> Refusal:
    """Give a refusal whose release would be stored as this source's."""
    content = refusal.content and {**refusal.content, "source": source}
    return replace(refusal, content=content)


def _observations(values: pl.DataFrame, source: str, catalogue: Catalogue) -> pl.DataFrame:
    keys = values.select("series", "period").iter_rows()
    known = [catalogue[series].available_at(period) for series, period in keys]
    return values.with_columns(
        pl.Series("available_at", known, pl.Datetime("us", "UTC")), source=pl.lit(source)
    ).select(MACRO_SCHEMA.names())


def quarantine_rows(
    connection: Connection, refusals: Iterable[Refusal], source: str, now: datetime
) -> Kept:
    """Keep refused rows, and close the cases of those that are in the tables by now.

    ``source`` is the file's name or the provider's.

    Returns:
        How many of the rows nobody has seen yet, wait for a decision, or were decided on before.
    """
    rows = [
        {
            "kind": refusal.kind,
            "key": refusal.key,
            "reason": refusal.reason.value,
            "detail": refusal.detail,
            "payload": refusal.payload,
            "content": refusal.content,
            "source_file": source,
        }
        for refusal in refusals
    ]
    for row in rows:
        ROWS_QUARANTINED.labels(kind=row["kind"], reason=row["reason"]).inc()
    kept = quarantine.store(connection, rows, now)
    believed = f"{source} holds it, and it is believed now."
    quarantine.settle(connection, quarantine.Decision("import", believed, now))
    return kept


def _by_reason(refusals: Iterable[Refusal]) -> dict[str, int]:
    return dict(sorted(Counter(refusal.reason.value for refusal in refusals).items()))


def to_plain(value: Any) -> Any:
    """Give a value in JSON types: dates as ISO text, tuples as lists."""
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
