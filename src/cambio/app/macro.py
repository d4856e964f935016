"""L0 use case: update the macro series from their providers."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cambio.acquisition.catalogue import critical_series
from cambio.acquisition.definitions import refuse_others
from cambio.acquisition.macro_files import DETAILS, value_fault
from cambio.acquisition.refusals import Reason, Refusal, json_row
from cambio.acquisition.splices import judge_batch
from cambio.app.ingest import SuspiciousValue, quarantine_rows, refuse_simulated, to_plain
from cambio.contracts.market import MACRO_SCHEMA
from cambio.errors import CambioError, ConfigError, DataQualityError, NotFound, SourceError
from cambio.sources.http import SourceResting
from cambio.store import macro as macro_queries
from cambio.store.database import lock, reading, transaction
from cambio.store.tables import DAILY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from cambio.acquisition.catalogue import Catalogue, MacroSeries
    from cambio.acquisition.feed import MacroFeed
    from cambio.app.resources import Resources

REQUESTED_AGAIN: Final = 15
"""Newest stored periods that each update asks for once more (T7)."""
COMPARED: Final = ("series", "period", "value", "source")
Known = dict[str, pl.DataFrame]
"""Newest values by series, those of this run included: what a series may be a copy of. All threads
share it, for reading the whole table anew for each series would take longer than the providers."""


class State(StrEnum):
    """How a series, or a source, fared; of a source the worst of its series counts."""

    OK = "ok"
    NO_KEY = "no key"
    RESTING = "resting"
    QUARANTINED = "quarantined"
    """Nothing new is believed, and what was refused waits for a decision."""
    REFUSED = "refused"
    """The source does not take the key, or does not know the series."""
    FAILED = "failed"


_FAILURES: Final[tuple[tuple[type[CambioError], set[State]], ...]] = (
    (SourceError, {State.FAILED}),
    (ConfigError, {State.REFUSED, State.NO_KEY}),
    (SourceError, {State.RESTING}),
    (DataQualityError, {State.QUARANTINED}),
)
"""What an update ends with; the first that fits."""


@dataclass(frozen=True, slots=True)
class SeriesUpdate:
    """What an update found of one series. Counts are values; vintages count one by one."""

    series: str
    source: str
    state: State = State.OK
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    """Refused values by reason."""
    suspicious: tuple[SuspiciousValue, ...] = ()
    """The refused values."""
    newest: date | None = None
    """Period of the newest stored value, served now or before."""
    note: str = ""
    """Why what is stored of it may mislead; empty where nothing is to be said."""
    error: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class MacroUpdateReport:
    """What an update found and did."""

    series: tuple[SeriesUpdate, ...]
    """By source, in the order of the catalogue."""
    days: int
    """Rows of `macro_indicators_daily`."""

    @property
    def sources(self) -> dict[str, State]:
        """How each source fared."""
        order = list(State)
        worst: dict[str, State] = {}
        for one in self.series:
            worst[one.source] = max(worst.get(one.source, State.OK), one.state, key=order.index)
        return worst

    @property
    def totals(self) -> dict[str, int]:
        """Counts over all series."""
        names = ("new", "revised", "unchanged")
        counts = {name: sum(getattr(one, name) for one in self.series) for name in names}
        return counts | {"quarantined": sum(sum(one.quarantined.values()) for one in self.series)}

    def failure(self, *, named: bool) -> CambioError | None:
        """Give the error that the update ends with once the report is told; None: all is well.

        Args:
            named: the user named the series, so that a missing key fails; among all series it
                only leaves some out.
        """
        expected = {State.OK} if named else {State.OK, State.NO_KEY}
        failed = [one for one in self.series if one.state not in expected]
        if not failed:
            return None
        kind, worst = next(
            (kind, one) for kind, states in _FAILURES for one in failed if one.state in states
        )
        return kind(
            f"{len(failed)} of {len(self.series)} series could not be updated: "
            f"{worst.series}: {worst.error}",
            remedy=worst.remedy,
            series=[one.series for one in failed],
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the report in JSON types."""
        plain = {name: to_plain(value) for name, value in asdict(self).items()}
        return plain | {"sources": self.sources, "totals": self.totals}


