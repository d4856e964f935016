"""Queries on `api_tokens`. Only the SHA-256 of a token is stored."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from cambio.contracts.accounts import Role, Token
from cambio.store import audit, tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping


def add(connection: Connection, token: str, stored: Token) -> None:
    """Store a token as accepted from now on.

    Args:
        connection: inside a transaction.
        token: itself; it is hashed here and kept nowhere.
        stored: what it stands for; its creator is on record as who did it.
    """
    row = {
        "token_hash": _hash(token),
        "name": stored.name,
        "role": str(stored.role),
        "created_by": stored.created_by,
        "created_at": stored.created_at,
        "expires_at": stored.expires_at,
    }
    with audit.recording(connection, stored.created_by):
        connection.execute(insert(tables.api_tokens), row)


def find(connection: Connection, token: str) -> Token | None:
    """Give what a token stands for, live or not; every stored hash is compared in constant time."""
    presented = _hash(token)
    found = None
    for row in connection.execute(select(tables.api_tokens)).mappings():
        if hmac.compare_digest(row["token_hash"], presented):
            found = _token(row)
    return found


def every(connection: Connection, name: str | None = None) -> list[Token]:
    """Give the tokens, newest first, revoked and expired ones too; of one account if asked."""
    table = tables.api_tokens
    query = select(table).order_by(table.c.created_at.desc(), table.c.name, table.c.token_hash)
    if name is not None:
        query = query.where(table.c.name == name)
    return [_token(row) for row in connection.execute(query).mappings()]


def revoke(connection: Connection, name: str, by: str, now: datetime) -> int:
    """Revoke an account's tokens; tell how many were not revoked before.

    Args:
        connection: inside a transaction.
        name: of the account.
        by: the account that does it.
        now: when.
    """
    table = tables.api_tokens
    open_ = (table.c.name == name) & table.c.revoked_at.is_(None)
    connection.execute(select(table.c.token_hash).where(open_).with_for_update()).all()
    with audit.recording(connection, by):
        return connection.execute(update(table).where(open_).values(revoked_at=now)).rowcount


def makers(connection: Connection, name: str) -> set[str]:
    """Give who made the tokens of an account, and the tokens of those, and so on."""
    creators: dict[str, set[str]] = {}
    for token in every(connection):
        creators.setdefault(token.name, set()).add(token.created_by)
    found: set[str] = set()
    open_ = set(creators.get(name, ()))
    while open_:
        maker = open_.pop()
        if maker not in found:
            found.add(maker)
            open_ |= creators.get(maker, set())
    return found


def _hash(token: str) -> str:
    """Hash a token; one from the environment may hold bytes that are no text."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _token(row: RowMapping) -> Token:
    return Token(
        name=row["name"],
        role=Role(row["role"]),
        created_by=row["created_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
