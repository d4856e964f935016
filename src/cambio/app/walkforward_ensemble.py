"""Joins the seeds of each fold into one policy, trades its test window, and diagnoses the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.app import ensembles
from cambio.app.evaluate import COST_MULTIPLES
from cambio.app.walkforward_cell import Look, record_look, terms_of
from cambio.contracts.market import DateRange
from cambio.store import models, trials
from cambio.store.database import reading
from cambio.trading.gate import ProductionContract
from cambio.validation.diagnosis.variants import Trader, diagnose_each
from cambio.validation.metrics import Account, compute_metrics
from cambio.validation.replay import BacktestEngine
from cambio.validation.walkforward import RESULT
from cambio.validation.walkforward_ensemble import (
    EnsembleFindings,
    FoldRecord,
    ensemble_findings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cambio.app.resources import Resources
    from cambio.app.walkforward_cell import Cell, CellResult
    from cambio.trading.gate import LoadedModel


def ensemble(
    resources: Resources, cells: Sequence[Cell], results: Sequence[CellResult]
) -> EnsembleFindings:
    """Give what each fold's seeds do together: the mean of their probabilities decides.

    The ensembles are registered, and each fold's window is one more look in the trial ledger. The
    same cells give the same again.

    Args:
        resources: the database and the folders.
        cells: of every fold with every seed.
        results: theirs.

    Raises:
        NotFound: a cell's model is gone.
        ContractMismatch: one is damaged.
    """
    history, terms = resources.history(), terms_of(cells[0])
    engine = BacktestEngine(history, terms)
    first = {cell.fold.index: cell for cell in reversed(cells)}
    records, parts = [], []
    with resources.progress.stage("L4 ensembles") as stage:
        for number, cell in sorted(first.items()):
            ids = [one.model_id for one in results if one.record.fold == number]
            model = _joined(resources, ids)
            window = cell.fold.test
            replays = engine.run_at_costs(model, window, COST_MULTIPLES)
            accounts = {
                m: Account.of(r.decisions, r.book, terms.capital) for m, r in replays.items()
            }
            returns = {m: account.session_returns for m, account in accounts.items()}
            one = next(r.record for r in results if r.record.fold == number)
            metrics = compute_metrics(accounts[RESULT], one.periods_per_year).to_dict()
            records.append(FoldRecord(model.model_id, window, returns, metrics))
            found = Look(model.model_id, model.lineage["model_hash"], one.days, returns[RESULT])
            record_look(resources, cell, found)
            parts.append((Trader.of(model, terms), engine.tape(model.spec, window)))
            stage.update(number, len(first), f"fold {number} of {len(first)}")
    with reading(resources.engine) as connection:
        whole = DateRange(records[0].window.start, records[-1].window.end)
        looks = len(trials.looks(connection, whole).sharpes)
    return ensemble_findings(records, looks, diagnose_each(parts))


def _joined(resources: Resources, ids: Sequence[str]) -> LoadedModel:
    model_id = ensembles.join(resources, ids) if len(ids) > 1 else ids[0]
    with reading(resources.engine) as connection:
        row = models.get(connection, model_id)
    return ProductionContract.validate_and_load(resources.model_folder(row["model_path"]), row)
