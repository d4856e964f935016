"""`TrainingEngine`: a verified dataset in, a trained and exported policy out.

While it runs, a training lives in a work folder of its own, where its checkpoint lies; a model
folder appears whole when all is done and proven.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import yaml

from cambio.contracts.handoffs import L2Output, L3Output
from cambio.contracts.lineage import Lineage, hash_of
from cambio.errors import Conflict, DataQualityError
from cambio.files import publish_folder
from cambio.training import learners
from cambio.training.checkpoint import Checkpoint, Record
from cambio.training.config import Curriculum, EnvironmentConfig, Training
from cambio.training.curriculum import CurriculumState
from cambio.training.evaluation import Evaluator
from cambio.training.export import policy_graph, require_equal
from cambio.training.inputs import TrainingInputs
from cambio.training.loop import TrainingLoop, Watch
from cambio.training.vectorized import VectorTradingEnvironment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.trading.costs import CostModel
    from cambio.training.learners import Backend
    from cambio.training.reward import RewardConfig

MODEL_VERSION: Final = "1.0.0"
CHECKPOINT: Final = "checkpoint.zip"
RUN_ID: Final = "run_id"


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """What to train: one cell of an experiment."""

    experiment_name: str
    label: str
    """Tells this cell from the experiment's others, and names its work folder."""
    training: Training
    environment: EnvironmentConfig
    rewards: RewardConfig
    curriculum: Curriculum
    seed: int
    config: dict[str, Any]
    """The whole experiment, as it is stored with the model."""
    overrides: dict[str, Any]
    code_version: str

    @property
    def name(self) -> str:
        """Name of the work folder."""
        return f"{self.experiment_name}-{self.label}"

    def lineage(self, dataset: L2Output) -> Lineage:
        """Give what the model will be made from; its own hash is still empty."""
        ranges = json.loads(Path(dataset.manifest_path).read_bytes())["ranges"]
        return Lineage(
            code_version=self.code_version,
            config_hash=hash_of(self.config),
            overrides=self.overrides,
            feature_order_hash=dataset.feature_order_hash,
            feature_spec_hash=dataset.feature_spec_hash,
            source_data_hash=dataset.source_data_hash,
            dataset_hash=dataset.dataset_hash,
            norm_stats_hash=dataset.norm_stats_hash,
            reward_config_hash=hash_of(self.rewards.model_dump()),
            training_start=ranges["train"][0],
            training_end=ranges["train"][1],
            validation_end=ranges["val"][1],
            seed=self.seed,
        )


