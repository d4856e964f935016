"""L3: train the seeds of an experiment, each tracked, registered and able to go on after a stop."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from cambio.app import datasets
from cambio.app.accounts import require_role
from cambio.app.code_version import code_version
from cambio.app.experiment_config import ExperimentConfig
from cambio.app.experiment_report import write_curve
from cambio.app.pool import Board, run_tasks
from cambio.app.processes import usable_cpus
from cambio.contracts.accounts import Role
from cambio.contracts.lineage import hash_of
from cambio.dataset.build import read_dataset
from cambio.dataset.manifest import read_manifest
from cambio.errors import ConfigError, ContractMismatch, DataQualityError, NotFound
from cambio.store import models
from cambio.store.database import transaction
from cambio.tracking import TrackedDataset
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.training.engine import CHECKPOINT, TrainingEngine, TrainingJob
from cambio.training.loop import Watch
from cambio.yaml_files import validated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from cambio.app.resources import Resources, Stage
    from cambio.contracts.handoffs import L2Output, L3Output
    from cambio.tracking import Run

    OneSeed = Callable[..., L3Output]
    """Trains one seed; takes what `trained_or_resumed` takes."""

    class Train(Protocol):
        """Trains one seed, as `train_seed` does."""

        def __call__(
            self,
            resources: Resources,
            config: ExperimentConfig,
            overrides: Mapping[str, Any],
            dataset: L2Output,
            seed: int,
            *,
            stage: Stage,
            resume: bool,
        ) -> L3Output:
            """Give the model; it goes on from a checkpoint, or gives what is finished."""
            ...


NAMES: Final = {"ppo": "PPO", "exact_gradient": "exact gradient"}
GOING_ON: Final = (
    "The same command goes on from the last checkpoint; `cambio train` does with --resume."
)
BEGUN_ANEW: Final = "begun anew, its checkpoint was of no use"
LINEAGE_TAGS: Final = (
    *("code_version", "config_hash", "source_data_hash", "dataset_hash", "norm_stats_hash"),
    *("feature_order_hash", "feature_spec_hash", "reward_config_hash"),
)


def run(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    folder: Path | None,
    *,
    resume: bool,
    workers: int | None = None,
) -> list[L3Output]:
    """Train an experiment's seeds on the dataset in ``folder``, or on one built for it.

    The models' configuration tells how the dataset was built, whatever the experiment says. For
    ``workers`` see `train_seeds`.

    Raises:
        ConfigError: the experiment is a walk-forward, whose folds are trained together.
        DataQualityError: the data is not fit for training, or the folder is no dataset.
    """
    require_role(resources.account(), Role.OPERATOR, "running an experiment")
    if config.protocol == "walk_forward":
        raise ConfigError(
            f"{config.name} is a walk-forward: every fold has a dataset of its own.",
            remedy=f"Run `cambio experiment run {config.name}`.",
        )
    if folder is None:
        dataset = datasets.build(resources, config)
    else:
        dataset, config = read_dataset(folder), built_as(config, folder)
    train = partial(train_seed, resume=resume)
    return train_seeds(resources, config, overrides, dataset, train, workers)


def built_as(config: ExperimentConfig, folder: Path) -> ExperimentConfig:
    """Give the experiment with the ranges, features and thresholds that built the dataset."""
    built = read_manifest(folder).configuration
    sections = {name: built[name] for name in ("date_ranges", "features", "quality")}
    document = {**config.model_dump(mode="json"), **sections}
    found: ExperimentConfig = validated(document, ExperimentConfig, str(folder / "manifest.json"))
    return found


def train_seeds(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    dataset: L2Output,
    train: OneSeed,
    workers: int | None = None,
) -> list[L3Output]:
    """Train every seed of an experiment on one dataset; give the models in the seeds' order.

    Seeds are trained side by side, each in a process of its own on one thread; a model doesn't
    depend on how many there are. One that fails doesn't stop the others.

    Args:
        resources: the database, the folders, and how another process opens them.
        config: whose seeds.
        overrides: what the run set for itself.
        dataset: what to train on.
        train: `trained_or_resumed`, or `train_seed` with its `resume` settled.
        workers: processes at most, of which one is this process itself; None for one on each CPU
            that may be used.

    Raises:
        CambioError: of the first seed that failed.
    """
    name = NAMES[config.training.algorithm]
    tasks = [_Seed(config, overrides, dataset, seed, train) for seed in config.seeds]
    count = min(workers or usable_cpus(), len(tasks))
    if count > 1:
        with resources.progress.stage(f"L3 {name}, {len(tasks)} seeds") as stage, _kept():
            board = Board(stage, tasks, "seeds")
            trained, failures = run_tasks(resources, tasks, count, board, _train)
        if failures:
            raise failures[0].error
        return trained
    trained = []
    for task in tasks:
        with resources.progress.stage(f"L3 {name}, {task.name}") as stage:
            trained.append(_train(resources, task, stage))
    return trained


@dataclass(frozen=True, slots=True)
class _Seed:
    """A training, which can be handed to another process."""

    config: ExperimentConfig
    overrides: Mapping[str, Any]
    dataset: L2Output
    seed: int
    train: OneSeed

    @property
    def name(self) -> str:
        return f"seed {self.seed}"

    @property
    def steps(self) -> int:
        return self.config.training.steps


def _train(resources: Resources, task: _Seed, stage: Stage) -> L3Output:
    what = task.config, task.overrides, task.dataset, task.seed
    return task.train(resources, *what, stage=stage)


@contextmanager
def _kept() -> Iterator[None]:
    """Leave a note with whoever stops trainings that keep checkpoints."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as stop:
        stop.add_note(GOING_ON)
        raise


