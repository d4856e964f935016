"""What an experiment may set about its training; free of torch, so that reading it is quick."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

Width = Annotated[int, Field(ge=1, le=4096)]
"""Units of a layer."""


class TrainingConfig(BaseModel):
    """`training` of an experiment by PPO; the defaults are the specification's."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    algorithm: Literal["ppo"] = "ppo"
    backend: Literal["sb3", "sbx"] = "sb3"
    """Stable-Baselines3 is the reference; SBX, its JAX sibling, is faster (extra `fast`)."""
    total_timesteps: int = Field(500_000, ge=1)
    learning_rate: float = Field(1e-4, gt=0, le=1)
    n_steps: int = Field(2048, ge=2)
    """Steps of a rollout, over all environments together."""
    n_envs: int = Field(8, ge=1)
    batch_size: int = Field(64, ge=2)
    n_epochs: int = Field(10, ge=1)
    gamma: float = Field(0.99, gt=0, le=1)
    gae_lambda: float = Field(0.95, gt=0, le=1)
    clip_range: float = Field(0.2, gt=0)
    ent_coef: float = Field(0.01, ge=0)
    vf_coef: float = Field(0.5, ge=0)
    max_grad_norm: float = Field(0.5, gt=0)
    eval_freq: int = Field(10_000, ge=1)
    checkpoint_freq: int = Field(50_000, ge=1)
    patience: int | None = Field(None, ge=1)
    """Stop after so many evaluations in a row that bring no better policy; None never stops."""
    policy_layers: tuple[Width, ...] = (256, 256)
    value_layers: tuple[Width, ...] = (256, 256)
    activation: Literal["tanh", "relu"] = "tanh"
    torch_threads: int = Field(1, ge=1, le=64)
    """Part of the result: another number of threads adds floats in another order."""

    @property
    def steps(self) -> int:
        """Give how long it is, in what `eval_freq` counts."""
        return self.total_timesteps

    @model_validator(mode="after")
    def _rollout_divides(self) -> Self:
        if self.n_steps % self.n_envs:
            raise ValueError(f"n_steps ({self.n_steps}) is no multiple of n_envs ({self.n_envs})")
        if self.n_steps % self.batch_size:
            raise ValueError(
                f"n_steps ({self.n_steps}) is no multiple of batch_size ({self.batch_size})"
            )
        return self


class ExactGradientConfig(BaseModel):
    """`training` of an experiment by the exact gradient; a step is a step of the gradient."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    algorithm: Literal["exact_gradient"]
    objective: Literal["mean", "mean_variance", "sharpe"] = "mean"
    """Of the sessions: mean reward; less `risk_aversion` / 2 × variance; or over its root."""
    risk_aversion: float = Field(0.1, ge=0)
    """For `mean_variance`, of percent returns a session."""
    gradient_steps: int = Field(300, ge=1)
    n_envs: int = Field(64, ge=1)
    """Episodes that one step looks at, each followed over all that the policy might do in it."""
    learning_rate: float = Field(1e-3, gt=0, le=1)
    weight_decay: float = Field(0.01, ge=0)
    ent_coef: float = Field(0.01, ge=0)
    input_noise: float = Field(0.0, ge=0)
    """Standard deviation of noise on the normalised market features."""
    dropout: float = Field(0.0, ge=0, lt=1)
    """Share of the units that an episode does without."""
    eval_freq: int = Field(10, ge=1)
    checkpoint_freq: int = Field(100, ge=1)
    patience: int | None = Field(None, ge=1)
    """Stop after so many evaluations in a row that bring no better policy; None never stops."""
    policy_layers: tuple[Width, ...] = (64, 64)
    activation: Literal["tanh", "relu"] = "tanh"

    @property
    def backend(self) -> str:
        """Give the learner's name."""
        return self.algorithm

    @property
    def steps(self) -> int:
        """Give how long it is, in what `eval_freq` counts."""
        return self.gradient_steps


def _algorithm(found: Any) -> str:
    named = found.get("algorithm") if isinstance(found, dict) else getattr(found, "algorithm", None)
    return named if named == "exact_gradient" else "ppo"


Training = Annotated[
    Annotated[TrainingConfig, Tag("ppo")] | Annotated[ExactGradientConfig, Tag("exact_gradient")],
    Discriminator(_algorithm),
]
"""`training` of an experiment, by its `algorithm`; without one it is PPO."""


class EnvironmentConfig(BaseModel):
    """`environment` of an experiment."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    max_steps: int = Field(1200, ge=2)
    """Bars an episode; 1,200 are 20 sessions."""
    ruin_fraction: float = Field(0.5, gt=0, lt=1)
    cost_multiple: float = Field(1.0, ge=0)
    """Of the configured costs, in training only: evaluations and all that judges are at ×1."""


class StageConfig(BaseModel):
    """One stage of `curriculum`: an easier market, until its steps or its reward are reached."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    costs: float = Field(1.0, ge=0, le=1)
    """Multiple of the environment's costs; the policy rates are a price and stay."""
    max_steps: int | None = Field(None, ge=2)
    """Bars an episode; None is the environment's."""
    volatility: Literal["all", "calm", "turbulent"] = "all"
    """Which episodes: by the volatility of their bars, the lower or upper half of the split."""
    until_step: int | None = Field(None, ge=1)
    """Ends at this step of the training ..."""
    until_reward: float | None = None
    """... or as soon as an evaluation, always at full costs, reaches this mean reward."""

    @property
    def ends(self) -> bool:
        """Whether anything ends this stage."""
        return self.until_step is not None or self.until_reward is not None


def _from_easy_to_full(stages: tuple[StageConfig, ...]) -> tuple[StageConfig, ...]:
    *earlier, last = stages or (StageConfig(),)
    if last != StageConfig():
        raise ValueError("the last stage must be the market as it is: write it as {}")
    endless = [i for i, stage in enumerate(earlier) if not stage.ends]
    if endless:
        raise ValueError(f"stage {endless[0]} never ends: give until_step or until_reward")
    steps = [stage.until_step for stage in earlier if stage.until_step is not None]
    if any(later <= before for before, later in pairwise(steps)):
        raise ValueError(f"until_step must grow from stage to stage, not {steps}")
    return stages


Curriculum = Annotated[tuple[StageConfig, ...], AfterValidator(_from_easy_to_full)]
"""`curriculum` of an experiment; the empty one trains on the market as it is."""
