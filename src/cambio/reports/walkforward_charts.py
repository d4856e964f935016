"""The pictures of the walk-forward report: fan, dots by fold, and how the windows moved."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.reports.axes import Label, Size, axis_x, end_labels, grid_y, panels
from cambio.reports.numbers import decimal, percent
from cambio.reports.palette import LIGHT
from cambio.reports.picture import inline
from cambio.reports.timeline import MONTHS, Ticks, Timeline, date_ticks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup
    from numpy.typing import NDArray

    from cambio.dataset.folds import Fold
    from cambio.validation.walkforward import FoldFindings

    Floats = NDArray[np.float64]

INK, MUTED, QUIET, LINE, BAND, GRID, ACCENT = (
    LIGHT[t] for t in ("ink", "muted", "quiet", "line", "band", "grid", "accent")
)
HELD: Final = {"buy_and_hold": LIGHT["long"], "sell_and_hold": LIGHT["short"]}
"""The baselines that move, and their colours."""
SPREAD: Final = 0.34
"""How far a fold's outermost seeds stand from its middle, in folds."""
EDGE: Final = 0.44
ROW: Final = 26
"""Height of a fold's row in the picture of the windows, CSS pixels."""
THICK: Final = 0.3
OPEN_H: Final = 13
"""An hour of UTC within every session."""


def fan(
    days: NDArray[np.datetime64],
    seeds: Floats,
    baselines: Mapping[str, Floats],
    starts: Sequence[int],
    size: Size,
) -> Markup:
    """Draw the stitched records: the seeds as a fan, the median in ink, baselines beside it.

    Args:
        days: the sessions, `(n,) datetime64[D]`.
        seeds: each seed's session returns, `(seeds, n)`.
        baselines: each baseline's session returns, `(n,)`; flat is the axis and not drawn.
        starts: index of each fold's first session.
        size: `WIDE` or `NARROW`.
    """
    line = Timeline.of(np.array(days.astype("datetime64[h]") + OPEN_H, dtype="datetime64[us]"))
    x = np.append(line.opens[0], line.opens + line.pitch)
    (axes,) = panels(size, size.pick((360,), (250,)), size.pick(168, 84))
    low, lower, middle, upper, high = np.percentile(_gains(seeds), (0, 25, 50, 75, 100), axis=0)
    axes.fill_between(x, low, high, color=GRID, linewidth=0, zorder=1)
    axes.fill_between(x, lower, upper, color=BAND, linewidth=0, zorder=1.5)
    axes.axhline(0, color=QUIET, linewidth=0.8, zorder=2)
    labels = []
    for name, colour in HELD.items():
        (gain,) = _gains(baselines[name][None, :])
        axes.plot(x, gain, color=colour, linewidth=size.pick(1.0, 0.8), zorder=3)
        labels.append(_ending(name.replace("_", " "), gain, colour, size))
    axes.plot(x, middle, color=INK, linewidth=size.pick(2.2, 1.7), zorder=4)
    labels.append(_ending("median seed", middle, INK, size))
    for start in starts[1:]:
        axes.axvline(line.opens[start], color=LINE, linewidth=1, zorder=0.5)
    grid_y(axes, size)
    end_labels(axes, size, labels)
    axes.set_xlim(*line.span)
    axis_x(axes, date_ticks(line, size.dates), size)
    return inline(
        axes.figure, f"fan-{size.name}", "Out-of-sample return of the seeds and the baselines"
    )


