"""Opening a database: engines, migrations, transactions, and the drivers' quick ways for tables."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from polars import selectors as cs
from sqlalchemy import BigInteger, cast, create_engine, event, extract, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError

from cambio.errors import ConfigError, Conflict, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, ColumnElement, Connection, Engine, Select, Table

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


def append(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Insert rows by the driver's quickest way; times are stored as `UtcDateTime` stores them.

    Args:
        connection: inside a transaction.
        table: where to.
        frame: columns of the table, of UTC times, floats and texts, all of them filled.

    Raises:
        ValueError: a value is missing (null or NaN).
    """
    frame = frame.with_columns(cs.float().fill_nan(None))
    missing = [name for name, column in frame.to_dict().items() if column.null_count()]
    if missing:
        raise ValueError(f"rows for {table.name} lack values of {', '.join(missing)}")
    names = ", ".join(frame.columns)
    if connection.dialect.name == "postgresql":
        statement = f"COPY {table.name} ({names}) FROM STDIN (FORMAT binary)"
        with _driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(COPY_HEADER)
            for part in frame.partition_by(cs.string(), maintain_order=True):
                copy.write(_copy_rows(part))
            copy.write(COPY_END)
    elif frame.height:
        marks = ", ".join("?" * frame.width)
        rows = frame.with_columns(cs.datetime().dt.strftime(SQLITE_TIME)).rows()
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)


SQLITE_TIME: Final = "%Y-%m-%d %H:%M:%S%.6f"
COPY_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END: Final = b"\xff\xff"
POSTGRESQL_EPOCH_US: Final = 946_684_800_000_000
"""2000-01-01, in microseconds since 1970."""


def _copy_rows(frame: pl.DataFrame) -> bytes:
    """Give rows in COPY's binary format; each text column is the same in all of them.

    So all rows are of one length: one is written, repeated, and the numbers are put in place.
    Text format (CSV) takes the server 1.6 times as long.
    """
    row = bytearray(frame.width.to_bytes(2, "big"))
    numbers: list[tuple[int, np.ndarray[Any, Any]]] = []
    for column in frame:
        if column.dtype == pl.String:
            value = column[0].encode()
        else:
            value = bytes(8)
            numbers.append((len(row) + 4, _big_endian(column)))
        row += len(value).to_bytes(4, "big") + value
    rows = np.tile(np.frombuffer(row, np.uint8), (frame.height, 1))
    for at, values in numbers:
        rows[:, at : at + 8] = values.view(np.uint8).reshape(-1, 8)
    return rows.tobytes()


def _big_endian(column: pl.Series) -> np.ndarray[Any, Any]:
    if column.dtype == pl.Float64:
        return column.to_numpy().astype(">f8")
    microseconds = column.dt.timestamp("us").to_numpy() - POSTGRESQL_EPOCH_US
    return microseconds.astype(">i8")


def fetch(connection: Connection, query: Select[Any], schema: pl.Schema) -> pl.DataFrame:
    """Read a frame past the conversions that SQLAlchemy does row by row, in a third of the time.

    Args:
        connection: to read on.
        query: on plain columns.
        schema: of its columns in their order: UTC times (us), floats and texts.
    """
    is_time = [dtype == pl.Datetime for dtype in schema.dtypes()]
    names = [name for name, dtype in schema.items() if dtype == pl.Datetime]
    if connection.dialect.name == "postgresql":
        columns = zip(query.selected_columns, is_time, strict=True)
        query = query.with_only_columns(*(_microseconds(c) if t else c for c, t in columns))
        compiled = query.compile(dialect=connection.dialect)
        with _driver(connection).cursor(binary=True) as cursor:
            rows = cursor.execute(str(compiled), compiled.params).fetchall()
        raw: pl.DataType = pl.Int64()
        times = pl.col(names).cast(pl.Datetime("us", "UTC"))
    else:
        rows = connection.execute(query).cursor.fetchall()
        raw = pl.String()
        times = pl.col(names).str.to_datetime(SQLITE_TIME, time_unit="us", time_zone="UTC")
    if not rows:
        return schema.to_frame()
    unread = schema | dict.fromkeys(names, raw)
    return pl.DataFrame(rows, schema=unread, orient="row").with_columns(times)


def _microseconds(column: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(extract("epoch", column) * 1_000_000, BigInteger)


def _driver(connection: Connection) -> Any:
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.driver_connection
