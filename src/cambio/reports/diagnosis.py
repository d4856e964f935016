"""The diagnosis as tables, and as a picture of when in the day a result is earned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cambio.calendar import BARS_PER_SESSION, SESSION_OPEN_S
from cambio.reports import diagnosis_words as words
from cambio.reports.axes import (
    Label,
    Picture,
    Size,
    at_both_sizes,
    axis_x,
    end_labels,
    grid_y,
    panels,
)
from cambio.reports.numbers import NONE, count, decimal, percent, signed_percent
from cambio.reports.palette import LIGHT
from cambio.reports.picture import inline
from cambio.reports.tables import Table
from cambio.reports.timeline import Ticks
from cambio.validation.diagnosis.conclusion import Finding, conclude

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from markupsafe import Markup

    from cambio.validation.diagnosis.outcome import Outcome, Row, Spread
    from cambio.validation.diagnosis.variants import Diagnosis

TONES: Final = {Finding.ARTEFACT: "bad"}
"""Colour of the finding; the others are ink: that no test fails is no praise."""
HEADERS: Final = (
    "Test",
    "Return, %",
    "before costs and financing, %",
    "Sharpe ratio",
    "Trades",
    "Left, %",
    "Sharpe ratio less the policy’s",
    "95 % interval",
    "The profit",
)
FEATURE_HEADERS: Final = (
    "Feature",
    "Return without it, %",
    "Left, %",
    "The profit",
    "Return when shuffled, %",
    "lowest",
    "highest",
    "Goes with its session",
    "with the one before",
)
NIGHT_BARS: Final = 8
"""Width of the night in the picture, in bars."""
HOUR_BARS: Final = 12


@dataclass(frozen=True, slots=True)
class DiagnosisPart:
    """The part of a tear sheet that tells an edge from an artefact."""

    finding: str
    tone: str
    reason: str
    sentences: Sequence[str]
    note: str
    day: Picture
    tests: Table
    features: Table
    years: Table


def part(diagnosis: Diagnosis, backtest: Mapping[str, Any], capital: float) -> DiagnosisPart:
    """Give the part.

    Args:
        diagnosis: what was found.
        backtest: the metrics of the backtest, by the names of `BacktestMetrics`.
        capital: the starting equity.
    """
    found = conclude(diagnosis)
    return DiagnosisPart(
        finding=words.FINDINGS[found.finding],
        tone=TONES.get(found.finding, "ink"),
        reason=_unbroken(words.reason(found)),
        sentences=[_unbroken(sentence) for sentence in words.sentences(diagnosis)],
        note=words.note(diagnosis),
        day=at_both_sizes(lambda size: day(diagnosis, size)),
        tests=tests(diagnosis, backtest, capital),
        features=features(diagnosis),
        years=years(diagnosis),
    )


def _unbroken(text: str) -> str:
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def tests(diagnosis: Diagnosis, backtest: Mapping[str, Any], capital: float) -> Table:
    """Give each test beside the policy; with the account's limits it is the backtest."""
    paid = (backtest["costs"] + backtest["financing"]) / capital
    limited = [
        "the policy, as backtested",
        signed_percent(backtest["total_return"]),
        signed_percent(backtest["total_return"] + paid),
        decimal(backtest["sharpe_ratio"]),
        count(backtest["total_trades"]),
    ]
    base = ["without the account’s limits", *_figures(diagnosis.base)]
    groups = [
        diagnosis.first_bars,
        diagnosis.delays,
        diagnosis.stale,
        (diagnosis.macro_lag,),
        diagnosis.costs,
    ]
    others = [_test(row) for row in (diagnosis.flipped, diagnosis.long, diagnosis.short)]
    empty = [NONE] * (len(HEADERS) - len(limited))
    rows = [[_test(row) for row in group] for group in groups]
    unmarked = [[*cells[:-1], NONE] for cells in others]  # they are meant to earn less
    return Table(HEADERS, [[[*limited, *empty], [*base, *empty]], *rows, unmarked])


def _figures(outcome: Outcome) -> list[str]:
    return [
        signed_percent(outcome.total_return),
        signed_percent(outcome.gross_return),
        decimal(outcome.sharpe_ratio),
        count(outcome.trades),
    ]