def update(
    resources: Resources, names: Collection[str] | None = None, *, full: bool = False
) -> MacroUpdateReport:
    """Ask the providers for new and revised values, side by side, and store what is believed.

    Each series is stored as soon as it has arrived, in one transaction. What fails is told in
    the report and holds up nothing else.

    Args:
        resources: database, catalogue, feeds, clock and progress.
        names: of series; None is every series that has a provider.
        full: ask for the whole history again, not just the newest periods.

    Raises:
        NotFound: the catalogue has no series of that name.
        ConfigError: a named series comes from files.
        Conflict: the database holds a simulated market.
        SourceError: the database refused.
    """
    began = resources.now()
    wanted = _wanted(resources.catalogue, names)
    with reading(resources.engine) as connection:
        refuse_simulated(connection)
        stored = macro_queries.newest(connection).select(COMPARED)
    known = {str(part["series"][0]): part for part in stored.partition_by("series")}
    run = _Run(resources, known, began, full)
    done: dict[str, SeriesUpdate] = {}
    asked: list[str] = []
    with resources.progress.stage("L0 update macro") as stage:
        stage.update(0, len(wanted))
        for event in _side_by_side(run, wanted):
            if isinstance(event, SeriesUpdate):
                done[event.series] = event
            asked = [*asked, event] if isinstance(event, str) else asked
            waiting = [name for name in asked if name not in done]
            stage.update(len(done), len(wanted), ", ".join(waiting))
        with transaction(resources.engine) as connection:
            lock(connection, "macro")
            days = macro_queries.rebuild_daily(
                connection, critical_series(resources.catalogue), resources.now()
            )
            newest = {name: macro_queries.tail(connection, name, 1) for name in wanted}
        report = MacroUpdateReport(
            tuple(replace(done[name], newest=newest[name]) for name in wanted), days
        )
        totals = report.totals
        stage.update(
            len(wanted), len(wanted), f"{totals['new']:,} new, {totals['revised']} revised"
        )
    return report


@dataclass(frozen=True, slots=True)
class _Run:
    """What the threads of one update share."""

    resources: Resources
    known: Known
    began: datetime
    full: bool


def _wanted(catalogue: Catalogue, names: Collection[str] | None) -> list[str]:
    """Give the series to ask for, by source, in the order of the catalogue."""
    if names is not None:
        require_known(catalogue, names)
        for name in names:
            if catalogue[name].source == "file":
                raise ConfigError(
                    f"{name} has no free provider ({catalogue[name].description}).",
                    remedy=f"Import it: cambio import macro FILE --mapping MAPPING, where the "
                    f"mapping says which column is {name} (as in config/mappings).",
                    series=name,
                )
    served = [name for name, series in catalogue.items() if series.source != "file"]
    sources = list(dict.fromkeys(catalogue[name].source for name in served))
    asked = [name for name in served if names is None or name in names]
    return sorted(asked, key=lambda name: sources.index(catalogue[name].source))


def require_known(catalogue: Catalogue, names: Iterable[str]) -> None:
    """Refuse names that the catalogue does not have.

    Raises:
        NotFound: with the names that look alike.
    """
    for name in names:
        if name not in catalogue:
            close = get_close_matches(name.upper(), catalogue, cutoff=0.5)
            raise NotFound(
                f"There is no macro series {name}.",
                remedy=f"Did you mean {' or '.join(close)}?"
                if close
                else f"There are: {', '.join(catalogue)}.",
                series=name,
            )


