"""The report's pictures: each a function of arrays that gives an inline SVG.

Direct labels stand in for legends. The policy is drawn in ink, long in blue and pointing up, short
in orange and pointing down, everything it is compared with in grey.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from cambio.reports.axes import (
    WIDE,
    Label,
    Size,
    axis_number,
    axis_x,
    bare,
    end_labels,
    grid_y,
    panels,
)
from cambio.reports.breakdown import drawdown
from cambio.reports.numbers import decimal, percent
from cambio.reports.palette import LIGHT
from cambio.reports.picture import inline, new_figure, png
from cambio.reports.timeline import Ticks, Timeline, date_ticks, runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from markupsafe import Markup
    from numpy.typing import NDArray

    from cambio.contracts.trading import Trade
    from cambio.reports.distribution import Shift

    Floats = NDArray[np.float64]
    Curve = tuple[Floats, Floats]

INK, MUTED, QUIET, LINE, BAND = (LIGHT[t] for t in ("ink", "muted", "quiet", "line", "band"))
SIDES: Final = {1: LIGHT["long"], -1: LIGHT["short"]}
BASELINES: Final = {"buy and hold": SIDES[1], "sell and hold": SIDES[-1]}
LANES: Final = {1: (0.54, 1.0), -1: (0.0, 0.46)}
"""Where the ribbon below the price shows each side, as shares of its height."""
NIGHT: Final = 4
"""Room between two sessions seen closely, in bars."""
MARKS: Final = {"linestyle": "none", "markeredgewidth": 1.2, "zorder": 5}
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
    top, ribbon = panels(size, size.pick((230, 46), (170, 40)), size.pick(68, 58))
    _draw_close(top, line, close, size)
    top.set_xlim(*line.span)
    ribbon.set(xlim=line.span, ylim=(0, 1), yticks=[])
    ribbon.axhline(0.5, color=LINE, linewidth=0.8)
    for side, lane in LANES.items():
        ribbon.add_patch(_blocks(line, position, side, lane))
    words = {1: "long", -1: "short"}
    lanes = [Label(words[side], sum(lane) / 2, SIDES[side]) for side, lane in LANES.items()]
    end_labels(ribbon, size, lanes)
    axis_x(ribbon, date_ticks(line, size.dates), size)
    return inline(top.figure, f"price-{size.name}", "The close, and the position below it, by date")


def newest_trades(
    time: NDArray[np.datetime64],
    close: Floats,
    position: NDArray[np.int64],
    trades: Sequence[Trade],
    size: Size,
) -> Markup:
    """Draw the newest sessions with each fill at its price: entries filled, exits hollow.

    The arguments are those of `price`. Ten sessions are shown, four on a narrow page, and fewer
    if they hold too many trades to tell apart.
    """
    first = _zoom_start(time, trades, size)
    time, close, position = time[first:], close[first:], position[first:]
    line = Timeline.of(time, night=NIGHT)
    (axes,) = panels(size, size.pick((320,), (260,)), size.pick(68, 58))
    for side, colour in SIDES.items():
        shade = _blocks(line, position, side, (0.0, 1.0))
        shade.set(alpha=0.09, transform=axes.get_xaxis_transform())
        axes.add_patch(shade)
        of_side = [trade for trade in trades if trade.side == side]
        left = [(trade.exit_time, trade.exit_price) for trade in of_side if not trade.is_open]
        entered = [(trade.entry_time, trade.entry_price) for trade in of_side]
        for fills, face in ((left, LIGHT["page"]), (entered, colour)):
            look = {"color": colour, "markerfacecolor": face, "markersize": size.pick(22, 18)}
            axes.plot(*_located(line, time, fills), marker=_pointer(side), **MARKS, **look)
    axes.margins(y=0.09)
    _draw_close(axes, line, close, size)
    for open_at in line.opens[1:]:
        axes.axvline(open_at - NIGHT / 2, color=LINE, linewidth=0.8, zorder=0)
    axes.set_xlim(line.span[0] - NIGHT / 2, line.span[1] + NIGHT / 2)
    axis_x(axes, _session_ticks(line), size)
    return inline(axes.figure, f"trades-{size.name}", "The newest sessions, each entry and exit")


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
    top, below = panels(size, size.pick((330, 96), (230, 76)), size.pick(168, 84))
    labels = []
    if random_band is not None:
        labels.append(_draw_band(top, x, [_gain(row, capital) for row in random_band], size))
    for order, (name, marks) in enumerate(equity.items()):
        gain = _gain(marks, capital)
        colour = BASELINES.get(name, MUTED) if order else INK
        weight = size.pick(1.0, 0.8) if order else size.pick(2.2, 1.7)
        top.plot(x, gain, color=colour, linewidth=weight, zorder=3 if order else 4)
        ending = f"{percent(gain[-1] / 100, signed=True)} %"
        labels.append(Label(f"{name}{size.pick('  ', chr(10))}{ending}", gain[-1], colour))
    grid_y(top, size)
    end_labels(top, size, labels)
    _draw_drawdown(below, x, drawdown(np.append(capital, next(iter(equity.values())))), size)
    for axes in (top, below):
        axes.set_xlim(*line.span)
    axis_x(below, date_ticks(line, size.dates), size)
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
    ticks = _round_values(low, high, 3)
    if len(ticks) < 2:
        ticks = _round_values(low, high, 5)
    axes.set_xticks(ticks, [axis_number(tick) for tick in ticks])
    axes.tick_params(axis="x", length=3, color=LINE, labelcolor=MUTED, labelsize=12, pad=3)
    axes.spines["bottom"].set(visible=True, color=LINE)
    return inline(figure, f"feature-{shift.name}", f"{shift.name} in training and test")


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """How training went: environment steps and what was reached there."""

    episodes: Curve
    """`(steps, rewards)`, one value an episode."""
    evaluations: Curve
    """`(steps, mean rewards)` on the validation period."""
    stages: Sequence[int] = ()
    """Steps at which the later stages of the curriculum began."""


def training_curve(training: Training, size: Size) -> Markup:
    """Draw what training reached, by environment step.

    Args:
        training: what happened.
        size: `WIDE` or `NARROW`.
    """
    (axes,) = panels(size, size.pick((270,), (200,)), size.pick(84, 72))
    _draw_training(axes, training, size)
    name = f"training-{size.name}"
    return inline(axes.figure, name, "Reward by step, in training and validation")


def training_curve_png(training: Training) -> bytes:
    """Give the training curve as the file `training_curve.png`; arguments as `training_curve`."""
    (axes,) = panels(WIDE, (360,), 90, head=56)
    _draw_training(axes, training, WIDE)
    title = "Reward by environment step: training episodes, and the mean on the validation period"
    axes.set_title(title, loc="left", color=INK, fontsize=14, pad=20)
    return png(axes.figure)


def _draw_training(axes: Any, training: Training, size: Size) -> None:
    (steps, rewards), (at, means) = _finite(training.episodes), _finite(training.evaluations)
    labels = []
    if steps.size:
        ends, which = np.unique(steps, return_inverse=True)  # episodes may end together
        smooth = _smoothed(np.bincount(which, rewards) / np.bincount(which))
        every = -(-steps.size // CLOUD)
        cloud = {"markersize": 3, "markeredgewidth": 0, "alpha": 0.4}
        axes.plot(steps[::every], rewards[::every], "o", color=QUIET, **cloud)
        axes.plot(ends[-smooth.size :], smooth, color=QUIET, linewidth=1.6)
        labels.append(Label("episodes,\nsmoothed", float(smooth[-1]), MUTED))
    if at.size:
        axes.plot(at, means, "o-", color=INK, linewidth=1.8, markersize=5, markeredgewidth=0)
        labels.append(Label("validation", float(means[-1]), INK))
    axes.set_ylim(*_reward_range(rewards, means))
    grid_y(axes, size)
    end_labels(axes, size, labels)
    furthest = max([1.0, *steps[-1:].tolist(), *at[-1:].tolist()])
    axes.set_xlim(0, furthest * 1.01)
    _draw_stages(axes, training.stages)
    ticks = [
        t
        for t in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, furthest)
        if 0 <= t <= furthest
    ]
    axis_x(axes, Ticks(ticks, [_steps(t) for t in ticks]), size)


def _draw_stages(axes: Any, stages: Sequence[int]) -> None:
    """Mark where each later stage of the curriculum began."""
    top = axes.get_ylim()[1]
    for number, step in enumerate(stages, start=2):
        axes.axvline(step, color=QUIET, linewidth=1, linestyle=(0, (3, 2)), zorder=0.5)
        axes.annotate(
            f"stage {number}",
            (step, top),
            xytext=(4, -4),
            textcoords="offset points",
            va="top",
            color=MUTED,
            fontsize=11,
        )


def _draw_close(axes: Any, line: Timeline, close: Floats, size: Size) -> None:
    x, y = line.closes(close)
    axes.plot(x, y, color=INK, linewidth=size.pick(1.0, 0.8))
    grid_y(axes, size)
    end_labels(axes, size, [Label(decimal(close[-1]), float(close[-1]), INK)])


def _blocks(
    line: Timeline, position: NDArray[np.int64], side: int, lane: tuple[float, float]
) -> Any:
    """Give all stretches of one side as a single patch, ``lane`` from bottom to top."""
    low, high = lane
    corners = []
    for run in runs(position):
        if run.side == side:
            left, right = line.left[run.first], line.left[run.last] + 1
            corners.append([(left, low), (left, high), (right, high), (right, low), (left, low)])
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(corners)
    path = Path(np.array(corners, dtype=np.float64).reshape(-1, 2), codes)
    return PathPatch(path, facecolor=SIDES[side], linewidth=0, zorder=0.5)


def _zoom_start(time: NDArray[np.datetime64], trades: Sequence[Trade], size: Size) -> int:
    """Give the first bar of the newest sessions whose trades can be told apart."""
    line = Timeline.of(time)
    opens = np.searchsorted(line.left, line.opens)[-size.pick(10, 4) :]
    entries = np.array([_instant(trade.entry_time) for trade in trades], dtype=time.dtype)
    for start in opens:
        if np.count_nonzero(entries >= time[start]) <= size.pick(90, 36):
            return int(start)
    return int(opens[-1])


def _session_ticks(line: Timeline) -> Ticks:
    """Give each session's date below its middle."""
    ticks = date_ticks(line, most=max(len(line.days), 2))
    if len(line.days) == 1:
        return ticks
    return Ticks([at + (line.pitch - line.night) / 2 for at in ticks.at], ticks.labels)


