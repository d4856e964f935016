"""The walk-forward report: what was found over folds and seeds, as one HTML file.

Like the experiment report it asks for nothing outside itself and holds no script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cambio.reports import walkforward_charts as charts
from cambio.reports.axes import at_both_sizes
from cambio.reports.numbers import count, decimal, percent, signed_percent
from cambio.reports.page import render_template
from cambio.reports.tables import Table
from cambio.reports.timeline import date_text
from cambio.reports.walkforward_ensemble import together
from cambio.validation.walkforward import RESULT, stitch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from cambio.dataset.folds import Fold
    from cambio.reports.axes import Picture
    from cambio.validation.walkforward import CellRecord, Findings, FoldFindings, Spread
    from cambio.validation.walkforward_ensemble import EnsembleFindings

TEMPLATE: Final = "walkforward.html.j2"
QUARTILES: Final = ("lowest", "lower quartile", "median", "upper quartile", "highest")


@dataclass(frozen=True, slots=True, eq=False)
class WalkForwardPage:
    """Everything that the page shows."""

    title: str
    description: str
    notices: Sequence[str]
    """Warnings in plain words, shown on top."""
    findings: Findings
    records: Sequence[CellRecord]
    """Every fold with every seed."""
    folds: Sequence[Fold]
    embargoed: Mapping[int, Sequence[date]]
    """By fold: the sessions left out at the end of training and of validation."""
    ensemble: EnsembleFindings | None
    """The seeds of each fold as one policy."""
    capital: float
    """With which each fold begins."""
    looks: int
    """Trials in the ledger whose window overlaps, this run's included."""
    looks_here: int
    """This run's."""
    lineage: Mapping[str, str]
    models: Sequence[tuple[int, int, str]]
    """Fold, seed and model."""
    next_commands: Sequence[str]


def render(page: WalkForwardPage) -> str:
    """Give the report as a self-contained HTML page, `<!doctype html>` first."""
    found = page.findings
    return render_template(
        TEMPLATE,
        page=page,
        verdict=found.verdict,
        words={
            "subtitle": _subtitle(page),
            "shares": _shares(page),
            "looks": _looks(page),
            "fan": _fan_words(found),
            "embargo": _embargo_words(page),
        },
        checks=[
            (c.rule, decimal(c.value), f"> {decimal(c.threshold)}", c.passed)
            if c.rule != "seeds"
            else (c.rule, count(c.value), f"≥ {count(c.threshold)}", c.passed)
            for c in found.verdict.checks
        ],
        tables={
            "results": _results(found),
            "costs": _costs(found),
            "folds": _folds(page),
            "windows": _windows(page.folds),
            "models": Table(
                ["Fold", "Seed", "Model"], [[[str(f), str(s), m] for f, s, m in page.models]]
            ),
        },
        pictures=_pictures(page),
        together=None if page.ensemble is None else together(page.ensemble, page.capital),
    )


def _subtitle(page: WalkForwardPage) -> str:
    found = page.findings
    first, last = found.folds[0].window.start, found.folds[-1].window.end
    folds, seeds = _counted(len(found.folds), "fold"), _counted(len(found.seeds), "seed")
    span = f"{date_text(np.datetime64(first))} to {date_text(np.datetime64(last))}"
    return f"{page.description} Walk-forward over {folds} and {seeds}, out of sample {span}."


def _shares(page: WalkForwardPage) -> str:
    shares = page.findings.shares
    return (
        f"Of {_counted(shares.cells, 'cell')} (a fold with a seed), "
        f"{_part(shares.above_zero, shares.cells)} had a Sharpe ratio above zero, "
        f"{_part(shares.above_buy_and_hold, shares.cells)} above buy and hold, and "
        f"{_part(shares.above_random, shares.cells)} above the 95th percentile of their own "
        f"random traders, which by luck alone 5 % are."
    )


def _looks(page: WalkForwardPage) -> str:
    elsewhere = count(max(page.looks - page.looks_here, 0))
    return (
        f"The verdict is of this run alone. {_counted(page.looks, 'look')} at windows that overlap "
        f"these now stand in the trial ledger, {elsewhere} of them from elsewhere. Each repetition "
        "with other settings makes it likelier that luck passes; only a deflated Sharpe ratio "
        "accounts for that."
    )


def _part(number: int, of: int) -> str:
    return f"{count(number)} ({decimal(100 * number / of, 0)} %)"


def _fan_words(found: Findings) -> str:
    stitched = found.stitched[RESULT].total_return
    return (
        f"The seeds ended between {signed_percent(stitched.minimum)} % and "
        f"{signed_percent(stitched.maximum)} % after costs, the median at "
        f"{signed_percent(stitched.median)} %. Each fold starts flat with a model of its own."
    )


