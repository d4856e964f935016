"""Gathers what the comparison report shows, and writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cambio.app.pages import write_page
from cambio.app.parameters import said
from cambio.reports.comparison import ComparisonPage, RunRow, render

if TYPE_CHECKING:
    from pathlib import Path

    from cambio.app.experiment_compare import Comparison, Contestant

SHORT: Final = 12
"""Digits of a hash that tell it from others."""


def write_report(found: Comparison, path: Path) -> None:
    """Write the page; it appears whole or not at all.

    Raises:
        SourceError: it can't be written.
    """
    write_page(path, render(page_of(found)))


def page_of(found: Comparison) -> ComparisonPage:
    """Give the page's content."""
    first = found.contestants[0].name
    return ComparisonPage(
        title=f"{len(found.contestants)} experiments, against {first}",
        notices=found.notices,
        days=found.days,
        runs=[_row(each) for each in found.contestants],
        parameters={key: [said(value) for value in row] for key, row in found.parameters.items()},
        hashes={key: [str(value)[:SHORT] for value in row] for key, row in found.hashes.items()},
        overfitting=found.overfitting,
        looks=found.looks,
        next_commands=[f"cambio experiment show {each.name}" for each in found.contestants],
    )


def _row(each: Contestant) -> RunRow:
    window = each.trial.window
    return RunRow(
        name=each.name,
        model_id=each.trial.model_id,
        window=f"{window.start} to {window.end}",
        vote=each.recommendation,
        returns=each.returns,
        figures={name: (f.value, f.low, f.high) for name, f in each.figures.items()},
        against_first=each.against_first,
    )
