"""The ways to train by PPO that the benchmarks compare, each as `TrainingEngine` does it.

| variant | environment | network | batch | update by |
|---|---|---|---|---|
| `stock` | one `TradingEnvironment`, in SB3's `Monitor` and `DummyVecEnv` | 2 × 256 | 64 | torch |
| `sb3` | `VectorTradingEnvironment` | 2 × 256 | 64 | torch |
| `sbx` | `VectorTradingEnvironment` | 2 × 256 | 64 | XLA |
| `tuned` | `VectorTradingEnvironment`, as `config/experiments/fast_ppo_v1.yaml` says | | | XLA |

The first three have the hyperparameters of `config/experiments/baseline_ppo_v1.yaml`, which are
the specification's. All have the same ledger, costs, observations and rewards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING

import torch

from benchmarks import market
from cambio.app import experiment_config
from cambio.training import learners
from cambio.training.checkpoint import Record
from cambio.training.curriculum import CurriculumState
from cambio.training.environment import TradingEnvironment
from cambio.training.loop import TrainingLoop, Watch
from cambio.training.vectorized import VectorTradingEnvironment

if TYPE_CHECKING:
    from cambio.app.experiment_config import ExperimentConfig
    from cambio.trading.observation import NormStats
    from cambio.training.config import EnvironmentConfig, TrainingConfig
    from cambio.training.environment import EpisodeData
    from cambio.training.evaluation import Evaluation, Evaluator, Logits
    from cambio.training.learners import Learner
    from cambio.training.reward import RewardConfig

STOCK, SB3, SBX, TUNED = VARIANTS = ("stock", "sb3", "sbx", "tuned")
NO_CHECKPOINT = 2**40


@dataclass(frozen=True, slots=True)
class Task:
    """What is learnt."""

    train: EpisodeData
    stats: NormStats
    environment: EnvironmentConfig
    rewards: RewardConfig


@dataclass(slots=True)
class Timed:
    """An `Evaluator` that knows how long it took, so that this need not count as training."""

    evaluator: Evaluator
    seconds: float = field(default=0.0, init=False)

    def evaluate(self, logits: Logits) -> Evaluation:
        start = perf_counter()
        found = self.evaluator.evaluate(logits)
        self.seconds += perf_counter() - start
        return found


@cache
def experiment(name: str) -> ExperimentConfig:
    """Give an experiment that the product ships."""
    settings = market.settings()
    return experiment_config.load(settings.config_folder, name, settings.ssot(), {})


def config(variant: str) -> TrainingConfig:
    """Give a variant's settings."""
    if variant == TUNED:
        return experiment("fast_ppo_v1").training
    changes = {STOCK: {"n_envs": 1}, SB3: {}, SBX: {"backend": "sbx"}}
    return experiment("baseline_ppo_v1").training.model_copy(update=changes[variant])


class Training:
    """One variant at work on a task; goes on where it stopped when it is told to learn again.

    Args:
        variant: one of `VARIANTS`.
        task: what it learns.
        seed: of the weights, actions, minibatches and episodes.
        eval_freq: steps between two evaluations; the variant's own if None.
    """

    def __init__(
        self, variant: str, task: Task, seed: int, *, eval_freq: int | None = None
    ) -> None:
        found = config(variant)
        torch.set_num_threads(found.torch_threads)
        changes = {"eval_freq": eval_freq or found.eval_freq, "checkpoint_freq": NO_CHECKPOINT}
        self.config = found.model_copy(update=changes)
        self.record = Record()
        self._environment = _environment(variant, task, self.config.n_envs, seed)
        self.learner: Learner = learners.backend(found.backend).new(
            self.config, self._environment, seed
        )

    def learn(self, steps: int, evaluator: Timed) -> None:
        """Take ``steps`` more steps, rounded up to whole rollouts; evaluate on the way."""
        total = self.record.step + steps
        loop = TrainingLoop(
            self.learner, self._environment, evaluator, CurriculumState(), self.record
        )
        config = self.config.model_copy(update={"total_timesteps": total})
        loop.run(config, Watch(lambda *_: None, lambda *_: None), lambda: None)


def single(task: Task) -> TradingEnvironment:
    """Give the environment of the stock variant."""
    return TradingEnvironment(task.train, task.stats, task.environment, task.rewards)


def _environment(
    variant: str, task: Task, n_envs: int, seed: int
) -> TradingEnvironment | VectorTradingEnvironment:
    if variant == STOCK:  # the loop uses it for a curriculum only, and there is none
        return single(task)
    return VectorTradingEnvironment(
        task.train, task.environment, task.rewards, n_envs=n_envs, seed=seed
    )
