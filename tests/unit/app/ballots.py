"""Proposals to vote on, and people who vote."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.models import publish
from tests.unit.app.live import wired

from cambio.contracts.accounts import Account, Role
from cambio.contracts.handoffs import PromotionProposal, ProposalStatus, Recommendation
from cambio.errors import Conflict
from cambio.features.spec import FeatureSpec
from cambio.store import models, proposals
from cambio.store.database import reading, transaction
from cambio.tracking import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Engine

    from cambio.app.resources import Resources

NOW = datetime(2025, 12, 1, 18, tzinfo=UTC)
LIFE = timedelta(days=14)
MODELS = ("random-s0", "random-s1")


class FixedClock:
    """Stands at `NOW`."""

    def __call__(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a vote waits for nothing")


def resources(engine: Engine, home: Path) -> Resources:
    """The use cases on a database, without providers and tracking; who acts is said by `by`."""

    def no_feed() -> Any:
        raise AssertionError("a vote asks no provider")

    made = wired(engine, home, FixedClock(), no_feed)  # type: ignore[arg-type]
    return replace(made, tracker=Tracker("", home))


def by(resources: Resources, name: str, role: Role = Role.APPROVER) -> Resources:
    """The same, acting as somebody."""
    return replace(resources, account=lambda: Account(name, role))


def at(resources: Resources, now: datetime) -> Resources:
    """The same at another time."""
    return replace(resources, now=lambda: now)


def canary(resources: Resources, **changed: Any) -> Resources:
    """The same with another canary; steps of 1.0 alone let votes make champions at once."""
    config = resources.deployment.canary.model_copy(update=changed)
    deployment = resources.deployment.model_copy(update={"canary": config})
    return replace(resources, deployment=deployment)


def publish_models(resources: Resources) -> None:
    """Two models in staging: `MODELS`."""
    for seed in range(len(MODELS)):
        publish(resources, FeatureSpec(), seed)


def propose(resources: Resources, proposal_id: str, **changed: Any) -> PromotionProposal:
    """A stored proposal that `olga` made for the first model, compared with flat."""
    model_id = changed.get("model_id", MODELS[0])
    with reading(resources.engine) as connection:
        registered = models.get(connection, model_id)
    fields: dict[str, Any] = {
        "proposal_id": proposal_id,
        "model_id": model_id,
        "experiment_name": "random",
        "recommendation": Recommendation.PROMOTE,
        "confidence": 0.97,
        "reason": "PROMOTE: all criteria and gates passed.",
        "metrics": {"sharpe_ratio": 1.2},
        "vs_baseline": {"against": "flat", "is_improvement": True},
        "criteria_results": [],
        "evidence": {},
        "remedies": [],
        "lineage": registered["lineage"],
        "status": ProposalStatus.PENDING,
        "created_by": "olga",
        "reviewer": None,
        "reviewed_at": None,
        "comment": None,
        "created_at": NOW,
        "expires_at": NOW + LIFE,
    }
    with transaction(resources.engine) as connection:
        return proposals.store(connection, PromotionProposal(**{**fields, **changed}))


def champion(resources: Resources) -> str | None:
    """Who trades."""
    with reading(resources.engine) as connection:
        found = models.champion(connection)
    return None if found is None else found["model_id"]


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave, or the conflict that it raised; all begin at once."""
    at_once = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        at_once.wait()
        try:
            return call()
        except Conflict as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
