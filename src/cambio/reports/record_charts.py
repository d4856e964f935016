"""Pictures of records of session returns: curves, intervals, a difference as it became known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from cambio.reports.axes import Label, Size, axis_number, axis_x, end_labels, grid_y, panels
from cambio.reports.numbers import decimal, percent
from cambio.reports.palette import LIGHT
from cambio.reports.picture import inline
from cambio.reports.timeline import Ticks, Timeline, date_ticks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Days = NDArray[np.datetime64]

INK, MUTED, QUIET, BAND, GRID, ACCENT = (
    LIGHT[t] for t in ("ink", "muted", "quiet", "band", "grid", "accent")
)
COLOURS: Final = (INK, LIGHT["long"], LIGHT["short"], ACCENT, LIGHT["good"], LIGHT["bad"], MUTED)
"""Of the records, in order; the last one's serves all that follow."""
OPEN_H: Final = 13
"""An hour of UTC within every session."""
ROW: Final = 30
"""Height of a record's row in the picture of the intervals, CSS pixels."""
SETTLED: Final = 10
"""Sessions after which a difference without an interval is drawn to scale."""
ROOM: Final = 0.15
"""Above and below what is drawn to scale, of its height."""


def colour_of(index: int) -> str:
    """Give the colour of the record with this index."""
    return COLOURS[min(index, len(COLOURS) - 1)]


def curves(days: Days, returns: Mapping[str, Floats], size: Size) -> Markup:
    """Draw what each record earned since the start.

    Args:
        days: the sessions, `(n,) datetime64[D]`.
        returns: of each session by the record's name, `(n,)` each.
        size: `WIDE` or `NARROW`.
    """
    line = _timeline(days)
    x = np.append(line.opens[0], line.opens + line.pitch)
    (axes,) = panels(size, size.pick((320,), (230,)), size.pick(210, 130))
    axes.axhline(0, color=QUIET, linewidth=0.8, zorder=2)
    labels = []
    for i, (name, earned) in enumerate(returns.items()):
        gain = (np.append(1.0, np.cumprod(1.0 + earned)) - 1.0) * 100.0
        axes.plot(x, gain, color=colour_of(i), linewidth=size.pick(1.6, 1.3), zorder=4)
        value = f"{percent(float(gain[-1]) / 100, signed=True)} %"
        text = f"{name}\n{value}"
        labels.append(Label(text, float(gain[-1]), colour_of(i)))
    grid_y(axes, size)
    axes.set_xlim(*line.span)
    end_labels(axes, size, labels)
    axis_x(axes, date_ticks(line, size.dates), size)
    return inline(axes.figure, f"curves-{size.name}", "Return of each record since the start")


def intervals(rows: Sequence[tuple[str, float, float, float]], size: Size) -> Markup:
    """Draw a figure of each record as a dot within its interval.

    Args:
        rows: name, value, low and high; what is not finite is left out.
        size: `WIDE` or `NARROW`.
    """
    (axes,) = panels(size, (ROW * len(rows),), size.pick(260, 120))
    axes.axvline(0, color=QUIET, linewidth=0.8, zorder=1)
    for i, (name, value, low, high) in enumerate(rows):
        colour = colour_of(i)
        if np.isfinite([low, high]).all():
            axes.plot([low, high], [i, i], color=colour, linewidth=size.pick(2.0, 1.6), zorder=3)
        if np.isfinite(value):
            axes.plot([value], [i], "o", color=colour, markersize=size.pick(7, 5.5), zorder=4)
        axes.annotate(
            f"{name}{size.pick('  ', chr(10))}{decimal(value)}",
            (1.0, i),
            (8, 0),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            color=colour,
            fontsize=size.text,
            va="center",
            annotation_clip=False,
            parse_math=False,
        )
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    low, high = axes.get_xlim()
    places = MaxNLocator(size.pick(8, 4), steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    shown = [float(place) for place in places if low <= place <= high]
    axes.set_xlim(low, high)
    axis_x(axes, Ticks(shown, [axis_number(tick) for tick in shown]), size)
    axes.grid(axis="x", color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    return inline(axes.figure, f"intervals-{size.name}", "A figure of each record in its interval")


def sequence(
    days: Days, difference: Floats, band: tuple[Floats, Floats], at: int | None, size: Size
) -> Markup:
    """Draw a difference after each session, in the band that holds it all along.

    Args:
        days: the sessions, `(n,) datetime64[D]`.
        difference: after each session, `(n,)`; NaN where there is none yet.
        band: its low and high ends, `(n,)` each; infinite before the first interval.
        at: index of the session that concluded; None while none did.
        size: `WIDE` or `NARROW`.
    """
    line = _timeline(days)
    x = line.opens + line.pitch / 2.0
    low, high = band
    known = np.isfinite(low) & np.isfinite(high)
    (axes,) = panels(size, size.pick((340,), (250,)), size.pick(168, 84))
    if known.any():
        axes.fill_between(x[known], low[known], high[known], color=BAND, linewidth=0, zorder=1)
    axes.axhline(0, color=QUIET, linewidth=0.8, zorder=2)
    axes.plot(x, difference, color=INK, linewidth=size.pick(2.2, 1.7), zorder=4)
    if at is not None:
        axes.axvline(x[at], color=ACCENT, linewidth=1.4, zorder=3)
        axes.plot([x[at]], [difference[at]], "o", color=ACCENT, markersize=7, zorder=5)
    axes.set_ylim(*_limits(difference, low, high, known))
    axes.set_xlim(*line.span)
    grid_y(axes, size)
    end_labels(axes, size, _ends(difference, low, high, known))
    axis_x(axes, date_ticks(line, size.dates), size)
    return inline(
        axes.figure, f"sequence-{size.name}", "The difference in Sharpe ratio, session by session"
    )


def _limits(
    difference: Floats, low: Floats, high: Floats, known: NDArray[np.bool_]
) -> tuple[float, float]:
    """Give the ends of the axis: the band's, or where there is none those of the settled line."""
    settled = difference[min(SETTLED, max(len(difference) - 2, 0)) :]
    drawn = np.concatenate([low[known], high[known], settled[np.isfinite(settled)], [0.0]])
    room = ROOM * max(float(np.ptp(drawn)), 1.0)
    return float(drawn.min()) - room, float(drawn.max()) + room


def _ends(difference: Floats, low: Floats, high: Floats, known: NDArray[np.bool_]) -> list[Label]:
    last = float(difference[-1])
    labels = [Label(f"difference\n{decimal(last, signed=True)}", last, INK)]
    if known[-1]:
        labels += [
            Label(decimal(float(end[-1]), signed=True), float(end[-1]), MUTED)
            for end in (low, high)
        ]
    return [label for label in labels if np.isfinite(label.y)]


def _timeline(days: Days) -> Timeline:
    return Timeline.of(np.array(days.astype("datetime64[h]") + OPEN_H, dtype="datetime64[us]"))
