"""Queries of the live engine: its state, what it has to obey, and all that a bar leads to.

They run on every bar, so their statements are made once.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from cambio.contracts.deployment import Role, Status
from cambio.contracts.features import FEATURE_ORDER_HASH, MARKET_FEATURES
from cambio.contracts.market import SYMBOL, Bar
from cambio.errors import Conflict
from cambio.features.spec import BUILDER_VERSION
from cambio.store import events, signals, tables
from cambio.store.controls import Control
from cambio.store.database import pipelined, reading
from cambio.store.models import PRODUCTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from cambio.contracts.events import StoredEvent
    from cambio.inference.live import LiveStep

WAITS_S: Final = (0.0, 0.02, 0.05, 0.1)
"""Before each try for the lock of a SQLite file: who asks `is_running` holds it for a moment."""
ROW: Final = 1
"""The only row of `engine_state`: one engine trades on a database."""

_STATE, _MODEL, _DEPLOYED = tables.engine_state, tables.model_registry, tables.deployments
_BAR, _LOG, _SIGNAL = tables.bars, tables.approval_audit_log, tables.inference_signals
_TRIED = and_(_SIGNAL.c.timestamp == _BAR.c.time, _SIGNAL.c.role == signals.PAPER)
NEXT: Final = (
    select(
        *(_BAR.c[name] for name in ("time", "open", "high", "low", "close")),
        select(func.max(_LOG.c.seq)).scalar_subquery(),
        select(_STATE.c.version).where(_STATE.c.id == ROW).scalar_subquery(),
        exists().where(_TRIED),
    )
    .where(_BAR.c.symbol == SYMBOL, _BAR.c.time > bindparam("after"))
    .order_by(_BAR.c.time)
    .limit(1)
)
LOAD: Final = select(_STATE).where(_STATE.c.id == ROW)
SAVE: Final = update(_STATE).where(_STATE.c.id == ROW, _STATE.c.version == bindparam("known"))
TRY: Final = text("SELECT pg_try_advisory_lock(hashtext('live'))")
LEAVE: Final = text("SELECT pg_advisory_unlock(hashtext('live'))")
HELD: Final = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND (classid::bigint << 32 | objid::bigint) = hashtext('live')::bigint)"
)
CONTROLS: Final = select(tables.trading_controls)
SEATS: Final = (
    select(
        *(
            _MODEL.c[name]
            for name in ("model_id", "model_path", "model_hash", "stage", "is_active")
        ),
        *(_DEPLOYED.c[name] for name in ("deployment_id", "role", "share")),
    )
    .outerjoin(
        _DEPLOYED,
        and_(_DEPLOYED.c.model_id == _MODEL.c.model_id, _DEPLOYED.c.status == str(Status.RUNNING)),
    )
    .where(
        or_(
            and_(_MODEL.c.stage == PRODUCTION, _MODEL.c.is_active),
            _DEPLOYED.c.deployment_id.is_not(None),
        )
    )
    .order_by(_DEPLOYED.c.role, _DEPLOYED.c.deployment_id)
)


@dataclass(frozen=True, slots=True)
class EngineState:
    """What the next bar depends on, as it was committed with the last one."""

    version: int
    """Counts the bars; who finds another one than it wrote is not alone."""
    last_bar: datetime
    state: dict[str, Any]
    """Of `LiveEngine.state`, and what the loop around it remembers."""
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Appointed:
    """A model that is to decide, as registry and deployments say."""

    model_id: str
    model_path: str
    model_hash: str
    stage: str
    is_active: bool
    """It is the champion, whatever deployment of it runs."""
    deployment_id: int | None
    role: Role
    share: float
    """Of the capital; the champion has what is left."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What the engine has to obey on a bar."""

    models: tuple[Appointed, ...]
    """The champion, the challenger, the shadows; each at most once."""
    controls: dict[str, Control]


def load(connection: Connection) -> EngineState | None:
    """Give the stored state; None before trading began."""
    row = connection.execute(LOAD).mappings().first()
    if row is None:
        return None
    return EngineState(**{name: row[name] for name in EngineState.__slots__})


class Following(NamedTuple):
    """The next bar, and what tells whether memory still holds."""

    bar: Bar
    logged: int
    """Number of the audit log's newest row. Triggers log whoever changes a model, a deployment or a
    control, so orders that were read at the same number are still in force."""
    version: int
    """Of the stored state."""
    tried: bool
    """`cambio paper` has stored signals of this bar."""


def following(connection: Connection, time: datetime) -> Following | None:
    """Give the next bar that opens later."""
    row = connection.execute(NEXT, {"after": time}).first()
    return None if row is None else Following(Bar(*row[:5]), row[5] or 0, row[6], row[7])


def orders(connection: Connection) -> Orders:
    """Give what people and the canary have decided."""
    models: dict[str, Appointed] = {}
    for row in connection.execute(SEATS):
        role = Role.CHAMPION if row.is_active else Role(row.role)
        models[row.model_id] = Appointed(
            model_id=row.model_id,
            model_path=row.model_path,
            model_hash=row.model_hash,
            stage=row.stage,
            is_active=row.is_active,
            deployment_id=row.deployment_id,
            role=role,
            share=1.0 if row.is_active else row.share,
        )
    order = list(Role)
    appointed = sorted(models.values(), key=lambda model: order.index(model.role))
    controls = {row.name: Control(*row) for row in connection.execute(CONTROLS)}
    return Orders(tuple(appointed), controls)