def _embargo_words(page: WalkForwardPage) -> str:
    sessions = sum(len(days) for days in page.embargoed.values())
    return (
        f"Training never sees what comes after it. {_counted(sessions, 'session')} "
        "at the ends of training and validation are left out, marked in violet, so that no outcome "
        "of one part lies within the look-back of the next."
    )


def _results(found: Findings) -> Table:
    stitched = found.stitched[RESULT]
    headers = ["Annual Sharpe ratio", *QUARTILES]
    policy = [
        f"policy, {_counted(len(found.seeds), 'seed')}",
        *_figures(stitched.sharpe),
        signed_percent(stitched.total_return.median),
        percent(stitched.max_drawdown.median),
    ]
    rivals = [
        [name.replace("_", " "), *_only(outcome.sharpe), signed_percent(outcome.total_return), ""]
        for name, outcome in stitched.baselines.items()
    ]
    random = found.stitched_random
    rivals += [
        ["random traders, median", *_only(random.median), "", ""],
        ["random traders, 95th pct.", *_only(random.high), "", ""],
    ]
    return Table([*headers, "return, %", "max. drawdown, %"], [[policy], rivals])


def _costs(found: Findings) -> Table:
    headers = ["Annual Sharpe ratio", *QUARTILES]
    headers += ["return, median, %", "buy and hold", "sell and hold"]
    rows = [
        [
            f"costs ×{multiple:g}",
            *_figures(each.sharpe),
            signed_percent(each.total_return.median),
            decimal(each.baselines["buy_and_hold"].sharpe),
            decimal(each.baselines["sell_and_hold"].sharpe),
        ]
        for multiple, each in sorted(found.stitched.items())
    ]
    return Table(headers, [rows])


def _folds(page: WalkForwardPage) -> Table:
    headers = ["Annual Sharpe ratio", *QUARTILES]
    headers += ["together", "return, median, %", "trades, median", "buy and hold", "sell and hold"]
    headers += ["random, median", "random, 95th pct."]
    folds = page.findings.folds
    sharpes = [None] * len(folds) if page.ensemble is None else page.ensemble.sharpes
    return Table(headers, [[_fold(*each) for each in zip(folds, sharpes, strict=True)]])


def _fold(fold: FoldFindings, together: float | None) -> list[str]:
    found = fold.at_costs[RESULT]
    return [
        f"{fold.window.start} – {fold.window.end}",
        *_figures(found.sharpe),
        decimal(together),
        signed_percent(found.total_return.median),
        count(fold.trades.median),
        decimal(found.baselines["buy_and_hold"].sharpe),
        decimal(found.baselines["sell_and_hold"].sharpe),
        decimal(fold.random.median),
        decimal(fold.random.high),
    ]


def _windows(folds: Sequence[Fold]) -> Table:
    headers = ["Fold", "Training", "to", "Validation", "to", "Test", "to"]
    rows = [
        [
            str(fold.index),
            *(str(day) for day in (fold.ranges.training.start, fold.ranges.training.end)),
            *(str(day) for day in (fold.ranges.validation.start, fold.ranges.validation.end)),
            *(str(day) for day in (fold.test.start, fold.test.end)),
        ]
        for fold in folds
    ]
    return Table(headers, [rows])


def _figures(spread: Spread) -> list[str]:
    every = (spread.minimum, spread.lower, spread.median, spread.upper, spread.maximum)
    return [decimal(value) for value in every]


def _only(value: float) -> list[str]:
    """Give a figure without a distribution, below the medians."""
    return ["", "", decimal(value), "", ""]


def _counted(number: int, noun: str) -> str:
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def _pictures(page: WalkForwardPage) -> dict[str, Picture]:
    days, seeds, baselines, starts = _stitched(page.records)
    return {
        "fan": at_both_sizes(lambda size: charts.fan(days, seeds, baselines, starts, size)),
        "folds": at_both_sizes(lambda size: charts.by_fold(page.findings.folds, size)),
        "windows": at_both_sizes(lambda size: charts.windows(page.folds, page.embargoed, size)),
    }


def _stitched(
    records: Sequence[CellRecord],
) -> tuple[
    NDArray[np.datetime64],
    NDArray[np.float64],
    dict[str, NDArray[np.float64]],
    list[int],
]:
    """Give days, each seed's returns, the baselines' returns, and where each fold starts."""
    names = sorted({record.seed for record in records})
    by_seed = [[record for record in records if record.seed == seed] for seed in names]
    one = sorted(by_seed[0], key=lambda record: record.fold)
    starts = np.cumsum([0, *(len(record.days) for record in one[:-1])])
    return (
        np.concatenate([record.days for record in one]),
        np.array([stitch(of_seed, RESULT) for of_seed in by_seed]),
        {
            name: np.concatenate([record.baselines[name][RESULT] for record in one])
            for name in one[0].baselines
        },
        [int(start) for start in starts],
    )
