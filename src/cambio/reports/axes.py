"""The look that all charts share: panels, axes, and labels at the lines' ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matplotlib.ticker import FuncFormatter, MaxNLocator

from cambio.reports.numbers import MINUS
from cambio.reports.picture import LIGHT, new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cambio.reports.timeline import Ticks

LABEL_GAP: Final = 1.25
"""Height of a line of text, in its size."""


@dataclass(frozen=True, slots=True)
class Size:
    """A picture's room on the page, in CSS pixels."""

    name: str
    width: int
    text: float
    left: int
    """Room for the numbers of the y axis."""
    dates: int
    """Most dates on the time axis."""


WIDE: Final = Size("wide", 1080, 13, left=52, dates=12)
NARROW: Final = Size("narrow", 360, 11.5, left=38, dates=6)
BOTTOM: Final = 44
TOP: Final = 10
GUTTER: Final = 30


def panels(size: Size, heights: tuple[int, ...], room: int) -> list[Any]:
    """Give plots of these ``heights``, one below the other, with ``room`` for labels on the right."""
    total = TOP + sum(heights) + GUTTER * (len(heights) - 1) + BOTTOM
    figure = new_figure(size.width, total)
    drawn = []
    above = TOP
    for height in heights:
        box = (size.left, total - above - height, size.width - size.left - room, height)
        scale = (size.width, total, size.width, total)
        axes = figure.add_axes([length / whole for length, whole in zip(box, scale, strict=True)])
        bare(axes)
        axes.tick_params(length=0, labelsize=size.text, labelcolor=LIGHT["muted"])
        axes.set_xticks([])
        drawn.append(axes)
        above += height + GUTTER
    return drawn


def bare(axes: Any) -> None:
    axes.patch.set_visible(False)
    axes.spines[:].set_visible(False)


def plot(axes: Any, x: Floats, y: Floats, colour: str, width: float, zorder: float = 2.0) -> None:
    axes.plot(x, y, color=colour, linewidth=width, solid_capstyle="round", zorder=zorder)


def grid_y(axes: Any, size: Size) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(5 if size is WIDE else 4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: axis_number(value)))
    axes.grid(axis="y", color=LIGHT["grid"], linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", pad=8)


def time_axis(axes: Any, ticks: Ticks, size: Size) -> None:
    axes.set_xticks(ticks.at, ticks.labels)
    axes.tick_params(axis="x", length=4, color=LIGHT["line"], labelsize=size.text, pad=4)
    axes.spines["bottom"].set(visible=True, color=LIGHT["line"], linewidth=1)


def say(axes: Any, size: Size, y: float, text: str, colour: str) -> None:
    """Write beside the plot's right edge, at ``y`` of its axis."""
    axes.annotate(
        text,
        (1.0, y),
        (8, 0),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset pixels",
        color=colour,
        fontsize=size.text,
        va="center",
        annotation_clip=False,
        parse_math=False,
    )


def end_labels(axes: Any, size: Size, labels: Sequence[tuple[str, float, str]]) -> None:
    """Name the lines at their right ends, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    height = axes.get_position().height * axes.figure.get_figheight() * axes.figure.dpi
    a_line = size.text * LABEL_GAP * (high - low) / height
    ordered = sorted(labels, key=lambda label: label[1])
    at: list[float] = []
    floor = low - a_line
    for text, y, _ in ordered:
        half = a_line * (text.count("\n") + 1) / 2
        at.append(max(y, floor + half))
        floor = at[-1] + half
    ceiling = high + a_line
    for i in reversed(range(len(at))):
        half = a_line * (ordered[i][0].count("\n") + 1) / 2
        at[i] = min(at[i], ceiling - half)
        ceiling = at[i] - half
    for (text, _, colour), y in zip(ordered, at, strict=True):
        say(axes, size, y, text, colour)
    axes.set_ylim(low, high)


def axis_number(value: float) -> str:
    """Give an axis number: no zeros behind the point, thousands apart, a real minus."""
    return f"{round(value, 6) + 0.0:,.10g}".replace("-", MINUS)
