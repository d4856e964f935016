"""Where a result comes from: by month, hour, weekday and VIX; how it fell, and how steady it was.

Functions of arrays. What adds up does: the hours, gaps and nights are the whole result, and so
are the groups of sessions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from cambio.calendar import BAR_S, SESSION_CLOSE_S, SESSION_OPEN_S, local_seconds
from cambio.features.macro import EPOCH
from cambio.validation.metrics import (
    Account,
    sessions_of_marks,
    sharpe_per_session,
    underwater,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.trading.ledger import Market

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HOUR_S: Final = 3600
HOURS: Final = range(SESSION_OPEN_S // HOUR_S, SESSION_CLOSE_S // HOUR_S)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
VIX_TERCILES: Final = ("low VIX", "middle VIX", "high VIX")
UNKNOWN_VIX: Final = "VIX unknown"
ROLLING_SESSIONS: Final = 63
"""A quarter of a year of sessions."""
DEEPEST: Final = 5


@dataclass(frozen=True, slots=True)
class Year:
    """One year's returns, compounded from its sessions."""

    year: int
    months: tuple[float | None, ...]
    """January to December; None for a month without a session."""
    total: float
    sessions: int


def by_month(days: NDArray[np.datetime64], returns: Floats) -> list[Year]:
    """Give the return of each month and year.

    Args:
        days: the sessions, `(s,) datetime64[D]`, ascending.
        returns: theirs, `(s,)`.
    """
    months = days.astype("datetime64[M]").astype(np.int64)
    years = months // 12
    found = []
    for year in np.unique(years).tolist():
        of_year = [returns[months == year * 12 + month] for month in range(12)]
        whole = returns[years == year]
        compounded = tuple(_compound(part) if part.size else None for part in of_year)
        found.append(Year(1970 + year, compounded, _compound(whole), len(whole)))
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """What one kind of time brought."""

    name: str
    bars: int
    """Bars that closed in it; of a gap or a night, those that opened after it."""
    held: int
    """How many of them with a position; over a gap or a night, how many it was carried through."""
    result: float
    """Account currency, net."""


def by_hour(account: Account, market: Market, time_s: Ints) -> list[Share]:
    """Give what each hour of the session earned, and what was earned while no bar was open.

    A bar's hour is that of its open in Bogota, and a fill's cost belongs to the hour of the fill.
    From one bar's close to the next one's open lie: nothing, a gap where bars are missing, or a
    night, whose financing stands in a row of its own. The rows add up to the whole result.

    Args:
        account: of n bars, at the market's costs.
        market: the same bars as the ledger saw them.
        time_s: their opens, UTC epoch seconds, `(n,)`.
    """
    changes = np.diff(account.equity, prepend=account.capital)
    carried = np.append(0, account.positions[:-1])
    units = np.append(0.0, units_held(account, market)[:-1])
    before = np.append(market.open[0], market.close[:-1])
    nights = np.diff(market.day, prepend=market.day[0])
    financing = nights * before * (units * market.carry + np.abs(units) * market.markup)
    jumps = units * (market.open - before)
    within = changes - jumps + financing
    night = nights > 0
    missed = ~night & (np.diff(time_s, prepend=time_s[0] - BAR_S) > BAR_S)
    within[~night & ~missed] += jumps[~night & ~missed]
    hour = local_seconds(time_s) // HOUR_S
    rows = [
        _share(f"{h:02d}–{h + 1:02d} h", hour == h, account.positions, within)
        for h in np.union1d(HOURS, hour).tolist()
    ]
    return [
        *rows,
        _share("gaps within a session", missed, carried, jumps),
        _share("nights, price", night, carried, jumps),
        _share("nights, financing", night, carried, -financing),
    ]


def units_held(account: Account, market: Market) -> Floats:
    """Give how many units of currency the book held over each close, `(n,)`, short ones negative.

    They change at fills only, where the ledger sizes them by the equity after the old position
    was closed. That is what the mark at the fill's bar follows from, so it is solved for it.
    """
    positions, close, open_ = account.positions, market.close, market.open
    gained = positions * (close / open_ - 1.0) - np.abs(positions) * market.cost_rate
    sized = positions * np.maximum(account.equity / (1.0 + gained), 0.0) / open_
    filled = np.diff(positions, prepend=0) != 0
    latest = np.maximum.accumulate(np.where(filled, np.arange(len(positions)), 0))
    return np.asarray(sized[latest])


def _share(name: str, chosen: NDArray[np.bool_], positions: Ints, results: Floats) -> Share:
    return Share(
        name=name,
        bars=int(np.count_nonzero(chosen)),
        held=int(np.count_nonzero(positions[chosen])),
        result=math.fsum(results[chosen]),
    )


