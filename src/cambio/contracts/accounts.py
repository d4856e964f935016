"""Who does something, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

LOGIN: Final = "os:"
"""What the names of accounts without a token begin with."""


class Role(StrEnum):
    """What an account may do; each includes those before it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"

    def includes(self, other: Role) -> bool:
        """Tell whether this role may do what ``other`` may.

        >>> Role.APPROVER.includes(Role.OPERATOR), Role.VIEWER.includes(Role.APPROVER)
        (True, False)
        """
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Account:
    """Who acts: a person with a token, or the login of the operating system as `os:NAME`."""

    name: str
    role: Role

    @property
    def is_login(self) -> bool:
        """Tell whether the operating system vouches for the account, and no token does."""
        return self.name.startswith(LOGIN)


@dataclass(frozen=True, slots=True)
class Token:
    """What is stored of a token; the token itself is not."""

    name: str
    """Of the account."""
    role: Role
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    """None: never."""
    revoked_at: datetime | None

    def is_live(self, now: datetime) -> bool:
        """Tell whether it is accepted at ``now``."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
