"""`TrainingEngine`: a verified dataset in, a trained and exported policy out.

Opens the train and validation splits only; the test split belongs to L4.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import torch
import yaml
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback, CheckpointCallback, EvalCallback
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.vec_env import VecMonitor

from cambio.contracts.features import FEATURE_ORDER_HASH
from cambio.contracts.handoffs import L2Output, L3Output
from cambio.contracts.lineage import Lineage, file_hash, hash_of
from cambio.errors import ContractMismatch, DataQualityError
from cambio.features.spec import FeatureSpec
from cambio.trading.observation import NormStats
from cambio.training.config import EnvironmentConfig, TrainingConfig
from cambio.training.environment import EpisodeData, VectorTradingEnvironment
from cambio.training.export import policy_graph, require_equal

if TYPE_CHECKING:
    from cambio.trading.costs import CostModel
    from cambio.training.reward import RewardConfig

MODEL_VERSION = "1.0.0"
EVAL_SEGMENTS = 8
TRAINING_FILES = ("train.parquet", "val.parquet", "norm_stats.json")
HANDED_HASHES = ("dataset_hash", "norm_stats_hash", "source_data_hash", "feature_spec_hash")
ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}

Progress = Callable[[int, int, float | None], None]
"""Called with steps done, steps in all, and the newest mean evaluation reward."""


Curve = Callable[[dict[str, float], int], None]
"""Called with figures and the step that they belong to."""


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """What to train: one cell of an experiment."""

    experiment_name: str
    training: TrainingConfig
    environment: EnvironmentConfig
    rewards: RewardConfig
    seed: int
    config: dict[str, Any]
    """The whole experiment, as it is stored with the model."""
    overrides: dict[str, Any]
    code_version: str


class TrainingEngine:
    """Trains and exports.

    Args:
        costs: the cost model; the ledger in training charges what the ledger in trading does.
        models: the folder below which each model gets its own.
    """

    def __init__(self, costs: CostModel, models: Path) -> None:
        self._costs = costs
        self._models = models

    def train(
        self, dataset: L2Output, job: TrainingJob, run_id: str, progress: Progress, curve: Curve
    ) -> L3Output:
        """Train one policy, keep the best on validation, export it and prove the export.

        Raises:
            ContractMismatch: the dataset is not what its manifest says, or of another contract.
        """
        manifest = verify_dataset(dataset)
        verified = Path(dataset.dataset_path) / "norm_stats.json"
        stats = NormStats.model_validate_json(verified.read_text())
        close_only = manifest["feature_spec"]["bar_range"] == "close_only"
        train, val = (
            EpisodeData.of(
                pl.read_parquet(Path(dataset.dataset_path) / f"{name}.parquet"),
                stats,
                self._costs,
                close_only=close_only,
            )
            for name in ("train", "val")
        )
        self._models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._models, prefix=".training-") as scratch:
            folder = Path(scratch) / "model"
            folder.mkdir()
            model = self._fit(job, train, val, folder, progress, curve)
            graph = policy_graph(model)
            difference = require_equal(graph, model, _sample(val))
            (folder / "policy.onnx").write_bytes(graph)
            shutil.copy(verified, folder / "norm_stats.json")
            (folder / "config.yaml").write_text(yaml.safe_dump(job.config, sort_keys=False))
            lineage = _lineage(dataset, manifest, job)
            lineage = replace(lineage, model_hash=file_hash(folder / "policy.onnx"))
            model_id = f"{job.experiment_name}-s{job.seed}-{hash_of(lineage.to_dict())[:8]}"
            best = float(np.load(folder / "evaluations.npz")["results"].mean(axis=1).max())
            metrics = {"best_validation_reward": best, "export_difference": difference}
            metadata = {
                "model_id": model_id,
                "model_version": MODEL_VERSION,
                "feature_spec": manifest["feature_spec"],
                "lineage": lineage.to_dict(),
                "metrics": metrics,
            }
            (folder / "metadata.json").write_text(json.dumps(metadata, indent=2))
            final = self._models / model_id
            if final.exists():  # the same weights from the same inputs
                final.rename(Path(scratch) / "replaced")
            folder.rename(final)
        return L3Output(
            model_id=model_id,
            model_path=str(final),
            model_hash=lineage.model_hash,
            model_version=MODEL_VERSION,
            metrics=metrics,
            training_run_id=run_id,
            experiment_name=job.experiment_name,
            norm_stats_path=str(final / "norm_stats.json"),
            config_hash=lineage.config_hash,
            feature_order_hash=lineage.feature_order_hash,
            feature_spec_hash=lineage.feature_spec_hash,
        )

    def _fit(
        self,
        job: TrainingJob,
        train: EpisodeData,
        val: EpisodeData,
        folder: Path,
        progress: Progress,
        curve: Curve,
    ) -> PPO:
        """Run PPO; give the policy with the best validation reward."""
        config = job.training
        torch.set_num_threads(config.torch_threads)
        environment = VecMonitor(
            VectorTradingEnvironment(
                train, job.environment, job.rewards, n_envs=config.n_envs, seed=job.seed
            )
        )
        model = PPO(
            "MlpPolicy",
            environment,
            seed=job.seed,
            device="cpu",
            n_steps=config.n_steps // config.n_envs,
            policy_kwargs={
                "net_arch": {"pi": list(config.policy_layers), "vf": list(config.value_layers)},
                "activation_fn": ACTIVATIONS[config.activation],
            },
            **config.model_dump(
                include={
                    *("learning_rate", "batch_size", "n_epochs", "gamma", "gae_lambda"),
                    *("clip_range", "ent_coef", "vf_coef", "max_grad_norm"),
                }
            ),
        )
        model.set_logger(Logger(None, []))  # the default one writes to the temporary folder
        evaluation = EvalCallback(
            VecMonitor(_evaluation_environment(val, job)),
            n_eval_episodes=EVAL_SEGMENTS,
            eval_freq=_evaluation_calls(config),
            best_model_save_path=str(folder),
            log_path=str(folder),
            deterministic=True,
            verbose=0,
        )
        checkpoints = CheckpointCallback(
            max(config.checkpoint_freq // config.n_envs, 1), str(folder / "checkpoints")
        )
        report = _Report(evaluation, progress, curve, config.total_timesteps)
        model.learn(config.total_timesteps, callback=[evaluation, checkpoints, report])
        report.write(folder / "metrics")
        (folder / "best_model.zip").rename(folder / "model.zip")
        return PPO.load(folder / "model.zip", device="cpu")


def verify_dataset(dataset: L2Output) -> dict[str, Any]:
    """Check the files of train and validation against the manifest; give the manifest.

    Raises:
        ContractMismatch: a file changed since the build, the contract is another one, or the
            hand-off names another dataset than the manifest does.
        DataQualityError: a file is missing.
    """
    folder = Path(dataset.dataset_path)
    for name in ("manifest.json", *TRAINING_FILES):
        if not (folder / name).exists():
            raise DataQualityError(f"{folder / name} is missing.", remedy="Build it again.")
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    ours = {
        "feature_order_hash": FEATURE_ORDER_HASH,
        "feature_spec_hash": FeatureSpec(**manifest["feature_spec"]).hash(),
    }
    handed = {key: getattr(dataset, key) for key in HANDED_HASHES}
    for by, expected in (("this installation", ours), ("the hand-off", handed)):
        for key, value in expected.items():
            if manifest[key] != value:
                subject, where = key.replace("_", " "), str(folder / "manifest.json")
                raise ContractMismatch.between(subject, value, by, manifest[key], where)
    for name in TRAINING_FILES:
        stored, found = manifest["files"][name]["sha256"], file_hash(folder / name)
        if stored != found:
            where = str(folder / name)
            raise ContractMismatch.between("SHA-256", stored, "manifest.json", found, where)
    return manifest


class _Report(BaseCallback):
    """Passes progress on and keeps the curves that the artefact tree asks for."""

    def __init__(
        self, evaluation: EvalCallback, progress: Progress, curve: Curve, total: int
    ) -> None:
        super().__init__()
        self._evaluation = evaluation
        self._progress = progress
        self._curve = curve
        self._total = total
        self._episodes: list[dict[str, float]] = []
        self._evaluations: list[dict[str, float]] = []

    def _on_step(self) -> bool:
        step = self.num_timesteps
        for info in self.locals["infos"]:
            if "episode" in info:
                self._episodes.append({"step": step, "reward": float(info["episode"]["r"])})
        mean = float(self._evaluation.last_mean_reward)
        steps = self._evaluation.evaluations_timesteps
        if steps and (not self._evaluations or self._evaluations[-1]["step"] != steps[-1]):
            self._evaluations.append({"step": float(steps[-1]), "mean_reward": mean})
            self._curve({"validation_reward": mean}, int(steps[-1]))
        self._progress(min(step, self._total), self._total, mean if steps else None)
        return True

    def _on_rollout_end(self) -> None:
        recent = [episode["reward"] for episode in self._episodes[-100:]]
        if recent:
            self._curve({"episode_reward": float(np.mean(recent))}, self.num_timesteps)

    def write(self, folder: Path) -> None:
        folder.mkdir()
        schema = {"step": pl.Int64, "reward": pl.Float64}
        pl.DataFrame(self._episodes, schema).write_csv(folder / "episode_reward.csv")
        pl.DataFrame(self._evaluations).write_csv(folder / "validation_metrics.csv")


def _evaluation_calls(config: TrainingConfig) -> int:
    """Give the vector steps between evaluations, so few that one comes before training ends."""
    planned = -(-config.total_timesteps // config.n_steps) * config.n_steps
    return max(min(config.eval_freq, planned) // config.n_envs, 1)


def _evaluation_environment(val: EpisodeData, job: TrainingJob) -> VectorTradingEnvironment:
    """Give the whole validation split as equal segments, each walked once an evaluation."""
    segments = min(EVAL_SEGMENTS, max(len(val) // 2, 1))
    length = len(val) // segments
    return VectorTradingEnvironment(
        val,
        job.environment.model_copy(update={"max_steps": max(length - 1, 2)}),
        job.rewards,
        n_envs=segments,
        seed=job.seed,
        starts=np.arange(segments) * length,
    )


def _sample(val: EpisodeData) -> np.ndarray:
    """Give the observations of the whole validation split, in each of the three positions."""
    parts = [
        np.column_stack([val.rows, np.full(len(val), position), val.time_normalized])
        for position in (-1, 0, 1)
    ]
    return np.concatenate(parts).astype(np.float32)


def _lineage(dataset: L2Output, manifest: dict[str, Any], job: TrainingJob) -> Lineage:
    return Lineage(
        code_version=job.code_version,
        config_hash=hash_of(job.config),
        overrides=job.overrides,
        feature_order_hash=dataset.feature_order_hash,
        feature_spec_hash=dataset.feature_spec_hash,
        source_data_hash=dataset.source_data_hash,
        dataset_hash=dataset.dataset_hash,
        norm_stats_hash=dataset.norm_stats_hash,
        reward_config_hash=hash_of(job.rewards.model_dump()),
        training_start=manifest["ranges"]["train"][0],
        training_end=manifest["ranges"]["train"][1],
        validation_end=manifest["ranges"]["val"][1],
        seed=job.seed,
    )
