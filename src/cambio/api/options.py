"""What whoever starts the API decides."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cambio.api.limits import Rate
from cambio.api.patience import BODY_S

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
"""Names of this machine that only itself can mean."""


ADDRESS: Final = Rate(per_s=200, burst=1000)
ACCOUNT: Final = Rate(per_s=50, burst=500)
FAILURES: Final = Rate(per_s=0.2, burst=10)
BODY: Final = 1 << 20
HEAD: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is answered before somebody is asked to wait."""

    address: Rate = ADDRESS
    """Of all requests from one address, known or not."""
    account: Rate = ACCOUNT
    """Of one account, wherever it comes from."""
    failures: Rate = FAILURES
    """Of credentials that aren't accepted, from one address."""
    body: int = BODY
    """Bytes of a request's body."""
    head: int = HEAD
    """Bytes of a request's address and headers."""
    body_s: float = BODY_S
    """Seconds that a body may take."""


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """How the API is reached, and how much it lets pass."""

    host_names: tuple[str, ...] = ()
    """Names by which browsers may reach it, besides those of loopback."""
    https: bool = False
    """Browsers reach it by https: through a proxy that ends it."""
    static: Path | None = None
    """Folder of the dashboard's files; None: there is none."""
    limits: Limits = LIMITS
    clock: Callable[[], float] = time.monotonic
    """Seconds that only grow: of limits, sessions and verdicts."""

    def allows(self, host: str) -> bool:
        """Tell whether a host's name, without its port, is one of ours.

        A page of another site that lets its name point here (DNS rebinding) is none.
        """
        return host.lower() in {*LOOPBACK, *map(str.lower, self.host_names)}

    @property
    def scheme(self) -> str:
        """What the addresses begin with that browsers see."""
        return "https" if self.https else "http"


DEFAULT: Final = ApiOptions()
