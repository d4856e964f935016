"""Backtests of registered models, and the record of every look at a test period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cambio.app.evaluate import Evaluation, evaluate
from cambio.app.models import document
from cambio.contracts.market import DateRange
from cambio.dataset.splits import newest_session
from cambio.errors import ConfigError
from cambio.store import models, trials
from cambio.store.database import reading, transaction
from cambio.trading.gate import ProductionContract

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cambio.app.resources import Resources


def backtest(
    resources: Resources, model_id: str, start: date | None = None, end: date | None = None
) -> Evaluation:
    """Replay a registered model over the test period, or the sessions given; counts as a trial.

    Raises:
        NotFound: the model is not registered.
        ContractMismatch: it does not pass the load gate, or is not what was registered.
        DataQualityError: no bar is stored in the window.
        ConfigError: it ends before it starts.
    """
    with reading(resources.engine) as connection:
        row = models.get(connection, model_id)
    model_folder = resources.home / row["model_path"]
    model = ProductionContract.validate_and_load(model_folder, row)
    history = resources.history()
    newest = newest_session(history)
    window = _window(resources, newest, start, end)
    evaluation = evaluate(model, history, window, resources.terms, resources.progress)
    with transaction(resources.engine) as connection:
        record_trial(connection, row["experiment_name"], evaluation, resources.now())
    notices = (*evaluation.notices, *_other_terms(resources, model_folder))
    if not evaluation.out_of_sample:
        since = model.lineage["validation_end"]
        notices = (
            f"The model has seen sessions of this window: it is new only after {since}.",
            *notices,
        )
    return replace(evaluation, notices=notices)


def _window(resources: Resources, newest: date, start: date | None, end: date | None) -> DateRange:
    """Give the sessions asked for; what is not said is the test period's."""
    if start is None:
        test = resources.ranges.resolve(newest)["test"]
        start, end = test.start, end or test.end
    end = end or newest
    if end < start:
        raise ConfigError(f"The window ends ({end}) before it starts ({start}).")
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
    )
    trials.record(connection, trial, now)
    return trials.looks(connection, evaluation.window)
