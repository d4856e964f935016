"""The A/B report: what two variants earned, and when their difference was shown, as one HTML file.

Like the experiment report it asks for nothing outside itself and holds no script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cambio.reports import record_charts as charts
from cambio.reports.axes import at_both_sizes
from cambio.reports.figures import AB_RESULTS, Interval, measure_of, with_interval
from cambio.reports.numbers import MEASURES, count, decimal
from cambio.reports.page import render_template
from cambio.reports.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cambio.validation.bootstrap import PairedComparison
    from cambio.validation.sequential import ConfidenceSequence

TEMPLATE: Final = "ab.html.j2"


@dataclass(frozen=True, slots=True, eq=False)
class VariantRow:
    """One variant, or the account whose capital both share."""

    name: str
    experiment: str
    """Empty for the account."""
    share: float
    """Of the capital."""
    seeds: Sequence[tuple[int, str, float, float]]
    """Seed, model, Sharpe ratio and return of each."""
    returns: NDArray[np.float64]
    figures: Mapping[str, Interval]
    """Of the session returns, by metric."""
    secondary: Mapping[str, Interval]
    """As the test asks for them; those that are no `figures` range over the seeds."""


@dataclass(frozen=True, slots=True, eq=False)
class AbPage:
    """Everything that the page shows."""

    title: str
    subtitle: str
    verdict: str
    concluded: bool
    guarantee: str
    """What the verdict may be trusted for."""
    notices: Sequence[str]
    days: NDArray[np.datetime64]
    sequence: ConfidenceSequence
    paired: PairedComparison
    variants: tuple[VariantRow, VariantRow]
    """Control and treatment."""
    account: VariantRow
    changes: Mapping[str, tuple[str, str]]
    """The parameters that differ: the control's, the treatment's."""
    looks: int
    lineage: Mapping[str, str]
    next_commands: Sequence[str]


def render(page: AbPage) -> str:
    """Give the report as a self-contained HTML page, `<!doctype html>` first."""
    low, high = page.sequence.low, page.sequence.high
    at = page.sequence.concluded_at
    rows = [*page.variants, page.account]
    return render_template(
        TEMPLATE,
        page=page,
        words={"paired": _paired(page.paired), "looks": _looks(page.looks)},
        tables={
            "results": Table(["", *_headers()], [[_result(row) for row in rows]]),
            "secondary": _secondary(page.variants),
            "seeds": _seeds(page.variants),
            "changes": Table(
                ["Parameter", *(row.name for row in page.variants)],
                [[[key, *values] for key, values in page.changes.items()]],
            ),
        },
        pictures={
            "sequence": at_both_sizes(
                lambda size: charts.sequence(
                    page.days, page.sequence.difference, (low, high), at, size
                )
            ),
            "curves": at_both_sizes(
                lambda size: charts.curves(page.days, {row.name: row.returns for row in rows}, size)
            ),
        },
    )


def _headers() -> list[str]:
    return ["Share", *(MEASURES[name].header for name in AB_RESULTS)]


def _result(row: VariantRow) -> list[str]:
    figures = [with_interval(MEASURES[name], row.figures[name]) for name in AB_RESULTS]
    return [row.name, f"{decimal(100 * row.share, 0)} %", *figures]


def _secondary(variants: tuple[VariantRow, VariantRow]) -> Table | None:
    names = list(variants[0].secondary)
    if not names:
        return None
    rows = []
    for name in names:
        measure = measure_of(name)
        of = "95 % interval" if name in variants[0].figures else "lowest to highest seed"
        cells = [with_interval(measure, row.secondary[name]) for row in variants]
        rows.append([f"{measure.header}, {of}", *cells])
    return Table(["Secondary metric", *(row.name for row in variants)], [rows])


def _seeds(variants: tuple[VariantRow, VariantRow]) -> Table:
    show = MEASURES["total_return"].show
    groups = [
        [
            [f"{row.name}, seed {seed}", model, decimal(s), show(r)]
            for seed, model, s, r in row.seeds
        ]
        for row in variants
    ]
    headers = ["Variant", "Model", MEASURES["sharpe_ratio"].header, MEASURES["total_return"].header]
    return Table(headers, groups)


def _paired(paired: PairedComparison) -> str:
    return (
        f"Looked at once, at the end, the difference is {decimal(paired.difference, signed=True)} "
        f"with a 95 % interval from {decimal(paired.interval.low, signed=True)} to "
        f"{decimal(paired.interval.high, signed=True)} (paired block bootstrap over "
        f"{count(paired.sessions)} sessions). That interval holds for one look only, and does not "
        f"decide here."
    )


def _looks(looks: int) -> str:
    return (
        f"Every seed’s replay is a look at the test period: the trial ledger now holds "
        f"{count(looks)} at windows that overlap this one, and the promotion gate counts them."
    )
