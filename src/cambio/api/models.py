"""Registered models, the one that trades, and the looks at test windows that judged them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import Field, TypeAdapter

from cambio.api.dependencies import Viewer
from cambio.api.pages import Cursor, cut, decode, encode
from cambio.api.schemas import Answer, Limit, ModelId, Moment, Page, example, operation_id
from cambio.app import trials
from cambio.store import models
from cambio.store.database import reading

router = APIRouter(prefix="/v1", tags=["models"], generate_unique_id_function=operation_id)

Stage = Literal["staging", "canary", "production", "archived"]
PLACE: Final = TypeAdapter(tuple[Moment, ModelId])
COUNT: Final = TypeAdapter(tuple[Annotated[int, Field(gt=0)]])
SUMMARY: Final[dict[str, Any]] = {
    "model_id": "ppo_v20-s42",
    "experiment_name": "ppo_v20",
    "stage": "production",
    "is_active": True,
    "model_hash": "9f2c" * 16,
    "metrics": {"best_validation_reward": 0.42},
    "approved_by": "ada",
    "approved_at": "2025-01-10T15:00:00Z",
    "promoted_at": "2025-01-10T15:00:00Z",
    "created_at": "2025-01-08T21:30:00Z",
}
DETAIL: Final[dict[str, Any]] = SUMMARY | {
    "lineage": {
        "feature_order_hash": "ddc9d7cdba81ab3d",
        "training_start": "2020-03-01",
        "training_end": "2023-12-31",
    }
}

WINDOW: Final = {"start": "2024-07-01", "end": "2024-12-31"}
LOOK: Final[dict[str, Any]] = {
    "when": "2025-01-08T21:35:00Z",
    "model_id": "ppo_v20-s42",
    "experiment": "ppo_v20",
    "window": WINDOW,
    "sessions": 121,
    "sharpe_ratio": 1.31,
}
STATE: Final[dict[str, Any]] = {
    "window": WINDOW,
    "sessions": 121,
    "looks": 4,
    "luck": 0.9,
    "needed": 3.2,
}


class ModelSummary(Answer):
    """A registered model."""

    model_config = example(**SUMMARY)

    model_id: str
    """Its name, for good."""
    experiment_name: str
    """The experiment that trained it."""
    stage: Stage
    """Where it stands: `staging` until it is approved, `canary` while it has a share of the capital
    beside the champion, `archived` after it traded."""
    is_active: bool
    """Whether it is the champion."""
    model_hash: str
    """SHA-256 of the graph that trades."""
    metrics: dict[str, Any]
    """Figures of training and validation, by name."""
    approved_by: str | None
    """The account that approved it."""
    approved_at: datetime | None
    """When it was approved."""
    promoted_at: datetime | None
    """When it became champion."""
    created_at: datetime
    """When it was registered."""


class ModelDetail(ModelSummary):
    """A registered model with what it was made from."""

    model_config = example(**DETAIL)

    lineage: dict[str, Any]
    """Hashes and dates of everything that it was made from."""


class ModelPage(Page):
    """Registered models, newest first."""

    model_config = example(items=[SUMMARY], next_cursor=None)

    items: list[ModelSummary]
    """The models."""


class Champion(Answer):
    """Who trades."""

    model_config = example(model=DETAIL)

    model: ModelDetail | None
    """The active production model; null while there is none."""


class Window(Answer):
    """Sessions from a date to another, both included."""

    model_config = example(**WINDOW)

    start: date
    """The first one."""
    end: date
    """The last one."""


class Look(Answer):
    """One look at a test window; each makes the gate stricter."""

    model_config = example(**LOOK)

    when: datetime
    """When it was taken."""
    model_id: str
    """Of the model that was replayed."""
    experiment: str
    """That it belongs to."""
    window: Window
    """What was looked at."""
    sessions: int
    """How many the window held."""
    sharpe_ratio: float | None
    """Annual; null where it is no number."""


class WindowState(Answer):
    """What the looks at a window, and at those that overlap it, ask of the next model."""

    model_config = example(**STATE)

    window: Window
    """The sessions."""
    sessions: int
    """How many."""
    looks: int
    """At overlapping windows."""
    luck: float | None
    """Annual Sharpe ratio that picking the best of so many looks explains by itself."""
    needed: float | None
    """Annual Sharpe ratio from which on the gate would believe the next model."""


class TrialPage(Page):
    """The trial ledger: its looks, newest first, and the windows that they were at."""

    model_config = example(items=[LOOK], windows=[STATE], confidence=0.95, next_cursor=None)

    items: list[Look]
    """The looks."""
    windows: list[WindowState]
    """Every window of the ledger, on each part of the list."""
    confidence: float
    """Deflated Sharpe ratio that the gate asks for; `needed` stands on it."""


@router.get("/models")
def list_models(
    caller: Viewer, stage: Stage | None = None, limit: Limit = 50, cursor: Cursor = None
) -> ModelPage:
    """List the registered models, newest first; those of one stage if asked."""
    before = decode(cursor, PLACE)
    with reading(caller.resources.engine) as connection:
        rows = models.every(connection, stage)
    if before is not None:
        rows = [row for row in rows if _is_behind(row, before)]
    part, following = cut(rows, limit, lambda row: (row["created_at"], row["model_id"]))
    return ModelPage(items=[ModelSummary.of(row) for row in part], next_cursor=following)


@router.get("/models/{model_id}")
def get_model(caller: Viewer, model_id: ModelId) -> ModelDetail:
    """Give one registered model with its lineage."""
    with reading(caller.resources.engine) as connection:
        return ModelDetail.of(models.get(connection, model_id))


@router.get("/champion")
def get_champion(caller: Viewer) -> Champion:
    """Give the model that trades."""
    with reading(caller.resources.engine) as connection:
        row = models.champion(connection)
    return Champion(model=None if row is None else ModelDetail.of(row))


@router.get("/trials")
def list_trials(caller: Viewer, limit: Limit = 50, cursor: Cursor = None) -> TrialPage:
    """List every look at a test window, and what the windows ask of the next model."""
    left = decode(cursor, COUNT)
    content = trials.ledger(caller.resources).to_dict()
    looks = content["trials"]  # nothing removes one, so counted from the oldest they keep places
    if left is not None:
        looks = looks[max(0, len(looks) - left[0]) :]
    return TrialPage(
        items=[Look(**look) for look in looks[:limit]],
        windows=[WindowState(**window) for window in content["windows"]],
        confidence=content["confidence"],
        next_cursor=encode(len(looks) - limit) if len(looks) > limit else None,
    )


def _is_behind(row: dict[str, Any], place: tuple[datetime, str]) -> bool:
    """Tell whether a model comes after a place in the list: older, or as old and of a later id."""
    at, model_id = place
    created: datetime = row["created_at"]
    return created < at or (created == at and row["model_id"] > model_id)
