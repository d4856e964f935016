"""One cell of a walk-forward: train one seed on one fold, judge it, keep the result.

A cell whose result is on the disk is not run again, so that any number of processes, machines or
attempts may work on the same walk-forward.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from cambio.app.code_version import code_version
from cambio.app.evaluate import COST_MULTIPLES, RANDOM_SEED
from cambio.app.training import train_seed, trained_or_resumed
from cambio.contracts.lineage import hash_of
from cambio.contracts.market import DateRange
from cambio.errors import ConfigError, Conflict
from cambio.files import write_whole
from cambio.store import models, trials
from cambio.store.database import reading, transaction
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.step import TradingTerms
from cambio.validation import baselines
from cambio.validation.metrics import Account, sharpe_per_session, trades_of
from cambio.validation.random_record import RandomRecord, random_record
from cambio.validation.replay import BacktestEngine
from cambio.validation.walkforward import RESULT, CellRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cambio.app.experiment_config import ExperimentConfig
    from cambio.app.resources import Resources, Stage
    from cambio.app.training import Train
    from cambio.contracts.handoffs import L2Output, L3Output
    from cambio.contracts.market import MarketHistory
    from cambio.dataset.folds import Fold
    from cambio.trading.gate import LoadedModel


CELL_VERSION: Final = 1
"""Of the stored result; another one is run anew."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What to run: one fold with one seed. Can be pickled, and handed to another process."""

    config: ExperimentConfig
    """Its date ranges are the fold's."""
    overrides: Mapping[str, Any]
    fold: Fold
    folds: int
    """How many there are."""
    seed: int
    dataset: L2Output
    """The fold's."""
    source_data_hash: str
    """Of the history that the folds were cut from."""
    code_version: str
    """By `cell_code_version`."""
    run: str
    """Identifies the walk-forward, whatever its seeds."""

    @property
    def name(self) -> str:
        """How the cell is called."""
        return f"fold {self.fold.index} of {self.folds}, seed {self.seed}"

    @property
    def steps(self) -> int:
        """How many its training takes."""
        return self.config.training.steps

    @property
    def inputs_hash(self) -> str:
        """The hash of everything that the result depends on."""
        document = {**self.config.model_dump(mode="json"), "seeds": [self.seed]}
        kept = {key: value for key, value in self.overrides.items() if key != "seeds"}
        made_of = [
            CELL_VERSION,
            self.code_version,
            self.source_data_hash,
            self.dataset.dataset_hash,
        ]
        return hash_of([document, kept, *made_of])

    def path(self, home: Path) -> Path:
        """Give where the result is kept."""
        folder = home / "runs" / self.config.name / self.run / "cells"
        return folder / f"fold-{self.fold.index:02d}-seed-{self.seed}.json"


@dataclass(frozen=True, slots=True, eq=False)
class CellResult:
    """What a cell found."""

    record: CellRecord
    model_id: str
    validation_reward: float | None
    lineage: Mapping[str, Any]
    """The model's."""

    def to_json(self, inputs_hash: str) -> bytes:
        """Give the result as a file's content; every figure keeps all its digits."""
        record = self.record
        document = {
            "inputs_hash": inputs_hash,
            "model_id": self.model_id,
            "validation_reward": self.validation_reward,
            "lineage": dict(self.lineage),
            "fold": record.fold,
            "seed": record.seed,
            "window": [str(record.window.start), str(record.window.end)],
            "trades": record.trades,
            "sessions": record.days.astype(str).tolist(),
            "returns": _lists(record.returns),
            "baselines": {name: _lists(found) for name, found in record.baselines.items()},
            "random": {
                "sessions": record.random.sessions,
                "mean": record.random.mean.tolist(),
                "mean_square": record.random.mean_square.tolist(),
                "growth": record.random.growth.tolist(),
            },
        }
        return json.dumps(document).encode()

    @classmethod
    def of_json(cls, document: Mapping[str, Any]) -> CellResult:
        """Give what `to_json` wrote."""
        random = document["random"]
        start, end = (date.fromisoformat(day) for day in document["window"])
        record = CellRecord(
            fold=document["fold"],
            seed=document["seed"],
            window=DateRange(start, end),
            days=np.array(document["sessions"], dtype="datetime64[D]"),
            returns=_arrays(document["returns"]),
            baselines={name: _arrays(found) for name, found in document["baselines"].items()},
            random=RandomRecord(
                random["sessions"],
                *(np.array(random[name]) for name in ("mean", "mean_square", "growth")),
            ),
            trades=document["trades"],
        )
        reward = document["validation_reward"]
        return cls(record, document["model_id"], reward, document["lineage"])


class Look(NamedTuple):
    """What a model did on a test window."""

    model_id: str
    model_hash: str
    days: NDArray[np.datetime64]
    """The sessions, `(n,) datetime64[D]`."""
    returns: NDArray[np.float64]
    """Theirs, `(n,)`, at the costs as they are."""


def _lists(by_multiple: Mapping[float, NDArray[np.float64]]) -> dict[str, list[float]]:
    return {f"x{multiple:g}": values.tolist() for multiple, values in by_multiple.items()}


def _arrays(lists: Mapping[str, list[float]]) -> dict[float, NDArray[np.float64]]:
    return {float(name[1:]): np.array(values) for name, values in lists.items()}


