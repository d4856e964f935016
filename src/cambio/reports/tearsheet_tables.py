"""The tear sheet's tables, as text; amounts of money as a share of the capital."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.calendar import BOGOTA
from cambio.reports.breakdown import breakdown
from cambio.reports.numbers import (
    AMOUNTS,
    MEASURES,
    NONE,
    RESULT_COLUMNS,
    count,
    decimal,
    percent,
    signed,
    signed_percent,
)
from cambio.reports.tables import Table
from cambio.reports.timeline import MONTHS, date_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from cambio.contracts.trading import Trade
    from cambio.reports.experiment import ResultRow
    from cambio.validation.bootstrap import Interval
    from cambio.validation.breakdown import Drawdown, SessionGroup, Share, Year

HEADLINES: Final = (
    "total_return",
    "sharpe_ratio",
    "max_drawdown",
    "sortino_ratio",
    "annual_return",
    "annual_volatility",
    "calmar_ratio",
    "expected_shortfall",
)
COST_COLUMNS: Final = (
    "total_return",
    "sharpe_ratio",
    "max_drawdown",
    "total_trades",
    "costs",
    "financing",
    "cost_share",
)
NEWEST: Final = 15
STRONGEST: Final = 52
"""Percent of colour in the heat map's largest month."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure with the interval that holds it."""

    label: str
    value: str
    interval: str
    """Empty where none was measured."""


@dataclass(frozen=True, slots=True)
class BarRow:
    """A row whose result is also drawn, as a share of the largest one: −1 to 1."""

    cells: Sequence[str]
    length: float


@dataclass(frozen=True, slots=True)
class BarTable:
    """A table with a bar at the end of each row."""

    headers: Sequence[str]
    rows: Sequence[BarRow]


