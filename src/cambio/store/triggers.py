"""The triggers that write the audit log whoever changes what, and keep it and the trials.

Migrations 0004 and 0005 put them in place, and `cambio audit verify` compares what is there with
this text. Whoever changes a trigger adds a migration that replaces it. A migration that makes
SQLite copy one of these tables (Alembic's batch mode) loses its triggers and creates them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG: Final = "approval_audit_log"
SEALS: Final = "audit_seals"
TRIALS: Final = "trial_ledger"
SINCE_0004: Final = (LOG, SEALS, TRIALS, "model_registry", "promotion_proposals", "api_tokens")
SINCE_0005: Final = ("trading_controls", "deployments")
"""Tables with triggers, by the migration that made these."""
LOCK: Final = "audit"
"""Name of the advisory lock that lets one transaction after the other append to the log."""
ACTIVE_INDEX: Final = "one_active_production_model"
SQLITE_NOW: Final = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
SQLITE_NEXT: Final = "(SELECT COALESCE(MAX(seq), 0) + 1 FROM {table})"


@dataclass(frozen=True, slots=True)
class Field:
    """What the log tells of a column.

    Args:
        name: in the log.
        sql: of its value, with `{row}` for OLD or NEW.
        kind: `text`, `bool`, or `time`, which both databases write alike; of a `number` as text
            each has its own spelling.
    """

    name: str
    sql: str = ""
    kind: str = "text"

    def of(self, row: str) -> str:
        """Give the value as both databases compare it."""
        return (self.sql or f"{{row}}.{self.name}").format(row=row)

    def shown(self, row: str, dialect: str) -> str:
        """Give the value as JSON holds it."""
        value = self.of(row)
        if dialect == "sqlite" and self.kind == "bool":
            return f"json(CASE WHEN {value} THEN 'true' ELSE 'false' END)"
        if dialect == "postgresql" and self.kind == "time":
            return f"to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return value


@dataclass(frozen=True, slots=True)
class Audited:
    """A table whose changes are logged.

    Args:
        table: its name.
        subject: the column that names what changed.
        fields: what the log tells; a change of anything else is not logged.
        actions: of an insert, an update and a delete, as SQL.
    """

    table: str
    subject: str
    fields: Sequence[Field]
    actions: tuple[str, str, str]


ACTIVE: Final = "({row}.stage = 'production' AND {row}.is_active)"
_ON, _OFF = ACTIVE.format(row="NEW"), ACTIVE.format(row="OLD")

MODELS: Final = Audited(
    "model_registry",
    "model_id",
    (
        *map(Field, ("model_id", "experiment_name", "model_path", "model_hash", "stage")),
        Field("active", ACTIVE, "bool"),
        Field("approved_by"),
    ),
    (
        f"CASE WHEN {_ON} THEN 'model:promoted' ELSE 'model:registered' END",
        (
            f"CASE WHEN {_ON} AND NOT {_OFF} THEN 'model:promoted'"
            f" WHEN {_OFF} AND NOT {_ON} THEN 'model:retired' ELSE 'model:changed' END"
        ),
        "'model:deleted'",
    ),
)

_AGAINST = {
    "sqlite": "json_extract({row}.vs_baseline, '$.against')",
    "postgresql": "({row}.vs_baseline ->> 'against')",
}


def _proposals(dialect: str) -> Audited:
    return Audited(
        "promotion_proposals",
        "proposal_id",
        (
            *map(Field, ("proposal_id", "model_id", "experiment_name", "recommendation")),
            Field("against", _AGAINST[dialect]),
            *map(Field, ("status", "created_by", "reviewer", "comment")),
            *(Field(name, kind="time") for name in ("reviewed_at", "expires_at")),
        ),
        (
            "'proposal:created'",
            (
                "CASE WHEN NEW.status = OLD.status THEN 'proposal:changed'"
                " WHEN NEW.status = 'APPROVED' THEN 'proposal:approved'"
                " WHEN NEW.status = 'REJECTED' THEN 'proposal:rejected'"
                " WHEN NEW.status = 'EXPIRED' THEN 'proposal:expired'"
                " WHEN NEW.status = 'PENDING_APPROVAL' THEN 'proposal:reopened'"
                " ELSE 'proposal:changed' END"
            ),
            "'proposal:deleted'",
        ),
    )


TOKENS: Final = Audited(
    "api_tokens",
    "name",
    (
        *map(Field, ("name", "role", "created_by")),
        Field("fingerprint", "substr({row}.token_hash, 1, 32)"),
        *(Field(name, kind="time") for name in ("expires_at", "revoked_at")),
    ),
    (
        "'token:created'",
        (
            "CASE WHEN OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL"
            " THEN 'token:revoked' ELSE 'token:changed' END"
        ),
        "'token:deleted'",
    ),
)

CONTROLS: Final = Audited(
    "trading_controls",
    "name",
    (
        *map(Field, ("name", "value", "comment", "changed_by")),
        Field("changed_at", kind="time"),  # so that saying the same again is a change
    ),
    ("'control:set'", "'control:set'", "'control:deleted'"),
)

DEPLOYMENTS: Final = Audited(
    "deployments",
    "model_id",
    (
        Field("deployment_id", "CAST({row}.deployment_id AS TEXT)"),
        *map(Field, ("model_id", "role")),
        Field("share", "CAST({row}.share AS TEXT)", "number"),
        *map(Field, ("status", "started_by", "ended_by", "reason")),
    ),
    (
        "'deployment:started'",
        (
            "CASE WHEN NEW.status = OLD.status THEN 'deployment:changed'"
            " WHEN NEW.status = 'PROMOTED' THEN 'deployment:promoted'"
            " WHEN NEW.status = 'ROLLED_BACK' THEN 'deployment:rolled_back'"
            " WHEN NEW.status = 'STOPPED' THEN 'deployment:stopped'"
            " ELSE 'deployment:changed' END"
        ),
        "'deployment:deleted'",
    ),
)

ROWS: Final = {"insert": ("", "NEW"), "update": ("OLD", "NEW"), "delete": ("OLD", "")}
"""What a trigger sees of a row before and after."""


KEPT: Final = (
    "trial_id",
    "model_id",
    "experiment_name",
    "window_start",
    "window_end",
    "sharpe_per_session",
    "sessions",
    "created_at",
)
"""Of a trial, what nothing changes."""
FILLED: Final = ("days", "returns")
"""Of a trial, what may be added where it is null; else nothing changes it either."""


def _trial_changed(operator: str, cast: str = "") -> str:
    """Give as SQL whether an update of a trial does more than fill in what is null."""
    kept = [f"OLD.{name} {operator} NEW.{name}" for name in KEPT]
    filled = [
        f"(OLD.{name} IS NOT NULL AND OLD.{name}{cast} {operator} NEW.{name}{cast})"
        for name in FILLED
    ]
    return " OR ".join(kept + filled)


def audited(dialect: str) -> tuple[Audited, ...]:
    """Give the tables whose changes are logged."""
    return MODELS, _proposals(dialect), TOKENS, CONTROLS, DEPLOYMENTS


def contents(what: Audited, dialect: str) -> str:
    """Give what the log says of a row called NEW that was just inserted, as SQL."""
    return _data(what, "insert", dialect)


def _data(what: Audited, event: str, dialect: str) -> str:
    make = "json_object" if dialect == "sqlite" else "json_build_object"
    sides = []
    for side, row in zip(("before", "after"), ROWS[event], strict=True):
        if row:
            pairs = ", ".join(f"'{f.name}', {f.shown(row, dialect)}" for f in what.fields)
            sides.append(f"'{side}', {make}({pairs})")
    return f"{make}({', '.join(sides)})"


def _changed(what: Audited, operator: str) -> str:
    return " OR ".join(f"{f.of('OLD')} {operator} {f.of('NEW')}" for f in what.fields)


def sqlite_triggers() -> dict[str, str]:
    """Give every trigger of a SQLite database by its name, as SQLite keeps its text."""
    made = {}
    for table in (LOG, SEALS):
        following = SQLITE_NEXT.format(table=table)
        made[f"{table}_insert"] = (
            f"BEFORE INSERT ON {table} WHEN NEW.seq IS NOT {following} "
            f"BEGIN SELECT RAISE(ABORT, '{table}: rows are numbered without a gap'); END"
        )
        for event in ("update", "delete"):
            made[f"{table}_{event}"] = (
                f"BEFORE {event.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    made |= _sqlite_trials()
    for event in ("INSERT", "UPDATE"):
        made[f"model_registry_retire_{event.lower()}"] = (
            f"AFTER {event} ON model_registry WHEN NEW.stage <> 'production' AND NEW.is_active "
            "BEGIN UPDATE model_registry SET is_active = 0 WHERE model_id = NEW.model_id; END"
        )
    for what in audited("sqlite"):
        for event in ROWS:
            made[f"{what.table}_audit_{event}"] = _sqlite_audit(what, event)
    return {name: f"CREATE TRIGGER {name} {body}" for name, body in made.items()}


def _sqlite_trials() -> dict[str, str]:
    """Give the triggers of the trial ledger; OR REPLACE, by id or rowid, deletes without one."""
    there = f"EXISTS (SELECT 1 FROM {TRIALS} WHERE trial_id = NEW.trial_id OR rowid = NEW.rowid)"
    moved = f"OLD.rowid <> NEW.rowid OR {_trial_changed('IS NOT')}"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{TRIALS} is append-only'); END"
    return {
        f"{TRIALS}_insert": f"BEFORE INSERT ON {TRIALS} WHEN {there} {refuse}",
        f"{TRIALS}_update": f"BEFORE UPDATE ON {TRIALS} WHEN {moved} {refuse}",
        f"{TRIALS}_delete": f"BEFORE DELETE ON {TRIALS} {refuse}",
    }


def _sqlite_audit(what: Audited, event: str) -> str:
    when = f"WHEN {_changed(what, 'IS NOT')} " if event == "update" else ""
    row = "OLD" if event == "delete" else "NEW"
    action = dict(zip(ROWS, what.actions, strict=True))[event]
    actor = "COALESCE((SELECT actor FROM audit_actor), 'sql')"
    return (
        f"AFTER {event.upper()} ON {what.table} {when}BEGIN "
        f"INSERT INTO {LOG} (seq, time, actor, action, subject, data) VALUES "
        f"({SQLITE_NEXT.format(table=LOG)}, {SQLITE_NOW}, {actor}, {action}, "
        f"{row}.{what.subject}, {_data(what, event, 'sqlite')}); END"
    )


APPEND_LOG: Final = f"""
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('{LOCK}'));
    NEW.seq := (SELECT COALESCE(max(seq), 0) + 1 FROM {LOG});
    RETURN NEW;