def judging_sources() -> list[Path]:
    """Give the files of the code that judges a cell, beside those that a model depends on."""
    package = Path(__file__).parents[1]
    return [
        *sorted((package / "validation").glob("*.py")),
        package / "app" / "evaluate.py",
        Path(__file__),
    ]


def cell_code_version() -> str:
    """Give the version, with hashes of the code that trains and of the code that judges."""
    return f"{code_version()}-{hash_of([path.read_text() for path in judging_sources()])[:8]}"


def stored(cell: Cell, home: Path) -> CellResult | None:
    """Give the result that is kept of this very cell; None where none is, or a damaged one."""
    try:
        document = json.loads(cell.path(home).read_bytes())
        if document["inputs_hash"] != cell.inputs_hash:
            return None
        return CellResult.of_json(document)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def run_cell(
    resources: Resources, cell: Cell, stage: Stage, train: Train = train_seed
) -> CellResult:
    """Train, replay over the fold's test window at each multiple of the costs, and keep the result.

    Looks at the test window once, and says so in the trial ledger. Run again, it gives what it
    found before; after a stop, training goes on from its checkpoint, or begins anew where that is
    of no use.

    Args:
        resources: the database and the folders.
        cell: what to run.
        stage: told the training's progress.
        train: trains one seed.

    Raises:
        Conflict: the stored data is not what the folds were cut from.
        ConfigError: the result can't be written.
    """
    known = stored(cell, resources.home)
    if known is not None:
        remember(resources, cell, known, stage, train)
        return known
    history = resources.history()
    if history.hash() != cell.source_data_hash:
        raise Conflict(
            f"{cell.name}: the stored bars or macro values changed since the folds were cut.",
            remedy="Run the walk-forward again.",
        )
    output = _trained(resources, cell, stage, train)
    model = ProductionContract.validate_and_load(Path(output.model_path))
    terms = terms_of(cell)
    record = judge(model, history, cell, terms)
    reward = output.metrics.get("best_validation_reward")
    result = CellResult(record, output.model_id, reward, model.lineage)
    record_look(resources, cell, _look(result))
    _keep(cell.path(resources.home), result.to_json(cell.inputs_hash))
    return result


def remember(
    resources: Resources, cell: Cell, result: CellResult, stage: Stage, train: Train
) -> None:
    """See to it that the database knows a stored result: another one may have been put in place.

    The trial ledger gets the look. The registry gets the model where its folder is there.

    Args:
        resources: the database and the folders.
        cell: the result's.
        result: what was found.
        stage: told the model's name.
        train: puts a finished model into the registry.
    """
    record_look(resources, cell, _look(result))
    with reading(resources.engine) as connection:
        registered = {row["model_id"] for row in models.every(connection)}
    if result.model_id not in registered and (resources.models / result.model_id).exists():
        _trained(resources, cell, stage, train)


def _trained(resources: Resources, cell: Cell, stage: Stage, train: Train) -> L3Output:
    what = resources, cell.config, cell.overrides, cell.dataset, cell.seed
    return trained_or_resumed(*what, stage=stage, train=train)


def judge(
    model: LoadedModel, history: MarketHistory, cell: Cell, terms: TradingTerms
) -> CellRecord:
    """Replay a model over the fold's test window, and its baselines at the same costs."""
    window = cell.fold.test
    replays = BacktestEngine(history, terms).run_at_costs(model, window, COST_MULTIPLES)
    accounts = {m: Account.of(r.decisions, r.book, terms.capital) for m, r in replays.items()}
    result = replays[RESULT]
    held = {
        name: {
            m: baselines.hold(replay.market, side, terms.capital).session_returns
            for m, replay in replays.items()
        }
        for name, side in baselines.SIDES.items()
    }
    rng = np.random.default_rng(RANDOM_SEED)
    return CellRecord(
        fold=cell.fold.index,
        seed=cell.seed,
        window=window,
        days=np.unique(accounts[RESULT].day).astype("datetime64[D]"),
        returns={m: account.session_returns for m, account in accounts.items()},
        baselines=held,
        random=random_record(result.market, result.targets, terms.capital, rng),
        trades=len(trades_of(result.decisions)),
    )


def terms_of(cell: Cell) -> TradingTerms:
    """Give the terms that a cell is judged on."""
    config = cell.config
    return TradingTerms(CostModel(config.costs), config.risk, config.initial_capital)


def record_look(resources: Resources, cell: Cell, look: Look) -> None:
    """Note, once, that a model was looked at on the cell's test window."""
    trial = trials.Trial(
        model_id=look.model_id,
        model_hash=look.model_hash,
        experiment_name=cell.config.name,
        window=cell.fold.test,
        terms_hash=terms_of(cell).hash(),
        sharpe_per_session=sharpe_per_session(look.returns),
        sessions=len(look.days),
        days=look.days,
        returns=look.returns,
    )
    with transaction(resources.engine) as connection:
        trials.record(connection, trial, resources.now())


def _look(result: CellResult) -> Look:
    record = result.record
    return Look(result.model_id, result.lineage["model_hash"], record.days, record.returns[RESULT])


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise ConfigError(
            f"The result of a cell can't be written to {path}: {error.strerror}.",
            remedy="Make room, then run the same command again: it goes on from here.",
        ) from error
