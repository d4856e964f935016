"""The comparison report: recorded runs side by side, as one HTML file.

Like the experiment report it asks for nothing outside itself and holds no script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cambio.reports import record_charts as charts
from cambio.reports.axes import at_both_sizes
from cambio.reports.figures import RESULTS, overfitting_words, with_interval
from cambio.reports.numbers import MEASURES, NONE, count, decimal
from cambio.reports.page import render_template
from cambio.reports.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cambio.reports.figures import Interval
    from cambio.validation.bootstrap import PairedComparison
    from cambio.validation.overfitting import Overfitting

TEMPLATE: Final = "comparison.html.j2"


@dataclass(frozen=True, slots=True, eq=False)
class RunRow:
    """One experiment's recorded run."""

    name: str
    model_id: str
    window: str
    vote: str | None
    returns: NDArray[np.float64]
    """On the common sessions, `(n,)`."""
    figures: Mapping[str, Interval]
    against_first: PairedComparison | None
    """None for the first."""


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonPage:
    """Everything that the page shows."""

    title: str
    notices: Sequence[str]
    days: NDArray[np.datetime64]
    runs: Sequence[RunRow]
    parameters: Mapping[str, Sequence[str]]
    """Those that differ, each run's as text."""
    hashes: Mapping[str, Sequence[str]]
    overfitting: Overfitting | None
    looks: int
    next_commands: Sequence[str]


def render(page: ComparisonPage) -> str:
    """Give the report as a self-contained HTML page, `<!doctype html>` first."""
    names = [run.name for run in page.runs]
    return render_template(
        TEMPLATE,
        page=page,
        words={
            "subtitle": f"The newest recorded run of each, on the {count(len(page.days))} sessions "
            f"from {page.days[0]} to {page.days[-1]} that all were judged on.",
            "overfitting": overfitting_words(page.overfitting, len(names)),
            "looks": f"{count(page.looks)} trials in the ledger overlap these sessions. Comparing "
            "took no new look.",
        },
        tables={
            "results": Table(
                ["", *(MEASURES[name].header for name in RESULTS), "first vote"],
                [[_result(run) for run in page.runs]],
            ),
            "paired": Table(
                ["", "Difference", "95 % interval", "Ahead in resamples, %", "p, not better"],
                [[_paired(run) for run in page.runs[1:]]],
            ),
            "parameters": _side_by_side("Parameter", names, page.parameters),
            "hashes": _side_by_side("Hash", names, page.hashes),
            "runs": Table(
                ["", "Model", "Judged on"], [[[r.name, r.model_id, r.window] for r in page.runs]]
            ),
        },
        pictures={
            "intervals": at_both_sizes(
                lambda size: charts.intervals(
                    [(run.name, *run.figures["sharpe_ratio"]) for run in page.runs], size
                )
            ),
            "curves": at_both_sizes(
                lambda size: charts.curves(
                    page.days, {run.name: run.returns for run in page.runs}, size
                )
            ),
        },
    )


def _result(run: RunRow) -> list[str]:
    figures = [with_interval(MEASURES[name], run.figures[name]) for name in RESULTS]
    return [run.name, *figures, run.vote or NONE]


def _paired(run: RunRow) -> list[str]:
    paired = run.against_first
    if paired is None:
        return [run.name, NONE, NONE, NONE, NONE]
    low, high = (decimal(end, signed=True) for end in (paired.interval.low, paired.interval.high))
    return [
        run.name,
        decimal(paired.difference, signed=True),
        f"{low} to {high}",
        decimal(100 * paired.probability, 0),
        decimal(paired.p_value, 3),
    ]


def _side_by_side(
    first: str, names: Sequence[str], rows: Mapping[str, Sequence[str]]
) -> Table | None:
    if not rows:
        return None
    return Table([first, *names], [[[key, *values] for key, values in rows.items()]])
