"""The audit log: writing under an account's name, sealing, reading and verifying.

Triggers write the rows whoever changes what (`triggers`). Here rows are sealed into a hash chain
(`audit_chain`): those that the application's transaction caused, in the same transaction.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select, text

from cambio.contracts.audit import Action, AuditEntry, AuditReport, Finding, Flaw, Head
from cambio.errors import Conflict
from cambio.store import tables, triggers
from cambio.store.audit_chain import GENESIS, Content, findings, seal_of
from cambio.store.audit_state import differences
from cambio.store.database import lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

PRODUCT: Final = "cambio"
"""Who acts where no account does."""

ACTION, DATA = 2, 4
"""Where they stand in the content of a row."""

SQLITE_ROWS: Final = """
    SELECT seq, CAST(time AS BLOB), CAST(actor AS BLOB), CAST(action AS BLOB),
           CAST(subject AS BLOB), CAST(data AS BLOB)
    FROM approval_audit_log WHERE seq > {after} ORDER BY seq"""
# bytes, so that text which is no UTF-8 is a finding and not a failure
POSTGRESQL_ROWS: Final = """
    SELECT seq, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), actor, action,
           subject, data::text
    FROM approval_audit_log WHERE seq > {after} ORDER BY seq"""


@contextmanager
def recording(connection: Connection, actor: str) -> Iterator[None]:
    """Log what happens inside as the actor's, and seal it.

    Rows that others wrote past the application are adopted first: sealed, with a row that names
    them. Lock the rows that will change before; the log is the last lock of a transaction.

    Args:
        connection: inside a transaction, which ends soon: others wait for it to log.
        actor: name of the account.
    """
    lock(connection, triggers.LOCK)
    _act_as(connection, actor)
    _adopt(connection, actor, "")
    yield
    _seal(connection)
    _act_as(connection, None)


def adopt(connection: Connection, actor: str, comment: str) -> list[int]:
    """Seal the rows that wait, deliberately; give their numbers.

    Args:
        connection: inside a transaction.
        actor: name of the account.
        comment: why they are in order.

    Raises:
        Conflict: no row waits.
    """
    lock(connection, triggers.LOCK)
    adopted = _adopt(connection, actor, comment)
    if not adopted:
        raise Conflict("Every row of the audit log is sealed already.")
    return adopted


def _act_as(connection: Connection, actor: str | None) -> None:
    if connection.dialect.name == "postgresql":
        setting = text("SELECT set_config('cambio.actor', :actor, true)")
        connection.execute(setting, {"actor": actor or ""})
        return
    connection.execute(delete(tables.audit_actor))
    if actor is not None:
        connection.execute(insert(tables.audit_actor), {"actor": actor})


def _adopt(connection: Connection, actor: str, comment: str) -> list[int]:
    waiting = list(_rows(connection, _head(connection).seq))
    if waiting:
        _append(connection, actor, Action.AUDIT_ADOPTED, {"rows": waiting, "comment": comment})
        _seal(connection)
    return waiting


def _append(connection: Connection, actor: str, action: Action, data: dict[str, Any]) -> None:
    table = tables.approval_audit_log
    is_server = connection.dialect.name == "postgresql"
    row = {
        "seq": select(func.coalesce(func.max(table.c.seq), 0) + 1).scalar_subquery(),
        "time": func.clock_timestamp() if is_server else text(f"({triggers.SQLITE_NOW})"),
        "actor": actor,
        "action": action,
        "subject": table.name,
        "data": data,
    }
    connection.execute(insert(table).values(row).inline())


def _seal(connection: Connection) -> None:
    head = _head(connection)
    previous, seals = head.hash, []
    for seq, content in _rows(connection, head.seq).items():
        previous = seal_of(previous, seq, content)
        seals.append({"seq": seq, "hash": previous})
    if seals:
        connection.execute(insert(tables.audit_seals), seals)


def _head(connection: Connection) -> Head:
    table = tables.audit_seals
    newest = connection.execute(select(table).order_by(table.c.seq.desc()).limit(1)).first()
    return Head(0, GENESIS) if newest is None else Head(newest.seq, newest.hash)


def _rows(connection: Connection, after: int) -> dict[int, Content]:
    is_server = connection.dialect.name == "postgresql"
    query = (POSTGRESQL_ROWS if is_server else SQLITE_ROWS).format(after=after)
    return {
        seq: tuple(_text(value) for value in content)
        for seq, *content in connection.exec_driver_sql(query)
    }


def _text(value: str | bytes | None) -> str | None:
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else value


def entries(
    connection: Connection, subject: str | None = None, limit: int | None = None
) -> list[AuditEntry]:
    """Give the rows of the log, newest first; of what begins with ``subject`` if asked."""
    log, seals = tables.approval_audit_log, tables.audit_seals
    query = (
        select(log, seals.c.seq.is_not(None).label("sealed"))
        .outerjoin(seals, log.c.seq == seals.c.seq)
        .order_by(log.c.seq.desc())
        .limit(limit)
    )
    if subject is not None:
        query = query.where(log.c.subject.startswith(subject, autoescape=True))
    return [AuditEntry(**row) for row in connection.execute(query).mappings()]


def verify(connection: Connection, kept: Head | None = None) -> AuditReport:
    """Compare the log with its seals and with the tables, and the triggers with what they were.

    A log that was rewritten whole, seals and all, or cut off behind a row, shows against nothing
    but a head that was kept elsewhere.

    Args:
        connection: to read on.
        kept: a head of the chain from an earlier verification.
    """
    log = _rows(connection, after=-(2**62))
    seals = {row.seq: row.hash for row in connection.execute(select(tables.audit_seals))}
    said = ((content[ACTION], content[DATA]) for content in log.values())
    found = [
        *findings(log, seals),
        *differences(connection, said),
        *_unguarded(connection),
    ]
    if kept is not None and seals.get(kept.seq) != kept.hash:
        state = "rewritten" if kept.seq in seals else f"cut off: it ends at {max(seals, default=0)}"
        what = f"The chain was {state}; it does not hold {kept.seq}:{kept.hash[:12]}…"
        found.append(Finding(Flaw.HEAD, kept.seq, what))
    head = _head(connection)
    return AuditReport(len(log), head if head.seq else None, tuple(found))


def _unguarded(connection: Connection) -> list[Finding]:
    is_server = connection.dialect.name == "postgresql"
    guards = _postgresql_guards(connection) if is_server else _sqlite_guards(connection)
    return [Finding(Flaw.GUARD, None, f"{what} is missing or not ours.") for what in guards]


SQLITE_OBJECTS: Final = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index')"


def _sqlite_guards(connection: Connection) -> list[str]:
    there = {row.name: row.sql for row in connection.exec_driver_sql(SQLITE_OBJECTS)}
    wanted = triggers.sqlite_triggers().items()
    wrong = [f"The trigger {name}" for name, sql in wanted if there.get(name) != sql]
    return wrong + _index_guard(there.get(triggers.ACTIVE_INDEX))


def _index_guard(definition: str | None) -> list[str]:
    """Give the index on the active model if it is not the unique one."""
    ours = definition is not None and definition.startswith("CREATE UNIQUE INDEX")
    return [] if ours and "is_active" in str(definition) else ["The index of the active model"]


POSTGRESQL_TRIGGERS: Final = """
    SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(pg_trigger.oid), prosrc
    FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgrelid::regclass::text IN ({tables})"""
POSTGRESQL_INDEX: Final = """
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND indexname = '{index}'"""


def _postgresql_guards(connection: Connection) -> list[str]:
    wanted = triggers.postgresql_triggers()
    bodies = triggers.postgresql_functions()
    names = ", ".join(f"'{table}'" for table, _, _ in wanted.values())
    query = POSTGRESQL_TRIGGERS.format(tables=names)
    there = {
        (name, table): (definition, body)
        for name, table, definition, body in connection.exec_driver_sql(query)
    }
    wrong = []
    for name, (table, when, function) in wanted.items():
        definition, body = there.get((name, table), ("", ""))
        fires = when.split(" {on}")[0]
        is_ours = f" {_in_order(fires)} ON " in definition and " WHEN (" not in definition
        if not is_ours or body != bodies[function]:
            wrong.append(f"The trigger {name} on {table}")
    index = connection.exec_driver_sql(POSTGRESQL_INDEX.format(index=triggers.ACTIVE_INDEX))
    return wrong + _index_guard(index.scalar())


def _in_order(fires: str) -> str:
    """Give a trigger's events in the order in which PostgreSQL tells them."""
    when, _, events = fires.partition(" ")
    order = ["INSERT", "DELETE", "UPDATE", "TRUNCATE"]
    return f"{when} {' OR '.join(sorted(events.split(' OR '), key=order.index))}"
