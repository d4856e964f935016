"""Queries on `quarantine`: rows that were refused, with the reason, never thrown away.

A row is open until a person resolves it, or an import that finds its content in place. It is known
by its kind, key and reason: what is refused again for the same reason stays what it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import polars as pl
from sqlalchemy import JSON, bindparam, delete, func, insert, select, tuple_, update

from cambio.acquisition.quality import PRICES
from cambio.acquisition.refusals import Reason
from cambio.contracts.market import SYMBOL
from cambio.errors import Conflict, NotFound
from cambio.store import macro, tables
from cambio.store.database import lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

T = TypeVar("T")

CHUNK: Final = 1_000
"""Keys that one query asks for: both engines bound the number of parameters."""
KNOWN_SHOWN: Final = 10

Place = tuple[str, date]
"""Series and period, or symbol and time (UTC)."""


class Resolution(StrEnum):
    """What became of a refused row."""

    RELEASED = "released"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who resolves rows, why and when."""

    by: str
    comment: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows are meant; None means any."""

    kind: str | None = None
    reason: str | None = None
    series: str | None = None
    since: date | None = None
    """Of the period, or of the bar's day; rows without a readable one are left out then."""
    until: date | None = None
    """Inclusive."""
    resolved: bool = False
    """Also those that are not open any more."""