def _test(row: Row) -> list[str]:
    interval = row.difference.interval
    return [
        words.NAMES[row.name],
        *_figures(row.outcome),
        _left(row),
        decimal(row.difference.difference, signed=True),
        f"{decimal(interval.low)} to {decimal(interval.high)}",
        _mark(row),
    ]


def _left(row: Row) -> str:
    return decimal(None if row.left is None else 100.0 * row.left, 0)


def _mark(row: Row) -> str:
    return NONE if row.mark is None else str(row.mark)


def features(diagnosis: Diagnosis) -> Table:
    """Give each feature: removed, shuffled, and for macro values whose move it goes with."""
    shuffled = {spread.name: spread for spread in diagnosis.shuffled}
    datings = {dating.name: dating for dating in diagnosis.datings}
    rows = []
    for row in diagnosis.removed:
        dating = datings.get(row.name)
        rows.append(
            [
                row.name,
                signed_percent(row.outcome.total_return),
                _left(row),
                _mark(row),
                *_spread(shuffled.get(row.name)),
                *([NONE] * 2 if dating is None else map(decimal, (dating.own, dating.before))),
            ]
        )
    return Table(FEATURE_HEADERS, [rows])


def _spread(spread: Spread | None) -> list[str]:
    if spread is None:
        return [NONE] * 3
    returns = (spread.total_return, spread.total_returns[0], spread.total_returns[-1])
    return [signed_percent(value) for value in returns]


def years(diagnosis: Diagnosis) -> Table:
    """Give the sides apart, by year."""
    sides = diagnosis.sides
    rows = [
        [str(year), *map(signed_percent, returns)]
        for year, *returns in zip(sides.years, sides.both, sides.long, sides.short, strict=True)
    ]
    return Table(["Year", "Both, %", "Long alone, %", "Short alone, %"], [rows])


def day(diagnosis: Diagnosis, size: Size) -> Markup:
    """Draw how the result adds up through the day, nights first, and what each bar brings."""
    parts = diagnosis.anatomy
    axes, each = panels(size, size.pick((190, 110), (150, 90)), size.pick(148, 84))
    x = np.arange(BARS_PER_SESSION + 1)
    session = 100.0 * np.array(parts.by_session)
    before = 100.0 * parts.overnight + np.append(0.0, np.cumsum(session))
    after = before + 100.0 * np.append(0.0, np.cumsum(parts.by_costs))
    for panel in (axes, each):
        panel.axvspan(-NIGHT_BARS, 0, color=LIGHT["band"], alpha=0.5, linewidth=0)
        panel.axhline(0.0, color=LIGHT["quiet"], linewidth=0.8, zorder=2)
        panel.set_xlim(-NIGHT_BARS, BARS_PER_SESSION)
    night = [0.0, 100.0 * parts.overnight]
    axes.plot([-NIGHT_BARS, 0], night, color=LIGHT["accent"], linewidth=2, zorder=4)
    axes.plot(x, after, color=LIGHT["muted"], linewidth=1.2, linestyle=(0, (3, 2)), zorder=3)
    axes.plot(x, before, color=LIGHT["ink"], linewidth=size.pick(1.8, 1.4), zorder=4)
    grid_y(axes, size)
    labels = [("before costs", before[-1], LIGHT["ink"]), ("net", after[-1], LIGHT["muted"])]
    end_labels(axes, size, [_label(size, *label) for label in labels])
    for chosen, token in ((session > 0.0, "good"), (session < 0.0, "bad")):
        each.bar(x[:-1][chosen] + 0.5, session[chosen], 0.8, color=LIGHT[token], alpha=0.7)
    grid_y(each, size, 3)
    hours = range(size.pick(0, HOUR_BARS), BARS_PER_SESSION + 1, HOUR_BARS)
    opens = SESSION_OPEN_S // 3600
    named = [f"{opens + bars // HOUR_BARS:02d} h" for bars in hours]
    axis_x(each, Ticks([-NIGHT_BARS / 2, *hours], ["night", *named]), size)
    return inline(axes.figure, f"day-{size.name}", "Result through the day")


def _label(size: Size, name: str, value: float, colour: str) -> Label:
    shown = percent(value / 100.0, signed=True)
    return Label(size.pick(f"{name}  {shown}", f"{name}\n{shown}"), value, colour)
