"""What a person does about refused rows: release them into the tables, or drop them for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from cambio.acquisition.catalogue import critical_series
from cambio.acquisition.refusals import Reason
from cambio.calendar import BAR_S
from cambio.contracts.events import Notice, NoticeEvent, NoticeType
from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA, SYMBOL
from cambio.errors import ConfigError, Conflict, DataQualityError, NotFound
from cambio.store import bars as bar_queries
from cambio.store import events, quarantine
from cambio.store import macro as macro_queries
from cambio.store.bars import InsertCounts
from cambio.store.database import lock, reading, transaction
from cambio.store.quarantine import Decision, RefusedRow, Resolution, Selection

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from cambio.acquisition.catalogue import Catalogue, MacroSeries

Wanted = Sequence[int] | Selection
"""Ids, or the open rows that a selection means."""
NAME_LENGTH: Final = 100
SOURCE_LENGTH: Final = 50


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did."""

    rows: tuple[RefusedRow, ...]
    """As they were before."""
    bars: InsertCounts
    macro: InsertCounts
    settled: int
    """Other open rows that say the same and are released with these."""


def rows(engine: Engine, wanted: Wanted) -> list[RefusedRow]:
    """Give the rows that are meant.

    Raises:
        NotFound: an id does not exist.
    """
    with reading(engine) as connection:
        return quarantine.get(connection, _ids(connection, wanted))


def standing(engine: Engine, refused: Sequence[RefusedRow]) -> dict[int, dict[str, float]]:
    """Give what the tables hold now where rows belong: by id, the `value` or the four prices."""
    with reading(engine) as connection:
        return quarantine.standing(connection, refused)


def release(engine: Engine, catalogue: Catalogue, wanted: Wanted, decision: Decision) -> Released:
    """Store what refused rows hold and mark them released: all of them, or none.

    A value for a place that is taken becomes a revision, known from the decision on, and so is
    what a live provider served. Later imports judge by the released values as by any others.

    Args:
        engine: the database.
        catalogue: when macro values were published.
        wanted: which rows.
        decision: who, why and when.

    Raises:
        NotFound: an id does not exist, or nothing open is meant.
        Conflict: a row is resolved already, or two rows are for the same place.
        DataQualityError: a row has no place in the tables.
        ConfigError: the decision lacks a name or a comment, or a series left the catalogue.
    """
    _check(decision)
    with transaction(engine) as connection:
        lock(connection, "bars")
        lock(connection, "macro")
        claimed = _claim(connection, wanted)
        require_releasable(claimed, catalogue)
        stored_bars = bar_queries.store(connection, _bars(claimed), decision.now)
        stored_values = _store_values(connection, claimed, catalogue, decision.now)
        _resolve(connection, claimed, Resolution.RELEASED, decision)
        settled = quarantine.settle(connection, decision)
        if stored_values.inserted or stored_values.revised:
            macro_queries.rebuild_daily(connection, critical_series(catalogue), decision.now)
    return Released(tuple(claimed), stored_bars, stored_values, settled)


def drop(engine: Engine, wanted: Wanted, decision: Decision) -> list[RefusedRow]:
    """Mark refused rows as dropped; they stay in the quarantine, and never open again.

    Raises:
        NotFound: an id does not exist, or nothing open is meant.
        Conflict: a row is resolved already.
        ConfigError: the decision lacks a name or a comment.
    """
    _check(decision)
    with transaction(engine) as connection:
        claimed = _claim(connection, wanted)
        _resolve(connection, claimed, Resolution.DROPPED, decision)
    return claimed


def require_releasable(refused: Sequence[RefusedRow], catalogue: Catalogue) -> None:
    """Refuse rows that cannot be stored, and rows of which only one can.

    Raises:
        DataQualityError: a row has no place in the tables.
        ConfigError: its series is not in the catalogue any more.
        Conflict: two rows are for the same place.
    """
    for row in refused:
        if row.content is None or _still_open_when_refused(row):
            again = f"Correct {row.source_file} and import it again"
            if row.reason == Reason.SHIFTED_SESSION:
                again = f"Import {row.source_file} again with --repair shifted-sessions"
            raise DataQualityError(
                f"Row {row.id} ({row.key}) can't be released, for it has no place in the tables: "
                f"{row.reason}. {row.detail} Nothing was changed.",
                remedy=f"{again}, or drop the row.",
                id=row.id,
                reason=row.reason,
            )
        if row.kind == "macro" and row.content["series"] not in catalogue:
            raise ConfigError(
                f"Row {row.id} is of {row.content['series']}, which the catalogue does not have.",
                remedy="Add it to config/macro_series.yaml, or drop the row.",
            )
    places = [
        (row.place, row.published if _is_vintage(row, catalogue) else None) for row in refused
    ]
    twice = [place for place, count in Counter(places).items() if count > 1]
    if twice:
        same = (row for row, place in zip(refused, places, strict=True) if place == twice[0])
        rivals = ", ".join(f"{row.id} ({row.key})" for row in same)
        raise Conflict(
            f"These rows are for one and the same place: {rivals}. Nothing was changed.",
            remedy="Release one of them, and drop the others.",
        )


