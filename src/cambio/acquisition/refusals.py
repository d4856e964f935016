"""Why a row was refused: the reasons, and the record that goes into quarantine."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal


class Reason(StrEnum):
    """What was wrong with a refused row."""

    # Bars and macro values
    NOT_A_NUMBER = "not_a_number"
    INFINITE = "infinite"
    UNREADABLE_TIME = "unreadable_time"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    WEEKEND = "weekend"
    # Bars
    OTHER_SYMBOL = "other_symbol"
    MISSING_PRICE = "missing_price"
    NON_POSITIVE_PRICE = "non_positive_price"
    HIGH_BELOW_LOW = "high_below_low"
    HIGH_BELOW_PRICE = "high_below_price"
    LOW_ABOVE_PRICE = "low_above_price"
    NEGATIVE_VOLUME = "negative_volume"
    NONEXISTENT_LOCAL_TIME = "nonexistent_local_time"
    AMBIGUOUS_LOCAL_TIME = "ambiguous_local_time"
    SHIFTED_SESSION = "shifted_session"
    OUTSIDE_SESSION = "outside_session"
    OFF_GRID = "off_grid"
    NOT_CLOSED = "not_closed"
    # Macro values
    FUTURE = "future"
    IMPLAUSIBLE = "implausible"
    POWER_OF_TEN = "power_of_ten"
    LEVEL_SHIFT = "level_shift"
    TRACKS_ANOTHER = "tracks_another"
    OTHER_DEFINITION = "other_definition"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused row, whole.

    `key` opens with the bar's time, or the series and period, and goes on with the values, so
    that the same row is kept once and another row for the same time is kept too.
    """

    kind: Literal["ohlcv", "macro"]
    key: str
    reason: Reason
    detail: str
    payload: dict[str, Any]
    """The row as the file holds it, in plain JSON types."""
    content: dict[str, Any] | None = None
    """What a release would store, in plain JSON types; None where the row has no place."""


def line_key(line: int, payload: dict[str, Any]) -> str:
    """Give the key of a row whose time cannot be read: its line, and a digest of its cells.

    Another row on that line of another file has another key.

    >>> line_key(7, {"time": "08/07/2024"})
    'line 7 60d65e23'
    """
    cells = json.dumps(payload, sort_keys=True)
    return f"line {line} {sha256(cells.encode()).hexdigest()[:8]}"


def json_row(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row in JSON types: times as ISO text, NaN and infinity as text.

    >>> json_row({"time": date(2024, 7, 8), "close": math.nan, "volume": 0})
    {'time': '2024-07-08', 'close': 'nan', 'volume': 0}
    """
    return {name: _json_value(value) for name, value in row.items()}


def _json_value(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | None) else str(value)
