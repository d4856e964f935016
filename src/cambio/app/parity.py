"""Continuous parity: what live computed in a session, computed again in batch from what is stored.

Both run the same compiled update, so they agree to the bit unless what they were given differs: a
bar or a macro value that came or changed after live had used it, or a state that was spoilt.
"""

from __future__ import annotations

import json
import math
import struct
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from cambio.calendar import BAR_S, BOGOTA, session_open
from cambio.contracts.events import Notice, NoticeEvent
from cambio.contracts.features import MACRO_FEATURES, MARKET_FEATURES
from cambio.errors import ContractMismatch, NotFound, SourceError
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import MacroTable
from cambio.features.spec import FeatureSpec
from cambio.store import bars as bar_queries
from cambio.store import events, watches
from cambio.store import macro as macro_queries
from cambio.store import models as model_queries
from cambio.store.database import reading, transaction
from cambio.trading import bundle

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    from sqlalchemy import Connection

    from cambio.app.resources import Resources

BAR: Final = timedelta(seconds=BAR_S)
METADATA: Final = "metadata.json"
KERNEL_STATE: Final = "kernel_state"
WHOLE_BAR: Final = "bar"
SPECIFICATION: Final = "feature_spec"
UNKNOWN: Final = "nothing that is stored changed since: the code did, or the live state was spoilt"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing in which live and batch differ."""

    bar: str
    """Its open, ISO 8601."""
    feature: str
    """By name; `kernel_state` after the last bar, `bar` where only one of the two has it, or
    `feature_spec` where nothing tells how to compute."""
    live: float | None
    batch: float | None
    cause: str
    """The probable one."""


@dataclass(frozen=True, slots=True)
class SpecParity:
    """The check of one feature specification."""

    feature_spec_hash: str
    bars: int
    """That live took in the session."""
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class ParityReport:
    """The check of one session; without any part where live took no bar."""

    session: date
    checks: tuple[SpecParity, ...]

    @property
    def holds(self) -> bool:
        """Whether live and batch agree to the bit."""
        return all(check.difference is None for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Give the report as plain JSON types."""
        return {
            "session": self.session.isoformat(),
            "holds": self.holds,
            "checks": [asdict(check) for check in self.checks],
        }


def check_session(resources: Resources, session: date) -> ParityReport:
    """Compare a closed session's live features with those in batch, and store what came out.

    A difference is told as a `parity` event, once.

    Raises:
        SourceError: the database cannot be read or written.
    """
    start = watches.midnight(session)
    end = start + timedelta(days=1)
    checks = []
    with reading(resources.engine) as connection:
        rows = watches.cached(connection, start, end)
        if rows:
            newest = max(row["timestamp"] for row in rows)
            bars = bar_queries.load(connection, end=newest)
            known = bars, MacroTable(macro_queries.load(connection))
        for spec_hash, part in groupby(rows, lambda row: str(row["feature_spec_hash"])):
            live = {row["timestamp"]: row for row in part}
            spec = specification(resources, connection, spec_hash)
            found = _check(connection, live, spec, known)
            checks.append(SpecParity(spec_hash, len(live), found))
    report = ParityReport(session, tuple(checks))
    _store(resources, report)
    return report


def is_checked(resources: Resources, session: date) -> bool:
    """Tell whether a session in which live took bars was checked before."""
    with reading(resources.engine) as connection:
        return watches.is_checked(connection, session)


def specification(
    resources: Resources, connection: Connection, spec_hash: str
) -> FeatureSpec | None:
    """Give the parameters behind a hash, from the first registered model that tells them."""
    for row in model_queries.every(connection):
        if row["lineage"].get("feature_spec_hash") != spec_hash:
            continue
        for content in _metadata(resources, row):
            with suppress(ValueError, KeyError, TypeError):  # another model may be whole
                spec = FeatureSpec(**json.loads(content)["feature_spec"])
                if spec.hash() == spec_hash:
                    return spec
    return None


def _metadata(resources: Resources, row: dict[str, Any]) -> Iterator[bytes]:
    """Give `metadata.json` of a model's folder and of its bundle; the caller checks the hash."""
    with suppress(OSError, SourceError, ContractMismatch):
        yield (resources.model_folder(row["model_path"]) / METADATA).read_bytes()
    with suppress(NotFound, SourceError, ContractMismatch):
        sealed = bundle.read(resources.bundles / f"{row['model_id']}{bundle.SUFFIX}")
        yield bundle.unseal(sealed, {}).files.get(METADATA, b"")


