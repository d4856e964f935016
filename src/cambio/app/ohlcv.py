"""L0 use cases: live bars. One poll, a loop of polls, and the repair of gaps.

Every page is one transaction, so whatever stops a run leaves whole pages; the next run sees what
is missing and goes on there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import polars as pl

from cambio.acquisition import gaps
from cambio.acquisition.live_bars import LiveBars, check_overlap, read_page
from cambio.app.ingest import quarantine_rows, refuse_simulated, to_plain
from cambio.calendar import BAR_S, BOGOTA, is_trading_day, session_open
from cambio.errors import CambioError, ConfigError, SourceError
from cambio.store import bars as bar_queries
from cambio.store import quarantine
from cambio.store.database import lock, reading, transaction
from cambio.telemetry import BARS_INGESTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cambio.acquisition.feed import BarFeed
    from cambio.acquisition.gaps import Gap, Times
    from cambio.app.resources import Resources

    OnProgress = Callable[[int, int, str], None]

SETTLED: Final = timedelta(days=1)
"""A bar that the provider lacks so long after its close is absent, and not late."""
SESSION: Final = timedelta(hours=5)


@dataclass(slots=True)
class Intake:
    """What the pages of one run brought. Counts are bars."""

    requests: int = 0
    inserted: int = 0
    revised: int = 0
    unchanged: int = 0
    forming: int = 0
    absent: int = 0
    """Newly known to be absent at the provider."""
    quarantined: dict[str, int] = field(default_factory=dict)
    """Refused rows by reason."""


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """What a backfill found, asked for and stored."""

    source: str
    start: date
    end: date
    closed_by: datetime
    """When the run began (UTC): bars that closed by then were expected."""
    expected: int
    missing_before: int
    known_absent: int
    """Missing bars that are not asked for again: the provider had none, or a wrong one that a
    person dropped."""
    intake: Intake
    missing_after: int
    gaps: tuple[Gap, ...]
    """What is still missing, largest first."""
    failure: CambioError | None
    """What stopped the run before its end; what was stored stays."""

    @property
    def fill_rate(self) -> float:
        """Give the share of the expected bars that are stored now."""
        return 1.0 - self.missing_after / self.expected if self.expected else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Give the report in JSON types."""
        plain = {name: to_plain(value) for name, value in asdict(self).items() if name != "failure"}
        return plain | {
            "fill_rate": self.fill_rate,
            "gaps": [to_plain(gap._asdict()) for gap in self.gaps],
            "failure": str(self.failure) if self.failure else None,
        }


def backfill(
    resources: Resources,
    start: date | None = None,
    end: date | None = None,
    *,
    recheck: bool = False,
    on_progress: OnProgress = lambda done, total, note: None,  # noqa: ARG005
) -> BackfillReport:
    """Ask the provider for the session bars that are expected and not stored.

    Args:
        resources: what to work with.
        start: first session date; the first stored one if None, or that of the configured data.
        end: last session date; today in Bogota if None.
        recheck: ask for every expected bar, stored or known to be absent; append revisions.
        on_progress: told (bars settled, bars asked for, note).

    Raises:
        ConfigError: the key is missing, or the range is none.
        Conflict: the database holds a simulated market.
    """
    feed = resources.bar_feed()
    now = resources.now()
    start, end = _range(resources, start, end, now)
    with reading(resources.engine) as connection:
        refuse_simulated(connection)
        present = _times(bar_queries.times(connection, *_bounds(start, end)))
        absent = np.union1d(
            _times(bar_queries.absent(connection, feed.name, *_bounds(start, end))),
            _times(quarantine.refused_times(connection, dropped=True)),
        )
    missing = gaps.missing_bars(start, end, now, present)
    known_absent = np.intersect1d(missing, absent)
    none = np.empty(0, "datetime64[us]")
    wanted = gaps.missing_bars(start, end, now, none if recheck else np.union1d(present, absent))
    intake = Intake()
    failure = _fill(resources, feed, wanted, intake, on_progress)
    with reading(resources.engine) as connection:
        present = _times(bar_queries.times(connection, *_bounds(start, end)))
    left = gaps.missing_bars(start, end, now, present)
    return BackfillReport(
        source=feed.name,
        start=start,
        end=end,
        closed_by=now,
        expected=len(gaps.missing_bars(start, end, now, none)),
        missing_before=len(missing),
        known_absent=0 if recheck else len(known_absent),
        intake=intake,
        missing_after=len(left),
        gaps=tuple(sorted(gaps.gaps(left), key=lambda gap: (-gap.bars, gap.first))),
        failure=failure,
    )


class Wanted(NamedTuple):
    """Bars to ask for in one request."""

    times: Times
    alone: bool = False
    """Without the bars around them, by which an answer is checked."""


def _fill(
    resources: Resources, feed: BarFeed, missing: Times, intake: Intake, on_progress: OnProgress
) -> CambioError | None:
    work = [Wanted(group) for group in gaps.requests(missing, feed.page_bars)[::-1]]
    on_progress(0, len(missing), "")
    while work:
        try:
            work += _ask(resources, feed, work.pop(), intake)
        except CambioError as error:
            return error
        settled = len(missing) - sum(len(wanted.times) for wanted in work)
        on_progress(settled, len(missing), f"{intake.inserted:,} new, {intake.requests} requests")
    return None


