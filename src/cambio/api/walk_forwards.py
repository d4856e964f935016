"""Walk-forwards that ran: every cell, the distributions over seeds, and the verdict."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import AliasChoices, AliasPath, ConfigDict, Field

from cambio.api.dependencies import Viewer
from cambio.api.models import Window
from cambio.api.pages import Cursor
from cambio.api.records import MOST, RecordPage, part_of
from cambio.api.schemas import Answer, example, operation_id
from cambio.app.research_records import Kind
from cambio.validation.diagnosis.conclusion import Finding

router = APIRouter(prefix="/v1", tags=["experiments"], generate_unique_id_function=operation_id)

CELL: Final[dict[str, Any]] = {
    "fold": 1,
    "seed": 42,
    "model_id": "walk_forward_v1-f1-s42",
    "window": {"start": "2024-07-01", "end": "2024-12-31"},
    "sharpe_ratio": {"x1": 0.31, "x2": -0.4},
    "trades": 84,
    "random_percentile": 71.2,
}
SPREAD: Final[dict[str, Any]] = {
    "minimum": -1.2,
    "lower": -0.3,
    "median": 0.2,
    "upper": 0.6,
    "maximum": 1.4,
}
OUTCOME: Final[dict[str, Any]] = {"sharpe": 0.4, "total_return": 0.03}
DISTRIBUTION: Final[dict[str, Any]] = {
    "sharpe": SPREAD,
    "total_return": SPREAD,
    "max_drawdown": SPREAD,
    "baselines": {"buy_and_hold": OUTCOME},
}
RANDOM: Final[dict[str, Any]] = {"median": -0.9, "high": 1.3}
RANGES: Final[dict[str, Any]] = {
    "training": {"start": "2022-01-03", "end": "2023-12-29"},
    "validation": {"start": "2024-01-02", "end": "2024-06-28"},
    "test": {"start": "2024-07-01", "end": "2024-12-31"},
}
FOLD: Final[dict[str, Any]] = {
    "fold": 1,
    "ranges": RANGES,
    "sharpes": [0.31, -0.1, 0.2],
    "trades": SPREAD,
    "at_costs": {"x1": DISTRIBUTION},
    "random": RANDOM,
}
CHECK: Final[dict[str, Any]] = {
    "rule": "lower quartile at ×2 costs",
    "value": -0.7,
    "threshold": 0.0,
    "passed": False,
    "explanation": "the lower quartile of the seeds’ Sharpe ratio at twice the costs is −0.70, "
    "not above 0",
    "rival": "",
}
SHARES: Final[dict[str, Any]] = {
    "cells": 30,
    "above_zero": 17,
    "above_buy_and_hold": 14,
    "above_random": 2,
}
LOOKS: Final[dict[str, Any]] = {"here": 30, "overlapping": 96}
LUCK: Final[dict[str, Any]] = {
    "probabilistic_sharpe": 0.98,
    "deflated_sharpe": 0.59,
    "trials": 96,
    "selection_benchmark": 1.2,
    "minimum_track_record": 2140.0,
}
CONCLUSION: Final[dict[str, Any]] = {
    "finding": "stands",
    "falls": [],
    "unclear": [],
    "rests_on": ["atr_pct"],
}
ENSEMBLE: Final[dict[str, Any]] = {
    "models": ["walk_forward_v1-f1-ensemble-1a2b3c4d"],
    "sharpes": [0.6],
    "at_costs": {"x1": OUTCOME},
    "statistics": LUCK,
    "conclusion": CONCLUSION,
}
WALK_FORWARD: Final[dict[str, Any]] = {
    "name": "walk_forward_v1-walk-forward-1a2b3c4d",
    "created_at": "2026-01-05T15:12:00Z",
    "experiment": "walk_forward_v1",
    "edge": False,
    "verdict": "No edge was found. The lower quartile of the seeds’ Sharpe ratio at twice the "
    "costs is −0.70, not above 0.",
    "checks": [CHECK],
    "cells": [CELL],
    "folds": [FOLD],
    "stitched": {"x1": DISTRIBUTION},
    "stitched_random": RANDOM,
    "ensemble": ENSEMBLE,
    "shares": SHARES,
    "trials": LOOKS,
    "notices": [],
    "lineage": {"run": "9f8e7d6c5b4a3928"},
}


class WalkForwardCell(Answer):
    """One fold with one seed."""

    model_config = example(**CELL)

    fold: int
    """From 1."""
    seed: int
    """Of the training."""
    model_id: str
    """That was trained."""
    window: Window
    """The test sessions."""
    sharpe_ratio: dict[str, float]
    """Annual, by multiple of the costs (`x1`, `x2` ...); 0 where nothing moved."""
    trades: int
    """In the window."""
    random_percentile: float
    """Standing among random traders with its own turnover, 0 to 100, as the gate counts it."""


class Spread(Answer):
    """A distribution over seeds in five figures."""

    model_config = example(**SPREAD)

    minimum: float
    """The worst seed."""
    lower: float
    """First quartile."""
    median: float
    """Half of the seeds are below."""
    upper: float
    """Third quartile."""
    maximum: float
    """The best seed."""


class StrategyOutcome(Answer):
    """How one strategy did: a baseline, or the seeds joined."""

    model_config = example(**OUTCOME)

    sharpe: float
    """Annual."""
    total_return: float
    """As a share."""


class SeedDistribution(Answer):
    """How the seeds did over a window at one multiple of the costs."""

    model_config = example(**DISTRIBUTION)

    sharpe: Spread
    """Annual."""
    total_return: Spread
    """As a share."""
    max_drawdown: Spread
    """Of session closes, as a share."""
    baselines: dict[str, StrategyOutcome]
    """`flat`, `buy_and_hold` and `sell_and_hold`."""


class RandomSpread(Answer):
    """Annual Sharpe ratios of random traders, those of all seeds together."""

    model_config = example(**RANDOM)

    median: float
    """Half of them are below."""
    high: float
    """95th percentile."""


class FoldRanges(Answer):
    """What a fold was trained, chosen and judged on."""

    model_config = example(**RANGES)

    training: Window
    """To learn from."""
    validation: Window
    """To choose the checkpoint by."""
    test: Window
    """To judge on."""


class WalkForwardFold(Answer):
    """One fold over its seeds."""

    model_config = example(**FOLD)

    fold: int
    """From 1."""
    ranges: FoldRanges
    """Its sessions."""
    sharpes: list[float]
    """Annual, at the costs as they are, in the order of the seeds."""
    trades: Spread
    """How many."""
    at_costs: dict[str, SeedDistribution]
    """By multiple of the costs."""
    random: RandomSpread
    """At the costs as they are."""


class VerdictCheck(Answer):
    """One condition of the verdict."""

    model_config = example(**CHECK)

    rule: str
    """Its name."""
    value: float
    """What was found."""
    threshold: float
    """What it has to be above; of `seeds`, at least."""
    passed: bool
    """Whether it is."""
    explanation: str
    """In words."""
    rival: str
    """What the median seed is held against; empty where it is not."""


class BetterCells(Answer):
    """How many of the cells were better than what, by Sharpe ratio at the costs as they are."""

    model_config = example(**SHARES)

    cells: int
    """All of them."""
    above_zero: int
    """With a Sharpe ratio above 0."""
    above_buy_and_hold: int
    """Better than buying and holding."""
    above_random: int
    """Above the 95th percentile of the cell's own random traders."""


