"""Every table as frames and back, bit for bit, between SQLite and PostgreSQL in any direction.

JSON passes as the text that the database holds: the audit log's chain is over that text.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    cast,
    exists,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DataError, ProgrammingError
from sqlalchemy.types import UserDefinedType

from cambio.errors import DataQualityError, NotAllowed
from cambio.store import tables, triggers
from cambio.store.audit_chain import findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement, Connection

    from cambio.contracts.audit import Finding

PART_ROWS: Final = 100_000
"""Of a frame at most, so that a table of any length fits into memory."""
BATCH_ROWS: Final = 10_000
UNREADABLE: Final = (ValueError, TypeError, OverflowError, pl.exceptions.PolarsError)
"""What a value raises that is not of its column's type, which SQLite takes all the same."""
AUDIT_TIME: Final = "%Y-%m-%d %H:%M:%S%.6f"
AUDIT_COLUMNS: Final = ("seq", "time", "actor", "action", "subject", "data")


class RawJson(UserDefinedType[str]):
    """JSON as its text, neither read nor written anew."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Give the column's type in the database."""
        return "JSON"

    def column_expression(self, colexpr: ColumnElement[str]) -> ColumnElement[str]:
        """Select the text."""
        return cast(colexpr, Text)


DTYPES: Final[tuple[tuple[type, pl.DataType], ...]] = (
    (tables.UtcDateTime, pl.Datetime("us", "UTC")),
    (Date, pl.Date()),
    (Boolean, pl.Boolean()),
    (Integer, pl.Int64()),
    (Float, pl.Float64()),
    (LargeBinary, pl.Binary()),
)


def _raw_tables() -> dict[str, Table]:
    raw = MetaData()
    found = {}
    for table in tables.metadata.sorted_tables:
        columns = (
            Column(
                c.name, RawJson() if isinstance(c.type, JSON) else c.type, primary_key=c.primary_key
            )
            for c in table.columns
        )
        found[table.name] = Table(table.name, raw, *columns)
    del found[tables.audit_actor.name]  # of a transaction that runs
    return found


TABLES: Final[Mapping[str, Table]] = _raw_tables()
"""What a dump holds, by name."""


def schema_of(table: Table) -> pl.Schema:
    """Give the columns of a table's frames."""
    return pl.Schema(
        {
            column.name: next((d for t, d in DTYPES if isinstance(column.type, t)), pl.String())
            for column in table.columns
        }
    )


def frames(connection: Connection, table: Table) -> Iterator[pl.DataFrame]:
    """Give a table's rows in the order of its key; an empty table gives one frame without rows.

    Args:
        connection: to read on; all tables that are read on it are of one moment.
        table: of `TABLES`.

    Raises:
        DataQualityError: a value is not of its column's type.
    """
    schema = schema_of(table)
    query = select(table).order_by(*table.primary_key.columns)
    count = 0
    try:
        with connection.execute(query.execution_options(yield_per=PART_ROWS)) as result:
            for rows in result.partitions():
                yield pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
                count += 1
    except UNREADABLE as error:
        raise DataQualityError(
            f"The table {table.name} holds a value that is not of its column's type: {error}.",
            remedy="Somebody wrote it by SQL. `cambio audit verify` may name the row; mend it.",
            table=table.name,
        ) from error
    if not count:
        yield schema.to_frame()


def filled(connection: Connection) -> list[str]:
    """Give the tables that hold anything."""
    return [
        name
        for name, table in TABLES.items()
        if connection.execute(select(exists().select_from(table))).scalar_one()
    ]


@contextmanager
def untriggered(connection: Connection) -> Iterator[None]:
    """Let rows come in as they were: nothing is logged of it, and no other process writes.

    Args:
        connection: inside a transaction, as the owner of the tables.

    Raises:
        NotAllowed: another role.
    """
    is_server = connection.dialect.name == "postgresql"
    schema = ""
    try:
        if is_server:
            names = ", ".join(TABLES)
            connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
            schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
        for statement in triggers.removal(connection.dialect.name):
            connection.exec_driver_sql(statement)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != "42501":  # insufficient privilege
            raise
        raise NotAllowed(
            "This role does not own the tables, and only their owner may fill them past the "
            "triggers of the audit log.",
            remedy="Run it with the owner's CAMBIO_DATABASE_URL, then `cambio audit grant ROLE`.",
        ) from error
    yield
    for statement in triggers.creation(connection.dialect.name, schema):
        connection.exec_driver_sql(statement)


def load(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Insert the rows of a frame.

    Raises:
        DataQualityError: the database can't hold a value, as PostgreSQL no text beyond its length.
    """
    try:
        for part in frame.iter_slices(BATCH_ROWS):
            if part.height:
                connection.execute(insert(table), part.to_dicts())
    except DataError as error:
        raise DataQualityError(
            f"{table.name} can't hold what the backup does: {' '.join(str(error.orig).split())}",
            remedy="Restore it into a database of the kind that it came from.",
            table=table.name,
        ) from error


def go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind the restored ones; SQLite does so by itself.

    Events also behind what their readers have read, which may be gone by now.
    """
    if connection.dialect.name != "postgresql":
        return
    for table in tables.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        last: ColumnElement[Any] = select(func.max(column)).scalar_subquery()
        if table is tables.events:
            read = select(func.max(tables.event_cursors.c.event_id)).scalar_subquery()
            last = func.greatest(last, read)
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def sealed_log(log: pl.DataFrame, seals: pl.DataFrame) -> list[Finding]:
    """Give in what a dumped audit log differs from its dumped seals."""
    content = log.sort("seq").with_columns(pl.col("time").dt.strftime(AUDIT_TIME))
    rows = {seq: tuple(cells) for seq, *cells in content.select(AUDIT_COLUMNS).iter_rows()}
    return findings(rows, dict(seals.select("seq", "hash").iter_rows()))