def _side_by_side(run: _Run, wanted: list[str]) -> Iterator[str | SeriesUpdate]:
    """Yield each series' name when it is asked for, and its result, from a thread a source.

    The threads are daemons: an interrupt does not wait for a source that hangs.
    """
    names: dict[str, list[str]] = {}
    for name in wanted:
        names.setdefault(run.resources.catalogue[name].source, []).append(name)
    events: SimpleQueue[str | SeriesUpdate | BaseException] = SimpleQueue()

    def work(source: str) -> None:
        try:
            for event in _ask(run, source, names[source]):
                events.put(event)
        except BaseException as error:
            events.put(error)

    for source in names:
        Thread(target=work, args=(source,), name=source, daemon=True).start()
    left = len(wanted)
    while left:
        event = events.get()
        if isinstance(event, BaseException):
            raise event
        left -= isinstance(event, SeriesUpdate)
        yield event


def _ask(run: _Run, source: str, names: list[str]) -> Iterator[str | SeriesUpdate]:
    """Yield name and result of one source's series, one after the other."""
    try:
        feed = run.resources.macro_feed(source)
    except ConfigError as error:
        yield from (_left_out(name, source, State.NO_KEY, error) for name in names)
        return
    resting: SourceResting | None = None
    for name in names:
        if resting is not None:
            yield _left_out(name, source, State.RESTING, resting)
            continue
        yield name
        try:
            yield _update_one(run, feed, name)
        except SourceResting as error:
            resting = error
            yield _left_out(name, source, State.RESTING, error)
        except ConfigError as error:
            yield _left_out(name, source, State.REFUSED, error)
        except (SourceError, DataQualityError) as error:
            yield _left_out(name, source, State.FAILED, error)


def _left_out(name: str, source: str, state: State, error: CambioError) -> SeriesUpdate:
    return SeriesUpdate(name, source, state, error=error.what, remedy=error.remedy)


def _update_one(run: _Run, feed: MacroFeed, name: str) -> SeriesUpdate:
    catalogue = run.resources.catalogue
    series = catalogue[name]
    with reading(run.resources.engine) as connection:
        since = None if run.full else macro_queries.tail(connection, name, REQUESTED_AGAIN)
    served = feed.values(series, since)
    now = run.resources.now()
    placed, misplaced = _placed(_known_from(served, name, series, now), series, now)
    with transaction(run.resources.engine) as connection:
        lock(connection, "macro")
        refuse_simulated(connection)
        own = macro_queries.newest(connection, [name]).select(COMPARED)
        others = [part for other, part in list(run.known.items()) if other != name]
        believed, suspicious = _believed(placed, pl.concat([own, *others]), series, catalogue)
        lacking_at = macro_queries.last_answer(connection, name, series.source, run.began)
        counts = macro_queries.store(
            connection, believed, now, vintages=series.vintages, lacking_at=lacking_at
        )
        changed = believed.select(COMPARED).join(own, on=["period", "value"], how="anti")
        # Not behind after an interrupt; a first load is long, and the end of the run sees to it.
        if name in DAILY_COLUMNS.values() and changed.height and own.height:
            day: date = changed["period"].min()  # type: ignore[assignment]
            macro_queries.rebuild_daily(connection, critical_series(catalogue), now, since=day)
        refusals = [*misplaced, *suspicious]
        kept = quarantine_rows(connection, refusals, series.source, now)
    run.known[name] = _replaced(own, believed.select(COMPARED))
    found = SeriesUpdate(
        name,
        series.source,
        new=counts.inserted,
        revised=counts.revised,
        unchanged=counts.unchanged,
        quarantined=dict(Counter(refusal.reason.value for refusal in refusals)),
        suspicious=tuple(SuspiciousValue(r.key, r.reason.value, r.detail) for r in refusals),
        note=_two_clocks(_replaced(own, changed), series),
    )
    if kept.new + kept.open and not counts.inserted + counts.revised:
        return _waiting(found, kept.new + kept.open)
    return found


