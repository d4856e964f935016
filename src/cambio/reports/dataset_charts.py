"""The data card's pictures: a feature in each split, and the rows of each session.

Train is a grey area, validation a violet line, test a line in ink, wherever they appear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from cambio.calendar import BARS_PER_SESSION
from cambio.reports.axes import Size, axis_number, axis_x, bare, panels
from cambio.reports.distribution import BINS, MIDDLE
from cambio.reports.palette import LIGHT
from cambio.reports.picture import inline, new_figure
from cambio.reports.timeline import Timeline, date_ticks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COLOURS: Final = {"train": LIGHT["band"], "val": LIGHT["accent"], "test": LIGHT["ink"]}
WORDS: Final = {"train": "training", "val": "validation", "test": "test"}


@dataclass(frozen=True, slots=True, eq=False)
class SessionRows:
    """How many complete rows each session has, split by split."""

    days: NDArray[np.datetime64]
    """Sessions that have rows, `(s,) datetime64[D]`, ascending."""
    rows: NDArray[np.int64]
    """`(s,)`."""
    split: NDArray[np.str_]
    """Of each session, `(s,)`."""
    span: tuple[np.datetime64, np.datetime64]
    """First and last day of the ranges, `datetime64[D]`."""


def feature(name: str, values: Mapping[str, Floats]) -> Markup:
    """Draw one feature's distribution in each split, over common bins.

    Args:
        name: of the feature.
        values: by split, finite, `(n,)` each and not empty.
    """
    edges = _edges(values)
    figure = new_figure(192, 96)
    axes = figure.add_axes((0.0, 0.22, 1.0, 0.76))
    bare(axes)
    for split, column in values.items():
        shares = np.histogram(column, edges)[0] / column.size
        filled = split == "train"
        line = {} if filled else {"linewidth": 1.2}
        axes.stairs(shares, edges, fill=filled, color=COLOURS[split], **line)
    axes.set(xlim=(edges[0], edges[-1]), yticks=[])
    axes.set_ylim(bottom=0)
    ticks = _ticks(float(edges[0]), float(edges[-1]))
    axes.set_xticks(ticks, [axis_number(tick) for tick in ticks])
    look = {"color": LIGHT["line"], "labelcolor": LIGHT["muted"]}
    axes.tick_params(axis="x", length=3, labelsize=12, pad=3, **look)
    axes.spines["bottom"].set(visible=True, color=LIGHT["line"])
    return inline(figure, f"feature-{name}", f"{name} in training, validation and test")


def coverage(found: SessionRows, size: Size) -> Markup:
    """Draw the complete rows of each weekday's session, over the whole of the ranges.

    Args:
        found: at least one session.
        size: `WIDE` or `NARROW`.
    """
    weekdays = _weekdays(found)
    line = Timeline(_opens(len(weekdays)), weekdays, night=0)
    (axes,) = panels(size, size.pick((150,), (110,)), size.pick(12, 6), head=28)
    edges = np.append(line.opens, line.span[1])
    for split, colour in COLOURS.items():
        mine = found.split == split
        heights = np.zeros(len(weekdays))
        heights[np.searchsorted(weekdays, found.days[mine])] = found.rows[mine]
        solid = LIGHT["quiet"] if split == "train" else colour
        axes.stairs(heights, edges, fill=True, color=solid, linewidth=0)
        _caption(axes, line, found.days[mine], split, size)
    axes.set(xlim=line.span, ylim=(0, BARS_PER_SESSION))
    axes.set_yticks([0, 30, BARS_PER_SESSION])
    axes.tick_params(axis="y", pad=8)
    axis_x(axes, date_ticks(line, size.dates), size)
    return inline(axes.figure, f"coverage-{size.name}", "Complete rows of each session, by date")


def _caption(
    axes: Any, line: Timeline, days: NDArray[np.datetime64], split: str, size: Size
) -> None:
    """Write the split's name above its sessions."""
    if not days.size:
        return
    first, last = np.searchsorted(line.days, days[[0, -1]])
    middle = (line.opens[first] + line.opens[last] + line.pitch) / 2
    axes.annotate(
        size.pick(WORDS[split], split),
        (middle, 1.0),
        (0, 6),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        color=LIGHT["muted"] if split == "train" else COLOURS[split],
        fontsize=size.text,
        ha="center",
        annotation_clip=False,
    )


def _opens(sessions: int) -> Floats:
    return np.arange(sessions, dtype=np.float64) * BARS_PER_SESSION


def _weekdays(found: SessionRows) -> NDArray[np.datetime64]:
    """Give the weekdays of the span, and what else has rows."""
    first, last = found.span
    days = np.arange(first, last + np.timedelta64(1, "D"), dtype="datetime64[D]")
    return np.union1d(days[np.is_busday(days)], found.days)


def _edges(values: Mapping[str, Floats]) -> Floats:
    """Give bins over the middle of every split's values: outliers must not flatten them."""
    ends = np.stack([np.percentile(column, MIDDLE) for column in values.values()])
    low, high = float(ends[:, 0].min()), float(ends[:, 1].max())
    if high <= low:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, BINS + 1)


def _ticks(low: float, high: float) -> list[float]:
    """Give two or three round values inside the range, apart from its ends."""
    margin = 0.06 * (high - low)
    ticks: list[float] = []
    for most in (3, 5):
        values = MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)
        ticks = [float(value) for value in values if low + margin <= value <= high - margin]
        if len(ticks) > 1:
            break
    return ticks
