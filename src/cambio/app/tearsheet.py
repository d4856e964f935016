"""Gathers what a backtest's tear sheet shows, and writes it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cambio.app.pages import write_page
from cambio.calendar import is_trading_day, session_days
from cambio.features.macro import MacroTable
from cambio.reports.experiment import Record, ResultRow
from cambio.reports.tearsheet import Luck, TearSheet, Views, render
from cambio.validation import breakdown

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from numpy.typing import NDArray

    from cambio.app.evaluate import Evaluation
    from cambio.validation.diagnosis.variants import Diagnosis
    from cambio.validation.vote import Statistics


def write_tear_sheet(
    path: Path,
    evaluation: Evaluation,
    statistics: Statistics,
    macro: pl.DataFrame,
    diagnosis: Diagnosis | None = None,
) -> Path:
    """Write the page; it appears whole or not at all.

    Args:
        path: where; its folder is made.
        evaluation: the backtest.
        statistics: what the trial ledger makes of it.
        macro: observations by `MACRO_SCHEMA`; of the VIX, what each session's open knew is shown.
        diagnosis: of the same model, window and terms; the page has a section for it.

    Raises:
        SourceError: the file cannot be written; an older one stays as it was.
    """
    return write_page(path, render(tear_sheet(evaluation, statistics, macro, diagnosis)))


def tear_sheet(
    evaluation: Evaluation,
    statistics: Statistics,
    macro: pl.DataFrame,
    diagnosis: Diagnosis | None = None,
) -> TearSheet:
    """Give what the page shows; arguments as `write_tear_sheet` takes them."""
    views = views_of(evaluation, macro)
    return TearSheet(
        model_id=evaluation.model.model_id,
        out_of_sample=evaluation.out_of_sample,
        notices=evaluation.notices,
        results=[
            ResultRow("policy", evaluation.metrics.to_dict()),
            *(ResultRow(_words(n), m.to_dict()) for n, m in evaluation.baselines.items()),
            *(ResultRow(name, metrics) for name, metrics in evaluation.random_metrics().items()),
        ],
        intervals=evaluation.intervals,
        cost_rows=[
            ResultRow(f"×{multiple:g}", found.to_dict())
            for multiple, found in sorted(evaluation.at_costs.items())
        ],
        record=_record(evaluation),
        views=views,
        luck=Luck(
            statistics=statistics,
            random_percentile=evaluation.random_percentile,
            random_traders=len(evaluation.random.sharpe),
            look_ahead=evaluation.look_ahead,
        ),
        holidays=sum(not is_trading_day(day) for day in views.days.tolist()),
        lineage=_lineage(evaluation),
        diagnosis=diagnosis,
    )


def _record(evaluation: Evaluation) -> Record:
    account = evaluation.account
    held = {_words(name): found.equity for name, found in evaluation.baseline_accounts.items()}
    return Record(
        time=_times(evaluation).astype("datetime64[s]").astype("datetime64[us]"),
        close=evaluation.replay.market.close,
        position=account.positions,
        trades=evaluation.trades,
        equity={"policy": account.equity, **held},
        random_band=evaluation.random.band,
        capital=account.capital,
    )


def _times(evaluation: Evaluation) -> NDArray[np.int64]:
    """Give the bars' opens, UTC epoch seconds, `(n,) int64`."""
    return np.array([int(d.time.timestamp()) for d in evaluation.replay.decisions])


def views_of(evaluation: Evaluation, macro: pl.DataFrame) -> Views:
    """Give the result by time and regime; of the VIX, what each session's open knew."""
    account, yearly = evaluation.account, evaluation.metrics.periods_per_year
    entered = np.array([int(t.entry_time.timestamp()) for t in evaluation.trades], dtype=np.int64)
    entries = session_days(entered)
    returns, days = account.session_returns, evaluation.days
    vix = MacroTable(macro).as_of(
        "VIX",
        days.astype(np.int64).tolist(),
        staleness_days=evaluation.model.spec.staleness_days,
    )[:, 0]
    known = vix[np.isfinite(vix)]
    low, high = np.quantile(known, (1 / 3, 2 / 3)) if known.size else (math.nan, math.nan)
    return Views(
        days=days,
        returns=returns,
        rolling_sharpe=breakdown.rolling_sharpe(returns, yearly),
        years=breakdown.by_month(days, returns),
        hours=breakdown.by_hour(account, evaluation.replay.market, _times(evaluation)),
        weekdays=breakdown.by_weekday(account, entries, yearly),
        vix=breakdown.by_vix(account, vix, entries, yearly),
        vix_bounds=(float(low), float(high)),
        drawdowns=breakdown.drawdowns(account),
    )


def _lineage(evaluation: Evaluation) -> dict[str, str]:
    """Give what the result was made of, beside what the model was made of."""
    window = evaluation.window
    return {
        "window": f"{window.start} to {window.end}",
        "terms_hash": evaluation.terms.hash(),
        "trades_hash": evaluation.trades_hash,
        **{name: str(value) for name, value in evaluation.model.lineage.items()},
    }


def _words(name: str) -> str:
    return name.replace("_", " ")
