"""Who is logged in with a browser: sessions and login codes, in the memory of this process.

Of a cookie or code only the SHA-256 is kept. A restart logs everybody out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from cambio.contracts.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET_BYTES: Final = 32
IDLE_S: Final = 2 * 3600.0
"""A session ends so long after its last request; an open stream counts as one."""
ABSOLUTE_S: Final = 12 * 3600.0
"""It ends so long after it began, whatever happens."""
CODE_S: Final = 300.0
"""Life of a login link."""
MOST_SESSIONS: Final = 1000
MOST_OF_ONE: Final = 20
"""Sessions of an account: one more ends that of them which was unused for longest."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An account, and the token that vouches for it; without one, the operating system does."""

    account: Account
    token: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is logged in. Times are the clock's seconds."""

    identity: Identity
    csrf_token: str
    """What a request that changes something has to say; no other site can read it."""
    began: float
    seen: float

    def ends(self) -> float:
        """Give when it ends, if nothing more comes."""
        return min(self.seen + IDLE_S, self.began + ABSOLUTE_S)


class Sessions:
    """The sessions that are open.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._open: OrderedDict[str, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def begin(self, identity: Identity) -> tuple[str, Session]:
        """Open a session; give what the cookie says, and the session."""
        cookie, now = secrets.token_urlsafe(SECRET_BYTES), self._clock()
        session = Session(identity, secrets.token_urlsafe(SECRET_BYTES), now, now)
        own = [key for key, one in self._open.items() if one.identity.account == identity.account]
        for key in own[: max(0, len(own) + 1 - MOST_OF_ONE)]:
            del self._open[key]
        self._open[digest(cookie)] = session
        if len(self._open) > MOST_SESSIONS:
            self._open.popitem(last=False)
        return cookie, session

    def find(self, cookie: str) -> Session | None:
        """Give the session of a cookie, now seen again; None where there is none any more."""
        key, now = digest(cookie), self._clock()
        session = self._open.pop(key, None)
        if session is None or now >= session.ends():
            return None
        self._open[key] = replace(session, seen=now)
        return self._open[key]

    def end(self, cookie: str) -> None:
        """Close the session of a cookie, if there is one."""
        self._open.pop(digest(cookie), None)

    def left_s(self, session: Session) -> float:
        """Give the seconds until a session ends, if nothing more comes."""
        return session.ends() - self._clock()


class LoginCodes:
    """Codes that stand for an identity, once and for five minutes.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[Identity, float]] = {}

    def issue(self, identity: Identity) -> str:
        """Give a new code."""
        code = secrets.token_urlsafe(SECRET_BYTES)
        self._issued[digest(code)] = (identity, self._clock() + CODE_S)
        return code

    def redeem(self, code: str) -> Identity | None:
        """Give whom a code stands for, and forget it; None if it stands for nobody any more."""
        identity, ends = self._issued.pop(digest(code), (None, 0.0))
        return identity if self._clock() < ends else None


def digest(secret: str) -> str:
    """Give the SHA-256 by which a secret is found: how long that takes tells nothing of it."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
