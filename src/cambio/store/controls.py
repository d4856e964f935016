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


def get(connection: Connection, name: str) -> Control | None:
    """Give one control; None where nobody has ever set it."""
    return every(connection).get(name)


def put(connection: Connection, control: Control) -> bool:
    """Set a control; tell whether that changed anything.

    What is set already, as OFF is at first, stays as it was said first. To resume a book is an act
    of its own every time.

    Args:
        connection: inside a transaction; the audit log is locked.
        control: as it is from now on.
    """
    table = tables.trading_controls
    mine = table.c.name == control.name
    values = {name: getattr(control, name) for name in control.__slots__}
    with audit.recording(connection, control.changed_by):
        known = get(connection, control.name)
        same = (known.value if known else OFF) == control.value
        if same and not control.name.startswith(RESUME):
            return False
        if known is None:
            connection.execute(insert(table).values(values))
        else:
            connection.execute(update(table).where(mine).values(values))
    return True
