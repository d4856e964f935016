"""The log replayed against the tables: what changed while nothing wrote it down."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import DatabaseError

from cambio.contracts.audit import Finding, Flaw
from cambio.store import triggers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection

KEYS: Final = {
    "model_registry": ("model", "model_id"),
    "promotion_proposals": ("proposal", "proposal_id"),
    "api_tokens": ("token", "fingerprint"),
    "trading_controls": ("control", "name"),
    "deployments": ("deployment", "deployment_id"),
}
"""By table: what its rows are called in an action, and the field that tells them apart."""

SPELLING: Final = 1e-14
"""What is lost of a number, relatively, in SQLite's 15 digits."""


def differences(
    connection: Connection, entries: Iterable[tuple[str | None, str | None]]
) -> Iterator[Finding]:
    """Give the rows that are not as the log's last word on them says.

    Rows that the log never mentions are from before it, and pass.

    Args:
        connection: to read on.
        entries: action and data of every row of the log, oldest first.
    """
    dialect = connection.dialect.name
    replayed = _replay(entries)
    for what in triggers.audited(dialect):
        noun, key = KEYS[what.table]
        query = f"SELECT {triggers.contents(what, dialect)} FROM {what.table} AS NEW"
        try:
            rows = [plain(value)["after"] for value in connection.exec_driver_sql(query).scalars()]
        except (DatabaseError, connection.dialect.loaded_dbapi.DatabaseError):
            yield Finding(Flaw.STATE, None, f"{what.table} holds something that can't be read.")
            continue
        there = {row[key]: row for row in rows}
        numbers = {field.name for field in what.fields if field.kind == "number"}
        for name, logged in sorted(replayed[noun].items()):
            told = _difference(logged, there.get(name), numbers)
            if told:
                yield Finding(Flaw.STATE, None, f"The {noun} {name} {told}.")


def _replay(
    entries: Iterable[tuple[str | None, str | None]],
) -> dict[str, dict[str, Mapping[str, Any] | None]]:
    """Give what the log says last of each row; None of one that was deleted."""
    keys = dict(KEYS.values())
    found: dict[str, dict[str, Mapping[str, Any] | None]] = {noun: {} for noun in keys}
    for action, data in entries:
        noun = str(action).partition(":")[0]
        sides = plain(data) if noun in keys else {}
        for side in ("before", "after"):
            fields = sides.get(side)
            if isinstance(fields, dict) and keys[noun] in fields:
                found[noun][str(fields[keys[noun]])] = fields if side == "after" else None
    return found


def _difference(
    logged: Mapping[str, Any] | None, row: Mapping[str, Any] | None, numbers: set[str]
) -> str:
    if row is None:
        return "" if logged is None else "is gone, and the log doesn't say so"
    if logged is None:
        return "is there, though the log says that it was deleted"
    wrong = [
        f"{name} is {row[name]}, where the log says {value}"
        for name, value in logged.items()
        if name in row
        and row[name] != value
        and not (name in numbers and _is_spelt_anew(value, row[name]))
    ]
    return "; ".join(wrong)


def _is_spelt_anew(one: Any, other: Any) -> bool:
    """Tell whether two texts are one number: SQLite writes 0.0 in 15 digits, PostgreSQL 0."""
    try:
        return math.isclose(float(one), float(other), rel_tol=SPELLING)
    except (ValueError, TypeError):
        return False


def plain(value: Any) -> dict[str, Any]:
    """Read JSON, as text or as the driver has read it; an edited row may hold anything."""
    try:
        read = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        read = None
    return read if isinstance(read, dict) else {}