class LooksTaken(Answer):
    """Entries of the trial ledger."""

    model_config = example(**LOOKS)

    here: int
    """Of this run."""
    overlapping: int
    """Of windows that overlap this run's, its own included."""


class Luck(Answer):
    """How much of a Sharpe ratio may be luck."""

    model_config = example(**LUCK)

    probabilistic_sharpe: float | None
    """Probability that the true one is above 0; null where nothing moved."""
    deflated_sharpe: float | None
    """Probability that it is above what the best of all looks shows without skill; null as
    above."""
    trials: int
    """Looks at windows that overlap, each counted as a whole record."""
    selection_benchmark: float
    """The annual Sharpe ratio that the best of them may show without skill."""
    minimum_track_record: float | None
    """Sessions after which this Sharpe ratio would be above it with 95 %; null if never."""


class Diagnosed(Answer):
    """What the tests for artefacts come to."""

    model_config = example(**CONCLUSION)

    finding: Finding
    """`nothing` to explain, `artefact`, `unclear`, or `stands`."""
    falls: list[str]
    """Tests that speak for an artefact."""
    unclear: list[str]
    """Tests that may."""
    rests_on: list[str]
    """Features without which the profit falls."""


class JoinedSeeds(Answer):
    """The seeds of each fold as one policy: the mean of their probabilities decides."""

    model_config = example(**ENSEMBLE) | ConfigDict(extra="ignore")

    models: list[str]
    """Of each fold."""
    sharpes: list[float]
    """Of each fold, annual, at the costs as they are."""
    at_costs: dict[str, StrategyOutcome]
    """Over all folds, one after the other, by multiple of the costs."""
    statistics: Luck
    """At the costs as they are."""
    conclusion: Diagnosed = Field(
        validation_alias=AliasChoices(AliasPath("diagnosis", "conclusion"), "conclusion")
    )
    """Of the diagnosis; the whole of it is on the run's page."""


class WalkForward(Answer):
    """What a walk-forward found, and its verdict."""

    model_config = example(**WALK_FORWARD)

    name: str
    """Of the record, and of the page among the reports."""
    created_at: datetime
    """When the run ended."""
    experiment: str
    """That was run."""
    edge: bool
    """Whether an edge is claimed."""
    verdict: str
    """In words, with its reasons."""
    checks: list[VerdictCheck]
    """What the verdict rests on."""
    cells: list[WalkForwardCell]
    """By fold, then by seed."""
    folds: list[WalkForwardFold]
    """In time."""
    stitched: dict[str, SeedDistribution]
    """Over all folds, one after the other, by multiple of the costs."""
    stitched_random: RandomSpread
    """The same of random traders."""
    ensemble: JoinedSeeds | None = None
    """The seeds of each fold as one policy; null where their models were gone, or in a record of
    before it was reckoned."""
    shares: BetterCells
    """How many cells were better than what."""
    trials: LooksTaken
    """Looks that it took."""
    notices: list[str]
    """What to know before reading on."""
    lineage: dict[str, str]
    """What it was made from."""


class WalkForwardPage(RecordPage):
    """Walk-forwards, the newest first."""

    model_config = example(items=[WALK_FORWARD], next_cursor=None, unreadable=[])

    items: list[WalkForward]
    """The runs."""


@router.get("/walk-forwards")
def list_walk_forwards(
    caller: Viewer,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Most runs to give.")] = 10,
    cursor: Cursor = None,
) -> WalkForwardPage:
    """List the walk-forwards that ran, newest first, with every fold and seed."""
    part = part_of(caller.resources, Kind.WALK_FORWARD, WalkForward, (limit, cursor))
    return WalkForwardPage(
        items=part.items, next_cursor=part.next_cursor, unreadable=part.unreadable
    )
