"""Who trades with which money, and what people do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from cambio.api.dependencies import Approver, Caller, Operator, Viewer
from cambio.api.schemas import Answer, Comment, ModelId, Word, example, operation_id
from cambio.app import deployments
from cambio.contracts.deployment import Role, Status
from cambio.inference.deployment import Move

router = APIRouter(
    prefix="/v1/deployments", tags=["deployments"], generate_unique_id_function=operation_id
)

CHAMPION: Final[dict[str, Any]] = {
    "model_id": "ppo_v20-s42",
    "experiment_name": "ppo_v20",
    "approved_by": "ada",
    "promoted_at": "2025-01-10T15:00:00Z",
    "share": 0.9,
}
DEPLOYMENT: Final[dict[str, Any]] = {
    "deployment_id": 3,
    "model_id": "ppo_v21-s7",
    "role": "challenger",
    "share": 0.1,
    "status": "RUNNING",
    "started_by": "ada",
    "started_at": "2025-02-03T15:00:00Z",
    "stepped_at": "2025-02-03T15:00:00Z",
    "ended_by": None,
    "ended_at": None,
    "reason": None,
}
CHALLENGER: Final[dict[str, Any]] = DEPLOYMENT | {
    "sessions": 12,
    "sharpe_difference": 0.8,
    "low": -1.9,
    "high": 3.4,
    "move": "keep",
    "next_share": 0.1,
    "verdict": "12 of 20 sessions at 10% of the capital: too few.",
}
REPORT: Final[dict[str, Any]] = {
    "champion": CHAMPION,
    "challenger": CHALLENGER,
    "shadows": [],
    "ended": [],
    "refused": {},
}


class ChampionShare(Answer):
    """The champion, and the share of the capital that no challenger has."""

    model_config = example(**CHAMPION)

    model_id: str
    """Who it is."""
    experiment_name: str
    """The experiment that trained it."""
    approved_by: str | None
    """The account that approved it."""
    promoted_at: datetime | None
    """When it became champion."""
    share: float
    """Of the capital, in [0, 1]."""


class Deployment(Answer):
    """A stay of a model beside the champion."""

    model_config = example(**DEPLOYMENT)

    deployment_id: int
    """Its number."""
    model_id: str
    """Who it is."""
    role: Role
    """`challenger`, or `shadow`, which holds nothing."""
    share: float
    """Of the capital, in [0, 1]."""
    status: Status
    """Whether it runs, or how it ended."""
    started_by: str
    """The account, or `cambio` for the product itself."""
    started_at: datetime
    """When it began."""
    stepped_at: datetime
    """When it got its present share: what is compared begins then."""
    ended_by: str | None
    """The account, or `cambio` for the product itself."""
    ended_at: datetime | None
    """When it ended."""
    reason: str | None
    """Why it ended."""


class Challenger(Deployment):
    """The challenger, and how it compares with the champion at its present share."""

    model_config = example(**CHALLENGER)

    sessions: int
    """In which both traded throughout."""
    sharpe_difference: float | None
    """Annual Sharpe ratio, challenger minus champion; null where it can't be told."""
    low: float | None
    """Of the interval that may be looked at after every session; null: unbounded."""
    high: float | None
    """The other end of it."""
    move: Move
    """What becomes of it now."""
    next_share: float
    """Of the capital, after that."""
    verdict: str
    """Why, in words."""


class DeploymentReport(Answer):
    """Who trades with which money."""

    model_config = example(**REPORT)

    champion: ChampionShare | None
    """Null: nobody trades."""
    challenger: Challenger | None
    """Null: none runs."""
    shadows: list[Deployment]
    """They decide and hold nothing."""
    ended: list[Deployment]
    """The last ones that ended, newest first."""
    refused: dict[str, str]
    """By model that did not pass the load gate at the engine's last bar, and doesn't trade: why."""


class NewDeployment(BaseModel):
    """A model that is to decide beside the champion."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [{"model_id": "ppo_v21-s7", "shadow": True, "comment": "To watch it."}]
        },
    )

    model_id: ModelId
    """A registered model; a challenger's was approved before."""
    shadow: bool
    """Whether it holds nothing; else it is the challenger, with the canary's first share."""
    comment: Comment
    """Why."""


@router.get("")
def get_deployments(caller: Viewer) -> DeploymentReport:
    """Tell who trades with which share, and how the challenger compares."""
    return _report(caller)


@router.post("")
def start_deployment(caller: Operator, wanted: NewDeployment) -> DeploymentReport:
    """Let a model decide beside the champion: as challenger with a share, or as shadow without."""
    deployments.start(
        caller.resources, wanted.model_id, shadow=wanted.shadow, comment=wanted.comment
    )
    return _report(caller)


@router.post("/promote")
def promote_challenger(caller: Approver, word: Word) -> DeploymentReport:
    """Make the challenger the champion at once."""
    deployments.promote(caller.resources, word.comment)
    return _report(caller)


@router.post("/rollback")
def roll_back(caller: Operator, word: Word) -> DeploymentReport:
    """End the challenger; without one, make the former champion champion again."""
    deployments.rollback(caller.resources, word.comment)
    return _report(caller)


@router.post("/shadows/{model_id}/stop")
def stop_shadow(caller: Operator, model_id: ModelId, word: Word) -> DeploymentReport:
    """End a shadow."""
    deployments.stop(caller.resources, model_id, word.comment)
    return _report(caller)


def _report(caller: Caller) -> DeploymentReport:
    return DeploymentReport(**deployments.status(caller.resources).to_dict())
