"""What happens between rollouts: evaluation, curriculum, early stopping, checkpoints, progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback

if TYPE_CHECKING:
    from cambio.training.checkpoint import Record
    from cambio.training.config import Training
    from cambio.training.curriculum import CurriculumState
    from cambio.training.evaluation import Evaluator
    from cambio.training.learners import Learner
    from cambio.training.vectorized import VectorTradingEnvironment

RECENT: Final = 100
"""Episodes whose mean reward is told."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Where a training tells how it goes."""

    progress: Callable[[int, int, str], None]
    """Called with steps done, steps in all, and the figure that matters."""
    metrics: Callable[[dict[str, float], int], None]
    """Called with figures and the step that they belong to."""


class TrainingLoop(BaseCallback):
    """Runs between the rollouts of one training.

    The policy changes there and nowhere else, so that is where it is judged and saved.

    Args:
        learner: what learns.
        environment: where.
        evaluator: judges on the validation split.
        curriculum: the stages.
        record: what has been seen; grows.
    """

    def __init__(
        self,
        learner: Learner,
        environment: VectorTradingEnvironment,
        evaluator: Evaluator,
        curriculum: CurriculumState,
        record: Record,
    ) -> None:
        super().__init__()
        self.record = record
        self.curriculum = curriculum
        self.best = b""
        self.origin = ""
        """Where a resumed training began, for people."""
        self._learner = learner
        self._environment = environment
        self._evaluator = evaluator
        self._stopped = False

    def run(self, config: Training, watch: Watch, save: Callable[[], None]) -> None:
        """Train to the end, or until patience is over.

        Args:
            config: how long, and how often to look.
            watch: told on the way.
            save: writes a checkpoint.
        """
        self._config, self._watch, self._save = config, watch, save
        self._saved = self.record.step
        self._stopped = self._out_of_patience()  # it may have been when the checkpoint was taken
        self._progress()
        self._learner.algorithm.learn(
            config.steps - self.record.step,
            callback=self,
            reset_num_timesteps=self.record.step == 0,
        )

    def _on_rollout_start(self) -> None:
        if self.num_timesteps == self.record.step:
            return  # fresh, or just resumed
        self.record.step = self.num_timesteps
        last = self.record.evaluations[-1][0] if self.record.evaluations else 0
        reward = None
        if self._due(self._config.eval_freq, last):
            reward = self._evaluate()
        if self.curriculum.advance(self.num_timesteps, reward):
            self._environment.begin_stage(self.curriculum.stage)
        if self._due(self._config.checkpoint_freq, self._saved):
            self._save()
            self._saved = self.num_timesteps

    def _due(self, every: int, last: int) -> bool:
        return self.num_timesteps // every > last // every

    def _on_step(self) -> bool:
        for info in self.locals["infos"]:
            if "episode" in info:
                self.record.episodes.append((self.num_timesteps, float(info["episode"]["r"])))
        return not self._stopped

    def _on_rollout_end(self) -> None:
        recent = [reward for _, reward in self.record.episodes[-RECENT:]]
        if recent:
            self._watch.metrics({"episode_reward": float(np.mean(recent))}, self.num_timesteps)
        self._progress()

    def _on_training_end(self) -> None:
        if not self._stopped and self.num_timesteps > self.record.step:
            self.record.step = self.num_timesteps
            self._evaluate()
        self._progress()

    def _evaluate(self) -> float:
        found = self._evaluator.evaluate(self._learner.logits)
        step, reward, sharpe = self.num_timesteps, found.mean_reward, found.sharpe
        self.record.evaluations.append((step, reward, sharpe))
        if self.record.stale == 0:
            self.best = self._learner.archive()
        figures = {"validation_reward": reward, "validation_sharpe": sharpe}
        if self.curriculum.count > 1:
            figures["curriculum_stage"] = float(self.curriculum.index)
        self._watch.metrics(figures, step)
        self._stopped = self._out_of_patience()
        return reward

    def _out_of_patience(self) -> bool:
        patience = self._config.patience
        return patience is not None and self.record.stale >= patience

    def _progress(self) -> None:
        step, total = max(self.num_timesteps, self.record.step), self._config.steps
        self._watch.progress(min(step, total), total, self._note())

    def _note(self) -> str:
        parts = []
        best = self.record.best
        if best is not None:
            newest = self.record.evaluations[-1]
            parts.append(f"validation {newest[1]:+.2f}, best {best[1]:+.2f}".replace("-", "−"))
        if self.curriculum.count > 1:
            parts.append(f"stage {self.curriculum.index + 1} of {self.curriculum.count}")
        return ", ".join(part for part in (*parts, self.origin) if part)