END"""
# A function's queries see what was committed before each of them: after the lock, every row.

APPEND_SEAL: Final = f"""
BEGIN
    IF NEW.seq <> (SELECT COALESCE(max(seq), 0) + 1 FROM {SEALS}) THEN
        RAISE EXCEPTION USING MESSAGE = '{SEALS}: rows are numbered without a gap';
    END IF;
    RETURN NEW;
END"""

FORBID: Final = """
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'insufficient_privilege',
        MESSAGE = TG_TABLE_NAME || ' does not allow ' || TG_OP;
END"""

KEEP_TRIAL: Final = f"""
BEGIN
    IF {_trial_changed("IS DISTINCT FROM", "::text")} THEN
        RAISE EXCEPTION USING
            ERRCODE = 'insufficient_privilege',
            MESSAGE = '{TRIALS} is append-only';
    END IF;
    RETURN NEW;
END"""

RETIRE: Final = """
BEGIN
    NEW.is_active := NEW.is_active AND NEW.stage = 'production';
    RETURN NEW;
END"""


def postgresql_functions() -> dict[str, str]:
    """Give the body of every trigger function of a PostgreSQL database by its name."""
    made = {
        "cambio_append_log": APPEND_LOG,
        "cambio_append_seal": APPEND_SEAL,
        "cambio_forbid": FORBID,
        "cambio_keep_trial": KEEP_TRIAL,
        "cambio_retire_model": RETIRE,
    }
    for what in audited("postgresql"):
        made[f"cambio_audit_{what.table}"] = _postgresql_audit(what)
    return made


def _postgresql_audit(what: Audited) -> str:
    branches = {
        event: f"""
        INSERT INTO {LOG} (seq, time, actor, action, subject, data) VALUES
            (0, clock_timestamp(), who, {action}, {"OLD" if event == "delete" else "NEW"}"""
        f""".{what.subject}, {_data(what, event, "postgresql")});"""
        for event, action in zip(ROWS, what.actions, strict=True)
    }
    return f"""
