"""A/B tests that ran: both variants, and the interval that may be looked at after every session."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query

from cambio.api.dependencies import Viewer
from cambio.api.experiments import FIGURE, PAIRED, WINDOW, Figure, Paired
from cambio.api.models import Window
from cambio.api.pages import Cursor
from cambio.api.records import MOST, RecordPage, part_of
from cambio.api.schemas import Answer, example, operation_id
from cambio.app.research_records import Kind

router = APIRouter(prefix="/v1", tags=["experiments"], generate_unique_id_function=operation_id)

SECONDARY: Final[dict[str, Any]] = FIGURE | {"interval_of": "seeds"}
SEED: Final[dict[str, Any]] = {
    "seed": 42,
    "model_id": "ppo_v21-s42",
    "sharpe_ratio": 0.8,
    "total_return": 0.04,
}
VARIANT: Final[dict[str, Any]] = {
    "name": "control",
    "experiment": "baseline_ppo_v1",
    "traffic": 0.5,
    "metrics": {"sharpe_ratio": FIGURE},
    "secondary": {"win_rate": SECONDARY},
    "seeds": [SEED],
}
SEQUENCE: Final[dict[str, Any]] = {
    "sessions": 2,
    "alpha": 0.05,
    "difference": [0.0, 0.4],
    "low": [None, -2.1],
    "high": [None, 2.9],
    "concluded_at": None,
    "winner": None,
}
GROWTH: Final[dict[str, Any]] = {
    "control": [1.001, 1.002],
    "treatment": [0.999, 1.004],
    "account": [1.0, 1.003],
}
AB_TEST: Final[dict[str, Any]] = {
    "name": "ab-gamma",
    "created_at": "2026-01-05T15:12:00Z",
    "ab_test": "gamma",
    "window": WINDOW,
    "sessions": 2,
    "days": ["2025-07-01", "2025-07-02"],
    "verdict": "No difference shown after 2 sessions.",
    "winner": None,
    "concluded_on": None,
    "changes": {"training.gamma": [0.99, 0.995]},
    "variants": [VARIANT, VARIANT | {"name": "treatment", "experiment": "gamma_ppo_v1"}],
    "sequence": SEQUENCE,
    "growth": GROWTH,
    "paired": PAIRED,
    "account": {"sharpe_ratio": FIGURE},
    "trials": 6,
    "notices": [],
}


class SecondaryFigure(Figure):
    """A metric that is shown and decides nothing."""

    model_config = example(**SECONDARY)

    interval_of: Literal["sessions", "seeds"]
    """A bootstrap of the sessions; or the mean of the seeds, with the lowest and the highest."""


class VariantSeed(Answer):
    """One seed of a variant."""

    model_config = example(**SEED)

    seed: int
    """Of the training."""
    model_id: str
    """That was trained."""
    sharpe_ratio: float | None
    """Annual; null where it is no number."""
    total_return: float | None
    """As a share; null where it is no number."""


class AbVariant(Answer):
    """A side of an A/B test: the equal-weight mean of its seeds."""

    model_config = example(**VARIANT)

    name: str
    """In the test."""
    experiment: str
    """That it is."""
    traffic: float
    """Share of the capital."""
    metrics: dict[str, Figure]
    """With bootstrap intervals."""
    secondary: dict[str, SecondaryFigure]
    """What the test asked to see besides."""
    seeds: list[VariantSeed]
    """One by one."""


class ConfidenceSequence(Answer):
    """The difference in annual Sharpe ratio after each session, treatment minus control.

    All intervals hold together: one may look at any time, and stop at any.
    """

    model_config = example(**SEQUENCE)

    sessions: int
    """How many."""
    alpha: float
    """Chance that a winner is ever named where there is none."""
    difference: list[float | None]
    """After each session; null where it is no number."""
    low: list[float | None]
    """Lower end; null before the first interval."""
    high: list[float | None]
    """Upper end; null before the first interval."""
    concluded_at: int | None
    """Index of the first session whose interval lies on one side of 0."""
    winner: Literal["control", "treatment"] | None
    """Null while no difference is shown."""


class AbGrowth(Answer):
    """What one unit of capital became, at the close of each session."""

    model_config = example(**GROWTH)

    control: list[float]
    """Of the control."""
    treatment: list[float]
    """Of the treatment."""
    account: list[float]
    """Of the capital that is split between them and never evened out."""


class AbTest(Answer):
    """What an A/B test found."""

    model_config = example(**AB_TEST)

    name: str
    """Of the record, and of the page among the reports."""
    created_at: datetime
    """When the run ended."""
    ab_test: str
    """The test's own name."""
    window: Window
    """Its sessions."""
    sessions: int
    """How many."""
    days: list[date]
    """The sessions."""
    verdict: str
    """In words."""
    winner: str | None
    """The better variant's name; null while no difference is shown."""
    concluded_on: date | None
    """First session after which it was shown."""
    changes: dict[str, list[Any]]
    """What the two experiments differ in, by dotted key: control's value, treatment's."""
    variants: list[AbVariant]
    """Control and treatment."""
    sequence: ConfidenceSequence
    """What decides."""
    growth: AbGrowth
    """Of both and of the account."""
    paired: Paired
    """The same difference for who looks once, at the end."""
    account: dict[str, Figure]
    """Metrics of the split capital."""
    trials: int
    """Looks at windows that overlap."""
    notices: list[str]
    """What to know before reading on."""


class AbTestPage(RecordPage):
    """A/B tests, the newest run first; of one test the newest run alone."""

    model_config = example(items=[AB_TEST], next_cursor=None, unreadable=[])

    items: list[AbTest]
    """The tests."""


@router.get("/ab-tests")
def list_ab_tests(
    caller: Viewer,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Most tests to give.")] = 10,
    cursor: Cursor = None,
) -> AbTestPage:
    """List the A/B tests that ran, newest first, with the interval after every session."""
    part = part_of(caller.resources, Kind.AB_TEST, AbTest, (limit, cursor))
    return AbTestPage(items=part.items, next_cursor=part.next_cursor, unreadable=part.unreadable)
