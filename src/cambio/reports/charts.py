"""The report's pictures: each a function of arrays that gives an inline SVG.

Direct labels stand in for legends. The policy is drawn in ink, long in blue and pointing up, short
in orange and pointing down, everything it is compared with in grey.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from cambio.reports.axes import (
    NARROW,
    WIDE,
    Size,
    axis_number,
    bare,
    end_labels,
    grid_y,
    panels,
    plot,
    say,
    time_axis,
)
from cambio.reports.breakdown import drawdown
from cambio.reports.numbers import percent
from cambio.reports.picture import LIGHT, inline, new_figure, png
from cambio.reports.timeline import Ticks, Timeline, date_ticks, runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from markupsafe import Markup
    from numpy.typing import NDArray

    from cambio.contracts.trading import Trade
    from cambio.reports.distribution import Shift
    from cambio.reports.timeline import Run

    Floats = NDArray[np.float64]
    Curve = tuple[Floats, Floats]

INK, MUTED, QUIET, LINE, GRID, BAND = (
    LIGHT[token] for token in ("ink", "muted", "quiet", "line", "grid", "band")
)
SIDES: Final = {1: LIGHT["long"], -1: LIGHT["short"]}
BASELINES: Final = {"buy and hold": SIDES[1], "sell and hold": SIDES[-1]}
LABEL_GAP: Final = 1.25
"""Least distance of two direct labels, in lines of text."""
EQUITY_ROOM: Final = {"wide": 168, "narrow": 84}
PRICE_ROOM: Final = {"wide": 68, "narrow": 58}
TRAINING_ROOM: Final = {"wide": 80, "narrow": 68}
NEWEST_SESSIONS: Final = {"wide": 10, "narrow": 4}
NEWEST_TRADES: Final = {"wide": 90, "narrow": 36}
CLOUD: Final = 500
"""Most episodes drawn as dots."""


def price(
    time: NDArray[np.datetime64], close: Floats, position: NDArray[np.int64], size: Size
) -> Markup:
    """Draw the close over the whole period, and when the policy was long and short below it.

    Args:
        time: the bars' opens in UTC, `(n,) datetime64[us]`.
        close: `(n,)`.
        position: held over each bar's close, `(n,)`, −1, 0 or 1.
        size: `WIDE` or `NARROW`.
    """
    line = Timeline.of(time)
    top, ribbon = panels(size, (230, 46) if size is WIDE else (170, 40), PRICE_ROOM[size.name])
    plot(top, *line.closes(close), INK, 1.0)
    grid_y(top, size)
    top.set_xlim(*line.span)
    end_labels(top, size, [(f"{close[-1]:,.2f}", float(close[-1]), INK)])
    for side, lane in ((1, (0.54, 1.0)), (-1, (0.0, 0.46))):
        held = [run for run in runs(position) if run.side == side]
        ribbon.add_patch(_blocks(line, held, lane, SIDES[side], alpha=1.0))
        word = "long" if side == 1 else "short"
        say(ribbon, size, sum(lane) / 2, word, SIDES[side])
    ribbon.axhline(0.5, color=LINE, linewidth=0.8)
    ribbon.set(xlim=line.span, ylim=(0, 1), yticks=[])
    time_axis(ribbon, date_ticks(line, size.dates), size)
    return inline(top.figure, f"price-{size.name}", "The close, and the position below it, by date")


def newest_trades(
    time: NDArray[np.datetime64],
    close: Floats,
    position: NDArray[np.int64],
    trades: Sequence[Trade],
    size: Size,
) -> Markup:
    """Draw the newest sessions with each fill at its price: entries filled, exits hollow.

    The arguments are those of `price`. Ten sessions are shown, fewer if they hold too many trades
    to tell apart.
    """
    first = _zoom_start(time, trades, size)
    line = Timeline.of(time[first:], night=4)
    (axes,) = panels(size, (320 if size is WIDE else 260,), PRICE_ROOM[size.name])
    for run in runs(position[first:]):
        axes.add_patch(_blocks(line, [run], (0, 1), SIDES[run.side], alpha=0.09, axes=axes))
    x, y = line.closes(close[first:])
    plot(axes, x, y, INK, 1.1)
    _triangles(axes, line, time[first:], trades, size)
    axes.margins(y=0.09)
    axes.set_xlim(line.span[0] - 2, line.span[1] + 2)
    grid_y(axes, size)
    for open_at in line.opens[1:]:
        axes.axvline(open_at - line.night / 2, color=LINE, linewidth=0.8, zorder=0)
    end_labels(axes, size, [(f"{close[-1]:,.2f}", float(close[-1]), INK)])
    ticks = date_ticks(line, max(len(line.days), 2))
    if len(line.days) > 1:
        ticks = Ticks([at + line.pitch / 2 - line.night for at in ticks.at], ticks.labels)
    time_axis(axes, ticks, size)
    return inline(
        axes.figure, f"trades-{size.name}", "The newest sessions with each entry and exit"
    )


def equity(
    time: NDArray[np.datetime64],
    equity: Mapping[str, Floats],
    random_band: Floats | None,
    capital: float,
    size: Size,
) -> Markup:
    """Draw the return since the start, and the policy's drawdown below it, in percent.

    Args:
        time: the bars' opens in UTC, `(n,) datetime64[us]`.
        equity: marks at the closes, `(n,)` each; the policy comes first.
        random_band: 5th, 50th and 95th percentile of random traders' equity, `(3, n)`.
        capital: what every line starts from.
        size: `WIDE` or `NARROW`.
    """
    line = Timeline.of(time)
    x = np.append(line.left[0], line.left + 1.0)
    gains = {name: _gain(marks, capital) for name, marks in equity.items()}
    top, below = panels(size, (330, 96) if size is WIDE else (230, 76), EQUITY_ROOM[size.name])
    labels = []
    if random_band is not None:
        labels.append(_draw_band(top, x, [_gain(row, capital) for row in random_band], size))
    for order, (name, gain) in enumerate(gains.items()):
        colour = BASELINES.get(name, MUTED) if order else INK
        plot(top, x, gain, colour, 1.0 if order else 2.2, zorder=3.0 if order else 4.0)
        labels.append((_ending(name, gain, size), float(gain[-1]), colour))
    grid_y(top, size)
    top.set_xlim(*line.span)
    end_labels(top, size, labels)
    _draw_drawdown(below, x, drawdown(np.append(capital, next(iter(equity.values())))), size)
    below.set_xlim(*line.span)
    time_axis(below, date_ticks(line, size.dates), size)
    return inline(
        top.figure, f"equity-{size.name}", "Equity of the policy and its baselines, and drawdown"
    )


def feature(shift: Shift) -> Markup:
    """Draw one feature's distribution: training as a grey area, test as a line."""
    low, high = float(shift.edges[0]), float(shift.edges[-1])
    figure = new_figure(192, 96)
    axes = figure.add_axes((0.0, 0.22, 1.0, 0.76))
    bare(axes)
    axes.stairs(shift.train, shift.edges, fill=True, color=BAND)
    axes.stairs(shift.test, shift.edges, color=INK, linewidth=1.2)
    axes.set(xlim=(low, high), yticks=[])
    axes.set_ylim(bottom=0)
    margin = 0.06 * (high - low)
    ticks = MaxNLocator(3, steps=[1, 2, 5, 10]).tick_values(low, high)
    ticks = [tick for tick in ticks if low + margin <= tick <= high - margin]
    axes.set_xticks(ticks, [axis_number(tick) for tick in ticks])
    axes.tick_params(axis="x", length=3, color=LINE, labelcolor=MUTED, labelsize=12, pad=3)
    axes.spines["bottom"].set(visible=True, color=LINE)
    return inline(figure, f"feature-{shift.name}", f"{shift.name} in training and test")


