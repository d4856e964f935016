"""Who acts, and the tokens by which others are known."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cambio.contracts.accounts import LOGIN, Account, Role, Token
from cambio.errors import ConfigError, Conflict, NotAllowed, NotFound
from cambio.store import accounts, audit, proposals
from cambio.store.database import lock, reading, transaction

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import SecretStr
    from sqlalchemy import Engine

    from cambio.app.resources import Resources

PREFIX: Final = "cambio_"
"""Of every token, so that a scanner for leaked secrets finds one."""
TOKEN_BYTES: Final = 32
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
TAKEN: Final = (audit.PRODUCT, proposals.UNKNOWN, "sql")
"""Names that mean something else in the log."""


def current(
    engine: Engine,
    token: SecretStr | None,
    login: str,
    now: datetime,
    called: str = "The token in CAMBIO_TOKEN",
) -> Account:
    """Give the account that acts: the token's, or without one the login as operator.

    Args:
        engine: of the database.
        token: that was shown, if one was.
        login: of the operating system.
        now: the moment.
        called: begins the sentence that refuses the token.

    Raises:
        NotAllowed: the token is unknown, revoked or over; the login is no way around it.
    """
    if token is None:
        return Account(f"{LOGIN}{login}", Role.OPERATOR)
    with reading(engine) as connection:
        found = accounts.find(connection, token.get_secret_value())
    if found is None or not found.is_live(now):
        raise NotAllowed(
            f"{called} {_refusal(found)}.",
            remedy="Ask for a new one (`cambio token create`), or unset CAMBIO_TOKEN to act as "
            "this login.",
        )
    return Account(found.name, found.role)


def _refusal(found: Token | None) -> str:
    if found is None:
        return "is not known here"
    if found.revoked_at is not None:
        return f"of {found.name} was revoked on {found.revoked_at:%Y-%m-%d %H:%M} UTC"
    return f"of {found.name} ended on {found.expires_at:%Y-%m-%d %H:%M} UTC"


def require_role(account: Account, role: Role, doing: str) -> None:
    """Refuse an account without the role.

    Raises:
        NotAllowed: it lacks it.
    """
    if not account.role.includes(role):
        raise NotAllowed(
            f"{account.name} is {account.role}; {doing} takes the role {role}.",
            remedy=f"Set CAMBIO_TOKEN to the token of an account that is {role}.",
            account=account.name,
            role=str(account.role),
        )


def create_token(resources: Resources, name: str, role: Role, days: int | None = None) -> str:
    """Make a token for an account and give it; it can't be read again.

    Args:
        resources: with the account that makes it. A login may make any, since it holds the
            database; a token makes none of a higher role than its own.
        name: of the account.
        role: what the account may do.
        days: until it ends; None: never.

    Raises:
        ConfigError: the name can't be an account's.
        Conflict: the account has a token that is accepted.
        NotAllowed: the role is above that of who asks.
    """
    if not NAME.fullmatch(name) or name in TAKEN:
        raise ConfigError(
            f"{name!r} can't be the name of an account.",
            remedy="Use up to 60 of a-z, 0-9, dot, dash and underscore, beginning with a letter or "
            f"digit; not {', '.join(TAKEN)}.",
        )
    now, maker = resources.now(), resources.account()
    if not maker.is_login:
        needed = max(role, Role.OPERATOR, key=list(Role).index)
        require_role(maker, needed, f"making a token of the role {role}")
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = None if days is None else now + timedelta(days=days)
    stored = Token(name, role, maker.name, now, expires_at, revoked_at=None)
    with transaction(resources.engine) as connection:
        lock(connection, "tokens")
        if any(known.is_live(now) for known in accounts.every(connection, name)):
            raise Conflict(
                f"{name} has a token that is accepted.",
                remedy=f"Revoke it first (`cambio token revoke {name}`), or choose another name.",
            )
        accounts.add(connection, token, stored)
    return token


def revoke_token(resources: Resources, name: str) -> None:
    """Accept no token of an account any more.

    Raises:
        NotFound: it has none that isn't revoked.
        NotAllowed: who asks is neither a login, nor the account itself, nor an approver.
    """
    by = resources.account()
    if not by.is_login and by.name != name:
        require_role(by, Role.APPROVER, "revoking the token of another account")
    with transaction(resources.engine) as connection:
        if not accounts.revoke(connection, name, by.name, resources.now()):
            known = sorted({t.name for t in accounts.every(connection) if t.revoked_at is None})
            raise NotFound(
                f"{name} has no token that could be revoked.",
                remedy=f"These have one: {', '.join(known)}." if known else "Nobody has one.",
                known=known,
            )


def tokens(resources: Resources) -> list[Token]:
    """Give every token that was ever made, newest first."""
    with reading(resources.engine) as connection:
        return accounts.every(connection)
