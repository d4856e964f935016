"""The vocabulary of the audit log: what can happen, and what can be wrong with the record of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cambio.errors import ConfigError


class Action(StrEnum):
    """What happened, as `subject:action`."""

    PROPOSAL_CREATED = "proposal:created"
    PROPOSAL_CHANGED = "proposal:changed"
    """An experiment that ran again, or somebody by SQL."""
    PROPOSAL_APPROVED = "proposal:approved"
    PROPOSAL_REJECTED = "proposal:rejected"
    PROPOSAL_EXPIRED = "proposal:expired"
    PROPOSAL_REOPENED = "proposal:reopened"
    PROPOSAL_DELETED = "proposal:deleted"
    MODEL_REGISTERED = "model:registered"
    MODEL_PROMOTED = "model:promoted"
    """It became the active production model."""
    MODEL_RETIRED = "model:retired"
    """It ceased to be the active production model."""
    MODEL_CHANGED = "model:changed"
    MODEL_DELETED = "model:deleted"
    TOKEN_CREATED = "token:created"  # noqa: S105
    TOKEN_CHANGED = "token:changed"  # noqa: S105
    TOKEN_REVOKED = "token:revoked"  # noqa: S105
    TOKEN_DELETED = "token:deleted"  # noqa: S105
    CONTROL_SET = "control:set"
    """The kill switch was thrown, or a book let trade again."""
    CONTROL_DELETED = "control:deleted"
    DEPLOYMENT_STARTED = "deployment:started"
    DEPLOYMENT_CHANGED = "deployment:changed"
    """Its share of the capital, or something by SQL."""
    DEPLOYMENT_PROMOTED = "deployment:promoted"
    DEPLOYMENT_ROLLED_BACK = "deployment:rolled_back"
    DEPLOYMENT_STOPPED = "deployment:stopped"
    DEPLOYMENT_DELETED = "deployment:deleted"
    AUDIT_ADOPTED = "audit:adopted"
    """Rows that were written past the application were sealed; it names them."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A row of the log."""

    seq: int
    time: datetime | None
    """None where somebody wrote what is no time."""
    actor: str
    """An account, `cambio` for the product itself, or `sql...` for SQL from outside."""
    action: str
    """An `Action`, unless somebody wrote something else."""
    subject: str
    """Id of the proposal or model, name of the account."""
    data: dict[str, Any]
    """The audited fields `before` and `after`."""
    sealed: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain. Who keeps it elsewhere can prove later what came before."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what `str` gives.

        Raises:
            ConfigError: it is no head.

        >>> str(Head.parse("7:" + "ab" * 32)) == "7:" + "ab" * 32
        True
        """
        found = re.fullmatch(r"(\d+):([0-9a-f]{64})", text)
        if found is None:
            raise ConfigError(
                f"{text!r} is no head of the chain.",
                remedy="Give SEQ:HASH as an earlier `cambio audit verify` printed it.",
            )
        return cls(int(found[1]), found[2])


class Flaw(StrEnum):
    """What can be wrong with the log."""

    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    UNSEALED = "unsealed"
    SEAL = "seal"
    """The seal was changed or removed, its row was not."""
    GUARD = "guard"
    """A trigger or the unique index is missing, off or another one; or there is one more."""
    STATE = "state"
    """A model, proposal or token is not as the log's last word on it says."""
    HEAD = "head"
    """The chain does not contain the head that somebody kept."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with the log."""

    flaw: Flaw
    seq: int | None
    """Of the row; None where it is not about one."""
    what: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What verification found."""

    rows: int
    head: Head | None
    """None while nothing is sealed."""
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings
