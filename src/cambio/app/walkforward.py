"""Walk-forward: every seed on every fold, judged on windows that nothing was fitted to."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cambio.acquisition.simulator import SIMULATED
from cambio.app.accounts import require_role
from cambio.app.datasets import require_known_rates
from cambio.app.evaluate import SIMULATED_NOTICE
from cambio.app.pool import Board, Failure, run_tasks
from cambio.app.processes import usable_cpus
from cambio.app.training import train_seed
from cambio.app.walkforward_cell import (
    Cell,
    CellResult,
    cell_code_version,
    remember,
    run_cell,
    stored,
)
from cambio.app.walkforward_ensemble import ensemble
from cambio.app.walkforward_report import keep_record, write_report
from cambio.contracts.accounts import Role
from cambio.contracts.lineage import hash_of
from cambio.contracts.market import DateRange
from cambio.dataset.build import build_dataset
from cambio.dataset.folds import Fold, folds
from cambio.dataset.splits import newest_session
from cambio.errors import CambioError, ConfigError, Conflict, ContractMismatch, NotFound
from cambio.store import trials
from cambio.store.database import reading
from cambio.trading.costs import CostModel
from cambio.validation.walkforward import Findings, findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cambio.app.experiment_config import ExperimentConfig
    from cambio.app.resources import Resources
    from cambio.app.training import Train
    from cambio.contracts.handoffs import L2Output
    from cambio.contracts.market import MarketHistory
    from cambio.validation.walkforward_ensemble import EnsembleFindings

OWN_TERMS = ("costs", "risk", "initial_capital")
"""Sections that have one home for all experiments; a run that overrides one says so."""
SHOWN_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of a walk-forward."""

    fold: int
    """Counted from 1."""
    seed: int
    run: str
    """Which walk-forward is meant: `Cell.run`."""


@dataclass(frozen=True, slots=True, eq=False)
class WalkForwardResult:
    """All that a walk-forward found."""

    config: ExperimentConfig
    overrides: Mapping[str, Any]
    """What the run set for itself."""
    folds: tuple[Fold, ...]
    cells: tuple[CellResult, ...]
    """By fold, then by seed."""
    findings: Findings
    ensemble: EnsembleFindings | None
    """The seeds of each fold as one policy; None where a cell's model is gone or damaged."""
    looks: int
    """Trials in the ledger whose window overlaps, these included."""
    notices: tuple[str, ...]
    lineage: Mapping[str, str]
    report_path: Path

    @property
    def looks_here(self) -> int:
        """How many of the looks are this run's: the cells', and the ensembles' of several seeds."""
        joined = self.ensemble is not None and len(self.findings.seeds) > 1
        return len(self.cells) + joined * len(self.folds)

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain JSON types."""
        found, together = self.findings, self.ensemble
        return {
            "experiment": self.config.name,
            "edge": found.verdict.edge,
            "verdict": found.verdict.sentence,
            "checks": [asdict(check) for check in found.verdict.checks],
            "stitched": {f"x{m:g}": asdict(each) for m, each in found.stitched.items()},
            "stitched_random": asdict(found.stitched_random),
            "folds": [_fold_to_dict(fold, found) for fold in self.folds],
            "ensemble": None if together is None else together.to_dict(),
            "shares": asdict(found.shares),
            "trials": {"here": self.looks_here, "overlapping": self.looks},
            "models": [
                {"fold": c.record.fold, "seed": c.record.seed, "model_id": c.model_id}
                for c in self.cells
            ],
            "notices": list(self.notices),
            "lineage": dict(self.lineage),
            "report": str(self.report_path),
        }


def _fold_to_dict(fold: Fold, found: Findings) -> dict[str, Any]:
    shown = found.folds[fold.index - 1]
    return {
        "fold": fold.index,
        "ranges": fold.ranges.model_dump(mode="json", exclude={"data"}),
        "sharpes": list(shown.sharpes),
        "trades": asdict(shown.trades),
        "at_costs": {f"x{m:g}": asdict(each) for m, each in shown.at_costs.items()},
        "random": asdict(shown.random),
    }


def run(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    workers: int | None,
    train: Train = train_seed,
) -> WalkForwardResult:
    """Run what is not yet done of a walk-forward, and write its report.

    After a stop or a failure the same call goes on where it was: finished cells are kept, and
    trainings continue from their checkpoints.

    Args:
        resources: the database, the folders, and how another process opens them.
        config: of the protocol `walk_forward`.
        overrides: what the run set for itself.
        workers: processes at most; None for one on each CPU that may be used.
        train: trains one seed.

    Raises:
        DataQualityError: the data is not fit for training on a fold.
        CambioError: of the first cell's kind, when cells failed; the others are done. Whatever
            ends it tells how much is kept: in its remedy, or any other exception in a note.
    """
    require_role(resources.account(), Role.OPERATOR, "running an experiment")
    every = cells(resources, config, overrides)
    with _telling(every, resources.home):
        results, failures = _run(resources, every, workers or usable_cpus(), train)
        if failures:
            raise _together(failures, len(every), len(results))
        return _concluded(resources, config, overrides, (every, results))


def cells(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    only: int | None = None,
) -> list[Cell]:
    """Build the dataset of every fold, and give the cells: by fold, then by seed.

    Args:
        resources: the database and the folders.
        config: of the protocol `walk_forward`.
        overrides: what the run set for itself.
        only: the number of a fold, counted from 1, to leave out the others.

    Raises:
        ConfigError: the experiment is no walk-forward, a fold has nothing to train on, or the
            costs name a rate that the catalogue does not have.
        DataQualityError: there is no data, or it is not fit for training.
    """
    if config.walk_forward is None:
        raise ConfigError(
            f"{config.name} is no walk-forward.", remedy="Set protocol: walk_forward and its folds."
        )
    require_known_rates(resources, config)
    history = resources.history()
    found = folds(config.walk_forward, config.date_ranges, newest_session(history))
    source, code = history.hash(), cell_code_version()
    document = config.model_dump(mode="json", exclude={"seeds"})
    run_hash = hash_of([document, source, code])[:16]
    wanted = [fold for fold in found if only in (None, fold.index)]
    configs = [config.model_copy(update={"date_ranges": fold.ranges}) for fold in wanted]
    datasets = []
    with resources.progress.stage("L2 datasets") as stage:
        for count, (fold, own) in enumerate(zip(wanted, configs, strict=True), 1):
            datasets.append(_dataset(resources, history, own, f"Fold {fold.index}"))
            stage.update(count, len(wanted), f"fold {fold.index} of {len(found)}")
    return [
        Cell(own, dict(overrides), fold, len(found), seed, dataset, source, code, run_hash)
        for fold, own, dataset in zip(wanted, configs, datasets, strict=True)
        for seed in config.seeds
    ]


def one_cell(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    where: Place,
    train: Train = train_seed,
) -> CellResult:
    """Run one cell by itself, as `run` would: for those who spread cells over machines.

    Once all are done, `run` finds their results and writes the report.

    Raises:
        NotFound: there is no such fold or seed.
        Conflict: the stored data, the code or the experiment changed since the run was listed.
        DataQualityError: the data is not fit for training on the fold.
    """
    require_role(resources.account(), Role.OPERATOR, "running an experiment")
    found = [c for c in cells(resources, config, overrides, where.fold) if c.seed == where.seed]
    if not found:
        raise NotFound(
            f"{config.name} has no fold {where.fold} with seed {where.seed}.",
            remedy=f"`cambio experiment cells {config.name}` lists what it has.",
        )
    if found[0].run != where.run:
        raise Conflict(
            f"{found[0].name}: the stored data, the code or the experiment changed since run "
            f"{where.run} was listed; this is run {found[0].run}.",
            remedy=f"List the cells anew: `cambio experiment cells {config.name}`.",
        )
    with resources.progress.stage("L3 and L4 cell") as stage:
        board, work = Board(stage, found, "cells"), partial(run_cell, train=train)
        results, failures = run_tasks(resources, found, 1, board, work)  # on one thread, as all
    if failures:
        raise failures[0].error
    return results[0]


def _dataset(
    resources: Resources, history: MarketHistory, config: ExperimentConfig, name: str
) -> L2Output:
    try:
        return build_dataset(history, config.plan(), CostModel(config.costs), resources.datasets)
    except CambioError as error:
        training = config.date_ranges.training
        raise type(error)(
            f"{name} (training {training.start} to {training.end}): {error.what}",
            remedy=error.remedy,
            **error.fields,
        ) from error


def _run(
    resources: Resources, every: Sequence[Cell], workers: int, train: Train
) -> tuple[list[CellResult], list[Failure[Cell]]]:
    kept: list[CellResult] = []
    missing: list[Cell] = []
    with resources.progress.stage("L3 and L4 walk-forward") as stage:
        for cell in every:
            result = stored(cell, resources.home)
            if result is None:
                missing.append(cell)
            else:
                remember(resources, cell, result, stage, train)
                kept.append(result)
        board = Board(stage, missing, "cells", before=len(kept))
        if not missing:
            return kept, []
        count = max(1, min(workers, len(missing)))
        work = partial(run_cell, train=train)
        results, failures = run_tasks(resources, missing, count, board, work)
    ordered = sorted([*kept, *results], key=lambda each: (each.record.fold, each.record.seed))
    return ordered, failures


@contextmanager
def _telling(every: Sequence[Cell], home: Path) -> Iterator[None]:
    """Let whatever leaves the block say how much is kept."""
    try:
        yield
    except CambioError as error:
        error.remedy = f"{error.remedy} {going_on(every, home)}".lstrip()
        raise
    except BaseException as stop:
        stop.add_note(going_on(every, home))
        raise


def going_on(every: Sequence[Cell], home: Path) -> str:
    """Say how much is done, and that nothing of it is lost."""
    done = sum(cell.path(home).exists() for cell in every)
    return f"{done} of {len(every)} cells are done and kept; the same command goes on from there."


def _together(failures: Sequence[Failure[Cell]], of: int, done: int) -> CambioError:
    """Give one error, of the first one's kind, that names all failures."""
    first = failures[0].error
    shown = "; ".join(f"{f.task.name}: {f.error.what}" for f in failures[:SHOWN_FAILURES])
    more = len(failures) - SHOWN_FAILURES
    if more > 0:
        shown += f"; and {more} more"
    left = of - done - len(failures)
    not_begun = f", {left} {'was' if left == 1 else 'were'} not begun" if left else ""
    return type(first)(
        f"{len(failures)} of {of} cells failed{not_begun}. {shown}",
        remedy=first.remedy,
        failures=[(f.task.fold.index, f.task.seed, f.error.what) for f in failures],
    )


def _concluded(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    done: tuple[Sequence[Cell], Sequence[CellResult]],
) -> WalkForwardResult:
    every, results = done
    found = findings([result.record for result in results])
    first, last = every[0], every[-1]
    together, notices = _together_or_why_not(resources, every, results)
    with reading(resources.engine) as connection:
        window = DateRange(first.fold.test.start, last.fold.test.end)
        looks = len(trials.looks(connection, window).sharpes)
    lineage = {
        "experiment": config.name,
        "run": first.run,
        "code_version": first.code_version,
        "config_hash": hash_of(config.model_dump(mode="json")),
        "source_data_hash": first.source_data_hash,
        "feature_spec_hash": first.dataset.feature_spec_hash,
        "results_hash": hash_of([cell.inputs_hash for cell in every]),
        "seeds": ", ".join(map(str, config.seeds)),
        "overrides": ", ".join(f"{key}={value}" for key, value in overrides.items()) or "none",
    }
    name = f"{config.name}-walk-forward-{lineage['results_hash'][:8]}.html"
    result = WalkForwardResult(
        config=config,
        overrides=overrides,
        folds=tuple({cell.fold.index: cell.fold for cell in every}.values()),
        cells=tuple(results),
        findings=found,
        ensemble=together,
        looks=looks,
        notices=(*_notices(resources.history(), overrides), *notices),
        lineage=lineage,
        report_path=resources.reports / name,
    )
    write_report(result, {c.fold.index: Path(c.dataset.manifest_path) for c in every})
    keep_record(resources, result)
    return result


def _together_or_why_not(
    resources: Resources, every: Sequence[Cell], results: Sequence[CellResult]
) -> tuple[EnsembleFindings | None, tuple[str, ...]]:
    try:
        return ensemble(resources, every, results), ()
    except (NotFound, ContractMismatch) as error:
        return None, (f"The seeds' ensembles are left out: {error.what}",)


def _notices(history: MarketHistory, overrides: Mapping[str, Any]) -> tuple[str, ...]:
    simulated = (SIMULATED_NOTICE,) if SIMULATED in history.bars["source"] else ()
    own = [key for key in overrides if key.split(".")[0] in OWN_TERMS]
    terms = f"This run judged on terms that it set for itself: {', '.join(own)}." if own else ""
    return (*simulated, *([terms] if terms else []))