def _check(
    connection: Connection,
    live: dict[datetime, dict[str, Any]],
    spec: FeatureSpec | None,
    known: tuple[pl.DataFrame, MacroTable],
) -> Difference | None:
    if spec is None:
        why = "no registered model's folder tells its parameters, so nothing could be compared"
        return Difference(_iso(min(live)), SPECIFICATION, None, None, why)
    bars, macro = known
    return _compare(connection, live, bars, CanonicalFeatureBuilder(spec, macro))


def _compare(
    connection: Connection,
    live: dict[datetime, dict[str, Any]],
    bars: pl.DataFrame,
    builder: CanonicalFeatureBuilder,
) -> Difference | None:
    """Give the first difference between the first and the last bar that live took."""
    first, last = min(live), max(live)
    taken = bars.filter(bars["time"] <= last)
    rows = builder.compute(taken)
    batch = {time: row for time, row in zip(taken["time"], rows, strict=True) if time >= first}
    for time in sorted(live.keys() | batch.keys()):
        if time not in batch:
            return Difference(_iso(time), WHOLE_BAR, None, None, "the bar is not stored")
        if time not in live:
            before = max(taken for taken in live if taken < time)
            why = _late_bar(connection, time, live[before]["computed_at"])
            return Difference(_iso(time), WHOLE_BAR, None, None, why or "live left the bar out")
        computed_at = live[time]["computed_at"]
        for name, value in zip(MARKET_FEATURES, batch[time].tolist(), strict=True):
            ours, theirs = live[time]["features"].get(name), _known(value)
            if _bits(ours) != _bits(theirs):
                why = _cause(connection, name, time, computed_at)
                return Difference(_iso(time), name, ours, theirs, why)
    if live[last][KERNEL_STATE] != builder.state():
        why = _cause(connection, KERNEL_STATE, last, live[last]["computed_at"])
        return Difference(_iso(last), KERNEL_STATE, None, None, why)
    return None


def _cause(connection: Connection, name: str, time: datetime, computed_at: datetime) -> str:
    """Say what became known after live had computed a value, or on the day before it traded."""
    day = time.astimezone(BOGOTA).date()
    open_, morning = session_open(day), watches.midnight(day)
    if name not in MACRO_FEATURES:
        late = _late_bar(connection, time, computed_at)
        return late or _late_bar(connection, open_ - BAR, morning) or UNKNOWN
    value = watches.late_value(connection, open_, open_)
    value = value or watches.late_value(connection, open_, morning)
    if value is None:
        return UNKNOWN
    series, period, seen = value
    return f"{series} of {period} was due before the session and first seen {_minute(seen)}"


def _late_bar(connection: Connection, time: datetime, computed_at: datetime) -> str | None:
    changed = watches.changed_bar(connection, time, computed_at)
    if changed is None:
        return None
    what = "was revised" if changed.revised else "came"
    return f"the bar of {_minute(changed.time)} {what} {_minute(changed.created_at)}"


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _bits(value: float | None) -> bytes | None:
    return None if value is None else struct.pack("d", value)


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()


def _store(resources: Resources, report: ParityReport) -> None:
    """Store the checks, and tell of differences that were not known."""
    now = resources.now()
    with transaction(resources.engine) as connection:
        told = []
        for check in report.checks:
            row = {
                "session": report.session,
                "feature_spec_hash": check.feature_spec_hash,
                "bars": check.bars,
                "difference": None if check.difference is None else asdict(check.difference),
                "checked_at": now,
            }
            if watches.store_parity(connection, row):
                told.append(("engine", _notice(report.session, row)))
        events.append(connection, now, told)


def _notice(session: date, row: dict[str, Any]) -> NoticeEvent:
    found = row["difference"]
    text = (
        f"Live and batch differ in the session of {session}: first in {found['feature']} of the "
        f"bar {found['bar']}; {found['cause']}."
    )
    details = {"session": str(session), "feature_spec_hash": row["feature_spec_hash"], **found}
    return NoticeEvent(type="parity", data=Notice(subject="engine", text=text, details=details))
