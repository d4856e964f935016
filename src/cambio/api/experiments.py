"""Experiments: what there is, what each resolves to, and how those that ran compare."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

import numpy as np
from fastapi import APIRouter, Path, Query
from pydantic import StringConstraints, TypeAdapter

from cambio.api.dependencies import Viewer
from cambio.api.models import Window
from cambio.api.pages import Cursor, cut, decode
from cambio.api.schemas import MODEL_ID, Answer, Limit, Page, example, operation_id
from cambio.app import experiment_compare, experiment_list
from cambio.validation.metrics import json_number

router = APIRouter(
    prefix="/v1/experiments", tags=["experiments"], generate_unique_id_function=operation_id
)

MOST: Final = 8
"""Experiments of a comparison."""
NAME: Final = TypeAdapter(tuple[str])
ExperimentName = Annotated[str, StringConstraints(pattern=MODEL_ID, max_length=100)]

WINDOW: Final[dict[str, Any]] = {"start": "2025-07-01", "end": "2025-12-31"}
LAST_RUN: Final[dict[str, Any]] = {
    "model_id": "ppo_v21-s42",
    "when": "2026-01-05T15:12:00Z",
    "sharpe_ratio": 0.84,
    "vote": "REVIEW",
    "status": "PENDING_APPROVAL",
}
ROW: Final[dict[str, Any]] = {
    "name": "baseline_ppo_v1",
    "protocol": "single_split",
    "base": None,
    "description": "PPO with the specification's settings.",
    "last_run": LAST_RUN,
}
CHANGE: Final[dict[str, Any]] = {"key": "training.gamma", "base": 0.99, "own": 0.995}
FIGURE: Final[dict[str, Any]] = {"value": 0.84, "low": -0.91, "high": 2.6}
INTERVAL: Final[dict[str, Any]] = {"low": -1.1, "high": 1.9, "level": 0.95}
PAIRED: Final[dict[str, Any]] = {
    "difference": 0.4,
    "interval": INTERVAL,
    "probability": 0.68,
    "p_value": 0.31,
    "sessions": 121,
    "block": 2.4,
}
LOGITS: Final[dict[str, Any]] = {"values": [-0.69, 0.69], "counts": [5200, 7670]}
OVERFITTING: Final[dict[str, Any]] = {
    "probability": 0.4,
    "logits": LOGITS,
    "degradation": -0.2,
    "probability_of_loss": 0.35,
    "splits": 12_870,
    "variants": 2,
}
COMPARED: Final[dict[str, Any]] = {
    "name": "baseline_ppo_v1",
    "model_id": "ppo_v21-s42",
    "window": WINDOW,
    "evaluated_at": "2026-01-05T15:12:00Z",
    "recommendation": "REVIEW",
    "status": "PENDING_APPROVAL",
    "metrics": {"sharpe_ratio": FIGURE},
    "against_first": None,
    "lineage": {"dataset_hash": "7ca21934d0f1e2a3"},
    "growth": [1.002, 1.004],
}


class LastRun(Answer):
    """The newest look at a test window that an experiment's models took."""

    model_config = example(**LAST_RUN)

    model_id: str
    """That looked."""
    when: datetime
    """It looked."""
    sharpe_ratio: float | None
    """Annual; null where it is no number."""
    vote: str | None
    """The first vote on this model; null where it came to none."""
    status: str | None
    """Of that vote's proposal."""


class ExperimentRow(Answer):
    """One experiment of the configuration folder."""

    model_config = example(**ROW)

    name: str
    """Of its file."""
    protocol: str | None
    """`single_split` or `walk_forward`; null where the file isn't right."""
    base: str | None
    """The experiment that it extends."""
    description: str
    """What it is for, in its own words."""
    last_run: LastRun | None
    """Null where none ran, and of a walk-forward: one cell of it stands for nothing."""


class ExperimentPage(Page):
    """Experiments by name."""

    model_config = example(items=[ROW], next_cursor=None)

    items: list[ExperimentRow]
    """The experiments."""


class Change(Answer):
    """A setting that differs from the nearest base's."""

    model_config = example(**CHANGE)

    key: str
    """Where it stands, with dots."""
    base: Any
    """The base's value."""
    own: Any
    """This experiment's."""


class ExperimentDetail(Answer):
    """The whole resolved configuration of an experiment."""

    model_config = example(
        name="baseline_ppo_v1",
        extends=[],
        changes=[CHANGE],
        configuration={"name": "baseline_ppo_v1", "training": {"gamma": 0.995}},
    )

    name: str
    """Of its file."""
    extends: list[str]
    """The experiments that it stands on, nearest first."""
    changes: list[Change]
    """What differs from the nearest of them."""
    configuration: dict[str, Any]
    """Every setting."""


class Figure(Answer):
    """A metric with its interval."""

    model_config = example(**FIGURE)

    value: float | None
    """Null where it is no number, as the ends."""
    low: float | None
    """Lower end, at 95 %."""
    high: float | None
    """Upper end."""


class Interval(Answer):
    """An interval of a difference."""

    model_config = example(**INTERVAL)

    low: float | None
    """Lower end; null where it is no number."""
    high: float | None
    """Upper end; null where it is no number."""
    level: float
    """That it is made for."""


