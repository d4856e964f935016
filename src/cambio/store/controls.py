"""Queries on `trading_controls`: what people tell the engine. Every change is audited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from cambio.store import audit, tables

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

KILL_SWITCH: Final = "kill_switch"
ON: Final = "on"
OFF: Final = "off"
RESUME: Final = "resume:"
"""What the name of a control begins with that lets a book, or `account`, trade again."""
ACCOUNT: Final = "account"


@dataclass(frozen=True, slots=True)
class Control:
    """One control as it was last set."""

    name: str
    value: str
    comment: str
    changed_by: str
    changed_at: datetime


def every(connection: Connection) -> dict[str, Control]:
    """Give all controls by name."""
    table = tables.trading_controls
    rows = connection.execute(select(table)).mappings()
    return {row["name"]: Control(**row) for row in rows}


def put(connection: Connection, control: Control) -> bool:
    """Set a control; tell whether its value, or whose word it is, changed.

    Args:
        connection: inside a transaction; the audit log is locked.
        control: as it is from now on.
    """
    table = tables.trading_controls
    mine = table.c.name == control.name
    values = {name: getattr(control, name) for name in control.__slots__}
    with audit.recording(connection, control.changed_by):
        known = connection.execute(select(table.c.value).where(mine)).scalar()
        if known is None:
            connection.execute(insert(table).values(values))
        else:
            connection.execute(update(table).where(mine).values(values))
    return known != control.value or control.name.startswith(RESUME)
