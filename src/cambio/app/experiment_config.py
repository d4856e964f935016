"""An experiment: its YAML file, the SSOT files it stands on, and the overrides."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cambio.app.code_version import dataset_code_version
from cambio.app.experiment_files import EXTENDS, NAME, path_of, resolve
from cambio.dataset.build import DatasetPlan, FeatureConfig
from cambio.dataset.folds import WalkForwardConfig
from cambio.dataset.quality import QualityThresholds
from cambio.dataset.splits import DateRanges
from cambio.errors import ConfigError
from cambio.features.kernels import LONGEST_LOOKBACK
from cambio.trading.costs import CostConfig
from cambio.trading.risk import RiskLimits
from cambio.training.config import Curriculum, EnvironmentConfig, Training, TrainingConfig
from cambio.training.reward import RewardConfig
from cambio.validation.criteria import Criterion, HardGates
from cambio.yaml_files import validated


class ExperimentConfig(BaseModel):
    """`config/experiments/NAME.yaml`, completed by the SSOT files."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(pattern=NAME)
    description: str
    extends: str | None = Field(None, exclude=True)
    """The experiment that this one stands on. What it resolves to is what counts: the name of
    the base enters no hash."""
    protocol: Literal["single_split", "walk_forward"] = "single_split"
    seeds: tuple[Annotated[int, Field(ge=0, lt=2**32)], ...] = Field((42,), min_length=1)
    walk_forward: WalkForwardConfig | None = None
    features: FeatureConfig = FeatureConfig()
    quality: QualityThresholds = QualityThresholds()
    training: Training = TrainingConfig()
    environment: EnvironmentConfig = EnvironmentConfig()
    reward: RewardConfig = RewardConfig()
    curriculum: Curriculum = ()
    success_criteria: tuple[Criterion, ...] = Field(min_length=1)
    gates: HardGates = HardGates()
    date_ranges: DateRanges
    initial_capital: float = Field(gt=0)
    costs: CostConfig
    risk: RiskLimits

    @field_validator("seeds")
    @classmethod
    def _differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) < len(seeds):
            raise ValueError("a seed is given twice")
        return seeds

    @model_validator(mode="after")
    def _walks_as_it_says(self) -> Self:
        if self.protocol == "walk_forward" and self.walk_forward is None:
            raise ValueError("protocol walk_forward needs the section walk_forward")
        if self.protocol == "single_split" and self.walk_forward is not None:
            raise ValueError(
                "walk_forward belongs to protocol: walk_forward; leave it out (--set "
                "walk_forward=null) for a single split"
            )
        return self

    def with_seeds(self, count: int) -> ExperimentConfig:
        """Give the same experiment with so many seeds, the first one and those after it."""
        return self.model_copy(update={"seeds": tuple(self.seeds[0] + i for i in range(count))})

    def plan(self) -> DatasetPlan:
        """Give what L2 needs of it."""
        walk = self.walk_forward
        return DatasetPlan(
            experiment_name=self.name,
            ranges=self.date_ranges,
            features=self.features,
            quality=self.quality,
            embargo_bars=LONGEST_LOOKBACK if walk is None else walk.embargo_bars,
            code_version=dataset_code_version(),
        )


class _Undated(yaml.SafeLoader):
    """YAML whose dates stay text: overrides go into the lineage, which is JSON."""


_Undated.add_constructor("tag:yaml.org,2002:timestamp", lambda _loader, node: node.value)


def parse_overrides(assignments: Sequence[str]) -> dict[str, Any]:
    """Read `key.path=value` assignments; values are YAML.

    Raises:
        ConfigError: an assignment has no `=` or its value is not YAML.

    >>> parse_overrides(["training.total_timesteps=20000", "reward.strategy=pnl"])
    {'training.total_timesteps': 20000, 'reward.strategy': 'pnl'}
    """
    overrides = {}
    for assignment in assignments:
        key, found, text = assignment.partition("=")
        if not found:
            raise ConfigError(f"--set {assignment}: write key.path=value.")
        try:
            overrides[key.strip()] = yaml.load(text, _Undated)  # noqa: S506 - a safe loader
        except yaml.YAMLError as error:
            raise ConfigError(f"--set {assignment}: {text!r} is not a value.") from error
    return overrides


def merged(
    experiment: Mapping[str, Any], ssot: Mapping[str, Any], overrides: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the whole document: the experiment, the SSOT sections, then each override.

    Raises:
        ConfigError: the experiment repeats an SSOT section, or an override goes through a value.
    """
    repeated = sorted(set(experiment) & set(ssot))
    if repeated:
        raise ConfigError(
            f"The experiment sets {', '.join(repeated)}, which has one home of its own.",
            remedy="Change config/date_ranges.yaml, trading.yaml or risk.yaml, or use --set.",
        )
    document: dict[str, Any] = copy.deepcopy({**experiment, **ssot})
    for path, value in overrides.items():
        *parents, leaf = path.split(".")
        node = document
        for key in parents:
            node = node.setdefault(key, {})
            if not isinstance(node, dict):
                raise ConfigError(f"--set {path}: {key} is a value, not a section.")
        node[leaf] = copy.deepcopy(value)
    return document


def load(
    folder: Path, name: str, ssot: Mapping[str, Any], overrides: Mapping[str, Any]
) -> ExperimentConfig:
    """Read `experiments/NAME.yaml` in ``folder``, completed by its bases, SSOT and overrides.

    Raises:
        NotFound: there is no such experiment.
        ConfigError: a key is unknown or has a wrong value, or what it extends is missing.
    """
    if any(key.split(".")[0] == EXTENDS for key in overrides):
        raise ConfigError(
            "--set extends: what an experiment stands on is not a setting.",
            remedy="Write a file of your own that extends the other one.",
        )
    if one := next((key for key in overrides if key in ("seed", "training.seed")), None):
        raise ConfigError(
            f"--set {one}: an experiment has a list of seeds, not one.",
            remedy=f"`--seeds 3` trains three; `--set 'seeds=[{overrides[one]}]'` takes this one.",
        )
    path, found = path_of(folder, name), resolve(folder, name)
    document = merged(found.document, ssot, overrides)
    where = f"{path} on {', '.join(found.bases)}" if found.bases else str(path)
    where = f"{where} with --set {' '.join(overrides)}" if overrides else where
    config: ExperimentConfig = validated(document, ExperimentConfig, where)
    if config.name != name:
        raise ConfigError(
            f"{path}: name is {config.name}, and the file's {name}; write one of them."
        )
    return config