def _replaced(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Give one value a period, the last one that is there."""
    return pl.concat([old, new]).unique(["series", "period"], keep="last", maintain_order=True)


def _waiting(found: SeriesUpdate, count: int) -> SeriesUpdate:
    """Give what is told of a series of which nothing new is believed."""
    what = "1 refused value waits" if count == 1 else f"{count} refused values wait"
    return replace(
        found,
        state=State.QUARANTINED,
        error=f"no new value is believed, and {what} for a decision: {found.suspicious[0].detail}",
        remedy=f"`cambio data quarantine list --series {found.series}` shows what to release or "
        "drop.",
    )


def _two_clocks(stored: pl.DataFrame, series: MacroSeries) -> str:
    """Say so where a file's past, known at once, goes on with what its provider serves later."""
    served = pl.col("source") == series.source
    files, ours = stored.filter(~served), stored.filter(served)
    if series.served is None or files.is_empty() or ours.is_empty():
        return ""
    days = max(
        series.available_at(period, by_source=True) - series.available_at(period)
        for period in ours["period"].tail(REQUESTED_AGAIN)
    ) / timedelta(days=1)
    return (
        f"until {files['period'].max()!s} from {', '.join(sorted(set(files['source'])))}, known at "
        f"the close; from now on from {series.source}, known up to {math.ceil(days)} days later: "
        "models trained on the former see older values live"
    )


def _believed(
    values: pl.DataFrame, stored: pl.DataFrame, series: MacroSeries, catalogue: Catalogue
) -> tuple[pl.DataFrame, list[Refusal]]:
    continued, others = refuse_others(values, stored, series.source, catalogue)
    # The moment is part of a vintage; of a single value it is ours, and changes until it is due.
    judged = continued if series.vintages else continued.drop("available_at")
    believed, suspicious = judge_batch(judged, stored, catalogue)
    kept = continued.join(believed, on=judged.columns, how="semi", maintain_order="left")
    return kept, [*others, *suspicious]


def _known_from(
    served: pl.DataFrame, name: str, series: MacroSeries, now: datetime
) -> pl.DataFrame:
    """Give the values by `MACRO_SCHEMA`.

    What arrives before the catalogue expects it is known from now on, not from the expected time:
    it is in our hands, so hiding it would make the stored history differ from what a session
    could use; and since ``now`` is when it is first seen, no earlier session is told of it. That
    it may still be forming is the business of T-1, which keeps the day's own value from sessions.
    """
    expected = [series.available_at(period, by_source=True) for period in served["period"]]
    known = pl.coalesce("available_at", pl.Series(expected, dtype=MACRO_SCHEMA["available_at"]))
    return served.with_columns(
        series=pl.lit(name),
        available_at=pl.min_horizontal(known, pl.lit(now)),
        source=pl.lit(series.source),
    ).select(MACRO_SCHEMA.names())


def _placed(
    values: pl.DataFrame, series: MacroSeries, now: datetime
) -> tuple[pl.DataFrame, list[Refusal]]:
    """Give the values that are numbers on days that the series has, and the refused others."""
    not_a_number = pl.when(pl.col("value").is_nan()).then(pl.lit(Reason.NOT_A_NUMBER))
    today = now.astimezone(UTC).date()
    reason = pl.coalesce(not_a_number, value_fault(pl.col("period"), series, today))
    marked = values.with_columns(reason=reason)
    bad = marked.filter(pl.col("reason").is_not_null())
    return marked.filter(pl.col("reason").is_null()).drop("reason"), [
        _refusal(row) for row in bad.iter_rows(named=True)
    ]


def _refusal(row: dict[str, Any]) -> Refusal:
    series, period, value = row["series"], row["period"], row["value"]
    reason = Reason(row["reason"])
    return Refusal(
        kind="macro",
        key=f"{series} {period} {value:.9g}",
        reason=reason,
        detail=f"{series} {value:g} on {period} {DETAILS[reason]}.",
        payload=json_row({"date": period, series: value}),
    )