class Paired(Answer):
    """A difference in annual Sharpe ratio on the same sessions, by block bootstrap."""

    model_config = example(**PAIRED)

    difference: float | None
    """This one minus the one it is held against."""
    interval: Interval
    """Of the difference."""
    probability: float | None
    """Share of the resamples in which it is ahead."""
    p_value: float | None
    """Of the hypothesis that it is not better."""
    sessions: int
    """That both have."""
    block: float
    """Mean length of the blocks, in sessions."""


class Logits(Answer):
    """The logits of the out-of-sample ranks of what was best in sample, counted."""

    model_config = example(**LOGITS)

    values: list[float]
    """Ascending; below 0 the best in sample is in the worse half out of it."""
    counts: list[int]
    """Splits with each value."""


class Overfitting(Answer):
    """The probability that choosing the best of these is overfitting."""

    model_config = example(**OVERFITTING)

    probability: float
    """Share of the splits in which the best in sample is below the median out of sample."""
    logits: Logits
    """Their distribution."""
    degradation: float | None
    """Slope of out-of-sample on in-sample performance; null where there is none."""
    probability_of_loss: float
    """Share of the splits in which the chosen one loses out of sample."""
    splits: int
    """How many there were."""
    variants: int
    """To choose from."""


class ComparedExperiment(Answer):
    """One experiment of a comparison, as its newest recorded run left it."""

    model_config = example(**COMPARED)

    name: str
    """Of the experiment."""
    model_id: str
    """That stands for it."""
    window: Window
    """That it was judged on."""
    evaluated_at: datetime
    """When."""
    recommendation: str | None
    """The first vote; null where it came to none."""
    status: str | None
    """Of the vote's proposal."""
    metrics: dict[str, Figure]
    """On the common sessions."""
    against_first: Paired | None
    """Null for the first itself."""
    lineage: dict[str, Any]
    """Of the model; empty where it is in no registry."""
    growth: list[float]
    """What one unit became, at the close of each common session."""


class ExperimentComparison(Answer):
    """Experiments on the sessions that all of them were judged on."""

    model_config = example(
        sessions=2,
        first_session="2025-07-01",
        last_session="2025-07-02",
        days=["2025-07-01", "2025-07-02"],
        experiments=[COMPARED, COMPARED | {"name": "gamma_ppo_v1", "against_first": PAIRED}],
        parameters={"training.gamma": [0.99, 0.995]},
        hashes={"dataset_hash": ["7ca21934d0f1e2a3", "90b1c2d3e4f50617"]},
        overfitting=OVERFITTING,
        trials=6,
        notices=["The code that trained them differs."],
    )

    sessions: int
    """Common ones."""
    first_session: date
    """Of them."""
    last_session: date
    """Of them."""
    days: list[date]
    """The common sessions."""
    experiments: list[ComparedExperiment]
    """In the order asked for; the first is the reference."""
    parameters: dict[str, list[Any]]
    """Settings that differ, by dotted key: the value of each experiment."""
    hashes: dict[str, list[Any]]
    """Hashes of the lineage that differ."""
    overfitting: Overfitting | None
    """Null where there are too few sessions."""
    trials: int
    """Looks at windows that overlap the common sessions, whoever took them."""
    notices: list[str]
    """What keeps a difference from being one of the settings, the gravest first."""


@router.get("")
def list_experiments(caller: Viewer, limit: Limit = 100, cursor: Cursor = None) -> ExperimentPage:
    """List the experiments that can be run, by name, and how the newest run of each ended."""
    after = decode(cursor, NAME)
    found = experiment_list.every(caller.resources, caller.resources.config)
    rows = sorted(found, key=lambda row: row.name)
    behind = [row for row in rows if after is None or row.name > after[0]]
    part, following = cut(behind, limit, lambda row: (row.name,))
    return ExperimentPage(items=[_row(row) for row in part], next_cursor=following)


@router.get("/compare")
def compare_experiments(
    caller: Viewer,
    name: Annotated[
        list[ExperimentName],
        Query(
            min_length=2, max_length=MOST, description="Once for each; the first is compared with."
        ),
    ],
) -> ExperimentComparison:
    """Compare the newest recorded run of each with the first one's; nothing is run anew."""
    found = experiment_compare.compare(caller.resources, name)
    told = found.to_dict()
    grown = [np.cumprod(1.0 + each.returns).tolist() for each in found.contestants]
    told["experiments"] = [
        ComparedExperiment.model_validate(each | {"growth": growth})
        for each, growth in zip(told["experiments"], grown, strict=True)
    ]
    return ExperimentComparison(**told, days=found.days.tolist())


@router.get("/{name}")
def get_experiment(
    caller: Viewer,
    name: Annotated[ExperimentName, Path(description="As the list has it.")],
) -> ExperimentDetail:
    """Give the whole configuration of an experiment, and what differs from its base."""
    told = experiment_list.named(caller.resources, name).to_dict()
    changes = [Change(key=key, **values) for key, values in told.pop("changes").items()]
    return ExperimentDetail(**told, changes=changes)


def _row(row: experiment_list.ExperimentRow) -> ExperimentRow:
    """Give a row; what is wrong with a file names folders of the server, and stays there."""
    last = row.last_run
    unreadable = f"Its file is not right: `cambio experiment show {row.name}` says why."
    return ExperimentRow(
        name=row.name,
        protocol=row.protocol,
        base=row.base,
        description=unreadable if row.protocol is None else row.description,
        last_run=None
        if last is None
        else LastRun(
            model_id=last.model_id,
            when=last.when,
            sharpe_ratio=json_number(last.sharpe_ratio),
            vote=last.vote,
            status=last.status,
        ),
    )
