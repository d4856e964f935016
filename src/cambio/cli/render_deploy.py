"""How deployments and controls look on a terminal."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cambio.cli import console, render
from cambio.cli.console import number
from cambio.store.controls import KILL_SWITCH, ON, RESUME

if TYPE_CHECKING:
    from datetime import datetime

    from cambio.app.canary import Standing
    from cambio.app.deployments import DeploymentReport
    from cambio.contracts.deployment import Deployment
    from cambio.store.controls import Control


def report(found: DeploymentReport) -> None:
    """Print who trades, how the challenger stands, and what ended last."""
    if found.champion is None:
        console.out.print("Nobody is champion: no model holds capital of its own.")
    else:
        _champion(found.champion)
    if found.challenger is not None:
        _challenger(found.challenger)
    if found.shadows:
        rows = [[one.model_id, _time(one.started_at), one.started_by] for one in found.shadows]
        console.table("Shadows", ["model", "since", "started by"], rows)
    if found.ended:
        columns = ["model", "ended (UTC)", "why"]
        console.table("Ended", columns, [_ended(one) for one in found.ended], whole=2)
    for model_id, why in found.refused.items():
        told = f"{model_id} does not trade, it fails the load gate: {why}"
        console.say(console.out, "✗", "red", told)
    _next(found)


def _champion(champion: dict[str, Any]) -> None:
    promoted = champion["promoted_at"]
    console.facts(
        "Champion",
        {
            "model": champion["model_id"],
            "capital": f"{champion['share']:.0%}",
            "since": "—" if promoted is None else _time(promoted),
            "approved by": champion["approved_by"] or "nobody, it was put there by SQL",
        },
    )


def _challenger(found: Standing) -> None:
    evidence, one = found.evidence, found.challenger
    known = math.isfinite(evidence.low) and math.isfinite(evidence.high)
    interval = f" ({number(evidence.low)} to {number(evidence.high)})" if known else ""
    console.facts(
        "Challenger",
        {
            "model": one.model_id,
            "capital": f"{one.share:.0%} since {_time(one.stepped_at)}",
            "started": f"{_time(one.started_at)} by {one.started_by}",
            "paired sessions": str(evidence.sessions),
            "Sharpe difference": f"{number(evidence.difference)}{interval}",
            "verdict": f"{str(found.verdict.move).replace('_', ' ')}. {found.verdict.reason}",
        },
    )


def _ended(one: Deployment) -> list[str]:
    ended = "—" if one.ended_at is None else f"{one.ended_at:%Y-%m-%d %H:%M}"
    as_ = str(one.status).lower().replace("_", " ")
    was = f"{one.model_id}\n{one.role}, {as_}"
    return [was, f"{ended}\nby {one.ended_by or '—'}", one.reason or ""]


def _next(found: DeploymentReport) -> None:
    if found.challenger is not None:
        render.next_commands([f'cambio deploy {v} --comment "…"' for v in ("promote", "rollback")])
    elif found.champion is None:
        render.next_commands(["cambio proposals list --status pending_approval"])


def kill_switch(found: Control | None) -> None:
    """Print whether trading is stopped."""
    if found is None:
        console.say(console.out, "✓", "green", "The kill switch is off; it was never thrown.")
        return
    control(found)


def control(found: Control) -> None:
    """Print a control as it was set last."""
    stops = found.name == KILL_SWITCH and found.value == ON
    what = (
        f"{found.name.removeprefix(RESUME)} may trade again, from the next bar on"
        if found.name.startswith(RESUME)
        else f"The kill switch is {found.value}"
    )
    by = f"by {found.changed_by}, {_time(found.changed_at)}: {found.comment}"
    mark, style = ("■", "bold red") if stops else ("✓", "green")
    console.say(console.out, mark, style, f"{what}; {by}")


def after_switch(*, on: bool) -> None:
    """Print how to go on."""
    if on:
        render.next_commands(['cambio kill-switch off --comment "…"'])


def plain(found: Control) -> dict[str, Any]:
    """Give a control as plain JSON types."""
    return asdict(found) | {"changed_at": found.changed_at.isoformat()}


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"
