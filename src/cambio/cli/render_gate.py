"""How a calibration of the gate looks on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.cli import console
from cambio.cli.console import number
from cambio.reports.calibration import FAMILY, shown, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cambio.app.calibration import Calibration
    from cambio.validation.calibration.findings import FalsePromotions


def calibration(found: Calibration) -> None:
    """Print the rates, and whether the gate errs as seldom as it should."""
    findings = found.findings
    _false("Policies without edge", findings.false_promotions)
    _false("Policies that earn just their costs", findings.break_even)
    console.table(
        "Campaigns",
        ["", "window", "campaigns", "per proposal, %", "sees a PROMOTE, %"],
        [
            [
                FAMILY[row.family],
                f"{row.sessions} sessions",
                f"{row.campaigns.runs:,}",
                shown(row.proposals),
                shown(row.campaigns),
            ]
            for row in findings.campaigns
        ],
    )
    console.table(
        "Planted edges",
        ["held for", "window", "look", "Sharpe", "promoted", "realised"],
        [
            [
                str(row.pace),
                f"{row.sessions} sessions",
                str(row.look),
                f"{row.edge:g}",
                shown(row.rate),
                number(row.realised),
            ]
            for row in findings.power
        ],
    )
    for notice in found.notices:
        console.say(console.out, "!", "yellow", notice)
    colour, mark = ("green", "✓") if findings.holds else ("bold red", "✗")
    console.say(console.out, mark, colour, verdict(findings))
    console.facts("", {"time": f"{found.seconds / 60:.1f} minutes"})


def _false(title: str, rows: Sequence[FalsePromotions]) -> None:
    console.table(
        title,
        ["", "policies", "promoted", "of those with enough trades"],
        [
            [row.name, f"{row.every.runs:,}", shown(row.every), shown(row.traded_enough)]
            for row in rows
        ],
    )
