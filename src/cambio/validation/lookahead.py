"""The look-ahead check: change the future, and see whether a decision of the past changes.

A decision may rest on bars that had closed and on macro values that were known. So at many moments
the data after it is cut off, and again replaced by other data, and what was decided until then
must stay as it was, to the bit. The check asks nothing about how decisions are made: it runs the
whole pipeline, from history to decisions, and finds a leak wherever it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from cambio.calendar import BAR_S, BARS_PER_SESSION, session_days
from cambio.contracts.market import DateRange, MarketHistory
from cambio.features.macro import EPOCH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from cambio.contracts.trading import Decision

    Decide = Callable[[MarketHistory, DateRange], Sequence[Decision]]

MOMENTS: Final = 24
"""A policy that peeks one bar ahead and acts on half of what it sees escapes once in 2 ** 48."""
PAST: Final = 20
"""Sessions before a moment's own that are kept: enough for the longest look-back, and quick."""
PRICES: Final = ("open", "high", "low", "close")
MOVED_BY: Final = 0.05
"""Standard deviation of the log by which replaced prices and values are off."""

COMPARED: Final = ("time", "action", "confidence", "price", "position", "equity", "verdict", "fill")


@dataclass(frozen=True, slots=True)
class LookAhead:
    """What the check found."""

    moments: int
    """How many were tried."""
    changed: int
    """At how many of them a decision changed with the data that came after."""
    first: datetime | None
    """Open of the earliest bar whose decision changed."""

    @property
    def found(self) -> bool:
        """Whether the pipeline looks ahead."""
        return self.changed > 0

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types."""
        first = None if self.first is None else self.first.isoformat()
        return {"moments": self.moments, "changed": self.changed, "first": first}


def find_look_ahead(
    decide: Decide, history: MarketHistory, window: DateRange, rng: np.random.Generator
) -> LookAhead:
    """Run ``decide`` on histories with another future, and compare what came before it.

    Args:
        decide: the whole pipeline: gives the decisions of the sessions asked for, one a bar.
        history: what was recorded.
        window: where to try it; it holds at least one bar.
        rng: chooses the moments, and the other futures.
    """
    time_s = history.bars["time"].dt.epoch("s").to_numpy()
    days = session_days(time_s)
    first, last = ((day - EPOCH).days for day in (window.start, window.end))
    inside = np.flatnonzero((days >= first) & (days <= last))
    moments = np.sort(rng.choice(inside, size=min(MOMENTS, len(inside)), replace=False))
    begins = np.searchsorted(days, days[moments])
    by_session: dict[int, Sequence[Decision]] = {}
    changes = []
    for moment, begin in zip(moments.tolist(), begins.tolist(), strict=True):
        session = DateRange(_date(days[moment]), _date(days[moment]))
        dropped = max(begin - PAST * BARS_PER_SESSION, 0)
        known = MarketHistory(history.bars[dropped:], history.macro)
        if begin not in by_session:
            by_session[begin] = decide(known, session)
        expected = by_session[begin][: moment - begin + 1]
        now, last = np.datetime64(int(time_s[moment]) + BAR_S, "s"), moment - dropped
        for other in (_cut(known, last, now), _replaced(known, last, now, rng)):
            change = _first_change(expected, decide(other, session))
            if change is not None:
                changes.append((moment, change))
    return LookAhead(
        moments=len(moments),
        changed=len({moment for moment, _ in changes}),
        first=min((change for _, change in changes), default=None),
    )


def _cut(history: MarketHistory, moment: int, now: np.datetime64) -> MarketHistory:
    """Give the history as it was when the bar at ``moment`` had closed."""
    known = history.macro.filter(pl.col("available_at") <= _literal(now))
    return MarketHistory(history.bars[: moment + 1], known)


def _replaced(
    history: MarketHistory, moment: int, now: np.datetime64, rng: np.random.Generator
) -> MarketHistory:
    """Give the history with other prices and macro values from then on, at the same times."""
    bars, macro = history.bars, history.macro
    later = bars[moment + 1 :]
    moved = np.exp(MOVED_BY * rng.standard_normal(later.height))
    other = later.with_columns([pl.Series(name, later[name].to_numpy() * moved) for name in PRICES])
    unknown = macro["available_at"].to_numpy() > now
    factors = np.where(unknown, np.exp(MOVED_BY * rng.standard_normal(macro.height)), 1.0)
    values = pl.Series("value", macro["value"].to_numpy() * factors)
    return MarketHistory(pl.concat([bars[: moment + 1], other]), macro.with_columns(values))


def _first_change(expected: Sequence[Decision], found: Sequence[Decision]) -> datetime | None:
    """Give the open of the first bar that was decided otherwise, or not at all."""
    for i, decision in enumerate(expected):
        if i >= len(found) or not _same(decision, found[i]):
            return decision.time
    return None


def _same(one: Decision, other: Decision) -> bool:
    """Compare two decisions, the observations to the bit."""
    seen = [None if d.observation is None else d.observation.tobytes() for d in (one, other)]
    return seen[0] == seen[1] and all(getattr(one, f) == getattr(other, f) for f in COMPARED)


def _date(day: int) -> date:
    return EPOCH + timedelta(days=int(day))


def _literal(now: np.datetime64) -> pl.Expr:
    return pl.lit(now).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
