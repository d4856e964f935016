"""Backtests of registered models, and the record of every look at a test period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cambio.app.evaluate import Evaluation, evaluate
from cambio.app.models import document
from cambio.contracts.market import DateRange
from cambio.dataset.splits import newest_session
from cambio.errors import ConfigError
from cambio.store import models, trials
from cambio.store.database import reading, transaction
from cambio.trading.gate import ProductionContract
from cambio.validation.diagnosis.variants import Diagnosis, Trader, diagnose
from cambio.validation.replay import BacktestEngine
from cambio.validation.vote import Case, Statistics, statistics_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from sqlalchemy import Connection

    from cambio.app.resources import Resources
    from cambio.contracts.market import MarketHistory


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """What a look at a window showed, and how much of it may be luck."""

    evaluation: Evaluation
    statistics: Statistics
    macro: pl.DataFrame
    """What was known of the macro series, by `MACRO_SCHEMA`."""
    diagnosis: Diagnosis | None = None
    """Whether it is an edge or an artefact, where that was asked for."""

    def to_dict(self) -> dict[str, Any]:
        """Give the figures as plain JSON types."""
        asked = {} if self.diagnosis is None else {"diagnosis": self.diagnosis.to_dict()}
        return {**self.evaluation.to_dict(), "statistics": self.statistics.to_dict(), **asked}


def backtest(
    resources: Resources,
    model_id: str,
    start: date | None = None,
    end: date | None = None,
    *,
    costs: float = 1.0,
    diagnosed: bool = False,
) -> Backtest:
    """Replay a registered model over the test period, or the sessions given; counts as a trial.

    Args:
        resources: the database and the folders.
        model_id: registered.
        start: first session; the test period's by default.
        end: last session.
        costs: how many times the configured ones.
        diagnosed: whether to ask, too, what is left of the result without what could fake it.

    Raises:
        NotFound: the model is not registered.
        ContractMismatch: it does not pass the load gate, or is not what was registered.
        DataQualityError: no bar is stored in the window.
        ConfigError: it ends before it starts.
    """
    with reading(resources.engine) as connection:
        row = models.get(connection, model_id)
    model_folder = resources.model_folder(row["model_path"])
    model = ProductionContract.validate_and_load(model_folder, row)
    history = resources.history()
    window = _window(resources, newest_session(history), start, end)
    terms = resources.terms.at_costs(costs)
    evaluation = evaluate(model, history, window, terms, resources.progress)
    with transaction(resources.engine) as connection:
        looks = record_trial(connection, row["experiment_name"], evaluation, resources.now())
    told = list(evaluation.notices)
    if not evaluation.out_of_sample:
        since = model.lineage["validation_end"]
        told.insert(0, f"The model has seen sessions of this window: it is new only after {since}.")
    if costs != 1.0:
        told.append(f"All costs are {costs:g} times the configured ones; ×1 stands for that.")
    told += _other_terms(resources, model_folder)
    evaluation = replace(evaluation, notices=tuple(told))
    return Backtest(
        evaluation,
        statistics_of(case_of(evaluation, looks, {}, ())),
        history.macro,
        _diagnosis(resources, evaluation, history) if diagnosed else None,
    )


def _diagnosis(resources: Resources, evaluation: Evaluation, history: MarketHistory) -> Diagnosis:
    model, terms = evaluation.model, evaluation.terms
    with resources.progress.stage("L4 diagnosis") as stage:
        tape = BacktestEngine(history, terms).tape(model.spec, evaluation.window)
        found = diagnose(Trader.of(model, terms), tape)
        stage.update(1, 1, f"{found.bars:,} bars")
    return found


def _window(resources: Resources, newest: date, start: date | None, end: date | None) -> DateRange:
    """Give the sessions asked for, up to the newest; what is not said is the test period's."""
    if start is None:
        test = resources.ranges.resolve(newest)["test"]
        start, end = test.start, end or test.end
    end = min(end or newest, newest)
    if end < start:
        raise ConfigError(
            f"The window ends ({end}) before it starts ({start}).",
            remedy=f"The newest stored session is {newest}.",
        )
    return DateRange(start, end)


def _other_terms(resources: Resources, folder: Path) -> tuple[str, ...]:
    """Say which of today's terms are not those that the model was trained and judged on."""
    path = folder / "config.yaml"
    then = document(path)
    if then is None:
        state = "cannot be read" if path.is_file() else "is missing"
        return (f"{path} {state}: whether these are the model's own terms can't be told.",)
    now = {
        "costs": resources.costs.model_dump(mode="json"),
        "risk": resources.limits.model_dump(mode="json"),
        "initial_capital": resources.capital,
    }
    return tuple(
        f"The configured {name.replace('_', ' ')} is not what the model was trained and judged on."
        for name, terms in now.items()
        if then.get(name) != terms
    )


def record_trial(
    connection: Connection, experiment_name: str, evaluation: Evaluation, now: datetime
) -> trials.Looks:
    """Note that somebody looked at this window; give every look at an overlapping one."""
    trial = trials.Trial(
        model_id=evaluation.model.model_id,
        model_hash=evaluation.model.lineage["model_hash"],
        experiment_name=experiment_name,
        window=evaluation.window,
        terms_hash=evaluation.terms.hash(),
        sharpe_per_session=evaluation.sharpe_per_session,
        sessions=evaluation.metrics.sessions,
        days=evaluation.days,
        returns=evaluation.account.session_returns,
    )
    trials.record(connection, trial, now)
    return trials.looks(connection, evaluation.window)


def case_of(
    evaluation: Evaluation,
    looks: trials.Looks,
    champion: Mapping[str, float],
    overridden_terms: Sequence[str],
) -> Case:
    """Give what the first vote looks at.

    Args:
        evaluation: of the candidate.
        looks: every trial on an overlapping window, this one included.
        champion: its annual Sharpe ratio under `criteria.CHAMPION`; empty while there is none.
        overridden_terms: what the run set for itself.
    """
    rivals = {name: found.sharpe_ratio for name, found in evaluation.baselines.items()}
    return Case(
        metrics=evaluation.metrics,
        returns=evaluation.account.session_returns,
        returns_at_costs={m: found.total_return for m, found in evaluation.at_costs.items()},
        baseline_sharpes={**rivals, **champion},
        random_percentile=evaluation.random_percentile,
        trial_sharpes=looks.sharpes,
        trial_sessions=looks.sessions,
        look_ahead=evaluation.look_ahead,
        overridden_terms=overridden_terms,
    )


def evidence_of(evaluation: Evaluation, case: Case) -> dict[str, Any]:
    """Give what the vote rests on beside the metrics, as plain JSON types."""
    return {
        "window": {"start": str(evaluation.window.start), "end": str(evaluation.window.end)},
        "intervals": {name: found.to_dict() for name, found in evaluation.intervals.items()},
        "statistics": statistics_of(case).to_dict(),
        "random_percentile": evaluation.random_percentile,
        "look_ahead": evaluation.look_ahead.to_dict(),
        "notices": list(evaluation.notices),
    }
