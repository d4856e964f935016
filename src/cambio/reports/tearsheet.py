"""The tear sheet of a backtest: what a portfolio manager reads, as one HTML file.

Like the experiment report it asks for nothing outside itself and holds no script, and the same
sheet always gives the same bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.reports import diagnosis
from cambio.reports import tearsheet_charts as charts
from cambio.reports import tearsheet_tables as tables
from cambio.reports import tearsheet_words as words
from cambio.reports.axes import at_both_sizes
from cambio.reports.numbers import count, decimal, percent
from cambio.reports.page import render_template
from cambio.reports.timeline import MONTHS
from cambio.validation.breakdown import ROLLING_SESSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cambio.reports.axes import Picture
    from cambio.reports.diagnosis import DiagnosisPart
    from cambio.reports.experiment import Record, ResultRow
    from cambio.reports.tables import Table
    from cambio.validation.bootstrap import Interval
    from cambio.validation.breakdown import Drawdown, SessionGroup, Share, Year
    from cambio.validation.diagnosis.variants import Diagnosis
    from cambio.validation.lookahead import LookAhead
    from cambio.validation.vote import Statistics

    Floats = NDArray[np.float64]

TEMPLATE: Final = "tearsheet.html.j2"
NO_BREAK: Final = "\N{NO-BREAK SPACE}%"
TONES: Final = {
    words.Finding.SKILL: "good",
    words.Finding.LOST: "bad",
    words.Finding.FLAWED: "bad",
}
"""Colour of the verdict; the others are ink."""


@dataclass(frozen=True, slots=True)
class Luck:
    """How much of the result may be luck, or worse."""

    statistics: Statistics
    random_percentile: float
    """Standing among the random traders, 0 to 100."""
    random_traders: int
    look_ahead: LookAhead


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """The account by time, as `validation.breakdown` gives it."""

    days: NDArray[np.datetime64]
    """The sessions, `(s,) datetime64[D]`."""
    returns: Floats
    """Of the sessions, `(s,)`."""
    rolling_sharpe: Floats
    """Annual, `(s,)`."""
    years: Sequence[Year]
    hours: Sequence[Share]
    weekdays: Sequence[SessionGroup]
    vix: Sequence[SessionGroup]
    vix_bounds: tuple[float, float]
    """The terciles; NaN when no session knows a VIX."""
    drawdowns: Sequence[Drawdown]


@dataclass(frozen=True, slots=True, eq=False)
class TearSheet:
    """Everything that the page shows."""

    model_id: str
    out_of_sample: bool
    notices: Sequence[str]
    """Warnings in plain words, shown on top."""
    results: Sequence[ResultRow]
    """The policy first, then the baselines by name, then the random traders."""
    intervals: Mapping[str, Interval]
    """Of the policy's metrics."""
    cost_rows: Sequence[ResultRow]
    """The policy at multiples of the costs: ×0, ×1 and so on."""
    record: Record
    views: Views
    luck: Luck
    holidays: int
    """Sessions on days that the calendar calls no trading days."""
    lineage: Mapping[str, str]
    diagnosis: Diagnosis | None = None
    """Of the same account; without one the page has no section for it."""

    @property
    def metrics(self) -> Mapping[str, Any]:
        """The policy's."""
        return self.results[0].metrics

    @property
    def rivals(self) -> Sequence[ResultRow]:
        """The baselines that hold one side or nothing."""
        return [row for row in self.results[1:] if "sessions" in row.metrics]


def render(sheet: TearSheet) -> str:
    """Give the tear sheet as a self-contained HTML page, `<!doctype html>` first."""
    found = words.finding(sheet)
    return render_template(
        TEMPLATE,
        sheet=sheet,
        finding=found.value,
        tone=TONES.get(found, "ink"),
        words=_words(sheet),
        notes=words.notes(sheet),
        headlines=tables.headlines(sheet.metrics, sheet.intervals),
        months=MONTHS,
        heat=tables.heat_map(sheet.views.years),
        luck=_luck(sheet),
        tables=_tables(sheet),
        bars=_bars(sheet),
        pictures=_pictures(sheet),
        diagnosis=_diagnosis(sheet),
    )