def _located(
    line: Timeline, time: NDArray[np.datetime64], fills: Sequence[tuple[datetime, float]]
) -> tuple[Floats, Floats]:
    """Give where fills stand: x at the open of their bar, y at their price; older ones not."""
    at = np.array([_instant(moment) for moment, _ in fills], dtype=time.dtype)
    prices = np.array([price for _, price in fills], dtype=np.float64)
    seen = (at >= time[0]) & (at <= time[-1])
    return line.left[np.searchsorted(time, at[seen])], prices[seen]


def _pointer(side: int) -> Any:
    """Give a triangle whose tip is the fill: below it pointing up, or above it pointing down."""
    tip = np.array([(0.0, 0.0), (-0.42, -0.8), (0.42, -0.8), (0.0, 0.0)])
    return Path(tip * (1, side), closed=True)


def _instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def _gain(marks: Floats, capital: float) -> Floats:
    """Give the return since the start in percent, the start included: `(n + 1,)`."""
    return np.append(0.0, (np.asarray(marks, dtype=np.float64) / capital - 1.0) * 100)


def _draw_band(axes: Any, x: Floats, gains: Sequence[Floats], size: Size) -> Label:
    """Draw the random traders' band and give its label."""
    keep = np.append(_columns(x, size)[:-1], len(x) - 1)
    low, middle, high = (gain[keep] for gain in gains)
    axes.fill_between(x[keep], low, high, color=BAND, linewidth=0, zorder=1)
    axes.plot(x[keep], middle, color=QUIET, linewidth=1, linestyle=(0, (3, 2)), zorder=2)
    text = size.pick("random traders,\n5–95 %", "random,\n5–95 %")
    return Label(text, float(middle[-1]), MUTED)


