"""The audit log: writing under an account's name, sealing, reading and verifying.

Triggers write the rows whoever changes what (`triggers`). Here rows are sealed into a hash chain
(`audit_chain`): those that the application's transaction caused, in the same transaction.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select, text

from cambio.contracts.audit import Action, AuditEntry, AuditReport, Finding, Flaw, Head
from cambio.errors import Conflict
from cambio.store import tables, triggers
from cambio.store.audit_chain import GENESIS, Content, findings, seal_of
from cambio.store.audit_state import differences, plain
from cambio.store.database import lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

PRODUCT: Final = "cambio"
"""Who acts where no account does."""
UNREADABLE: Final = "(no text)"
"""What a list shows where a row holds something else."""

ACTION, DATA = 2, 4
"""Where they stand in the content of a row."""

COLUMNS: Final = ("time", "actor", "action", "subject", "data")
TYPED: Final = "CASE typeof({0}) WHEN 'text' THEN CAST({0} AS BLOB) END"
SQLITE_ROWS: Final = f"""
    SELECT seq, {", ".join(map(TYPED.format, COLUMNS))}
    FROM approval_audit_log WHERE seq >= {{first}} ORDER BY seq"""
# bytes, so that text which is no UTF-8 is a finding and not a failure; the same bytes as no text
# are another value
POSTGRESQL_ROWS: Final = """
    SELECT seq, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), actor, action,
           subject, data::text
    FROM approval_audit_log WHERE seq >= {first} ORDER BY seq"""
LEAST: Final = -(2**63)
"""Of all numbers that a row can have; ours begin with 1."""


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
    waiting = list(_rows(connection, _head(connection).seq + 1))
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
    for seq, content in _rows(connection, head.seq + 1).items():
        previous = seal_of(previous, seq, content)
        seals.append({"seq": seq, "hash": previous})
    if seals:
        connection.execute(insert(tables.audit_seals), seals)


def _head(connection: Connection) -> Head:
    table = tables.audit_seals
    newest = connection.execute(select(table).order_by(table.c.seq.desc()).limit(1)).first()
    return Head(0, GENESIS) if newest is None else Head(newest.seq, newest.hash)


def _rows(connection: Connection, first: int) -> dict[int, Content]:
    is_server = connection.dialect.name == "postgresql"
    query = (POSTGRESQL_ROWS if is_server else SQLITE_ROWS).format(first=first)
    return {
        seq: tuple(_text(value) for value in content)
        for seq, *content in connection.exec_driver_sql(query)
    }


def _text(value: str | bytes | None) -> str | None:
    """Give a value as text; None where it is no text, as no row that was written is."""
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _seals(connection: Connection) -> dict[int, str]:
    is_server = connection.dialect.name == "postgresql"
    value = "hash" if is_server else TYPED.format("hash")
    rows = connection.exec_driver_sql(f"SELECT seq, {value} FROM audit_seals ORDER BY seq")
    return {seq: _text(value) or "" for seq, value in rows}


def entries(
    connection: Connection, subject: str | None = None, limit: int | None = None
) -> list[AuditEntry]:
    """Give the rows of the log, newest first; of what begins with ``subject`` if asked.

    A row that was tampered with into something that can't be read is given as far as it can.
    """
    log, seals = tables.approval_audit_log, tables.audit_seals
    query = (
        select(log.c.seq, seals.c.seq.is_not(None).label("sealed"))
        .outerjoin(seals, log.c.seq == seals.c.seq)
        .order_by(log.c.seq.desc())
        .limit(limit)
    )
    if subject is not None:
        query = query.where(log.c.subject.startswith(subject, autoescape=True))
    found = connection.execute(query).all()
    rows = _rows(connection, found[-1].seq) if found else {}
    return [_entry(row.seq, rows[row.seq], sealed=row.sealed) for row in found]


def _entry(seq: int, content: Content, *, sealed: bool) -> AuditEntry:
    time, *words, data = content
    actor, action, subject = (UNREADABLE if word is None else word for word in words)
    return AuditEntry(seq, _time(time), actor, action, subject, plain(data), sealed)


def _time(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value or "").replace(tzinfo=UTC)
    except ValueError:
        return None


def verify(connection: Connection, kept: Head | None = None) -> AuditReport:
    """Compare the log with its seals and with the tables, and the triggers with what they were.

    A log that was rewritten whole, seals and all, or cut off behind a row, shows against nothing
    but a head that was kept elsewhere.

    Args:
        connection: to read on.
        kept: a head of the chain from an earlier verification.
    """
    log = _rows(connection, LEAST)
    seals = _seals(connection)
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
    last = max(seals, default=0)
    return AuditReport(len(log), Head(last, seals[last]) if last > 0 else None, tuple(found))


def _unguarded(connection: Connection) -> list[Finding]:
    is_server = connection.dialect.name == "postgresql"
    guards = _postgresql_guards(connection) if is_server else _sqlite_guards(connection)
    return [Finding(Flaw.GUARD, None, f"{what} is missing or not ours.") for what in guards]


SQLITE_OBJECTS: Final = """
    SELECT name, sql, type, tbl_name FROM sqlite_master WHERE type IN ('trigger', 'index')"""
ACTIVE_INDEX: Final = {
    "sqlite": " ON model_registry (stage) WHERE stage = 'production' AND is_active",
    "postgresql": " USING btree (stage) WHERE (((stage)::text = 'production'::text) AND is_active)",
}
"""How the definition of the index on the active model ends."""


def _sqlite_guards(connection: Connection) -> list[str]:
    objects = connection.exec_driver_sql(SQLITE_OBJECTS).all()
    there = {row.name: row.sql for row in objects}
    wanted = triggers.sqlite_triggers()
    wrong = [f"The trigger {name}" for name, sql in wanted.items() if there.get(name) != sql]
    strange = [
        f"The trigger {row.name} on {row.tbl_name}"
        for row in objects
        if row.type == "trigger" and row.tbl_name in triggers.guarded() and row.name not in wanted
    ]
    return wrong + strange + _index_guard("sqlite", there.get(triggers.ACTIVE_INDEX))


def _index_guard(dialect: str, definition: str | None) -> list[str]:
    """Give the index on the active model if it is not the unique one."""
    found = definition or ""
    is_ours = found.startswith("CREATE UNIQUE INDEX") and found.endswith(ACTIVE_INDEX[dialect])
    return [] if is_ours else ["The index of the active model"]


POSTGRESQL_TRIGGERS: Final = """
    SELECT tgname, tgrelid::regclass::text AS on_table, tgenabled IN ('O', 'A'),
           pg_get_triggerdef(pg_trigger.oid), prosrc, prosecdef, proconfig
    FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE NOT tgisinternal AND tgrelid::regclass::text IN ({tables})"""
POSTGRESQL_RULES: Final = """
    SELECT rulename, tablename FROM pg_rules
    WHERE schemaname = current_schema() AND tablename IN ({tables})"""
POSTGRESQL_INDEX: Final = """
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND indexname = '{index}'"""


def _postgresql_guards(connection: Connection) -> list[str]:
    wanted = triggers.postgresql_triggers()
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    names = ", ".join(f"'{table}'" for table in sorted(triggers.guarded()))
    there = {
        (row.tgname, row.on_table): row
        for row in connection.exec_driver_sql(POSTGRESQL_TRIGGERS.format(tables=names))
    }
    wrong = [
        f"The trigger {name} on {table}"
        for name, (table, when, function) in wanted.items()
        if not _is_ours(there.pop((name, table), None), when, function, schema)
    ]
    strange = [f"The trigger {name} on {table}" for name, table in there]
    rules = connection.exec_driver_sql(POSTGRESQL_RULES.format(tables=names))
    strange += [f"The rule {name} on {table}" for name, table in rules]
    index = connection.exec_driver_sql(POSTGRESQL_INDEX.format(index=triggers.ACTIVE_INDEX))
    return wrong + strange + _index_guard("postgresql", index.scalar())


def _is_ours(found: Any, when: str, function: str, schema: str) -> bool:
    """Tell whether a trigger is on, fires when it should, and does what ours does as ours does."""
    if found is None or not found[2]:
        return False
    definition, *what = found[3:]
    fires = f" {_in_order(when.split(' {on}')[0])} ON "
    ours = [triggers.postgresql_functions()[function], True, [triggers.search_path(schema)]]
    return fires in definition and " WHEN (" not in definition and what == ours


def _in_order(fires: str) -> str:
    """Give a trigger's events in the order in which PostgreSQL tells them."""
    when, _, events = fires.partition(" ")
    order = ["INSERT", "DELETE", "UPDATE", "TRUNCATE"]
    return f"{when} {' OR '.join(sorted(events.split(' OR '), key=order.index))}"