def _diagnosis(sheet: TearSheet) -> DiagnosisPart | None:
    if sheet.diagnosis is None:
        return None
    return diagnosis.part(sheet.diagnosis, sheet.metrics, sheet.record.capital)


def _words(sheet: TearSheet) -> dict[str, str]:
    said = {
        "headline": words.headline(sheet),
        "reasons": words.reasons(sheet),
        "window": words.window(sheet),
        "equity": words.equity(sheet),
        "trades": words.trades(sheet),
        "costs": words.costs(sheet),
        "tails": words.tails(sheet),
        "vix": words.vix(sheet),
        "rolling": f"Of the last {ROLLING_SESSIONS} sessions, after each session; annual.",
        "short": f"The window has fewer than {ROLLING_SESSIONS} sessions, or none that moved.",
    }
    return {name: text.replace(" %", NO_BREAK) for name, text in said.items()}


def _tables(sheet: TearSheet) -> dict[str, Table]:
    capital, trades = sheet.record.capital, sheet.record.trades
    return {
        "results": tables.results(sheet.results, capital),
        "costs": tables.costs(sheet.cost_rows, capital),
        "every": tables.every_figure(sheet.results, capital),
        "sides": tables.sides(trades),
        "drawdowns": tables.drawdowns(sheet.views.drawdowns),
        "newest": tables.newest(trades),
    }


def _bars(sheet: TearSheet) -> dict[str, tables.BarTable]:
    views = sheet.views
    return {
        "hours": tables.hours(views.hours, sheet.record.capital),
        "weekdays": tables.groups(views.weekdays, "Weekday"),
        "vix": tables.groups(views.vix, "VIX"),
    }


def _pictures(sheet: TearSheet) -> dict[str, Picture]:
    views, metrics = sheet.views, sheet.metrics
    pictures = {
        "equity": at_both_sizes(lambda size: charts.equity(sheet.record, size)),
    }
    moved = views.returns[views.returns != 0.0]
    if moved.size:
        pictures["distribution"] = at_both_sizes(
            lambda size: charts.distribution(moved, metrics["value_at_risk"], size)
        )
    if np.isfinite(views.rolling_sharpe).any():
        pictures["rolling"] = at_both_sizes(
            lambda size: charts.rolling_sharpe(
                views.days, views.rolling_sharpe, metrics["sharpe_ratio"], size
            )
        )
    return pictures


def _luck(sheet: TearSheet) -> list[tuple[str, str, str]]:
    """Give name, value and meaning of each statistic."""
    luck, found = sheet.luck, sheet.luck.statistics
    needed = found.minimum_track_record
    benchmark, looks = decimal(found.selection_benchmark), count(found.trials)
    meanings = {
        "Probabilistic Sharpe ratio, %": "probability that the true Sharpe ratio is above zero",
        "Deflated Sharpe ratio, %": f"probability that it is above {benchmark}, which luck gives "
        f"the best of {looks} recorded looks at this window; 95 is asked for",
        "Minimum track record, sessions": _until(needed, sheet.metrics["sessions"]),
        "Standing among random traders, %": f"share of {count(luck.random_traders)} traders with "
        "the same spells at other times that did worse; 95 is asked for",
        "Look-ahead check": _look_ahead(luck.look_ahead),
    }
    values = (
        _probability(found.probabilistic_sharpe),
        _probability(found.deflated_sharpe),
        count(math.ceil(needed)) if math.isfinite(needed) else count(needed),
        decimal(luck.random_percentile),
        "FAILED" if luck.look_ahead.found else "passed",
    )
    rows = zip(meanings, values, meanings.values(), strict=True)
    return list(rows)


def _until(needed: float, sessions: int) -> str:
    if math.isinf(needed):
        return "no number of sessions is enough at this Sharpe ratio"
    return f"until that probability would be 95 % at this Sharpe ratio; it has {count(sessions)}"


def _look_ahead(found: LookAhead) -> str:
    if not found.found:
        return f"no decision changed when the data after it did, at {count(found.moments)} moments"
    return (
        f"decisions changed at {count(found.changed)} of {count(found.moments)} moments when the "
        "data after them was changed: they know the future"
    )


def _probability(value: float) -> str:
    """Give a probability in percent; none is certain."""
    return "> 99.99" if value > 0.9999 else percent(value)