class Kept(NamedTuple):
    """How many refused rows were new, open already, or resolved before and so left alone."""

    new: int
    open: int
    resolved: int


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row of the table, as its columns are."""

    id: int
    kind: str
    key: str
    reason: str
    detail: str
    payload: dict[str, Any]
    content: dict[str, Any] | None
    source_file: str
    created_at: datetime
    resolution: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    comment: str | None

    @property
    def place(self) -> Place | None:
        """Where a release puts it; None where it has no place."""
        if self.content is None:
            return None
        if self.kind == "macro":
            return self.content["series"], date.fromisoformat(self.content["period"])
        return SYMBOL, datetime.fromisoformat(self.content["time"]).astimezone(UTC)

    @property
    def published(self) -> datetime | None:
        """When its provider published the value (UTC); None where only the catalogue knows."""
        at = (self.content or {}).get("available_at")
        return None if at is None else datetime.fromisoformat(at).astimezone(UTC)


def store(connection: Connection, rows: Iterable[dict[str, Any]], now: datetime) -> Kept:
    """Keep refused rows; one that is already there for the same reason is not kept twice.

    Args:
        connection: inside a transaction.
        rows: dicts of kind, key, reason, detail, payload and content (plain JSON; None or left
            out where the row has no place) and source_file. The key of a bar opens with its time,
            that of a macro value with its series and period.
        now: when they were refused.
    """
    lock(connection, "quarantine")
    table = tables.quarantine
    refused = {(row["kind"], row["key"], row["reason"]): row for row in rows}
    identity = (table.c.kind, table.c.key, table.c.reason)
    known: dict[tuple[str, str, str], str | None] = {}
    for chunk in _chunks(list(refused)):
        query = select(*identity, table.c.resolution).where(tuple_(*identity).in_(chunk))
        known |= {
            (kind, key, reason): state for kind, key, reason, state in connection.execute(query)
        }
    new_rows = [
        {**row, "storable": row.get("content"), "created_at": now}
        for key, row in refused.items()
        if key not in known
    ]
    if new_rows:
        # No place is SQL's null, not JSON's.
        storable = bindparam("storable", type_=JSON(none_as_null=True))
        connection.execute(insert(table).values(content=storable), new_rows)
    still_open = sum(state is None for state in known.values())
    return Kept(new=len(new_rows), open=still_open, resolved=len(known) - still_open)


def find(connection: Connection, wanted: Selection) -> list[int]:
    """Give the ids of the rows that are meant, by kind and key: by series and time."""
    table = tables.quarantine
    query = select(table.c.id, table.c.kind, table.c.key).order_by(
        table.c.kind, table.c.key, table.c.id
    )
    if not wanted.resolved:
        query = query.where(table.c.resolution.is_(None))
    if wanted.kind is not None:
        query = query.where(table.c.kind == wanted.kind)
    if wanted.reason is not None:
        query = query.where(table.c.reason == wanted.reason)
    if wanted.series is not None:
        of_series = table.c.key.startswith(f"{wanted.series} ", autoescape=True)
        query = query.where(table.c.kind == "macro", of_series)
    found = connection.execute(query)
    return [row_id for row_id, kind, key in found if _within(_day(kind, key), wanted)]


def get(connection: Connection, ids: Sequence[int]) -> list[RefusedRow]:
    """Give rows, in the order of their ids as asked for, each once.

    Raises:
        NotFound: an id does not exist; some that are open are named.
    """
    table = tables.quarantine
    rows: dict[int, RefusedRow] = {}
    for chunk in _chunks(ids):
        found = connection.execute(select(table).where(table.c.id.in_(chunk))).mappings()
        rows |= {row["id"]: RefusedRow(**row) for row in found}
    missing = [row_id for row_id in ids if row_id not in rows]
    if missing:
        known = find(connection, Selection())[:KNOWN_SHOWN]
        some = f"Open: {', '.join(map(str, known))}; " if known else "None is open; "
        raise NotFound(
            f"The quarantine has no row {', '.join(map(str, missing))}.",
            remedy=f"{some}`cambio data quarantine list --all` lists every row.",
            known=known,
        )
    return [rows[row_id] for row_id in dict.fromkeys(ids)]


def claim(connection: Connection, ids: Sequence[int]) -> list[RefusedRow]:
    """Give open rows to resolve in this transaction; nobody else resolves them meanwhile.

    Raises:
        NotFound: an id does not exist.
        Conflict: a row is resolved already.
    """
    lock(connection, "quarantine")
    rows = get(connection, ids)
    for row in rows:
        if row.resolution is not None:
            raise Conflict(
                f"Row {row.id} ({row.key}) was {row.resolution} by {row.resolved_by} at "
                f"{row.resolved_at:%Y-%m-%d %H:%M} UTC: {row.comment}. Nothing was changed.",
                remedy="Leave it out.",
                id=row.id,
            )
    return rows


def resolve(
    connection: Connection, ids: Sequence[int], resolution: Resolution, decision: Decision
) -> None:
    """Mark rows that were claimed."""
    table = tables.quarantine
    values = {
        "resolution": resolution.value,
        "resolved_at": decision.now,
        "resolved_by": decision.by,
        "comment": decision.comment,
    }
    for chunk in _chunks(ids):
        connection.execute(update(table).where(table.c.id.in_(chunk)).values(values))


def settle(connection: Connection, decision: Decision) -> int:
    """Mark the open rows as released whose content the tables hold by now; give their number.

    So ends the quarantine of the values that follow a released one, once they are imported again.
    """
    lock(connection, "quarantine")
    table = tables.quarantine
    has_place = table.c.resolution.is_(None) & table.c.content.is_not(None)
    rows = get(connection, list(connection.execute(select(table.c.id).where(has_place)).scalars()))
    held, vintages = standing(connection, rows), _vintages(connection, rows)
    in_place = [
        row.id
        for row in rows
        if row.content
        and (
            (row.id in held and held[row.id].items() <= row.content.items())
            or (row.place, row.published, row.content.get("value")) in vintages
        )
    ]
    resolve(connection, in_place, Resolution.RELEASED, decision)
    return len(in_place)


def standing(connection: Connection, rows: Iterable[RefusedRow]) -> dict[int, dict[str, float]]:
    """Give what the tables hold where rows belong: by id, the `value` or the four prices."""
    places = {row.id: (row.kind, row.place) for row in rows if row.place is not None}
    series = {place[0] for kind, place in places.values() if kind == "macro"}
    times = [place[1] for kind, place in places.values() if kind != "macro"]
    held: dict[Place, dict[str, float]] = {}
    if series:
        newest = macro.newest(connection, sorted(series)).select("series", "period", "value")
        held |= {(name, period): {"value": value} for name, period, value in newest.iter_rows()}
    bars = tables.bars
    prices = [bars.c[price] for price in PRICES]
    for chunk in _chunks(times):
        here = bars.c.time.in_(chunk) & (bars.c.symbol == SYMBOL)
        for time, *row in connection.execute(select(bars.c.time, *prices).where(here)):
            held[SYMBOL, time] = dict(zip(PRICES, row, strict=True))
    return {row_id: held[place] for row_id, (_, place) in places.items() if place in held}


def _vintages(
    connection: Connection, rows: Iterable[RefusedRow]
) -> set[tuple[Place | None, datetime | None, float]]:
    """Give the stored values of the series whose refused rows tell when they were published."""
    series = {row.place[0] for row in rows if row.place is not None and row.published is not None}
    if not series:
        return set()
    columns = ("series", "period", "available_at", "value")
    stored = macro.load(connection, sorted(series)).select(columns).iter_rows()
    return {((name, period), at, value) for name, period, at, value in stored}


def release(connection: Connection, kind: str, keys: Iterable[str], reason: str) -> int:
    """Remove open rows that a repair has moved to where they belong; give their number.

    They had no place as they stood, and would be refused again without the repair.

    Args:
        connection: inside a transaction.
        kind: `ohlcv` or `macro`.
        keys: of the rows that are stored now.
        reason: why they had been refused.
    """
    lock(connection, "quarantine")
    table = tables.quarantine
    placed = (table.c.kind == kind) & (table.c.reason == reason) & table.c.resolution.is_(None)
    statement = delete(table).where(placed & (table.c.key == bindparam("placed_key")))
    rows = [{"placed_key": key} for key in keys]
    return connection.execute(statement, rows).rowcount if rows else 0


def overruled(connection: Connection, kind: str, keys: Sequence[str]) -> set[Place]:
    """Give the places where a person released a conflicting duplicate: what it replaced is wrong.

    Args:
        connection: any.
        kind: `ohlcv` or `macro`.
        keys: of the conflicting duplicates that are refused now.
    """
    table = tables.quarantine
    places: set[Place] = set()
    for chunk in _chunks(keys):
        query = select(table.c.id).where(
            table.c.kind == kind,
            table.c.reason == Reason.CONFLICTING_DUPLICATE,
            table.c.resolution == Resolution.RELEASED,
            table.c.key.in_(chunk),
        )
        rows = get(connection, list(connection.execute(query).scalars()))
        places |= {row.place for row in rows if row.place is not None}
    return places


def counts(connection: Connection) -> list[dict[str, Any]]:
    """Give the number of open rows by kind and reason, with the first and last key of each."""
    table = tables.quarantine
    query = (
        select(
            table.c.kind,
            table.c.reason,
            func.count().label("rows"),
            func.min(table.c.key).label("first"),
            func.max(table.c.key).label("last"),
        )
        .where(table.c.resolution.is_(None))
        .group_by(table.c.kind, table.c.reason)
        .order_by(table.c.kind, table.c.reason)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def by_series(connection: Connection) -> dict[str, int]:
    """Give the number of open refused macro values of each series."""
    table = tables.quarantine
    keys = connection.execute(
        select(table.c.key).where(table.c.kind == "macro", table.c.resolution.is_(None))
    )
    return dict(Counter(key.split(" ")[0] for key in keys.scalars()))


def _day(kind: str, key: str) -> date | None:
    """Give the date in a key: of a macro value's period, or of a bar."""
    text = key.partition(" ")[2] if kind == "macro" else key
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _within(day: date | None, wanted: Selection) -> bool:
    if wanted.since is None and wanted.until is None:
        return True
    return day is not None and (wanted.since or day) <= day <= (wanted.until or day)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def refused_times(connection: Connection, *, dropped: bool = False) -> pl.Series:
    """Give the opens (UTC) of the bars that were refused and not released, ascending.

    Args:
        connection: any.
        dropped: only those that a person has dropped.
    """
    table = tables.quarantine
    query = select(table.c.key).where(table.c.kind == "ohlcv")
    if dropped:
        query = query.where(table.c.resolution == Resolution.DROPPED)
    else:
        query = query.where(table.c.resolution.is_distinct_from(Resolution.RELEASED))
    keys = pl.Series("time", connection.execute(query).scalars().all(), dtype=pl.String)
    moments = keys.str.extract(r"^([\d-]+T[\d:]+Z)").str.to_datetime(
        "%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC", strict=False
    )
    return moments.drop_nulls().unique().sort()