def begin(connection: Connection, state: EngineState) -> None:
    """Store where trading begins, version 0; the database refuses a second beginning."""
    connection.execute(insert(_STATE), {"id": ROW, **_values(state)})


def _values(state: EngineState) -> dict[str, Any]:
    return {name: getattr(state, name) for name in EngineState.__slots__}


class NotAlone(Conflict):
    """Two engines trade on one database: a person has to end one."""


@contextmanager
def only_one(engine: Engine) -> Iterator[None]:
    """Let no second engine begin on a database while this one runs; a crash lets it go.

    A server that restarts forgets it. Whoever gets past it then is refused with a bar's commit:
    `require_alone`.

    Raises:
        NotAlone: another one runs.
    """
    with ExitStack() as stack:
        if engine.dialect.name == "postgresql":
            connection = stack.enter_context(engine.connect())
            connection.detach()  # the lock ends with the connection, which no pool keeps
            is_free = bool(connection.scalar(TRY))
            connection.commit()
            if is_free:
                stack.callback(_leave, connection)
        else:
            stream = stack.enter_context(_lock_file(engine).open("a"))
            is_free = any(_locked(stream, wait_s=wait_s) for wait_s in WAITS_S)
        if not is_free:
            raise NotAlone(
                "Another engine trades on this database.",
                remedy="Run one `cambio live` for a database; `cambio signals` shows what it does.",
            )
        yield


def _leave(connection: Connection) -> None:
    """Let go of the lock now: the server ends a closed connection when it gets to it."""
    with suppress(SQLAlchemyError):  # a server that is gone has let go
        connection.execute(LEAVE)
        connection.commit()


def is_running(engine: Engine) -> bool:
    """Tell whether an engine trades on a database: a process that is inside of `only_one`."""
    if engine.dialect.name == "postgresql":
        with reading(engine) as connection:
            return bool(connection.scalar(HELD))
    try:
        with _lock_file(engine).open() as stream:
            return not _locked(stream, shared=True)  # and let go again, as the file is closed
    except FileNotFoundError:
        return False


def _lock_file(engine: Engine) -> Path:
    return Path(f"{engine.url.database}-live")


def _locked(stream: IO[str], *, shared: bool = False, wait_s: float = 0.0) -> bool:
    import fcntl  # here, because Windows has none

    sleep(wait_s)
    try:
        fcntl.flock(stream, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def require_alone(stored: int, version: int) -> None:
    """Refuse to go on where somebody else has committed a bar.

    Raises:
        NotAlone: the stored state's version is not the one that we wrote.
    """
    if stored != version:
        raise NotAlone(
            f"Another engine trades on this database: it has committed bar {stored}, and "
            f"this one knows {version}.",
            remedy="Run one `cambio live` for a database.",
        )


MAKE_ROOM: Final = delete(_SIGNAL).where(
    _SIGNAL.c.timestamp == bindparam("bar"), _SIGNAL.c.role == signals.PAPER
)
INSERTS: Final = {
    "signals": insert(_SIGNAL),
    "fills": insert(tables.fills),
    "features": insert(tables.feature_cache),
    "mark": insert(tables.account_marks),
}


def make_room(connection: Connection, time: datetime) -> None:
    """Delete what `cambio paper` stored of a bar before it was traded."""
    connection.execute(MAKE_ROOM, {"bar": time})


def commit_bar(
    connection: Connection,
    state: EngineState,
    step: LiveStep,
    told: Sequence[StoredEvent],
    latency_ms: float,
) -> None:
    """Write the state after a bar, and all that the bar led to.

    The database refuses a bar that was committed before, whoever did.

    Args:
        connection: inside the transaction of the bar.
        state: after it.
        step: what it led to.
        told: its events, numbered.
        latency_ms: since the bar was first seen.
    """
    now = state.updated_at
    rows: dict[str, Any] = {
        "signals": [
            signals.row_of(
                signal, now, capsule=step.capsules[signal.model_id], latency_ms=latency_ms
            )
            for signal in step.signals
        ],
        "fills": signals.fill_rows(step.fills),
        "features": list(_features(step, now)),
        "mark": {
            "timestamp": step.bar.time,
            "price": step.bar.close,
            "equity": step.equity,
            "exposure": step.exposure,
            "shares": step.shares,
            "late": step.late,
        },
    }
    with pipelined(connection):
        connection.execute(SAVE, {"known": state.version - 1, **_values(state)})
        for name, statement in INSERTS.items():
            if rows[name]:
                connection.execute(statement, rows[name])
        events.insert_numbered(connection, told)


def _features(step: LiveStep, now: datetime) -> Iterator[dict[str, Any]]:
    for spec_hash, (values, kernel) in step.features.items():
        yield {
            "timestamp": step.bar.time,
            "feature_spec_hash": spec_hash,
            "features": dict(zip(MARKET_FEATURES, values, strict=True)),
            "kernel_state": kernel,
            "builder_version": BUILDER_VERSION,
            "feature_order_hash": FEATURE_ORDER_HASH,
            "computed_at": now,
        }
