"""How live trading looks on a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cambio.calendar import BOGOTA
from cambio.cli import console
from cambio.cli.console import number
from cambio.contracts.deployment import Role
from cambio.contracts.events import SIDES
from cambio.contracts.trading import Action
from cambio.store import engine
from cambio.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cambio.app.explain import Explanation
    from cambio.app.resources import Resources
    from cambio.contracts.trading import Signal
    from cambio.inference.live import LiveStep

MARKS: Final = {"champion": "●", "challenger": "◐", "shadow": "○", "paper": "·"}


def header(resources: Resources, feed: str, *, once: bool) -> None:
    """Print what is about to be traded, and by whom."""
    with reading(resources.engine) as connection:
        trading = engine.orders(connection).models
    console.out.print(
        f"[dim]Bars of {feed}, times of their opens in Bogota; all is kept in {resources.home}."
        f"{'' if once else ' Ctrl-C ends it.'}[/]",
        highlight=False,
    )
    for model in trading:
        console.out.print(f"  {MARKS[model.role]} {model.model_id}  {model.role}", highlight=False)
    if not any(model.role is Role.CHAMPION for model in trading):
        watch = "; `cambio deploy start MODEL_ID --shadow --comment ...` lets one be watched"
        console.say(
            console.out,
            "!",
            "yellow",
            "Nobody is champion, so the account holds nothing. An approved model becomes it "
            f"(`cambio proposals list`){'' if trading else watch}.",
        )


def line(step: LiveStep) -> None:
    """Print what a bar led to, on one line a model; also of those that the load gate refused."""
    late = "  [yellow]late[/]" if step.late else ""
    head = f"[dim]{_local(step.bar.time)}[/] {number(step.bar.close)}"
    console.out.print(f"{head}  account {number(step.equity)}{late}", highlight=False)
    for one in step.signals:
        blocked = f"  [yellow]{', '.join(one.blocked_by)}[/]" if one.blocked_by else ""
        console.out.print(
            f"  {MARKS[one.role]} {one.model_id}  {one.action.name} {one.confidence:.2f} → "
            f"{SIDES[one.target]}  {number(one.equity)}{blocked}",
            highlight=False,
        )
    for name in step.refused:
        console.out.print(f"  [red]✗[/] {name}  no trade: it fails the load gate", highlight=False)
    for breach in step.breaches:
        console.out.print(f"  [red]![/] {breach.subject}: {breach.reason}", highlight=False)


def json_line(step: LiveStep) -> None:
    """Print what a bar led to as one line of JSON."""
    content = {
        "timestamp": step.bar.time.isoformat(),
        "close": step.bar.close,
        "equity": step.equity,
        "exposure": step.exposure,
        "late": step.late,
        "signals": [one.to_dict() for one in step.signals],
        "refused": step.refused,
    }
    print(json.dumps(content, allow_nan=False), flush=True)


def signals(found: Sequence[Signal]) -> None:
    """Print signals as a table."""
    if not found:
        console.say(console.out, "·", "dim", "No signal is stored; `cambio live` makes them.")
        return
    rows = [
        [
            one.signal_id,
            one.role,
            f"{one.action.name} {one.confidence:.2f} → {SIDES[one.target]}"
            + (f", blocked by {', '.join(one.blocked_by)}" if one.blocked_by else ""),
        ]
        for one in found
    ]
    console.table("Signals", ["signal", "role", "policy → target"], rows, whole=2)


def explanation(found: Explanation) -> None:
    """Print why a signal is what it is."""
    outcome = found.outcome
    asked, target = SIDES[outcome["requested"]], SIDES[outcome["target"]]
    console.facts(
        found.signal_id,
        {
            "bar": f"{_local(found.timestamp)} Bogota, close {number(found.bar['close'])}",
            "role": found.role,
            "held": f"{SIDES[outcome['position']]}, equity {number(outcome['equity'])}",
            "policy": f"{Action(outcome['action']).name} with {outcome['confidence']:.3f}"
            + _odds(found.probabilities),
            "asked for": asked,
            "allowed": target if target == asked else f"{target}, not {asked}",
            "because": "; ".join(found.because) or "no check objected",
            "fill on this bar": _fill(outcome["fill"]),
        },
    )
    rows = [
        [name, number(value, 6), number((found.observation or {}).get(name), 3)]
        for name, value in found.features.items()
    ]
    console.table("What it saw", ["feature", "raw", "normalised"], rows)
    console.facts("Made by", {name: value[:16] for name, value in found.hashes.items()})
    if found.same:
        console.say(console.out, "✓", "green", "Decided again from its capsule: the same bits.")
    for difference in found.differences:
        console.say(console.out, "✗", "red", f"Decided again: {difference}")


def _odds(probabilities: dict[str, float] | None) -> str:
    if probabilities is None:
        return ""
    return " (" + ", ".join(f"{name} {value:.3f}" for name, value in probabilities.items()) + ")"


def _fill(fill: list[float] | None) -> str:
    if fill is None:
        return "none"
    before, after, price, cost, result = fill
    closed = "" if result is None else f", closed a trade with {number(result)}"
    sides = f"{SIDES[int(before)]} → {SIDES[int(after)]}"
    return f"{sides} at {number(price)}, cost {number(cost)}{closed}"


def _local(time: datetime) -> str:
    return f"{time.astimezone(BOGOTA):%Y-%m-%d %H:%M}"