class TrainingEngine:
    """Trains and exports.

    Args:
        costs: the cost model; the ledger in training charges what the ledger in trading does.
        models: the folder below which each model gets its own.
    """

    def __init__(self, costs: CostModel, models: Path) -> None:
        self._costs = costs
        self._models = models

    def work_folder(self, job: TrainingJob) -> Path:
        """Give the folder in which a training's checkpoint lies while it is unfinished."""
        return self._models / ".training" / job.name

    @contextmanager
    def claim(self, job: TrainingJob) -> Iterator[None]:
        """Hold a training's work folder; the lock goes with the process, however it ends.

        Raises:
            Conflict: another process holds it.
        """
        work = self.work_folder(job)
        work.mkdir(parents=True, exist_ok=True)
        with (work / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict(
                    f"Another process is training {work.name}.",
                    remedy="Wait for it, or stop it and go on with --resume.",
                ) from error
            yield

    def run_id(self, job: TrainingJob) -> str | None:
        """Give the tracked run of an unfinished training; None where there is none."""
        path = self.work_folder(job) / RUN_ID
        return (path.read_text(encoding="utf-8") or None) if path.exists() else None

    def require_resumable(self, dataset: L2Output, job: TrainingJob) -> None:
        """Pass where there is no checkpoint, or one that this job can go on from.

        Raises:
            ContractMismatch: it belongs to another training.
            DataQualityError: it is damaged.
        """
        path = self.work_folder(job) / CHECKPOINT
        if path.exists():
            Checkpoint.read(path, job.lineage(dataset).to_dict())

    def train(
        self, dataset: L2Output, job: TrainingJob, run_id: str, watch: Watch, *, resume: bool
    ) -> L3Output:
        """Train one policy, keep the best on validation, export it and prove the export.

        The caller holds the job's `claim`.

        Args:
            dataset: its test split is never opened.
            job: what to train.
            run_id: of the tracked run.
            watch: told on the way.
            resume: go on from the checkpoint, if there is one; else begin anew.

        Raises:
            ContractMismatch: the dataset is not what its manifest says, or of another contract;
                or the checkpoint belongs to another training.
            DataQualityError: a file is missing or damaged, or the training diverged.
        """
        inputs = TrainingInputs.read(dataset, self._costs)
        work = self.work_folder(job)
        (work / RUN_ID).write_text(run_id, encoding="utf-8")
        training = _Training(job, job.lineage(dataset), inputs, work)
        record, best = training.run(watch, resume=resume)
        output = self._publish(training, record, best, run_id)
        shutil.rmtree(work)
        return output

    def _publish(self, training: _Training, record: Record, best: bytes, run_id: str) -> L3Output:
        """Export the best policy, prove the export, and put the model folder in place."""
        job = training.job
        saved = training.backend.load(best)
        graph = policy_graph([saved.network()])
        observations = training.evaluator.observations
        difference = require_equal(graph, saved.logits(observations), observations)
        lineage = replace(training.lineage, model_hash=hashlib.sha256(graph).hexdigest())
        metadata = {
            "model_id": f"{job.experiment_name}-s{job.seed}-{hash_of(lineage.to_dict())[:8]}",
            "experiment_name": job.experiment_name,
            "model_version": MODEL_VERSION,
            "run_id": run_id,
            "inputs_hash": hash_of(training.lineage.to_dict()),
            "feature_spec": training.inputs.manifest["feature_spec"],
            "lineage": lineage.to_dict(),
            "metrics": _metrics(record) | {"export_difference": difference},
            "trained_with": training.versions,
        }
        files = {
            "policy.onnx": graph,
            "model.zip": best,
            "norm_stats.json": training.inputs.norm_stats,
            "config.yaml": yaml.safe_dump(job.config, sort_keys=False).encode(),
            "metadata.json": json.dumps(metadata, indent=2).encode(),
            **_curves(record, training.curriculum.history),
        }
        folder = self._models / str(metadata["model_id"])
        return _handed_over(publish_folder(folder, files, last="metadata.json"), metadata)

    def finished(self, dataset: L2Output, job: TrainingJob) -> L3Output | None:
        """Give the model that this very training made before; None where there is none."""
        wanted = hash_of(job.lineage(dataset).to_dict())
        for path in sorted(self._models.glob(f"{job.experiment_name}-s{job.seed}-*/metadata.json")):
            try:
                metadata = json.loads(path.read_bytes())
            except ValueError:  # a damaged one is none
                continue
            if metadata.get("inputs_hash") == wanted:
                return _handed_over(path.parent, metadata)
        return None


class _Training:
    """One training while it runs."""

    def __init__(
        self, job: TrainingJob, lineage: Lineage, inputs: TrainingInputs, work: Path
    ) -> None:
        self.job = job
        self.lineage = lineage
        self.inputs = inputs
        self.backend: Backend = learners.backend(job.training.backend)
        self.versions = {name: version(name) for name in self.backend.PACKAGES}
        self.evaluator = Evaluator(inputs.val, job.environment, job.rewards)
        self.curriculum = CurriculumState(job.curriculum)
        self._path = work / CHECKPOINT
        self._environment = VectorTradingEnvironment(
            inputs.train.at_costs(job.environment.cost_multiple),
            job.environment,
            job.rewards,
            n_envs=job.training.n_envs,
            seed=job.seed,
        )
        self._learner = self.backend.new(job.training, self._environment, job.seed)

    def run(self, watch: Watch, *, resume: bool) -> tuple[Record, bytes]:
        """Train to the end; give what was seen and the archive of the best policy."""
        curriculum, record, best, origin = self.curriculum, Record(), b"", ""
        for stage in (*self.job.curriculum, curriculum.stage):  # one without episodes is told now
            self._environment.begin_stage(stage)
        if resume and self._path.exists():
            checkpoint = Checkpoint.read(self._path, self.lineage.to_dict())
            record, best = self._restore(checkpoint)
            curriculum.restore(checkpoint.curriculum)
            origin = self._resumed(checkpoint)
        else:
            self._path.unlink(missing_ok=True)
        loop = TrainingLoop(self._learner, self._environment, self.evaluator, curriculum, record)
        loop.best, loop.origin = best, origin
        loop.run(self.job.training, watch, lambda: self._checkpoint(loop).write(self._path))
        return record, loop.best

    def _resumed(self, found: Checkpoint) -> str:
        """Say where it goes on, and whether it can end in the weights that it would have had."""
        then = [
            f"{name} {found.versions.get(name)}"
            for name, now in self.versions.items()
            if found.versions.get(name) != now
        ]
        if not then:
            return f"went on from step {found.record.step:,}"
        return f"went on from step {found.record.step:,}, not bit for bit: it began with {then}"

    def _checkpoint(self, loop: TrainingLoop) -> Checkpoint:
        states = {"env": self._environment.state(), "learner": self._learner.place()}
        return Checkpoint(
            job=self.lineage.to_dict(),
            versions=self.versions,
            record=loop.record,
            curriculum=loop.curriculum.to_dict(),
            learner=self._learner.state(),
            best=loop.best,
            arrays={f"{of}.{name}": a for of, one in states.items() for name, a in one.items()},
        )

    def _restore(self, found: Checkpoint) -> tuple[Record, bytes]:
        self._learner.restore(found.learner)
        self._environment.restore(_part("env", found.arrays))
        self._learner.return_to(found.record.step, _part("learner", found.arrays))
        return found.record, found.best


def _part(of: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {key.removeprefix(f"{of}."): a for key, a in arrays.items() if key.startswith(f"{of}.")}


def _metrics(record: Record) -> dict[str, float]:
    """Give the figures of the policy that is kept.

    Raises:
        DataQualityError: there is none, for want of one evaluation.
    """
    if record.best is None:
        raise DataQualityError("The training ended before its first evaluation.")
    step, reward, sharpe = record.best
    return {
        "best_validation_reward": reward,
        "best_validation_sharpe": sharpe,
        "best_step": float(step),
        "steps": float(record.step),
    }


def _curves(record: Record, stages: list[tuple[int, int]]) -> dict[str, bytes]:
    """Give `metrics/*.csv`: what was seen on the way, with the step that it belongs to."""
    tables: dict[str, tuple[list[Any], tuple[str, ...]]] = {
        "episode_reward": (record.episodes, ("step", "reward")),
        "validation_metrics": (record.evaluations, ("step", "mean_reward", "sharpe")),
        "curriculum": (stages, ("step", "stage")),
    }
    found = {}
    for name, (rows, columns) in tables.items():
        kinds = {c: pl.Int64 if c in {"step", "stage"} else pl.Float64 for c in columns}
        text = pl.DataFrame(rows, kinds, orient="row").write_csv()
        found[f"metrics/{name}.csv"] = text.encode()
    return found


def _handed_over(folder: Path, metadata: Mapping[str, Any]) -> L3Output:
    lineage = metadata["lineage"]
    return L3Output(
        model_id=metadata["model_id"],
        model_path=str(folder),
        model_hash=lineage["model_hash"],
        model_version=metadata["model_version"],
        metrics=metadata["metrics"],
        training_run_id=metadata["run_id"],
        experiment_name=metadata["experiment_name"],
        norm_stats_path=str(folder / "norm_stats.json"),
        config_hash=lineage["config_hash"],
        feature_order_hash=lineage["feature_order_hash"],
        feature_spec_hash=lineage["feature_spec_hash"],
    )