def _still_open_when_refused(row: RefusedRow) -> bool:
    """Tell whether the bar had not closed yet: what was seen of it is not final."""
    place = row.place and row.place[1]
    return isinstance(place, datetime) and place + timedelta(seconds=BAR_S) > row.created_at


def _check(decision: Decision) -> None:
    if not decision.comment.strip():
        raise ConfigError("A decision needs a comment.", remedy='Say why: --comment "…".')
    if not 0 < len(decision.by.strip()) <= NAME_LENGTH:
        raise ConfigError(
            f"A decision needs a name of 1 to {NAME_LENGTH} characters, not {decision.by!r}.",
            remedy="Say who decides: --by NAME.",
        )


def _ids(connection: Connection, wanted: Wanted) -> Sequence[int]:
    return quarantine.find(connection, wanted) if isinstance(wanted, Selection) else wanted


def _claim(connection: Connection, wanted: Wanted) -> list[RefusedRow]:
    claimed = quarantine.claim(connection, _ids(connection, wanted))
    if not claimed:
        raise NotFound(
            "No open row in the quarantine is meant.",
            remedy="`cambio data quarantine list` lists those that are open.",
        )
    return claimed


def _bars(refused: Sequence[RefusedRow]) -> pl.DataFrame:
    content = [
        {**row.content, "time": row.place[1]}
        for row in refused
        if row.kind == "ohlcv" and row.content and row.place
    ]
    return pl.DataFrame(content, schema=BAR_SCHEMA).sort("time")


def _store_values(
    connection: Connection, refused: Sequence[RefusedRow], catalogue: Catalogue, now: datetime
) -> InsertCounts:
    """Store macro values; of vintages the one that was published last is in force."""
    inserted = revised = unchanged = 0
    for vintages in (False, True):
        group = [row for row in refused if _is_vintage(row, catalogue) is vintages]
        values = _observations(group, catalogue, now)
        counts = macro_queries.store(connection, values, now, vintages=vintages)
        inserted += counts.inserted
        revised += counts.revised
        unchanged += counts.unchanged
    return InsertCounts(inserted=inserted, revised=revised, unchanged=unchanged)


def _is_vintage(row: RefusedRow, catalogue: Catalogue) -> bool:
    """Tell whether the provider keeps every revision of the value, this one with its date."""
    return row.published is not None and catalogue[str(row.place and row.place[0])].vintages


def _observations(
    refused: Sequence[RefusedRow], catalogue: Catalogue, now: datetime
) -> pl.DataFrame:
    values = [
        {
            **row.content,
            "period": row.place[1],
            "available_at": _known_from(row, catalogue[row.place[0]], row.place[1], now),
            "source": row.content.get("source", row.source_file)[:SOURCE_LENGTH],
        }
        for row in sorted(refused, key=lambda row: row.published or row.created_at)
        if row.kind == "macro" and row.content and row.place
    ]
    return pl.DataFrame(values, schema=MACRO_SCHEMA)


def _known_from(row: RefusedRow, series: MacroSeries, period: date, now: datetime) -> datetime:
    """Give when a value became known.

    What a provider served, sessions did without until it is released. What a file holds is a
    history, and known when the values beside it are.
    """
    live = row.source_file == series.source
    due = row.published or series.available_at(period, by_source=live)
    return max(due, now) if live else due


def _resolve(
    connection: Connection, claimed: Sequence[RefusedRow], resolution: Resolution, to: Decision
) -> None:
    """Mark the rows, and put the decision on record."""
    quarantine.resolve(connection, [row.id for row in claimed], resolution, to)
    subjects = {row.key.split(" ")[0] if row.kind == "macro" else SYMBOL for row in claimed}
    told = ("id", "key", "reason", "content")
    data = {
        "by": to.by,
        "comment": to.comment,
        "rows": [{name: getattr(row, name) for name in told} for row in claimed],
    }
    subject = subjects.pop() if len(subjects) == 1 else "quarantine"
    kind: NoticeType = "quarantine_released" if resolution == "released" else "quarantine_dropped"
    text = f"{to.by} {resolution} {len(claimed)} rows of {subject}: {to.comment}"
    notice = NoticeEvent(type=kind, data=Notice(subject=subject, text=text, details=data))
    events.append(connection, to.now, [(subject, notice)])
