"""What a second PostgreSQL role may do: run the product, and not change its own record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from cambio.errors import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import Connection

APPEND: Final = "SELECT, INSERT"
WRITE: Final = "SELECT, INSERT, UPDATE"
REMOVE: Final = "SELECT, INSERT, UPDATE, DELETE"

RIGHTS: Final = {
    "usdcop_m5_ohlcv": WRITE,
    "bar_revisions": APPEND,
    "absent_bars": WRITE,
    "source_requests": WRITE,
    "macro_observations": APPEND,
    "macro_indicators_daily": REMOVE,
    "quarantine": REMOVE,
    "inference_features_5m": REMOVE,
    "feature_cache": REMOVE,
    "model_registry": WRITE,
    "promotion_proposals": WRITE,
    "trial_ledger": f"{APPEND}, UPDATE (days, returns)",
    "approval_audit_log": APPEND,
    "audit_seals": APPEND,
    "audit_actor": "SELECT",
    "api_tokens": f"{APPEND}, UPDATE (revoked_at)",
    "inference_signals": REMOVE,
    "fills": WRITE,
    "account_marks": WRITE,
    "engine_state": WRITE,
    "trading_controls": WRITE,
    "deployments": WRITE,
    "drift_readings": REMOVE,
    "parity_checks": REMOVE,
    "events": REMOVE,
    "event_cursors": WRITE,
    "alembic_version": "SELECT",
}
"""By table; what removes is what the product itself removes."""


def grant_application(connection: Connection, role: str) -> None:
    """Let a role run the product; what it could do beyond that to our tables is taken from it.

    The schema's owner does this, after each migration. Right to remove a model, a proposal, a trial
    or a token has nobody but the owner; right to change the audit log has not even he.

    Args:
        connection: to PostgreSQL as the owner, inside a transaction.
        role: the one that runs the product; it exists and owns nothing.

    Raises:
        ConfigError: this is SQLite, there is no such role, or it is no other than the owner.
    """
    if connection.dialect.name != "postgresql":
        raise ConfigError(
            "SQLite has no roles: who can write the file can write all of it.",
            remedy="Use PostgreSQL where the one who runs cambio must not be able to change the "
            "log (docs/database.md).",
        )
    _require_other(connection, role)
    quote = connection.dialect.identifier_preparer.quote
    who, schema = quote(role), connection.execute(text("SELECT current_schema()")).scalar_one()
    statements = [f"GRANT USAGE ON SCHEMA {quote(schema)} TO {who}"]
    for table, rights in RIGHTS.items():
        statements += [f"REVOKE ALL ON {table} FROM {who}", f"GRANT {rights} ON {table} TO {who}"]
        for sequence in _sequences(connection, table):
            statements.append(f"GRANT USAGE ON SEQUENCE {sequence} TO {who}")
    for statement in statements:
        connection.execute(text(statement))


def _require_other(connection: Connection, role: str) -> None:
    """Refuse a role that isn't there, or is above our rights."""
    query = text(
        "SELECT rolsuper, pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles "
        "WHERE rolname = :role"
    )
    found = connection.execute(query, {"role": role}).first()
    if found is None:
        raise ConfigError(
            f"There is no role {role}.",
            remedy=f"An administrator makes it: CREATE ROLE {role} LOGIN;",
        )
    if any(found):
        raise ConfigError(
            f"{role} is a superuser, the owner of the tables or a member of it, and can do all.",
            remedy="Name a role of its own for running the product.",
        )


def _sequences(connection: Connection, table: str) -> list[str]:
    query = text(
        "SELECT pg_get_serial_sequence(:table, column_name) FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = :table "
        "AND pg_get_serial_sequence(:table, column_name) IS NOT NULL"
    )
    return list(connection.execute(query, {"table": table}).scalars())