def by_fold(folds: Sequence[FoldFindings], size: Size) -> Markup:
    """Draw every seed's annual Sharpe ratio in every fold as a dot, its rivals as strokes."""
    (axes,) = panels(size, size.pick((320,), (240,)), size.pick(168, 84))
    axes.axhline(0, color=QUIET, linewidth=0.8, zorder=1)
    dots = {"markersize": size.pick(6.5, 4.5), "markeredgewidth": 0, "alpha": 0.55, "zorder": 4}
    for at, fold in enumerate(folds):
        _stroke(axes, at, fold.random.high, MUTED, dashed=True)
        for name, outcome in fold.at_costs[1.0].baselines.items():
            if name in HELD:
                _stroke(axes, at, outcome.sharpe, HELD[name])
        count = len(fold.sharpes)
        offsets = np.linspace(-SPREAD, SPREAD, count) if count > 1 else np.zeros(1)
        axes.plot(at + offsets, fold.sharpes, "o", color=INK, linestyle="none", **dots)
        median = fold.at_costs[1.0].sharpe.median
        axes.plot([at - EDGE, at + EDGE], [median] * 2, color=INK, linewidth=2.2, zorder=5)
    grid_y(axes, size)
    end_labels(axes, size, _names(folds[-1], size))
    axes.set_xlim(-0.5, len(folds) - 0.5)
    every = -(-len(folds) // size.dates)
    shown = range(0, len(folds), every)
    labels = [_window(folds[i], size) for i in shown]
    axis_x(axes, Ticks([float(i) for i in shown], labels), size)
    return inline(axes.figure, f"folds-{size.name}", "Sharpe ratio of every seed in every fold")


def windows(folds: Sequence[Fold], embargoed: Mapping[int, Sequence[date]], size: Size) -> Markup:
    """Draw what each fold trained on, what chose, what was left out and what judged."""
    (axes,) = panels(size, (ROW * len(folds),), size.pick(100, 62), head=size.pick(34, 32))
    for row, fold in enumerate(folds):
        ranges = fold.ranges
        test = fold.test
        _bar(axes, row, ranges.training.start, ranges.training.end, BAND)
        _bar(axes, row, ranges.validation.start, ranges.validation.end, QUIET)
        _bar(axes, row, test.start, test.end, INK)
        for day in embargoed[fold.index]:
            axes.plot(
                [day.toordinal() + 0.5] * 2,
                [row - THICK * 1.35, row + THICK * 1.35],
                color=ACCENT,
                linewidth=size.pick(2.4, 1.8),
                solid_capstyle="butt",
                zorder=3,
            )
    first, last = folds[0].ranges.training.start, folds[-1].test.end
    axes.set(xlim=(first.toordinal(), last.toordinal() + 1), yticks=[])
    axes.set_ylim(len(folds) - 0.5, -0.5)
    _name_windows(axes, folds[0], size)
    for row, fold in enumerate(folds):
        axes.annotate(
            size.pick(f"fold {fold.index}", str(fold.index)),
            (1.0, row),
            (8, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            color=MUTED,
            fontsize=size.text,
            va="center",
            annotation_clip=False,
        )
    years = [date(year, 1, 1) for year in range(first.year, last.year + 1)]
    inside = [year for year in years if first <= year <= last]
    axis_x(axes, Ticks([float(y.toordinal()) for y in inside], [str(y.year) for y in inside]), size)
    return inline(axes.figure, f"windows-{size.name}", "Training, validation and test of each fold")


def _gains(returns: Floats) -> Floats:
    """Give the return since the start in percent, the start included: `(m, n + 1)`."""
    grown = np.cumprod(1.0 + returns, axis=1)
    return (np.column_stack([np.ones(len(grown)), grown]) - 1.0) * 100.0


def _ending(name: str, gain: Floats, colour: str, size: Size) -> Label:
    value = f"{percent(float(gain[-1]) / 100, signed=True)} %"
    return Label(f"{name}{size.pick('  ', chr(10))}{value}", float(gain[-1]), colour)


def _stroke(axes: Any, at: float, y: float, colour: str, *, dashed: bool = False) -> None:
    style = (0, (2, 2)) if dashed else "-"
    axes.plot([at - EDGE, at + EDGE], [y, y], color=colour, linewidth=1.4, linestyle=style)


def _names(fold: FoldFindings, size: Size) -> list[Label]:
    """Name the strokes beside the last fold's."""
    found = fold.at_costs[1.0]
    labels = [
        Label(name.replace("_", " "), found.baselines[name].sharpe, colour)
        for name, colour in HELD.items()
    ]
    labels.append(
        Label(
            size.pick("random traders,\n95th pct.", "random,\n95th pct."), fold.random.high, MUTED
        )
    )
    median = f"median seed{size.pick('  ', chr(10))}{decimal(found.sharpe.median)}"
    return [*labels, Label(median, found.sharpe.median, INK)]


def _window(fold: FoldFindings, size: Size) -> str:
    start, end = fold.window.start, fold.window.end
    first, last = MONTHS[start.month - 1], MONTHS[end.month - 1]
    months = first if (start.year, start.month) == (end.year, end.month) else f"{first}–{last}"
    return size.pick(f"{months}\n{start.year}", f"{first}\n{start.year}")


def _bar(axes: Any, row: int, start: date, end: date, colour: str) -> None:
    left = start.toordinal()
    axes.barh(row, end.toordinal() + 1 - left, left=left, height=2 * THICK, color=colour)


def _name_windows(axes: Any, fold: Fold, size: Size) -> None:
    """Write above the first fold what its bars are."""
    ranges = fold.ranges
    named = [
        ("training", ranges.training.start, MUTED, "left"),
        (size.pick("validation", "val."), ranges.validation.start, MUTED, "right"),
        ("test", fold.test.start, INK, "left"),
    ]
    for text, day, colour, side in named:
        axes.annotate(
            text,
            (day.toordinal(), -0.5),
            (0, 6),
            textcoords="offset points",
            color=colour,
            fontsize=size.text,
            ha=side,
            annotation_clip=False,
        )