def _ask(resources: Resources, feed: BarFeed, wanted: Wanted, intake: Intake) -> list[Wanted]:
    """Ask once and store what comes; give what the answer leaves open.

    An answer covers what lies between its first and its last row, and an empty one all that was
    asked for. The rest is asked for alone: providers cut long answers at either end.
    """
    start, end = _span(wanted)
    page = feed.page(start, end)
    intake.requests += 1
    now = resources.now()
    live = read_page(page, feed.name, now)
    served, times = _times(live.served), wanted.times
    covered = np.full(len(times), True)
    if len(served):
        covered = (times >= served[0]) & (times <= served[-1])
    if wanted.alone and not ((served >= times[0]) & (served <= times[-1])).any():
        if page.full:
            raise SourceError(
                f"{feed.name} serves full answers without the bars that were asked for, from "
                f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC.",
                remedy="Run the command again later; what had come is stored.",
            )
        covered[:] = True
    settled = times + gaps.BAR <= np.datetime64((now - SETTLED).replace(tzinfo=None), "us")
    gone = gaps.without(times[covered & settled], served)
    _store(resources, feed, live, gone[: 0 if live.unreadable else None], intake)
    full_and_useful = page.full and bool(covered.any())
    left = [times[~covered & side] for side in _sides(times, served)]
    return [Wanted(part, alone=not full_and_useful) for part in left if len(part)]


def _sides(times: Times, served: Times) -> tuple[NDArray[np.bool_], ...]:
    return (times > served[-1], times < served[0]) if len(served) else ()


def _store(
    resources: Resources, feed: BarFeed, live: LiveBars, gone: Times, intake: Intake
) -> None:
    """Store what a page holds, refuse the rest, and remember what it lacks, in one transaction."""
    now = resources.now()
    with transaction(resources.engine) as connection:
        lock(connection, "bars")
        if live.bars.height:
            known = bar_queries.load(connection, live.bars["time"][0], live.bars["time"][-1])
            check_overlap(live.bars, known, feed.name)
        counts = bar_queries.store(connection, live.bars, now)
        absent = pl.Series("time", gone, pl.Datetime("us")).dt.replace_time_zone("UTC")
        intake.absent += bar_queries.mark_absent(connection, absent, feed.name, now)
        if live.refused:
            quarantine_rows(connection, live.refused, feed.name, now)
    intake.inserted += counts.inserted
    intake.revised += counts.revised
    intake.unchanged += counts.unchanged
    intake.forming += live.forming
    for refusal in live.refused:
        reason = refusal.reason.value
        intake.quarantined[reason] = intake.quarantined.get(reason, 0) + 1
    BARS_INGESTED.labels(outcome="new").inc(counts.inserted)
    BARS_INGESTED.labels(outcome="revised").inc(counts.revised)
    BARS_INGESTED.labels(outcome="unchanged").inc(counts.unchanged)


def _span(wanted: Wanted) -> tuple[datetime, datetime]:
    """Give the range to ask for: with a session before and the rest of the last one, or alone."""
    first, last = _utc(wanted.times[0]), _utc(wanted.times[-1])
    if wanted.alone:
        return first, last + timedelta(seconds=BAR_S)  # whether its end counts or not
    before = gaps.previous_session(first.astimezone(BOGOTA).date())
    return session_open(before), session_open(last.astimezone(BOGOTA).date()) + SESSION


def _range(
    resources: Resources, start: date | None, end: date | None, now: datetime
) -> tuple[date, date]:
    today = now.astimezone(BOGOTA).date()
    if start is None:
        with reading(resources.engine) as connection:
            stored = bar_queries.first_and_last(connection)
        start = stored[0].astimezone(BOGOTA).date() if stored else resources.ranges.data.start
    end = min(end or today, today)
    if end < start:
        raise ConfigError(
            f"There is no session from {start} to {end}.", remedy="Choose --from and --to."
        )
    return start, end


def _bounds(start: date, end: date) -> tuple[datetime, datetime]:
    return session_open(start), session_open(end) + SESSION


def _times(series: pl.Series) -> Times:
    naive = series.dt.replace_time_zone(None) if len(series) else series
    return np.asarray(naive.to_numpy(), dtype="datetime64[us]")


def _utc(time: np.datetime64) -> datetime:
    return datetime.fromisoformat(f"{time.astype('datetime64[s]')}+00:00")


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one poll found and stored. Counts are bars, times UTC."""

    source: str
    asked: bool
    """False outside of a trading day's session: there was nothing to ask for."""
    note: str
    intake: Intake
    newest: datetime | None
    """Open of the newest stored bar."""
    behind: int
    """Bars of today that have closed and are not stored."""

    def to_dict(self) -> dict[str, Any]:
        """Give the report in JSON types."""
        return {name: to_plain(value) for name, value in asdict(self).items()}


def realtime(resources: Resources) -> PollReport:
    """Ask once for the bars since the open of the session before today's, and store what is new.

    What is known already is asked for again: late bars come in, and a bar that the provider has
    revised becomes a revision.

    Raises:
        ConfigError: the key is missing or refused.
        SourceError: the provider could not be asked, or failed.
        DataQualityError: it serves another market.
        Conflict: the database holds a simulated market.
    """
    feed = resources.bar_feed()
    now = resources.now()
    day = now.astimezone(BOGOTA).date()
    with reading(resources.engine) as connection:
        refuse_simulated(connection)
    intake = Intake()
    first_close = session_open(day) + timedelta(seconds=BAR_S)
    asked = is_trading_day(day) and now >= first_close
    note = ""
    if asked:
        expected = gaps.missing_bars(day, day, now, np.empty(0, "datetime64[us]"))
        _ask(resources, feed, Wanted(expected), intake)
    elif is_trading_day(day):
        note = f"The session of {day} has no closed bar yet."
    else:
        note = f"{day} is no trading day."
    with reading(resources.engine) as connection:
        stored = bar_queries.first_and_last(connection)
        present = _times(bar_queries.times(connection, *_bounds(day, day)))
    behind = len(gaps.missing_bars(day, day, now, present))
    return PollReport(feed.name, asked, note, intake, stored and stored[1], behind)
