"""An A/B test: two experiments, what decides between them, and for how long.

The file lies in `config/experiments` beside the experiments that it compares, and holds nothing but
the section `ab_test`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cambio.app.experiment_config import ExperimentConfig, load
from cambio.app.experiment_files import AB_TEST, available, path_of
from cambio.app.parameters import differing
from cambio.errors import ConfigError, NotFound
from cambio.validation.criteria import METRICS
from cambio.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIX: Final = ".yaml"


class Variant(BaseModel):
    """One side of an A/B test."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(pattern=r"^[A-Za-z0-9_]+$")
    config: str
    """An experiment, with or without `.yaml`."""
    traffic: float = Field(gt=0, lt=1)
    """Share of the capital, from the first session on."""

    @property
    def experiment(self) -> str:
        """The experiment's name."""
        return self.config.removesuffix(SUFFIX)


class Measures(BaseModel):
    """`metrics` of an A/B test."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    primary: Literal["sharpe_ratio"] = "sharpe_ratio"
    """What decides. The sequence that may be looked at all along is one of Sharpe ratios."""
    secondary: tuple[str, ...] = ()
    """Shown beside it, and decide nothing."""

    @field_validator("secondary")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(names) - set(METRICS))
        if unknown:
            raise ValueError(f"no metric is called {', '.join(unknown)}; known: {sorted(METRICS)}")
        return names


class AbTest(BaseModel):
    """`ab_test`: the first variant is the control, the second the treatment."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    variants: tuple[Variant, ...] = Field(min_length=2, max_length=2)
    """Two: a third would need an alpha of its own for each pair."""
    metrics: Measures = Measures()
    duration_days: int | None = Field(None, ge=1)
    """Calendar days from the start of the test period; null: all of it."""

    @model_validator(mode="after")
    def _shares_and_names(self) -> Self:
        total = sum(variant.traffic for variant in self.variants)
        if not math.isclose(total, 1.0, abs_tol=1e-9):
            raise ValueError(f"traffic must sum to 1, the whole capital, not {total:g}")
        if len({variant.name for variant in self.variants}) < len(self.variants):
            raise ValueError("the variants need names of their own")
        return self

    @property
    def control(self) -> Variant:
        """The first variant."""
        return self.variants[0]

    @property
    def treatment(self) -> Variant:
        """The second one."""
        return self.variants[1]


class AbTestFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ab_test: AbTest


@dataclass(frozen=True, slots=True)
class AbPlan:
    """An A/B test with the experiments that it compares."""

    file: str
    """How a command names it: the file's name without `.yaml`, or the path that was given."""
    test: AbTest
    experiments: tuple[ExperimentConfig, ExperimentConfig]
    """The control's, and the treatment's."""
    changes: Mapping[str, list[Any]]
    """The parameters in which they differ, by dotted key: the control's, the treatment's."""

    def with_seeds(self, count: int) -> AbPlan:
        """Give the same test with so many seeds of each variant."""
        control, treatment = (config.with_seeds(count) for config in self.experiments)
        changes = {key: row for key, row in self.changes.items() if key != "seeds"}
        return replace(self, experiments=(control, treatment), changes=changes)


def load_ab_test(folder: Path, name: str, ssot: Mapping[str, Any]) -> AbPlan:
    """Read an A/B test and the experiments that it compares.

    Args:
        folder: of the configuration.
        name: of a file in its `experiments`, or a path to one.
        ssot: the sections that every experiment stands on.

    Raises:
        NotFound: there is no such file.
        ConfigError: the file is wrong, or the two can't be compared.
    """
    path = _path(folder, name)
    test: AbTest = read_yaml(path, AbTestFile).ab_test
    configs = [_experiment(folder, path, variant, ssot) for variant in test.variants]
    changes = differing([config.model_dump(mode="json") for config in configs])
    changes = {k: v for k, v in changes.items() if k not in ("name", "description")}
    _require_comparable(path, configs, changes)
    file = path.stem if path.parent == path_of(folder, path.stem).parent else name
    return AbPlan(file, test, (configs[0], configs[1]), changes)


def ab_tests(folder: Path) -> list[str]:
    """Give the names of the files that are A/B tests."""
    experiments = available(folder)
    paths = sorted((folder / "experiments").glob(f"*{SUFFIX}"))
    return [path.stem for path in paths if path.stem not in experiments]


def _path(folder: Path, name: str) -> Path:
    given = Path(name)
    if given.suffix == SUFFIX and given.is_file():
        return given
    path = path_of(folder, name.removesuffix(SUFFIX))
    if not path.is_file():
        known = ", ".join(ab_tests(folder)) or "none"
        raise NotFound(
            f"No A/B test {name!r} in {path.parent}.", remedy=f"There are: {known}; or give a path."
        )
    if AB_TEST not in read_yaml(path, dict[str, Any]):
        raise ConfigError(
            f"{path} is no A/B test: it has no section ab_test.",
            remedy=f"Run it by itself: cambio experiment run {path.stem}.",
        )
    return path


def _experiment(
    folder: Path, path: Path, variant: Variant, ssot: Mapping[str, Any]
) -> ExperimentConfig:
    try:
        return load(folder, variant.experiment, ssot, {})
    except NotFound as error:
        raise ConfigError(
            f"{path}: variant {variant.name} names {variant.config}, which is no experiment.",
            remedy=error.remedy,
        ) from error


def _require_comparable(
    path: Path, configs: list[ExperimentConfig], changes: Mapping[str, list[Any]]
) -> None:
    """Refuse two that are one, that walk forward, or whose datasets would not be the same."""
    for config in configs:
        if config.protocol != "single_split":
            raise ConfigError(
                f"{path}: {config.name} is a walk-forward, which has no single test period.",
                remedy="Compare experiments with protocol: single_split.",
            )
    if not changes:
        raise ConfigError(
            f"{path}: {configs[0].name} and {configs[1].name} are the same in all but name.",
            remedy="Let them differ in what the test asks about.",
        )
    apart = sorted(key for key in changes if key.split(".")[0] in ("features", "quality"))
    if apart:
        raise ConfigError(
            f"{path}: {configs[0].name} and {configs[1].name} differ in {', '.join(apart)}, so "
            "they would not be trained on the same rows.",
            remedy="Compare them with `cambio experiment compare`, which says so.",
        )
