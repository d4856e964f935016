"""Who trades with which money: deployments of models, and what becomes of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a model does on each bar; every one decides, and has a virtual book of its own."""

    CHAMPION = "champion"
    """It holds the capital that no challenger has."""
    CHALLENGER = "challenger"
    """A canary: it holds a share of the capital, and is compared with the champion."""
    SHADOW = "shadow"
    """It holds nothing."""


class Status(StrEnum):
    """What became of a deployment. The champion is who is active in the registry, and has none."""

    RUNNING = "RUNNING"
    PROMOTED = "PROMOTED"
    ROLLED_BACK = "ROLLED_BACK"
    STOPPED = "STOPPED"
    """A shadow that was ended."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One stay of a model beside the champion."""

    deployment_id: int
    model_id: str
    role: Role
    """CHALLENGER or SHADOW."""
    share: float
    """Of the account's capital, in [0, 1]; a shadow's is 0."""
    status: Status
    started_by: str
    started_at: datetime
    stepped_at: datetime
    """When it got its present share: what is compared begins with the next bar."""
    ended_by: str | None
    ended_at: datetime | None
    reason: str | None
    """Why it ended, in words."""

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain JSON types, times in ISO 8601."""
        times = {
            name: None if (moment := getattr(self, name)) is None else moment.isoformat()
            for name in ("started_at", "stepped_at", "ended_at")
        }
        return asdict(self) | times
