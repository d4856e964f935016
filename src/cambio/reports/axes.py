"""The look that all charts share: sizes, panels, axes, and labels at the lines' ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from matplotlib.ticker import FuncFormatter, MaxNLocator

from cambio.reports.numbers import MINUS
from cambio.reports.palette import LIGHT
from cambio.reports.picture import new_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markupsafe import Markup

    from cambio.reports.timeline import Ticks

T = TypeVar("T")

LINE_HEIGHT: Final = 1.25
"""Of the labels' text, in its size."""
BOTTOM: Final = 44
TOP: Final = 10
GUTTER: Final = 30
"""Pixels below, above and between the plots of a picture."""


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

    def pick(self, wide: T, narrow: T) -> T:
        """Give what fits this size."""
        return wide if self.name == "wide" else narrow


@dataclass(frozen=True, slots=True)
class Label:
    """A line's name, at its right end."""

    text: str
    y: float
    colour: str

    @property
    def lines(self) -> int:
        """How many lines of text it takes."""
        return self.text.count("\n") + 1


WIDE: Final = Size("wide", 1080, 13, left=52, dates=12)
NARROW: Final = Size("narrow", 360, 11.5, left=38, dates=6)


@dataclass(frozen=True, slots=True)
class Picture:
    """One chart, drawn for a wide and for a narrow page."""

    wide: Markup
    narrow: Markup


def at_both_sizes(draw: Callable[[Size], Markup]) -> Picture:
    """Draw a chart twice, `WIDE` and `NARROW`."""
    return Picture(draw(WIDE), draw(NARROW))


def panels(size: Size, heights: tuple[int, ...], room: int, head: int = TOP) -> list[Any]:
    """Give plots of these heights, one below the other, with ``room`` for labels on the right."""
    total = head + sum(heights) + GUTTER * (len(heights) - 1) + BOTTOM
    figure = new_figure(size.width, total)
    drawn = []
    above = head
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
    """Take away the box around a plot."""
    axes.patch.set_visible(False)
    axes.spines[:].set_visible(False)


def grid_y(axes: Any, size: Size, most: int = 5) -> None:
    """Rule the plot at round values of y, at most about ``most`` of them."""
    axes.yaxis.set_major_locator(MaxNLocator(min(most, size.pick(5, 4)), steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: axis_number(value)))
    axes.grid(axis="y", color=LIGHT["grid"], linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", pad=8)


def axis_x(axes: Any, ticks: Ticks, size: Size) -> None:
    """Draw the time axis below the plot."""
    axes.set_xticks(ticks.at, ticks.labels)
    axes.tick_params(axis="x", length=4, color=LIGHT["line"], labelsize=size.text, pad=4)
    axes.spines["bottom"].set(visible=True, color=LIGHT["line"], linewidth=1)


def end_labels(axes: Any, size: Size, labels: Sequence[Label]) -> None:
    """Write the labels beside the plot, moved apart where they would overlap."""
    low, high = axes.get_ylim()
    pixels = axes.get_position().height * axes.figure.get_figheight() * axes.figure.dpi
    a_line = size.text * LINE_HEIGHT * (high - low) / pixels
    ordered = sorted(labels, key=lambda label: label.y)
    halves = [a_line * label.lines / 2 for label in ordered]
    for label, y in zip(ordered, _apart(ordered, halves, high + a_line), strict=True):
        axes.annotate(
            label.text,
            (1.0, y),
            (8, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            color=label.colour,
            fontsize=size.text,
            va="center",
            annotation_clip=False,
            parse_math=False,
        )


def _apart(ordered: Sequence[Label], halves: Sequence[float], ceiling: float) -> list[float]:
    """Give y for each label: first each above the one before, then all pressed below the top."""
    at: list[float] = []
    for i, (label, half) in enumerate(zip(ordered, halves, strict=True)):
        at.append(label.y if i == 0 else max(label.y, at[-1] + halves[i - 1] + half))
    for i in reversed(range(len(at))):
        at[i] = min(at[i], ceiling - halves[i])
        ceiling = at[i] - halves[i]
    return at


def axis_number(value: float) -> str:
    """Give an axis number: no zeros behind the point, thousands apart, a real minus."""
    return f"{round(value, 12) + 0.0:,.10g}".replace("-", MINUS)
