"""How experiments, their comparison and the trial ledger look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.app.parameters import flat, said
from cambio.cli import console
from cambio.cli.console import counted, number
from cambio.reports.figures import RESULTS, overfitting_words, with_interval
from cambio.reports.numbers import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from cambio.app.experiment_compare import Comparison, Contestant
    from cambio.app.experiment_list import ExperimentCard, ExperimentRow
    from cambio.app.trials import Ledger

SHORT = 12
"""Digits of a hash that tell it from others."""


def experiments(rows: Sequence[ExperimentRow]) -> None:
    """Print what can be run, and the newest run of each."""
    console.table(
        "Experiments",
        ["name", "on", "Sharpe", "vote", "description"],
        [
            [
                row.name,
                row.base or "—",
                "" if row.last_run is None else number(row.last_run.sharpe_ratio),
                (row.last_run and row.last_run.vote) or "",
                f"{row.description}{' (walk-forward)' if row.protocol == 'walk_forward' else ''}",
            ]
            for row in rows
        ],
    )
    if any(row.last_run is not None for row in rows):
        console.say(
            console.out,
            "i",
            "dim",
            "Annual Sharpe ratio of the look that came to a vote, or else of the newest. "
            "All of them: cambio trials",
        )


def card(found: ExperimentCard) -> None:
    """Print everything that an experiment resolves to, its changes beside the base's values."""
    document = flat(found.config.model_dump(mode="json"))
    base = found.bases[0] if found.bases else None
    title = f"{found.config.name}: {document.pop('description')}"
    document.pop("name")
    columns = ["", "value"] if base is None else ["", "value", f"in {base}"]
    rows = []
    for key, value in document.items():
        changed = found.changes.get(key)
        row = [key, said(value)]
        rows.append(row if base is None else [*row, "" if changed is None else said(changed[0])])
    console.table(title, columns, rows)
    if found.bases:
        count = counted(len(found.changes), "change")
        console.say(console.out, "i", "dim", f"{count} on {' on '.join(found.bases)}.")


def comparison(found: Comparison, report: Path | None) -> None:
    """Print experiments side by side: figures, differences to the first, what differs."""
    first, last = found.days[0], found.days[-1]
    console.table(
        f"{first} to {last}, {counted(len(found.days), 'common session')}; "
        "in brackets 95 % intervals",
        ["", "vote", *(MEASURES[name].header for name in RESULTS)],
        [[each.name, each.recommendation or "", *_figures(each)] for each in found.contestants],
    )
    console.table(
        f"Annual Sharpe ratio against {found.contestants[0].name}, on the same sessions",
        ["", "difference", "95 % interval", "ahead in\nresamples", "p, not\nbetter"],
        [_paired(each) for each in found.contestants[1:]],
    )
    names = [each.name for each in found.contestants]
    _differing("Parameters that differ", names, found.parameters, said)
    _differing("Hashes that differ", names, found.hashes, lambda value: str(value)[:SHORT])
    for notice in found.notices:
        console.say(console.out, "!", "yellow", notice)
    facts = {
        "overfitting": overfitting_words(found.overfitting, len(names)),
        "trials": f"{counted(found.looks, 'look')} at windows that overlap these sessions",
        "seeds": "each run is one: a difference may be the luck of its training; `cambio ab run` "
        "compares all",
    }
    if report is not None:
        facts["report"] = console.near(report)
    console.facts("", facts)


def trials(found: Ledger) -> None:
    """Print the trial ledger, newest first, and what each window asks of the next model."""
    if not found.looks:
        console.out.print("No such look at a test window is recorded.")
        return
    console.table(
        "Trials, newest first",
        ["when (UTC)", "experiment", "model", "window", "sessions", "Sharpe"],
        [
            [
                f"{look.when:%Y-%m-%d %H:%M}",
                look.experiment,
                look.model_id.removeprefix(f"{look.experiment}-"),
                f"{look.window.start} – {look.window.end}",
                f"{look.sessions:,}",
                number(look.sharpe_ratio),
            ]
            for look in found.looks
        ],
    )
    console.table(
        "What the next model needs: annual Sharpe ratio",
        ["window", "sessions", "looks", "more than\nluck", f"for the gate\n({found.confidence:g})"],
        [
            [
                f"{state.window.start} – {state.window.end}",
                f"{state.sessions:,}",
                f"{state.looks:,}",
                number(state.luck),
                number(state.needed) if state.needed < float("inf") else "none is enough",
            ]
            for state in found.windows
        ],
    )
    newest = found.windows[-1]
    console.say(
        console.out,
        "i",
        "dim",
        f"The next model on {newest.window.start} – {newest.window.end} needs a Sharpe ratio of "
        f"{number(newest.luck)} to be more than the luck of {newest.looks + 1:,} looks at it and "
        "at windows that overlap.",
    )


def _figures(each: Contestant) -> list[str]:
    found = each.figures
    return [
        with_interval(MEASURES[name], (found[name].value, found[name].low, found[name].high))
        for name in RESULTS
    ]


def _paired(each: Contestant) -> list[str]:
    paired = each.against_first
    if paired is None:
        return [each.name, "", "", "", ""]
    return [
        each.name,
        number(paired.difference),
        f"{number(paired.interval.low)} to {number(paired.interval.high)}",
        f"{100 * paired.probability:.0f} %",
        number(paired.p_value, 3),
    ]


def _differing(
    title: str, names: Sequence[str], rows: Mapping[str, Sequence[Any]], show: Any
) -> None:
    if rows:
        console.table(
            title, ["", *names], [[key, *map(show, values)] for key, values in rows.items()]
        )