@dataclass(frozen=True, slots=True)
class SessionGroup:
    """What the sessions of one kind brought, as if they had followed each other."""

    name: str
    sessions: int
    total_return: float
    """Compounded; a group without a session has 0."""
    sharpe_ratio: float
    """Annual; NaN for fewer than two sessions or none that moved."""
    trades: int
    """Entered in these sessions."""


def by_weekday(account: Account, entries: Ints, periods_per_year: float) -> list[SessionGroup]:
    """Give what the sessions of each weekday brought.

    Args:
        account: at least one bar.
        entries: the session date of each trade's entry, days since 1970-01-01, `(trades,)`.
        periods_per_year: sessions a year.
    """
    days = np.unique(account.day)
    weekday = (days + EPOCH.weekday()) % 7
    return [
        _group(WEEKDAYS[i], weekday == i, account, entries, periods_per_year)
        for i in np.union1d(np.arange(5), weekday).tolist()
    ]


def by_vix(
    account: Account, vix: Floats, entries: Ints, periods_per_year: float
) -> list[SessionGroup]:
    """Give what the sessions of each third of the VIX brought, and those whose VIX is unknown.

    Args:
        account: at least one bar, s sessions.
        vix: what was known at each session's open, `(s,)`; NaN where nothing was.
        entries: the session date of each trade's entry, days since 1970-01-01, `(trades,)`.
        periods_per_year: sessions a year.
    """
    third = terciles(vix)
    groups = [
        _group(name, third == i, account, entries, periods_per_year)
        for i, name in enumerate(VIX_TERCILES)
    ]
    unknown = _group(UNKNOWN_VIX, third < 0, account, entries, periods_per_year)
    return [*groups, unknown] if unknown.sessions else groups


def terciles(values: Floats) -> Ints:
    """Give the third that each value lies in: 0, 1 or 2; −1 for NaN.

    The bounds are the terciles of the values themselves; a value on a bound is below it.

    >>> terciles(np.array([5.0, 1.0, np.nan, 3.0])).tolist()
    [2, 0, -1, 1]
    """
    known = np.isfinite(values)
    found = np.full(len(values), -1, dtype=np.int64)
    if known.any():
        bounds = np.quantile(values[known], (1 / 3, 2 / 3))
        found[known] = np.searchsorted(bounds, values[known], side="left")
    return found


def _group(
    name: str,
    chosen: NDArray[np.bool_],
    account: Account,
    entries: Ints,
    periods_per_year: float,
) -> SessionGroup:
    returns = account.session_returns[chosen]
    days = np.unique(account.day)[chosen]
    return SessionGroup(
        name=name,
        sessions=len(returns),
        total_return=_compound(returns),
        sharpe_ratio=sharpe_per_session(returns) * math.sqrt(periods_per_year),
        trades=int(np.isin(entries, days).sum()),
    )


def rolling_sharpe(
    returns: Floats, periods_per_year: float, window: int = ROLLING_SESSIONS
) -> Floats:
    """Give the annual Sharpe ratio of the last ``window`` sessions after each session, `(s,)`.

    NaN before the window is full, and where none of its returns differs from another.
    """
    found = np.full(len(returns), np.nan)
    if len(returns) >= window:
        windows = np.lib.stride_tricks.sliding_window_view(returns, window)
        varies = np.ptp(windows, axis=1) > 0.0
        mean, spread = windows.mean(axis=1), windows.std(axis=1, ddof=1)
        ends = np.arange(window - 1, len(returns))
        found[ends[varies]] = mean[varies] / spread[varies] * math.sqrt(periods_per_year)
    return found


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One fall from the highest mark so far."""

    peak: date | None
    """Its session; None for the capital, before the first one."""
    trough: date
    recovery: date | None
    """None when the record ends below the peak."""
    depth: float
    """Positive fraction of the peak, bar by bar."""
    sessions: int
    """From the peak's session to the recovery's, or to the last one; 0 within one session."""


def drawdowns(account: Account, count: int = DEEPEST) -> list[Drawdown]:
    """Give the deepest falls, the deepest first, at most ``count``."""
    spells = underwater(account.equity, account.capital)
    session = sessions_of_marks(account.day)
    days = [date.fromordinal(EPOCH.toordinal() + day) for day in np.unique(account.day).tolist()]
    found = []
    for i in np.argsort(-spells.depth, kind="stable")[:count].tolist():
        end = int(spells.end[i])
        recovered = end < len(session)
        first = int(session[spells.peak[i]])
        last = int(session[end]) if recovered else int(session[-1])
        found.append(
            Drawdown(
                peak=days[first] if first >= 0 else None,
                trough=days[session[spells.trough[i]]],
                recovery=days[last] if recovered else None,
                depth=float(spells.depth[i]),
                sessions=last - first,
            )
        )
    return found


def _compound(returns: Floats) -> float:
    return float(np.prod(1.0 + returns) - 1.0)