@dataclass(frozen=True, slots=True)
class _Anew:
    """A stage of a training that began anew, as each of its notes says."""

    stage: Stage

    def update(self, done: int, total: int, note: str = "") -> None:
        self.stage.update(done, total, f"{note} · {BEGUN_ANEW}" if note else BEGUN_ANEW)


def train_seed(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    dataset: L2Output,
    seed: int,
    *,
    stage: Stage,
    resume: bool,
) -> L3Output:
    """Train one seed, track it, and put the model into the registry.

    With ``resume`` it goes on from its checkpoint, or gives the model that it made before.

    Raises:
        ContractMismatch: the dataset or the checkpoint does not belong here.
        DataQualityError: a file is missing or damaged, or the training diverged.
        Conflict: another process is at this training.
    """
    job = _job(config, overrides, dataset, seed)
    engine = TrainingEngine(CostModel(config.costs), resources.models)
    output = _intact(engine.finished(dataset, job)) if resume else None
    if output is None:
        return _tracked(resources, engine, job, dataset, stage, resume=resume)
    stage.update(1, 1, f"{output.model_id} was trained before")
    _register(resources, output)
    return output


def trained_or_resumed(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    dataset: L2Output,
    seed: int,
    *,
    stage: Stage,
    train: Train = train_seed,
) -> L3Output:
    """Give the model of one seed, with as little work as that takes.

    One that was trained before is given back, a stopped training goes on, and a checkpoint that
    can't be used is not worth a failure: the training begins anew.

    Raises:
        DataQualityError: a file is missing or damaged, or the training diverged.
        Conflict: another process is at this training.
    """
    what = resources, config, overrides, dataset, seed
    try:
        return train(*what, stage=stage, resume=True)
    except (DataQualityError, ContractMismatch) as error:
        if "checkpoint" not in error.fields:
            raise
    return train(*what, stage=_Anew(stage), resume=False)


def _intact(output: L3Output | None) -> L3Output | None:
    """Give a finished model if it still passes the load gate; a damaged one is none."""
    if output is None:
        return None
    try:
        ProductionContract.validate_and_load(Path(output.model_path))
    except (ContractMismatch, NotFound):
        return None
    return output


def _tracked(
    resources: Resources,
    engine: TrainingEngine,
    job: TrainingJob,
    dataset: L2Output,
    stage: Stage,
    *,
    resume: bool,
) -> L3Output:
    with engine.claim(job), _telling_how_to_go_on(engine, job):
        if resume:
            engine.require_resumable(dataset, job)  # before the run that it goes on in is touched
        with _run(resources, job, dataset, engine.run_id(job) if resume else None) as run:
            watch = Watch(stage.update, run.metrics)
            output = engine.train(dataset, job, run.run_id, watch, resume=resume)
            folder = Path(output.model_path)
            write_curve(folder)
            _register(resources, output)  # before the tracking store, which may be lost
            run.metrics(output.metrics, int(output.metrics["steps"]))
            run.artefacts(folder)
            run.register(output.model_id, {"model_hash": output.model_hash})
    return output


def _run(
    resources: Resources, job: TrainingJob, dataset: L2Output, run_id: str | None
) -> AbstractContextManager[Run]:
    """Give the tracked run of a training, with its parameters and lineage."""
    lineage = job.lineage(dataset).to_dict()
    rows = {"train": dataset.train_rows, "val": dataset.val_rows}
    folder = Path(dataset.dataset_path)
    return resources.tracker.run(
        job.experiment_name,
        job.label,
        {"seed": job.seed, **_parameters(job)},
        {**{n: str(lineage[n]) for n in LINEAGE_TAGS}, "overrides": json.dumps(job.overrides)},
        dataset=TrackedDataset(job.experiment_name, dataset.dataset_hash, folder, rows),
        run_id=run_id,
    )


@contextmanager
def _telling_how_to_go_on(engine: TrainingEngine, job: TrainingJob) -> Iterator[None]:
    """Leave a note with whoever stops a training that has a checkpoint."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as stop:
        if (engine.work_folder(job) / CHECKPOINT).exists():
            stop.add_note(GOING_ON)
        raise


def _job(
    config: ExperimentConfig, overrides: Mapping[str, Any], dataset: L2Output, seed: int
) -> TrainingJob:
    """Give the job of one seed; which other seeds are trained is no part of it."""
    document = {**config.model_dump(mode="json"), "seeds": [seed]}
    kept = {key: value for key, value in overrides.items() if key != "seeds"}
    version = code_version()
    label = f"s{seed}"
    if config.protocol == "walk_forward":  # every fold has a training of its own
        label += f"-{hash_of([document, kept, dataset.dataset_hash, version])[:8]}"
    return TrainingJob(
        experiment_name=config.name,
        label=label,
        training=config.training,
        environment=config.environment,
        rewards=config.reward,
        curriculum=config.curriculum,
        seed=seed,
        config=document,
        overrides=kept,
        code_version=version,
    )


def _parameters(job: TrainingJob) -> dict[str, Any]:
    sections = ("training", "environment", "reward", "curriculum", "features")
    return {section: job.config[section] for section in sections}


def _register(resources: Resources, output: L3Output) -> None:
    folder = Path(output.model_path)
    lineage = ProductionContract.validate_and_load(folder).lineage
    resources.artifacts.keep(folder)  # before others can learn of it
    row = replace(output, model_path=str(folder.relative_to(resources.home)))
    by = resources.account().name
    with transaction(resources.engine) as connection:
        models.register(connection, row, lineage, resources.now(), by)