DECLARE
    who text := COALESCE(NULLIF(current_setting('cambio.actor', true), ''), 'sql:' || session_user);
BEGIN
    IF TG_OP = 'INSERT' THEN{branches["insert"]}
    ELSIF TG_OP = 'DELETE' THEN{branches["delete"]}
    ELSIF {_changed(what, "IS DISTINCT FROM")} THEN{branches["update"]}
    END IF;
    RETURN NULL;
END"""


def postgresql_triggers() -> dict[str, tuple[str, str, str]]:
    """Give every trigger of a PostgreSQL database: table, when it fires, its function."""
    made = {
        f"{LOG}_insert": (LOG, "BEFORE INSERT {on} FOR EACH ROW", "cambio_append_log"),
        f"{SEALS}_insert": (SEALS, "BEFORE INSERT {on} FOR EACH ROW", "cambio_append_seal"),
        "model_registry_retire": (
            "model_registry",
            "BEFORE INSERT OR UPDATE {on} FOR EACH ROW",
            "cambio_retire_model",
        ),
        f"{TRIALS}_update": (TRIALS, "BEFORE UPDATE {on} FOR EACH ROW", "cambio_keep_trial"),
        f"{TRIALS}_forbid": (
            TRIALS,
            "BEFORE DELETE OR TRUNCATE {on} FOR EACH STATEMENT",
            "cambio_forbid",
        ),
    }
    for table in (LOG, SEALS):
        forbidden = "BEFORE UPDATE OR DELETE OR TRUNCATE {on} FOR EACH STATEMENT"
        made[f"{table}_forbid"] = (table, forbidden, "cambio_forbid")
    for what in audited("postgresql"):
        logged = "AFTER INSERT OR UPDATE OR DELETE {on} FOR EACH ROW"
        made[f"{what.table}_audit"] = (what.table, logged, f"cambio_audit_{what.table}")
        whole = "BEFORE TRUNCATE {on} FOR EACH STATEMENT"
        made[f"{what.table}_forbid"] = (what.table, whole, "cambio_forbid")
    return made


def guarded() -> frozenset[str]:
    """Give the tables on which our triggers are the only ones."""
    return frozenset(table for table, _, _ in postgresql_triggers().values())


def search_path(schema: str) -> str:
    """Give where our functions look for tables, as PostgreSQL keeps it; `schema` is quoted."""
    return f"search_path=pg_catalog, {schema}, pg_temp"


def creation(
    dialect: str, schema: str, tables: Sequence[str] = SINCE_0004 + SINCE_0005
) -> list[str]:
    """Give the statements that create the triggers on ``tables`` and their functions.

    Args:
        dialect: `sqlite` or `postgresql`.
        schema: PostgreSQL's, quoted; the functions look nowhere else.
        tables: of one migration; functions that no audited table owns come with the log's.
    """
    if dialect == "sqlite":
        wanted = sqlite_triggers().items()
        return [statement for name, statement in wanted if name.startswith(tuple(tables))]
    how = f"plpgsql SECURITY DEFINER SET {search_path(schema)}"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE {how} AS $cambio${body}$cambio$"
        for name, body in _functions_of(tables).items()
    ] + [
        f"CREATE TRIGGER {name} {when.format(on=f'ON {table}')} EXECUTE FUNCTION {function}()"
        for name, (table, when, function) in postgresql_triggers().items()
        if table in tables
    ]


def _functions_of(tables: Sequence[str]) -> dict[str, str]:
    functions = postgresql_functions()
    owners = {f"cambio_audit_{what.table}": what.table for what in audited("postgresql")}
    return {name: body for name, body in functions.items() if owners.get(name, LOG) in tables}


def removal(dialect: str, tables: Sequence[str] = SINCE_0004 + SINCE_0005) -> list[str]:
    """Give the statements that drop what `creation` made for the same ``tables``."""
    if dialect == "sqlite":
        names = (name for name in sqlite_triggers() if name.startswith(tuple(tables)))
        return [f"DROP TRIGGER {name}" for name in names]
    triggers = postgresql_triggers().items()
    mine = [(name, table) for name, (table, _, _) in triggers if table in tables]
    return [f"DROP TRIGGER {name} ON {table}" for name, table in mine] + [
        f"DROP FUNCTION {name}()" for name in _functions_of(tables)
    ]
