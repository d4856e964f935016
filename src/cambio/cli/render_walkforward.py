"""How a walk-forward looks on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from cambio.cli import console, render_diagnosis
from cambio.cli.console import counted, number, percent
from cambio.reports.walkforward_ensemble import luck
from cambio.validation.walkforward import RESULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cambio.app.walkforward import WalkForwardResult
    from cambio.app.walkforward_cell import Cell, CellResult
    from cambio.validation.walkforward import Findings, Spread
    from cambio.validation.walkforward_ensemble import EnsembleFindings

SPREAD = ("lowest", "lower\nquartile", "median", "upper\nquartile", "highest")


def result(found: WalkForwardResult) -> None:
    """Print what a walk-forward found: distributions first, then the verdict."""
    findings = found.findings
    seeds = counted(len(findings.seeds), "seed")
    _stitched(findings, seeds)
    _costs(findings)
    _folds(findings)
    for notice in found.notices:
        console.say(console.out, "!", "yellow", notice)
    _verdict(findings)
    if found.ensemble is not None:
        _together(found.ensemble)
    shares = findings.shares
    console.facts(
        "",
        {
            "above zero": _part(shares.above_zero, shares.cells),
            "above buy and hold": _part(shares.above_buy_and_hold, shares.cells),
            "above 95 % of random traders": _part(shares.above_random, shares.cells),
            "trials": f"{counted(found.looks_here, 'look')} at test windows; the trial ledger "
            f"holds {found.looks:,} that overlap",
            "report": console.near(found.report_path),
        },
    )


def cells(found: Sequence[Cell], done: Sequence[bool]) -> None:
    """Print the cells, and how each is run by itself."""
    rows = [
        [str(cell.fold.index), str(cell.fold.test.start), str(cell.seed), "done" if is_done else ""]
        for cell, is_done in zip(found, done, strict=True)
    ]
    console.table(f"Run {found[0].run}", ["fold", "tested from", "seed", ""], rows)
    name, run = found[0].config.name, found[0].run
    command = f"cambio experiment cell {name} --run {run} --fold FOLD --seed SEED"
    console.facts("", {"each by": command, "then": f"cambio experiment run {name}"})


def cell(found: CellResult) -> None:
    """Print what became of one cell."""
    record = found.record
    where = f"fold {record.fold}, seed {record.seed}"
    sessions = counted(len(record.days), "session")
    told = f"{found.model_id}, {counted(record.trades, 'trade')} in {sessions}"
    console.facts("", {where: told})


def _stitched(findings: Findings, seeds: str) -> None:
    found = findings.stitched[RESULT]
    first, last = findings.folds[0].window.start, findings.folds[-1].window.end
    rows = [
        [f"policy, {seeds}", *_figures(found.sharpe), percent(found.total_return.median)],
        *(
            [name.replace("_", " "), *_only(each.sharpe), percent(each.total_return)]
            for name, each in found.baselines.items()
        ),
        ["random, median", *_only(findings.stitched_random.median), ""],
        ["random, 95th pct.", *_only(findings.stitched_random.high), ""],
    ]
    folds = counted(len(findings.folds), "fold")
    title = (
        f"Out of sample, {first} to {last}, {folds} stitched: annual Sharpe ratio over the seeds"
    )
    console.table(title, ["", *SPREAD, "return\n%"], rows)


def _costs(findings: Findings) -> None:
    console.table(
        "The same at other costs",
        ["", *SPREAD, "return\n%"],
        [
            [f"×{multiple:g}", *_figures(each.sharpe), percent(each.total_return.median)]
            for multiple, each in sorted(findings.stitched.items())
        ],
    )


def _folds(findings: Findings) -> None:
    rows = []
    for fold in findings.folds:
        found = fold.at_costs[RESULT]
        rows.append(
            [
                f"{fold.window.start:%Y-%m} – {fold.window.end:%Y-%m}",
                *map(number, (found.sharpe.lower, found.sharpe.median, found.sharpe.upper)),
                percent(found.total_return.median),
                number(found.baselines["buy_and_hold"].sharpe),
                number(fold.random.high),
            ]
        )
    columns = ["", *SPREAD[1:-1], "return\n%", "buy and\nhold", "random,\n95th pct."]
    console.table("Fold by fold", columns, rows)


def _verdict(findings: Findings) -> None:
    verdict = findings.verdict
    colour, word = ("green", "An edge was found") if verdict.edge else ("red", "No edge was found")
    passed = sum(check.passed for check in verdict.checks)
    console.out.print(
        f"\n[bold {colour}]{word}[/]: {passed} of {len(verdict.checks)} conditions hold.",
        highlight=False,
    )
    view = Table.grid(padding=(0, 1))
    for check in verdict.checks:
        mark = "[green]✓[/]" if check.passed else "[red]✗[/]"
        text = check.explanation
        view.add_row("", mark, f"{text[:1].upper()}{text[1:]}.")
    console.out.print(view)


def _together(found: EnsembleFindings) -> None:
    console.table(
        "The seeds together, by the mean of their probabilities",
        ["", "Sharpe", "return\n%"],
        [
            [f"×{multiple:g}", number(each.sharpe), percent(each.total_return)]
            for multiple, each in found.at_costs.items()
        ],
    )
    console.say(console.out, "·", "dim", luck(found))
    render_diagnosis.conclusion(found.diagnosis)


def _figures(spread: Spread) -> list[str]:
    every = (spread.minimum, spread.lower, spread.median, spread.upper, spread.maximum)
    return [number(value) for value in every]


def _only(value: float) -> list[str]:
    return ["", "", number(value), "", ""]


def _part(share: int, of: int) -> str:
    return f"{share:,} of {of:,} cells ({100 * share / of:.0f} %)"
