from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select

from cambio.store import quarantine, tables
from cambio.store.database import transaction

NOW = datetime(2024, 7, 10, tzinfo=UTC)


def row(key: str, reason: str = "off_grid", kind: str = "ohlcv") -> dict[str, Any]:
    return {
        "kind": kind,
        "key": key,
        "reason": reason,
        "detail": "Line 2.",
        "payload": {"close": "4001"},
        "source_file": "bars.csv",
    }


def store(engine: Engine, *rows: dict[str, Any]) -> int:
    with transaction(engine) as connection:
        return quarantine.store(connection, rows, NOW)


def test_a_refused_row_is_kept_whole(engine: Engine) -> None:
    assert store(engine, row("2024-07-08T13:00:00Z 1 2 3 4")) == 1
    with engine.connect() as connection:
        [kept] = connection.execute(select(tables.quarantine)).mappings()
    assert (kept["payload"], kept["created_at"]) == ({"close": "4001"}, NOW)


def test_the_same_row_is_kept_once(engine: Engine) -> None:
    assert store(engine, row("a"), row("a")) == 1
    assert store(engine, row("a"), row("b")) == 1


def test_another_reason_is_another_row(engine: Engine) -> None:
    assert store(engine, row("a"), row("a", reason="weekend")) == 2


def test_counts_are_by_kind_and_reason(engine: Engine) -> None:
    store(engine, row("b"), row("a"), row("VIX 2024-07-08 1", "weekend", "macro"))
    with engine.connect() as connection:
        assert quarantine.counts(connection) == [
            {"kind": "macro", "reason": "weekend", "rows": 1}
            | {"first": "VIX 2024-07-08 1", "last": "VIX 2024-07-08 1"},
            {"kind": "ohlcv", "reason": "off_grid", "rows": 2, "first": "a", "last": "b"},
        ]


def test_refused_macro_values_are_counted_by_series(engine: Engine) -> None:
    keys = ("VIX 2024-07-08 1", "VIX 2024-07-09 1", "DXY 2024-07-08 1")
    store(engine, row("a"), *(row(key, "weekend", "macro") for key in keys))
    with engine.connect() as connection:
        assert quarantine.by_series(connection) == {"VIX": 2, "DXY": 1}


def test_a_row_that_found_its_place_is_released(engine: Engine) -> None:
    store(engine, row("a"), row("a", reason="weekend"), row("b"))
    with transaction(engine) as connection:
        assert quarantine.release(connection, "ohlcv", ["a", "unknown"], "off_grid") == 1
        left = [(r["reason"], r["first"]) for r in quarantine.counts(connection)]
    assert left == [("off_grid", "b"), ("weekend", "a")]


def test_nothing_is_released_of_nothing(engine: Engine) -> None:
    store(engine, row("a"))
    with transaction(engine) as connection:
        assert quarantine.release(connection, "ohlcv", [], "off_grid") == 0