def _draw_drawdown(axes: Any, x: Floats, depth: Floats, size: Size) -> None:
    starts = _columns(x, size)
    worst = np.append(np.minimum.reduceat(depth, starts), depth[-1]) * 100
    at = np.append(x[starts], x[-1])
    axes.fill_between(at, worst, 0.0, color=BAND, linewidth=0)
    axes.plot(at, worst, color=MUTED, linewidth=1.0)
    axes.set_ylim(min(float(worst.min()) * 1.12, -0.1), 0)
    grid_y(axes, size, most=3)
    deepest = int(worst.argmin())
    text = size.pick("drawdown,\nat worst ", "at worst\n") + f"{percent(worst[deepest] / 100)} %"
    end_labels(axes, size, [Label(text, float(worst[-1]), MUTED)])
    if worst[deepest] < 0:
        axes.plot(at[deepest], worst[deepest], "o", color=INK, markersize=4, clip_on=False)


def _round_values(low: float, high: float, most: int) -> list[float]:
    """Give round values inside the range, apart from its ends: their texts need room."""
    margin = 0.06 * (high - low)
    values = MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [value for value in values if low + margin <= value <= high - margin]


def _columns(x: Floats, size: Size) -> NDArray[np.int64]:
    """Give the first point of every third pixel: areas need no more."""
    return np.arange(0, len(x), max(1, len(x) // (size.width // 3)))


def _finite(curve: Curve) -> Curve:
    steps, values = (np.asarray(column, dtype=np.float64) for column in curve)
    known = np.isfinite(values)
    return steps[known], values[known]


def _smoothed(rewards: Floats) -> Floats:
    """Give the mean over windows of a twentieth of the episodes; it ends at the last episode."""
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