@dataclass(frozen=True, slots=True)
class Heat:
    """One cell of the heat map."""

    text: str
    token: str
    """Of the palette."""
    strength: int
    """Percent of that colour."""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One year of the heat map."""

    year: str
    months: Sequence[Heat]
    total: str
    sessions: str


def headlines(metrics: Mapping[str, Any], intervals: Mapping[str, Interval]) -> list[Headline]:
    """Give the figures that stand on top."""
    found = []
    for key in HEADLINES:
        measure, interval = MEASURES[key], intervals.get(key)
        text = ""
        if interval is not None and not math.isnan(interval.low):
            ends = f"{measure.show(interval.low)} to {measure.show(interval.high)}"
            text = f"{decimal(100 * interval.level, 0)} %: {ends}"
        found.append(Headline(measure.header, measure.show(metrics.get(key)), text))
    return found


def results(rows: Sequence[ResultRow], capital: float) -> Table:
    """Give the policy beside what it is compared with."""
    return _figures(rows, RESULT_COLUMNS, "Strategy", capital)


def costs(rows: Sequence[ResultRow], capital: float) -> Table:
    """Give the policy at multiples of the costs."""
    return _figures(rows, COST_COLUMNS, "Costs", capital)


def _figures(rows: Sequence[ResultRow], keys: Sequence[str], first: str, capital: float) -> Table:
    cells = [
        [row.name, *(MEASURES[key].show(_relative(row.metrics, key, capital)) for key in keys)]
        for row in rows
    ]
    return Table([first, *(MEASURES[key].header for key in keys)], [cells])


def every_figure(rows: Sequence[ResultRow], capital: float) -> Table:
    """Give all figures, one a row, of those rows that have them all."""
    whole = [row for row in rows if "sessions" in row.metrics]
    cells = [
        [measure.header, *(measure.show(_relative(row.metrics, key, capital)) for row in whole)]
        for key, measure in MEASURES.items()
    ]
    return Table(["Figure", *(row.name for row in whole)], [cells])


def _relative(metrics: Mapping[str, Any], key: str, capital: float) -> Any:
    value = metrics.get(key)
    return value / capital if key in AMOUNTS and value is not None else value


def heat_map(years: Sequence[Year]) -> list[HeatRow]:
    """Give the monthly returns, each in the strength of its size."""
    known = [abs(month) for year in years for month in year.months if month is not None]
    largest = max(known, default=0.0) or 1.0
    return [
        HeatRow(
            str(year.year),
            [_heat(month, largest) for month in year.months],
            signed_percent(year.total),
            count(year.sessions),
        )
        for year in years
    ]


def _heat(month: float | None, largest: float) -> Heat:
    if month is None:
        return Heat("", "page", 0)
    token = "good" if month > 0.0 else "bad"
    return Heat(signed_percent(month), token, round(STRONGEST * abs(month) / largest))


def hours(shares: Sequence[Share], capital: float) -> BarTable:
    """Give what each hour earned, gaps and nights last; kinds of time that never were are left out.

    The last row is the sum.
    """
    shown = [share for share in shares if share.bars]
    total = sum(share.result for share in shown)
    rows = [
        [share.name, count(share.bars), count(share.held), signed(share.result)] for share in shown
    ]
    relative = [share.result / capital for share in shown]
    cells = [[*row, signed_percent(part)] for row, part in zip(rows, relative, strict=True)]
    whole = BarRow(["all", "", "", signed(total), signed_percent(total / capital)], 0.0)
    headers = ["Time", "Bars", "with a position", "Result", "% of capital"]
    return BarTable(headers, [*_bars(cells, relative), whole])


def groups(found: Sequence[SessionGroup], first: str) -> BarTable:
    """Give what the sessions of each group returned."""
    cells = [
        [
            group.name,
            count(group.sessions),
            count(group.trades),
            decimal(group.sharpe_ratio),
            signed_percent(group.total_return),
        ]
        for group in found
    ]
    headers = [first, "Sessions", "Trades", "Sharpe ratio", "Return, %"]
    return BarTable(headers, _bars(cells, [group.total_return for group in found]))


def _bars(cells: Sequence[Sequence[str]], results: Sequence[float]) -> list[BarRow]:
    largest = max(map(abs, results), default=0.0) or 1.0
    return [BarRow(row, result / largest) for row, result in zip(cells, results, strict=True)]


def sides(trades: Sequence[Trade]) -> Table:
    """Give the trades by side, and by whether they were held overnight."""
    headers = ["Trades", "Number", "Win rate, %", "Result", "Mean", "Best", "Worst", "Held, h"]
    rows = [
        [
            [
                share.kind,
                count(share.trades),
                percent(share.win_rate),
                *(signed(a) for a in (share.result, share.mean, share.best, share.worst)),
                decimal(share.hours),
            ]
            for share in group
        ]
        for group in breakdown(trades)[:3]
    ]
    return Table(headers, rows)


def drawdowns(found: Sequence[Drawdown]) -> Table:
    """Give the deepest falls."""
    rows = [
        [
            percent(fall.depth),
            _date(fall.peak, "the start"),
            _date(fall.trough, NONE),
            _date(fall.recovery, "not yet"),
            count(fall.sessions),
        ]
        for fall in found
    ]
    return Table(["Depth, %", "From", "Lowest", "Recovered", "Sessions"], [rows])


def newest(trades: Sequence[Trade]) -> Table:
    """Give the newest trades, the newest first; times in Bogota."""
    headers = ["Side", "Entered", "at, COP", "Left", "at, COP", "Result"]
    ordered = sorted(trades, key=lambda trade: trade.entry_time, reverse=True)[:NEWEST]
    rows = [
        [
            "▲ long" if trade.side > 0 else "▼ short",
            _moment(trade.entry_time),
            decimal(trade.entry_price),
            "still open" if trade.is_open else _moment(trade.exit_time),
            decimal(trade.exit_price),
            signed(trade.pnl),
        ]
        for trade in ordered
    ]
    return Table(headers, [rows])


def _date(day: date | None, otherwise: str) -> str:
    return otherwise if day is None else date_text(np.datetime64(day))


def _moment(moment: datetime) -> str:
    local = moment.astimezone(BOGOTA)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year} {local:%H:%M}"
