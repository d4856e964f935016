"""Opening a database: engines, migrations, locks, and the ways that reads and writes go through."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager, nullcontext
from functools import cache, partial
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event, inspect, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)

from cambio.errors import ConfigError, Conflict, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

MIGRATIONS: Final = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS: Final = 30_000
"""A writer waits so long for another; SQLite's word for it."""
SERVER_OPTIONS: Final = {"lock_timeout": BUSY_TIMEOUT_MS, "statement_timeout": 300_000}
"""Of a PostgreSQL session, in ms; those in the URL's `options` come after them and win."""
CONNECT_TIMEOUT_S: Final = 10
FRESH_S: Final = 0.005
"""A connection that was used so recently is used again without a ping, a tenth of a live bar."""
SECRET_OPTIONS: Final = ("password", "sslpassword", "oauth_client_secret")
"""Of libpq's options in a URL, those that nobody may see."""
WRITES = "cambio_writes"
"""Execution option of transactions that write."""
SNAPSHOT: Final = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of PostgreSQL's reads: one state from the first query on, as SQLite's show.

They go into BEGIN, which psycopg sends anyway: no further round trip.
"""


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
            f"The database {shown(parsed)} needs the package {error.name}, which is not installed.",
            remedy="Install the extra `postgres`: pip install -e '.[postgres]' in the checkout.",
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


def shown(url: URL) -> str:
    """Give the URL as anybody may see it: without its password and without options but the host.

    >>> shown(make_url("postgresql://me:secret@h/bars?sslpassword=secret"))
    'postgresql://me:***@h/bars'
    """
    places = {name: value for name, value in url.query.items() if name in ("host", "port")}
    return url.set(query=places).render_as_string()


def _cannot_open(url: URL, error: Exception) -> ConfigError:
    return ConfigError(
        f"The database {shown(url)} cannot be opened: {_reason(error, url)}.",
        remedy="Check CAMBIO_DATABASE_URL and CAMBIO_HOME; docs/database.md says more.",
    )


def _parse(url: str) -> URL:
    """Give the URL's parts; whatever driver of PostgreSQL it names, ours is psycopg.

    An @ that should be escaped is refused: what follows it would be taken for a host, and shown.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    kind = parsed.drivername.partition("+")[0] if parsed is not None else ""
    is_server = kind in ("postgresql", "postgres") and re.fullmatch(r"[^@?]*@?[^@]*", url)
    if parsed is None or not (kind == "sqlite" or is_server):
        raise ConfigError(  # it may hold a password: neither shown nor chained
            "CAMBIO_DATABASE_URL is no URL of a SQLite or PostgreSQL database.",
            remedy="Write sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, "
            "with @ : / ? in a password as %40 %3A %2F %3F.",
        )
    return parsed if kind == "sqlite" else parsed.set(drivername="postgresql+psycopg")


_create = partial(create_engine, json_serializer=json.JSONEncoder(allow_nan=False).encode)


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
    secrets = {name: url.query[name] for name in SECRET_OPTIONS if name in url.query}
    bare = url.difference_update_query(SECRET_OPTIONS)  # an engine's repr shows its URL
    engine = _create(bare, connect_args=options | secrets)
    event.listen(engine, "checkin", _note_idle)
    event.listen(engine, "checkout", partial(_ping_idle, engine))
    return engine


def _note_idle(_connection: Any, record: Any) -> None:
    record.info["idle_since"] = monotonic()


def _ping_idle(engine: Engine, connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that lay idle whether its server is still there; else another is opened."""
    idle_since = record.info.get("idle_since")
    if idle_since is None or monotonic() - idle_since < FRESH_S:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        if _is_current(connection):
            return
    from alembic import command  # 100 ms of each command, of which hardly one migrates
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        lock(connection, "migrations")
        if not _is_current(connection):  # another process may have been faster
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Tell whether a database's schema is the one that this version knows last.

    Raises:
        SourceError: the database cannot be reached or read.
    """
    with reading(engine) as connection:
        return revision(connection) == revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """Give the schema's revisions that this version knows, oldest first: their files' numbers."""
    return tuple(sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def revision(connection: Connection) -> str:
    """Give the revision of a database's schema; empty before its first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _is_current(connection: Connection) -> bool:
    found = revision(connection)
    if found and found not in revisions():
        raise ConfigError(
            f"The schema of {shown(connection.engine.url)} is of revision {found}, which this "
            "version of cambio does not know.",
            remedy="Install the newer cambio that made it, or choose another database.",
            revision=found,
        )
    return found == revisions()[-1]


def lock(connection: Connection, name: str) -> None:
    """Let other writers of the same matter wait until this transaction ends.

    A transaction that locks several does so in this order: bars, macro, quarantine; or champion,
    the rows of models by id, those of running deployments by id, a proposal's row, tokens and their
    rows, then `audit`, and last of all `events`. One that it holds already it may lock again at any
    time. `source_requests` and `migrations` have transactions of their own. Two transactions that
    lock in different orders may wait for each other, and PostgreSQL then ends one of them: a
    `Conflict`. SQLite has one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection to read on: all its queries see one state, whoever writes meanwhile.

    Raises:
        SourceError: the database cannot be reached or read.
    """
    try:
        with engine.connect() as connection:
            is_server = engine.dialect.name == "postgresql"
            yield connection.execution_options(**SNAPSHOT) if is_server else connection
    except _failures(engine) as error:
        raise SourceError(
            f"The database could not be read: {_reason(error, engine.url)}.",
            remedy="Check the server, or the disk, then run the command again.",
        ) from error


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Send the last statements of a transaction without waiting for each answer, and commit.

    None may return rows, and no count of rows is known. What the server refuses is raised at the
    end. A driver that knows no pipelines waits.
    """
    driver: Any = connection.connection.driver_connection
    with driver.pipeline() if hasattr(driver, "pipeline") else nullcontext():
        yield
        connection.commit()


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose writes all land, or none.

    Raises:
        SourceError: the database refused (a full disk, a lost server, a lock held too long).
        Conflict: another process was faster.
    """
    try:
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            yield connection
    except (IntegrityError, engine.dialect.loaded_dbapi.IntegrityError) as error:
        raise Conflict(
            f"Another process wrote the same rows: {_reason(error, engine.url)}. "
            "Nothing was written.",
            remedy="Run the command again.",
        ) from error
    except _failures(engine) as error:
        reason = _reason(error, engine.url)
        if _is_lost_race(error):
            raise Conflict(
                f"Another process changed the same rows: {reason}. Nothing was written.",
                remedy="Run the command again.",
            ) from error
        raise SourceError(
            f"The database refused the transaction: {reason}. Nothing was written.",
            remedy="Check the disk's free space and the server, then run the command again.",
        ) from error


def _failures(engine: Engine) -> tuple[type[Exception], ...]:
    """Give the errors that are no fault of the query, SQLAlchemy's and the driver's own."""
    driver = engine.dialect.loaded_dbapi
    return OperationalError, InterfaceError, driver.OperationalError, driver.InterfaceError


def _reason(error: Exception, url: URL) -> str:
    """Give the driver's own words, on one line and without the secrets of the URL."""
    words = " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".")
    options = (url.normalized_query.get(name, ()) for name in SECRET_OPTIONS)
    for secret in {url.password, *chain(*options)}:
        if secret and secret not in shown(url):  # a name that is shown anyway
            words = words.replace(secret, "***")
    return words


def _is_lost_race(error: Exception) -> bool:
    """Tell a deadlock or a serialization failure: PostgreSQL's class 40, transaction rollback."""
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return state is not None and state.startswith("40")
