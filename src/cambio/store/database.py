"""Opening a database: pragmas, migrations, and the transaction that all writes go through."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError

from cambio.errors import ConfigError, Conflict, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

BUSY_TIMEOUT_MS = 30_000
WRITES = "cambio_writes"
"""Execution option of transactions that write."""


def open_database(url: str) -> Engine:
    """Give an engine on a database whose schema is up to date, created if it is missing.

    Raises:
        ConfigError: the URL cannot be opened.
    """
    try:
        engine = create_engine(url, json_serializer=partial(json.dumps, allow_nan=False))
        if engine.dialect.name == "sqlite":
            if engine.url.database:
                Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        _migrate(engine)
    except (ArgumentError, DatabaseError, ImportError, OSError) as error:
        raise ConfigError(
            f"The database {_without_password(url)} cannot be opened: {error}",
            remedy="Check CAMBIO_DATABASE_URL and CAMBIO_HOME.",
        ) from error
    return engine


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string()
    except ArgumentError:
        return "URL"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Take transactions over from the driver, which would leave schema changes out of them."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock first where we will write: two writers wait, and neither fails."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        if MigrationContext.configure(connection).get_current_revision() != head:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def lock(connection: Connection, name: str) -> None:
    """Let other writers of the same matter wait until this transaction ends.

    SQLite has one writer at a time anyway. A transaction that locks several takes bars or macro
    first and quarantine last.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose writes all land, or none.

    Raises:
        SourceError: the database refused (a full disk, a lost server); nothing was written.
        Conflict: another process was faster; nothing was written.
    """
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            yield connection
    except IntegrityError as error:
        raise Conflict(
            f"Another process wrote the same rows: {error.orig}. Nothing was written.",
            remedy="Run the command again.",
        ) from error
    except OperationalError as error:
        raise SourceError(
            f"The database refused the transaction: {error.orig}. Nothing was written.",
            remedy="Check the disk's free space and the server, then run the command again.",
        ) from error
