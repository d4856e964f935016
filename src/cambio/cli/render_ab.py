"""How an A/B test looks on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cambio.app.parameters import said
from cambio.cli import console
from cambio.cli.console import counted, number
from cambio.reports.figures import RESULTS, measure_of, with_interval
from cambio.reports.numbers import MEASURES
from cambio.validation.sequential import BURN_IN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cambio.app.ab_test import AbResult, VariantResult
    from cambio.app.records import Figure


def result(found: AbResult, report: Path) -> None:
    """Print an A/B test: figures with their intervals, then what was shown."""
    control, treatment = found.control, found.treatment
    window = f"{found.window.start} to {found.window.end}"
    sessions = counted(len(found.days), "session")
    console.table(
        f"A/B test {found.plan.test.name}, {window}, {sessions}; in brackets 95 % intervals",
        ["", "share", *(MEASURES[name].header for name in RESULTS)],
        [
            *(_variant(each) for each in (control, treatment)),
            ["the account", "100 %", *_figures(found.account)],
        ],
    )
    _secondary(control, treatment)
    console.table(
        "What differs",
        ["", control.variant.name, treatment.variant.name],
        [[key, *map(said, values)] for key, values in found.plan.changes.items()],
    )
    for notice in found.notices:
        console.say(console.out, "!", "yellow", notice)
    _verdict(found)
    console.facts(
        "",
        {
            **{each.variant.name: _trained(each) for each in (control, treatment)},
            "difference": _difference(found),
            "at every session": "the band of the report; a winner is named wrongly in at most "
            f"{100 * found.sequence.alpha:g} % of tests, however often one looks",
            "trials": f"the ledger holds {counted(found.looks, 'look')} at windows that overlap",
            "report": console.near(report),
        },
    )


def _variant(found: VariantResult) -> list[str]:
    variant = found.variant
    return [variant.name, f"{100 * variant.traffic:g} %", *_figures(found.figures)]


def _trained(found: VariantResult) -> str:
    return f"{found.variant.experiment}, the mean of {counted(len(found.seeds), 'seed')}"


def _figures(found: Mapping[str, Figure]) -> list[str]:
    return [
        with_interval(MEASURES[name], (found[name].value, found[name].low, found[name].high))
        for name in RESULTS
    ]


def _secondary(control: VariantResult, treatment: VariantResult) -> None:
    if not control.secondary:
        return
    rows = []
    for first, second in zip(control.secondary, treatment.secondary, strict=True):
        measure = measure_of(first.name)
        of = "95 % interval" if first.of_sessions else "lowest to highest seed"
        cells = [
            with_interval(measure, (each.figure.value, each.figure.low, each.figure.high))
            for each in (first, second)
        ]
        rows.append([f"{measure.header}, {of}", *cells])
    columns = ["", control.variant.name, treatment.variant.name]
    console.table("Secondary metrics: they decide nothing", columns, rows)


def _verdict(found: AbResult) -> None:
    colour = "green" if found.winner is not None else "yellow"
    console.out.print(f"\n[bold {colour}]{found.verdict}[/]", highlight=False)


def _difference(found: AbResult) -> str:
    sequence, paired = found.sequence, found.paired
    now = f"{number(float(sequence.difference[-1]))} in annual Sharpe ratio"
    if not math.isfinite(sequence.low[-1]):
        band = f"no interval before {BURN_IN} sessions"
    else:
        band = (
            f"at all sessions together {number(float(sequence.low[-1]))} to "
            f"{number(float(sequence.high[-1]))}"
        )
    once = f"looked at once {number(paired.interval.low)} to {number(paired.interval.high)}"
    return f"{now}, treatment minus control; {band}; {once}"