def training_curve(episodes: Curve, evaluations: Curve, size: Size) -> Markup:
    """Draw what training reached, by environment step.

    Args:
        episodes: step at which each episode ended and its reward.
        evaluations: step and mean reward on the validation period.
        size: `WIDE` or `NARROW`.
    """
    figure = _training_figure(episodes, evaluations, size)
    return inline(figure, f"training-{size.name}", "Reward by step, in training and validation")


def training_curve_png(episodes: Curve, evaluations: Curve) -> bytes:
    """Give the training curve as the file `training_curve.png`; arguments as `training_curve`."""
    return png(_training_figure(episodes, evaluations, WIDE))


def _training_figure(episodes: Curve, evaluations: Curve, size: Size) -> Any:
    (axes,) = panels(size, (270 if size is WIDE else 200,), TRAINING_ROOM[size.name])
    labels = []
    steps, rewards = (np.asarray(values, dtype=np.float64) for values in episodes)
    if steps.size:
        smooth = _smoothed(rewards)
        every = -(-steps.size // CLOUD)
        cloud = {"markersize": 3, "markeredgewidth": 0, "alpha": 0.4}
        axes.plot(steps[::every], rewards[::every], "o", color=QUIET, **cloud)
        plot(axes, steps[-smooth.size :], smooth, QUIET, 1.6)
        labels.append(("episodes,\nsmoothed", float(smooth[-1]), MUTED))
    at, means = (np.asarray(values, dtype=np.float64) for values in evaluations)
    if at.size:
        axes.plot(at, means, "o-", color=INK, linewidth=1.8, markersize=5, markeredgewidth=0)
        labels.append(("validation", float(means[-1]), INK))
    grid_y(axes, size)
    axes.set_ylim(*_reward_range(rewards, means))
    furthest = max([1.0, *steps[-1:].tolist(), *at[-1:].tolist()])
    axes.set_xlim(0, furthest * 1.01)
    end_labels(axes, size, labels)
    ticks = [t for t in MaxNLocator(5).tick_values(0, furthest) if 0 <= t <= furthest]
    time_axis(axes, Ticks(ticks, [_steps(t) for t in ticks]), size)
    return axes.figure


def _blocks(
    line: Timeline,
    held: Sequence[Run],
    lane: tuple[float, float],
    colour: str,
    *,
    alpha: float,
    axes: Any = None,
) -> Any:
    """Give the stretches of a position as one patch; with ``axes``, the lane is a share of them."""
    low, high = lane
    corners = []
    for run in held:
        left, right = line.left[run.first], line.left[run.last] + 1
        corners.append([(left, low), (left, high), (right, high), (right, low), (left, low)])
    vertices = np.array(corners, dtype=np.float64).reshape(-1, 2)
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(corners)
    look = {"facecolor": colour, "alpha": alpha, "linewidth": 0, "zorder": 0.5}
    if axes is not None:
        look["transform"] = axes.get_xaxis_transform()
    return PathPatch(Path(vertices, codes), **look)


def _zoom_start(time: NDArray[np.datetime64], trades: Sequence[Trade], size: Size) -> int:
    """Give the first bar of the newest sessions that still can be told apart."""
    opens = np.flatnonzero(np.diff(Timeline.of(time).left // 60, prepend=-1))
    opens = opens[-NEWEST_SESSIONS[size.name] :]
    entries = np.array([_instant(trade.entry_time) for trade in trades], dtype=time.dtype)
    for start in opens:
        if np.count_nonzero(entries >= time[start]) <= NEWEST_TRADES[size.name]:
            return int(start)
    return int(opens[-1])


def _triangles(
    axes: Any, line: Timeline, time: NDArray[np.datetime64], trades: Sequence[Trade], size: Size
) -> None:
    """Point at each fill: long from below, short from above; hollow where it closed the trade."""
    for side, colour in SIDES.items():
        of_side = [trade for trade in trades if trade.side == side]
        exits = [(t.exit_time, t.exit_price) for t in of_side if not t.is_open]
        entries = [(t.entry_time, t.entry_price) for t in of_side]
        for fills, face in ((exits, LIGHT["page"]), (entries, colour)):
            known = [(_instant(at), at_price) for at, at_price in fills if _instant(at) >= time[0]]
            x = line.left[np.searchsorted(time, np.array([t for t, _ in known], dtype=time.dtype))]
            axes.plot(
                *(x, [at_price for _, at_price in known]),
                linestyle="none",
                marker=_pointer(side),
                markersize=22 if size is WIDE else 18,
                markerfacecolor=face,
                markeredgecolor=colour,
                markeredgewidth=1.2,
                zorder=5,
            )


def _pointer(side: int) -> Any:
    """Give a triangle whose tip is the fill: below it pointing up, or above it pointing down."""
    tip = np.array([(0.0, 0.0), (-0.42, -0.8), (0.42, -0.8), (0.0, 0.0)])
    return Path(tip * (1, side), closed=True)


def _instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def _gain(marks: Floats, capital: float) -> Floats:
    """Give the return since the start in percent, the start included: `(n + 1,)`."""
    return np.append(0.0, (np.asarray(marks, dtype=np.float64) / capital - 1.0) * 100)


def _ending(name: str, gain: Floats, size: Size) -> str:
    value = percent(gain[-1] / 100, signed=True)
    return f"{name}  {value} %" if size is WIDE else f"{name}\n{value} %"


def _draw_band(axes: Any, x: Floats, gains: Sequence[Floats], size: Size) -> tuple[str, float, str]:
    """Draw the random traders' band and give its label."""
    every = max(1, len(x) // (size.width // 3))
    keep = np.unique(np.append(np.arange(0, len(x), every), len(x) - 1))
    low, middle, high = (gain[keep] for gain in gains)
    axes.fill_between(x[keep], low, high, color=BAND, linewidth=0, zorder=1)
    axes.plot(x[keep], middle, color=QUIET, linewidth=1, linestyle=(0, (3, 2)), zorder=2)
    text = "random traders,\n5–95 %" if size is WIDE else "random,\n5–95 %"
    return text, float(middle[-1]), MUTED


def _draw_drawdown(axes: Any, x: Floats, depth: Floats, size: Size) -> None:
    every = max(1, len(x) // (size.width // 3))
    starts = np.arange(0, len(x), every)
    worst = np.minimum.reduceat(depth * 100, starts)
    axes.fill_between(x[starts], worst, 0.0, color=BAND, linewidth=0)
    plot(axes, x[starts], worst, MUTED, 1.0)
    axes.set_ylim(min(float(worst.min()) * 1.12, -0.1), 0)
    grid_y(axes, size)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    deepest = int(worst.argmin())
    text = "drawdown,\nat worst " if size is WIDE else "at worst\n"
    text += f"{percent(worst[deepest] / 100)} %"
    end_labels(axes, size, [(text, float(worst[-1]), MUTED)])
    if worst[deepest] < 0:
        axes.plot(x[starts[deepest]], worst[deepest], "o", color=INK, markersize=4, clip_on=False)


def _smoothed(rewards: Floats) -> Floats:
    """Give the mean of each twentieth of the episodes that end at one; short of the first ones."""
    window = max(1, rewards.size // 20)
    return np.convolve(rewards, np.full(window, 1 / window), mode="valid")


def _reward_range(rewards: Floats, means: Floats) -> tuple[float, float]:
    """Give a y range that holds all evaluations and the middle 98 % of the episodes."""
    ends = [*np.percentile(rewards, (1, 99)).tolist()] if rewards.size else []
    ends += [float(means.min()), float(means.max())] if means.size else []
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room


def _steps(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    return f"{value / 1e3:g} k" if value >= 1e3 else f"{value:g}"
