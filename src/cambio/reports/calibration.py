"""The calibration report: a page of Markdown with its tables, and one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.reports.axes import Label, Size, axis_number, bare, end_labels
from cambio.reports.numbers import count, decimal
from cambio.reports.palette import DARK, LIGHT
from cambio.reports.picture import inline, new_figure
from cambio.validation.calibration.findings import BREAK_EVEN, RULES, Findings, Pace, Power
from cambio.validation.calibration.rates import BOUND_LIMIT, LIMIT, Rate

if TYPE_CHECKING:
    from markupsafe import Markup

    from cambio.validation.calibration.findings import CampaignRates, FalsePromotions

PICTURE: Final = "images/gate-power.svg"
"""Where the page expects its picture."""
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
SIZE: Final = Size("power", 1000, 13, left=46, dates=0)
PLOT_WIDTH, PLOT_HEIGHT, ABOVE, BELOW, ROOM = 320, 300, 36, 48, 157
"""Of each of the two plots, and around them, CSS pixels."""
INK, MUTED, QUIET, GRID, BAD = (LIGHT[t] for t in ("ink", "muted", "quiet", "grid", "bad"))
SOLID, DASHED = "-", (0, (4, 2))
WORDS: Final = {
    "min_trades": "minimum of trades",
    "stressed_return": "positive at ×2 costs",
    "deflated_sharpe": "deflated Sharpe ratio",
    "random_traders": "random traders, where asked",
    "beats_flat": "better than flat",
    "beats_buy_and_hold": "better than buy and hold",
    "beats_sell_and_hold": "better than sell and hold",
    "weighted_score": "weighted score",
}
FAMILY: Final = {
    RULES: "rules without edge",
    BREAK_EVEN: "policies that break even",
}

MADE: Final = (
    "Made by `cambio gate calibrate`; do not edit. What the figures mean, and what they do not, "
    "`docs/gate.md` tells."
)
HARDEST: Final = (
    "The hardest case: a planted edge that pays for the costs and nights of the policy's own path, "
    "and for nothing else. Its true Sharpe ratio is 0."
)
IN_TURN: Final = (
    "Policies judged one after the other on the same window, each a recorded trial for those that "
    "follow."
)
STOPPED: Final = (
    "Share of them that fail each condition; most fail several. Random traders are asked only "
    "where everything else passed."
)


@dataclass(frozen=True, slots=True)
class CalibrationPage:
    """Everything that the page shows."""

    findings: Findings
    settings: Mapping[str, Any]
    notices: Sequence[str]
    seconds: float


def render(page: CalibrationPage) -> str:
    """Give the page, Markdown."""
    found = page.findings
    parts = [
        "# Calibration of the promotion gate",
        MADE,
        _verdict(found),
        *(f"> {notice}" for notice in page.notices),
        "## Policies without edge",
        _false_table("policies", found.false_promotions),
        "## Policies that earn just their costs",
        HARDEST,
        _false_table("policies", found.break_even),
        "## Campaigns",
        IN_TURN,
        _campaign_table(found.campaigns),
        "## Planted edges",
        f"![Share promoted against the true Sharpe ratio]({PICTURE})",
        *(_power_table(found, pace) for pace in Pace),
        "## What stops policies without edge",
        STOPPED,
        _stops_table(found),
        "## Rules against the whole path",
        _agreement(found),
        "## How it was made",
        _how(page),
    ]
    return "\n\n".join(parts) + "\n"


def verdict(found: Findings) -> str:
    """Say in a sentence whether so few are promoted as they should be."""
    limits = (
        f"at most {_pct(LIMIT)} %, upper end of the 95 % interval at most {_pct(BOUND_LIMIT)} %"
    )
    if not found.false_promotions:
        return "No policy without edge was judged."
    overall = found.false_promotions[0].every
    told = f"{shown(overall)} of {count(overall.runs)} policies without edge were promoted"
    if found.holds:
        return f"{told}. The criterion ({limits}) holds, overall and in every family."
    few, many = _failing(found)
    fails = f" FAILS: {', '.join(many)}" if many else " can't be told to hold"
    lacking = f"; too few runs: {', '.join(few)}" if few else ""
    return f"{told}. The criterion ({limits}){fails}{lacking}."


def _failing(found: Findings) -> tuple[list[str], list[str]]:
    """Give what has only too few runs for the bound, and what errs too often."""
    rows = [row for row in found.false_promotions if row.decides and not row.every.holds]
    few = [row for row in rows if row.every.value <= LIMIT]
    many = [row for row in rows if row.every.value > LIMIT]
    return _named(few), _named(many)


def _named(rows: Sequence[FalsePromotions]) -> list[str]:
    return [f"{row.name} {shown(row.every)}" for row in rows]


def _verdict(found: Findings) -> str:
    return f"**{verdict(found)}**"


def shown(rate: Rate) -> str:
    """Give a rate in percent with its interval.

    >>> shown(Rate(4, 20))
    '20.0 % (5.7–43.7)'
    """
    if not rate.runs:
        return "—"
    low, high = rate.interval
    return f"{_pct(rate.value)} % ({_pct(low)}–{_pct(high)})"


def _pct(value: float) -> str:
    return decimal(100.0 * value, 1)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _false_table(what: str, rows: Sequence[FalsePromotions]) -> str:
    return _table(
        ["", what, "promoted (95 % interval)", "of those with enough trades", "criterion"],
        [
            [
                row.name,
                count(row.every.runs),
                shown(row.every),
                f"{shown(row.traded_enough)} of {count(row.traded_enough.runs)}",
                _judged(row),
            ]
            for row in rows
        ],
    )


def _judged(row: FalsePromotions) -> str:
    if not row.decides:
        return ""
    if row.every.holds:
        return "holds"
    return "**FAILS**" if row.every.value > LIMIT else "too few runs"


def _campaign_table(rows: Sequence[CampaignRates]) -> str:
    return _table(
        ["", "window", "campaigns", "per proposal", "first", "last", "sees a PROMOTE"],
        [
            [
                f"{row.length} {FAMILY[row.family]}",
                f"{row.sessions} sessions",
                count(row.campaigns.runs),
                *map(shown, (row.proposals, row.first, row.last, row.campaigns)),
            ]
            for row in rows
        ],
    )


def _power_table(found: Findings, pace: Pace) -> str:
    rows = [row for row in found.power if row.pace is pace]
    cells = {(row.edge, row.sessions, row.look): row for row in rows}
    columns = sorted({(row.sessions, row.look) for row in rows})
    header = [
        f"true Sharpe ratio, held for {pace}",
        *(f"{sessions} sessions, look {look}" for sessions, look in columns),
        "realised, mean ± s. e.",
    ]
    body = []
    for edge in sorted({row.edge for row in rows}):
        powers = [cells[edge, *column] for column in columns]
        firsts = [power for power in powers if power.look == 1]
        realised = ", ".join(f"{decimal(p.realised)} ± {decimal(p.error)}" for p in firsts)
        body.append([f"{edge:g}", *(shown(power.rate) for power in powers), realised])
    return _table(header, body)


def _stops_table(found: Findings) -> str:
    families = list(found.stops)
    names = list(next(iter(found.stops.values()), {}))
    rows = [
        [WORDS[name], *(shown(found.stops[family][name]) for family in families)] for name in names
    ]
    return _table(["fails", *families], rows)


def _agreement(found: Findings) -> str:
    agreement = found.agreement
    return (
        "The rules above are target positions run through the ledger; they know no risk limits. A "
        f"sample of {count(agreement.runs)} went the whole way as well, through features, policy, "
        f"risk limits and ledger: {count(agreement.same)} got the same recommendation, "
        f"{count(agreement.promoted)} were promoted by themselves and "
        f"{count(agreement.promoted_replayed)} with the risk limits. Their annual Sharpe ratios "
        f"differ by {decimal(agreement.difference)} in the median."
    )


def _how(page: CalibrationPage) -> str:
    settings = page.settings
    ppo = settings["ppo"]
    rows = [
        ["version", str(settings["version"])],
        ["seed", str(settings["seed"])],
        ["scale", f"{settings['scale']:g}"],
        ["votes", count(len(page.findings.runs))],
        ["time", f"{page.seconds / 60:.1f} minutes, {settings['workers']} processes"],
        ["criteria and gates of", f"`{settings['experiment']}`"],
        ["PPO", f"`{ppo['experiment']}`, {ppo['backend']}, {count(ppo['steps'])} steps"],
        ["real sessions", count(settings["real_sessions"])],
        *([f"gate: {name}", f"{value:g}"] for name, value in settings["gates"].items()),
    ]
    return _table(["", ""], rows)


def picture(found: Findings) -> str:
    """Give the power curves as an SVG file that follows a light or a dark page."""
    figure = new_figure(SIZE.width, ABOVE + PLOT_HEIGHT + BELOW)
    left: float = SIZE.left
    for pace in Pace:
        axes = _plot(figure, left, f"Holds for about {pace}")
        rows = [row for row in found.power if row.pace is pace]
        _curves(axes, rows)
        left += PLOT_WIDTH + ROOM
    drawn = inline(figure, "power", "Share of planted edges promoted, by true Sharpe ratio")
    return _file(drawn)


def _plot(figure: Any, left: float, title: str) -> Any:
    width, height = SIZE.width, ABOVE + PLOT_HEIGHT + BELOW
    box = (left / width, BELOW / height, PLOT_WIDTH / width, PLOT_HEIGHT / height)
    axes = figure.add_axes(box)
    bare(axes)
    axes.set(xlim=(-0.06, 3.06), ylim=(0, 100), xticks=[0, 0.5, 1, 2, 3], yticks=range(0, 101, 20))
    axes.set_xticklabels([axis_number(x) for x in (0, 0.5, 1, 2, 3)])
    axes.tick_params(length=0, labelsize=SIZE.text, labelcolor=MUTED, pad=6)
    axes.grid(axis="y", color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    axes.axhline(100 * LIMIT, color=BAD, linewidth=1, linestyle=(0, (2, 2)))
    axes.set_xlabel("true annual Sharpe ratio after costs", fontsize=SIZE.text, color=MUTED)
    axes.text(
        0,
        1.04,
        f"{title}: promoted, %",
        transform=axes.transAxes,
        fontsize=SIZE.text,
        color=INK,
    )
    return axes


def _curves(axes: Any, rows: Sequence[Power]) -> None:
    cells: dict[tuple[int, int], list[Power]] = {}
    for row in rows:
        cells.setdefault((row.sessions, row.look), []).append(row)
    colours = dict(
        zip(sorted({s for s, _ in cells}), (LIGHT["short"], LIGHT["long"]), strict=False)
    )
    labels = []
    for (sessions, look), powers in sorted(cells.items()):
        ordered = sorted(powers, key=lambda row: row.edge)
        x = np.array([row.edge for row in ordered])
        y = 100.0 * np.array([row.rate.value for row in ordered])
        ends = 100.0 * np.array([row.rate.interval for row in ordered])
        colour = colours[sessions]
        style = SOLID if look == 1 else DASHED
        axes.plot(x, y, color=colour, linewidth=1.8, linestyle=style, zorder=3)
        axes.plot(x, y, "o", color=colour, markersize=4, markeredgewidth=0, zorder=4)
        axes.vlines(x, ends[:, 0], ends[:, 1], color=colour, linewidth=1, alpha=0.5, zorder=2)
        labels.append(Label(f"{sessions} sessions,\n{_ordinal(look)} look", float(y[-1]), colour))
    labels.append(Label(f"{100 * LIMIT:g} %", 100 * LIMIT, BAD))
    end_labels(axes, SIZE, labels)


def _ordinal(look: int) -> str:
    return "1st" if look == 1 else f"{look}th"


def _file(drawing: Markup) -> str:
    """Give an inline picture as a file of its own, with the colours of both pages."""
    light, dark = (
        "".join(f"--{name}:{colour};" for name, colour in palette.items())
        for palette in (LIGHT, DARK)
    )
    style = (
        f"<style>svg{{{light}background:var(--page);font-family:{FONT}}}"
        f"@media(prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    )
    text = str(drawing).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return text.replace(">", f">{style}", 1) + "\n"
