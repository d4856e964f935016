"""Opening a database: engines, migrations, locks, and the transaction that writes go through."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError

from cambio.errors import ConfigError, Conflict, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

BUSY_TIMEOUT_MS: Final = 30_000
"""A writer waits so long for another; SQLite's word for it."""
SERVER_OPTIONS: Final = {"lock_timeout": BUSY_TIMEOUT_MS, "statement_timeout": 300_000}
"""Of a PostgreSQL session, in ms; those in the URL's `options` come after them and win."""
CONNECT_TIMEOUT_S: Final = 10
WRITES = "cambio_writes"
"""Execution option of transactions that write."""


def open_database(url: str) -> Engine:
    """Give an engine on a database whose schema is up to date.

    A SQLite file is created if it is missing, a PostgreSQL database is not.

    Raises:
        ConfigError: the URL cannot be opened, or the schema is newer than this code.
    """
    parsed = _parse(url)
    try:
        engine = _sqlite(parsed) if parsed.drivername.startswith("sqlite") else _postgresql(parsed)
    except ImportError as error:
        raise ConfigError(
            f"The database {parsed!r} needs the package {error.name}, which is not installed.",
            remedy="Install it: pip install 'usdcop-cambio[postgres]'.",
        ) from error
    except (ArgumentError, OSError) as error:
        raise _cannot_open(parsed, error) from error
    try:
        _migrate(engine)
    except (DatabaseError, OSError) as error:
        engine.dispose()
        raise _cannot_open(parsed, error) from error
    except ConfigError:
        engine.dispose()
        raise
    return engine


def _cannot_open(url: URL, error: Exception) -> ConfigError:
    return ConfigError(
        f"The database {url!r} cannot be opened: {_reason(error)}.",
        remedy="Check CAMBIO_DATABASE_URL and CAMBIO_HOME; docs/database.md says more.",
    )


def _parse(url: str) -> URL:
    """Give the URL's parts; whatever driver of PostgreSQL it names, ours is psycopg."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    kind = parsed.drivername.partition("+")[0] if parsed is not None else ""
    if parsed is None or kind not in ("sqlite", "postgresql", "postgres"):
        raise ConfigError(  # it may hold a password: neither shown nor chained
            "CAMBIO_DATABASE_URL is no URL of a SQLite or PostgreSQL database.",
            remedy="Write sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, "
            "with @ : / in a password as %40 %3A %2F.",
        )
    return parsed if kind == "sqlite" else parsed.set(drivername="postgresql+psycopg")


_create = partial(create_engine, json_serializer=partial(json.dumps, allow_nan=False))


def _sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = _create(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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


def _postgresql(url: URL) -> Engine:
    ours = " ".join(f"-c {name}={value}" for name, value in SERVER_OPTIONS.items())
    theirs = " ".join(url.normalized_query.get("options", ()))
    timeout_s = url.query.get("connect_timeout", CONNECT_TIMEOUT_S)
    options = {"options": f"{ours} {theirs} -c TimeZone=UTC", "connect_timeout": timeout_s}
    return _create(url, connect_args=options, pool_pre_ping=True)


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        if _is_current(connection, scripts):
            return
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        lock(connection, "migrations")
        if not _is_current(connection, scripts):  # another process may have been faster
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _is_current(connection: Connection, scripts: ScriptDirectory) -> bool:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise ConfigError(
            f"The schema of {connection.engine.url!r} is of revision {found}, which this version "
            "of cambio does not know.",
            remedy="Install the newer cambio that made it, or choose another database.",
            revision=found,
        )
    return found == scripts.get_current_head()


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
        SourceError: the database refused (a full disk, a lost server, a lock held too long).
        Conflict: another process was faster.
    """
    driver = engine.dialect.loaded_dbapi
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            yield connection
    except (IntegrityError, driver.IntegrityError) as error:
        raise Conflict(
            f"Another process wrote the same rows: {_reason(error)}. Nothing was written.",
            remedy="Run the command again.",
        ) from error
    except (OperationalError, driver.OperationalError) as error:
        if _is_lost_race(error):
            raise Conflict(
                f"Another process changed the same rows: {_reason(error)}. Nothing was written.",
                remedy="Run the command again.",
            ) from error
        raise SourceError(
            f"The database refused the transaction: {_reason(error)}. Nothing was written.",
            remedy="Check the disk's free space and the server, then run the command again.",
        ) from error


def _reason(error: Exception) -> str:
    """Give the driver's own words, on one line."""
    return " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".")


def _is_lost_race(error: Exception) -> bool:
    """Tell a deadlock or a serialization failure: PostgreSQL's class 40, transaction rollback."""
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return state is not None and state.startswith("40")
