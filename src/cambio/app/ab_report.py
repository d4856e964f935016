"""Gathers what the A/B report shows, and writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.app.ab_test import ALPHA
from cambio.app.pages import write_page
from cambio.app.parameters import said
from cambio.app.research_records import Kind, keep
from cambio.reports.ab import AbPage, VariantRow, render
from cambio.validation.sequential import BURN_IN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from cambio.app.ab_test import AbResult, VariantResult
    from cambio.app.records import Figure
    from cambio.app.resources import Resources

GUARANTEE: Final = (
    f"Where there is no difference, this test names a winner in at most {100 * ALPHA:g} % of the "
    "cases, however often one looks and whenever one stops: the interval of every session is "
    "wide enough for all of them. It is exact for long records only, so the first interval comes "
    f"after {BURN_IN} sessions. Not having shown a difference is not having shown that there is "
    "none. It speaks of these models: how far seeds of one experiment differ, their table shows."
)
SHARED: Final = ("source_data_hash", "dataset_hash", "norm_stats_hash", "code_version")


def write_report(result: AbResult, path: Path) -> None:
    """Write the page; it appears whole or not at all.

    Raises:
        SourceError: it can't be written.
    """
    remedy = "Make room, then run the same command again: no model is trained twice."
    write_page(path, render(page_of(result)), remedy)


def keep_record(resources: Resources, result: AbResult) -> Path:
    """Keep the page's figures as JSON, under the test's name.

    Raises:
        ConfigError: they can't be written.
    """
    return keep(resources, Kind.AB_TEST, f"ab-{result.plan.test.name}", record_of(result))


def record_of(result: AbResult) -> dict[str, Any]:
    """Give the figures to keep: the result's, with what one unit of each capital became."""
    grown = {
        "control": _growth(result.control.returns),
        "treatment": _growth(result.treatment.returns),
        "account": _growth(result.account_returns),
    }
    return result.to_dict() | {"growth": grown}


def _growth(returns: NDArray[np.float64]) -> list[float]:
    grown: list[float] = np.cumprod(1.0 + returns).tolist()
    return grown


def page_of(result: AbResult) -> AbPage:
    """Give the page's content."""
    plan, found = result.plan, (result.control, result.treatment)
    control, treatment = (_row(variant) for variant in found)
    lineage = result.control.seeds[0].lineage
    return AbPage(
        title=plan.test.name,
        subtitle=f"{control.name}: {control.experiment}, {treatment.name}: {treatment.experiment}; "
        f"{result.window.start} to {result.window.end}, {len(result.days):,} sessions.",
        verdict=result.verdict,
        concluded=result.winner is not None,
        guarantee=GUARANTEE,
        notices=result.notices,
        days=result.days,
        sequence=result.sequence,
        paired=result.paired,
        variants=(control, treatment),
        account=VariantRow(
            name="the account",
            experiment="",
            share=1.0,
            seeds=(),
            returns=result.account_returns,
            figures=_intervals(result.account),
            secondary={},
        ),
        changes={key: (said(before), said(after)) for key, (before, after) in plan.changes.items()},
        looks=result.looks,
        lineage={key: str(lineage[key]) for key in SHARED if key in lineage},
        next_commands=next_commands(result),
    )


def next_commands(result: AbResult) -> list[str]:
    """Give what to try next."""
    control, treatment = (config.name for config in result.plan.experiments)
    more = max(len(config.seeds) for config in result.plan.experiments) + 2
    return [
        f"cambio ab run {result.plan.file} --seeds {more}",
        f"cambio experiment show {treatment}",
        f"cambio experiment run {control}",
        "cambio trials",
    ]


def _row(variant: VariantResult) -> VariantRow:
    return VariantRow(
        name=variant.variant.name,
        experiment=variant.variant.experiment,
        share=variant.variant.traffic,
        seeds=[
            (run.seed, run.model_id, run.metrics.sharpe_ratio, run.metrics.total_return)
            for run in variant.seeds
        ],
        returns=variant.returns,
        figures=_intervals(variant.figures),
        secondary=_intervals({each.name: each.figure for each in variant.secondary}),
    )


def _intervals(found: Mapping[str, Figure]) -> dict[str, tuple[float, float, float]]:
    return {name: (each.value, each.low, each.high) for name, each in found.items()}
