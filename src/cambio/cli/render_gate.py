"""How a calibration of the gate looks on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.cli import console
from cambio.cli.console import percent
from cambio.reports.calibration import FAMILY, shown, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cambio.app.calibration import Calibration
    from cambio.validation.calibration.findings import FalsePromotions, Power


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
    _power(findings.power)
    for notice in found.notices:
        console.say(console.out, "!", "yellow", notice)
    colour, mark = ("green", "✓") if findings.holds else ("bold red", "✗")
    console.say(console.out, mark, colour, verdict(findings))
    console.facts("", {"time": f"{found.seconds / 60:.1f} minutes"})


def _power(rows: Sequence[Power]) -> None:
    """Print the shares without their intervals, which the report has."""
    columns = sorted({(row.sessions, row.look) for row in rows})
    cells = {(row.pace, row.edge, row.sessions, row.look): row for row in rows}
    console.table(
        "Planted edges: promoted, %",
        [
            "held for",
            "true\nSharpe",
            *(f"{sessions} sessions,\nlook {look}" for sessions, look in columns),
        ],
        [
            [
                str(pace),
                f"{edge:g}",
                *(percent(cells[pace, edge, *column].rate.value) for column in columns),
            ]
            for pace, edge in dict.fromkeys((row.pace, row.edge) for row in rows)
        ],
    )


def _false(title: str, rows: Sequence[FalsePromotions]) -> None:
    console.table(
        title,
        ["", "policies", "promoted", "of those with enough trades"],
        [
            [row.name, f"{row.every.runs:,}", shown(row.every), shown(row.traded_enough)]
            for row in rows
        ],
    )
