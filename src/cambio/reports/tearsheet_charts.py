"""The pictures of the tear sheet: equity at a few thousand points, rolling Sharpe, distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cambio.reports import charts
from cambio.reports.axes import Label, Size, axis_number, axis_x, end_labels, grid_y, panels
from cambio.reports.breakdown import drawdown
from cambio.reports.numbers import decimal, percent
from cambio.reports.palette import LIGHT
from cambio.reports.picture import inline
from cambio.reports.timeline import Timeline, date_ticks

if TYPE_CHECKING:
    from markupsafe import Markup
    from numpy.typing import NDArray

    from cambio.reports.experiment import Record

    Floats = NDArray[np.float64]

INK, MUTED, QUIET, LINE, BAND = (LIGHT[t] for t in ("ink", "muted", "quiet", "line", "band"))
GAIN, LOSS = LIGHT["good"], LIGHT["bad"]
POINTS: Final = 1500
"""Of a curve, besides its sessions' ends: more than a wide picture has pixels."""
OPEN_H: Final = 13
"""An hour of UTC within every session."""
BINS: Final = 41


def equity(record: Record, size: Size) -> Markup:
    """Draw equity and drawdown from as many bars as a picture can show.

    Every session's last bar is among them, and the peak and the trough of the deepest fall.
    """
    bars = shown_bars(record)
    return charts.equity(
        record.time[bars],
        {name: marks[bars] for name, marks in record.equity.items()},
        None if record.random_band is None else record.random_band[:, bars],
        record.capital,
        size,
    )


def shown_bars(record: Record) -> NDArray[np.int64]:
    """Give the bars that a curve is drawn through, ascending."""
    n = len(record.time)
    policy = next(iter(record.equity.values()))
    marks = np.append(record.capital, policy)
    deepest = int(drawdown(marks).argmin())
    peak = int(marks[: deepest + 1].argmax())
    days = record.time.astype("datetime64[D]")  # a session never crosses UTC's midnight
    ends = np.append(np.flatnonzero(days[1:] != days[:-1]), n - 1)
    spaced = np.linspace(0, n - 1, min(n, POINTS)).round().astype(np.int64)
    extremes = [max(peak - 1, 0), max(deepest - 1, 0), int(policy.argmax())]
    return np.unique(np.concatenate([ends, spaced, extremes]))


def rolling_sharpe(
    days: NDArray[np.datetime64], rolling: Floats, whole: float | None, size: Size
) -> Markup:
    """Draw the annual Sharpe ratio of the last sessions, day by day, and that of the whole window.

    Args:
        days: the sessions, `(s,) datetime64[D]`.
        rolling: after each of them, `(s,)`; NaN until the window is full.
        whole: of all sessions; None when undefined.
        size: `WIDE` or `NARROW`.
    """
    line = Timeline.of(np.array(days.astype("datetime64[h]") + OPEN_H, dtype="datetime64[us]"))
    x = (line.opens + line.pitch).astype(np.float64)
    (axes,) = panels(size, size.pick((200,), (150,)), size.pick(168, 84))
    axes.axhline(0.0, color=QUIET, linewidth=0.8, zorder=2)
    for side, colour in ((1.0, GAIN), (-1.0, LOSS)):
        part = np.maximum(side * rolling, 0.0) * side
        axes.fill_between(x, 0.0, part, color=colour, alpha=0.16, linewidth=0)
    axes.plot(x, rolling, color=INK, linewidth=size.pick(1.6, 1.3), zorder=4)
    last = float(rolling[-1])
    labels = [Label(size.pick(f"last  {decimal(last)}", f"last\n{decimal(last)}"), last, INK)]
    if whole is not None:
        axes.axhline(whole, color=MUTED, linewidth=1, linestyle=(0, (3, 2)), zorder=3)
        text = size.pick(f"whole window  {decimal(whole)}", f"whole\n{decimal(whole)}")
        labels.append(Label(text, whole, MUTED))
    grid_y(axes, size)
    end_labels(axes, size, labels)
    axes.set_xlim(*line.span)
    axis_x(axes, date_ticks(line, size.dates), size)
    return inline(axes.figure, f"rolling-{size.name}", "Rolling Sharpe ratio by date")


def distribution(returns: Floats, value_at_risk: float, size: Size) -> Markup:
    """Draw how many sessions returned how much, losses and gains apart.

    Args:
        returns: of the sessions that moved, `(s,)`; at least one.
        value_at_risk: their 5 % quantile.
        size: `WIDE` or `NARROW`.
    """
    edges = _edges(returns)
    counts, _ = np.histogram(returns * 100, edges)
    (axes,) = panels(size, size.pick((190,), (150,)), size.pick(168, 84))
    for chosen, colour in ((edges[1:] <= 0.0, LOSS), (edges[1:] > 0.0, GAIN)):
        axes.bar(
            edges[:-1][chosen],
            counts[chosen],
            np.diff(edges)[chosen],
            align="edge",
            color=colour,
            alpha=0.62,
            linewidth=0,
        )
    axes.set_ylim(0, max(1.0, counts.max() * 1.12))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(axis="y", color=LIGHT["grid"], linewidth=1)
    axes.set_axisbelow(True)
    axes.axvline(0.0, color=QUIET, linewidth=0.8)
    _mark(axes, value_at_risk * 100, f"{percent(value_at_risk)} %", size)
    axes.set_xlim(edges[0], edges[-1])
    _axis_returns(axes, size)
    return inline(axes.figure, f"distribution-{size.name}", "Distribution of session returns")


def _edges(returns: Floats) -> Floats:
    """Give bins of one width with an edge at zero, in percent."""
    widest = float(np.abs(returns).max()) * 100
    width = 2.0 * widest / (BINS - 1)
    below = int(np.ceil(max(-returns.min() * 100, 0.0) / width)) + 1
    above = int(np.ceil(max(returns.max() * 100, 0.0) / width)) + 1
    return np.asarray(np.arange(-below, above + 1) * width)


def _mark(axes: Any, at: float, text: str, size: Size) -> None:
    axes.axvline(at, color=INK, linewidth=1, linestyle=(0, (3, 2)))
    axes.annotate(
        text,
        (at, 1.0),
        (-6, -2),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="right",
        va="top",
        color=INK,
        fontsize=size.text,
    )


def _axis_returns(axes: Any, size: Size) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(size.pick(9, 5), steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: axis_number(value)))
    axes.tick_params(axis="x", length=4, color=LINE, labelsize=size.text, pad=4)
    axes.spines["bottom"].set(visible=True, color=LINE, linewidth=1)
