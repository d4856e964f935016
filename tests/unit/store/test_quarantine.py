from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from sqlalchemy import Engine, select, text

from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA
from cambio.errors import Conflict, NotFound
from cambio.store import bars, macro, quarantine, tables
from cambio.store.database import transaction
from cambio.store.quarantine import Decision, Kept, RefusedRow, Resolution, Selection

NOW = datetime(2024, 7, 10, tzinfo=UTC)
LATER = Decision("ana", "looked at the source", datetime(2024, 7, 11, tzinfo=UTC))
VIX = {"series": "VIX", "period": "2024-07-08", "value": 45.5}
OPEN = datetime(2024, 7, 8, 13, tzinfo=UTC)
PRICES = {"open": 4000.0, "high": 4002.0, "low": 3999.0, "close": 4001.0}
BAR = {"time": "2024-07-08T13:00:00+00:00", **PRICES, "volume": 0.0, "source": "vendor"}


def row(
    key: str, reason: str = "off_grid", kind: str = "ohlcv", content: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": key,
        "reason": reason,
        "detail": "Line 2.",
        "payload": {"close": "4001"},
        "content": content,
        "source_file": "bars.csv",
    }


def value(key: str, reason: str = "level_shift", **content: Any) -> dict[str, Any]:
    return row(key, reason, "macro", content or None)


def store(engine: Engine, *rows: dict[str, Any]) -> Kept:
    with transaction(engine) as connection:
        return quarantine.store(connection, rows, NOW)


def found(engine: Engine, **wanted: Any) -> list[str]:
    """Give the keys of the rows that a selection means."""
    with engine.connect() as connection:
        ids = quarantine.find(connection, Selection(**wanted))
        return [kept.key for kept in quarantine.get(connection, ids)]


def resolve(engine: Engine, ids: Sequence[int], resolution: Resolution) -> None:
    with transaction(engine) as connection:
        quarantine.resolve(connection, ids, resolution, LATER)


def every(engine: Engine) -> list[RefusedRow]:
    with engine.connect() as connection:
        return quarantine.get(connection, quarantine.find(connection, Selection(resolved=True)))


def test_a_refused_row_is_kept_whole(engine: Engine) -> None:
    assert store(engine, row("2024-07-08T13:00:00Z 1 2 3 4", content=BAR)) == Kept(1, 0, 0)
    [kept] = every(engine)
    assert (kept.payload, kept.content, kept.created_at) == ({"close": "4001"}, BAR, NOW)
    assert (kept.resolution, kept.resolved_at, kept.resolved_by) == (None, None, None)


def test_a_row_without_a_place_has_no_content(engine: Engine) -> None:
    store(engine, row("a"), row("b", content=BAR))
    with engine.connect() as connection:
        query = text("SELECT key FROM quarantine WHERE content IS NULL")
        assert connection.execute(query).scalars().all() == ["a"]


def test_the_same_row_is_kept_once(engine: Engine) -> None:
    assert store(engine, row("a"), row("a")) == Kept(new=1, open=0, resolved=0)
    assert store(engine, row("a"), row("b")) == Kept(new=1, open=1, resolved=0)


def test_another_reason_is_another_row(engine: Engine) -> None:
    assert store(engine, row("a"), row("a", reason="weekend")) == Kept(2, 0, 0)


@pytest.mark.parametrize("resolution", Resolution)
def test_a_resolved_row_that_is_refused_again_stays_resolved(
    engine: Engine, resolution: Resolution
) -> None:
    store(engine, row("a"))
    resolve(engine, [1], resolution)
    assert store(engine, row("a"), row("b")) == Kept(new=1, open=0, resolved=1)
    assert found(engine) == ["b"]
    assert [kept.resolution for kept in every(engine)] == [resolution, None]


def test_more_rows_than_one_query_may_name(engine: Engine) -> None:
    rows = [row(f"{n:05}") for n in range(2 * quarantine.CHUNK + 1)]
    assert store(engine, *rows[:-1]) == Kept(2_000, 0, 0)
    assert store(engine, *rows) == Kept(new=1, open=2_000, resolved=0)
    resolve(engine, range(1, 2_002), Resolution.DROPPED)
    assert [kept.key for kept in every(engine)] == [kept["key"] for kept in rows]
    assert found(engine) == []


def test_counts_are_of_open_rows_by_kind_and_reason(engine: Engine) -> None:
    store(engine, row("b"), row("a"), value("VIX 2024-07-08 1", "weekend"), row("0"))
    resolve(engine, [4], Resolution.DROPPED)
    with engine.connect() as connection:
        assert quarantine.counts(connection) == [
            {"kind": "macro", "reason": "weekend", "rows": 1}
            | {"first": "VIX 2024-07-08 1", "last": "VIX 2024-07-08 1"},
            {"kind": "ohlcv", "reason": "off_grid", "rows": 2, "first": "a", "last": "b"},
        ]


def test_open_macro_values_are_counted_by_series(engine: Engine) -> None:
    keys = ("VIX 2024-07-08 1", "VIX 2024-07-09 1", "DXY 2024-07-08 1", "WTI 2024-07-08 1")
    store(engine, *map(value, keys), row("a"))
    resolve(engine, [4], Resolution.RELEASED)
    with engine.connect() as connection:
        assert quarantine.by_series(connection) == {"VIX": 2, "DXY": 1}


SEVERAL = (
    value("VIX 2024-07-08 1"),
    value("VIX 2024-07-09 1", "weekend"),
    value("VIXX 2024-07-09 1"),  # which VIX_ would be, taken as a pattern
    value("line 7", "unreadable_time"),
    row("2024-07-08T13:00:00Z 1 2 3 4"),
    row("2024-07-09T08:00:00 1 2 3 4", "ambiguous_local_time"),
)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"kind": "ohlcv"}, [4, 5]),
        ({"reason": "weekend"}, [1]),
        ({"series": "VIX"}, [0, 1]),
        ({"series": "VIX_"}, []),
        ({"since": date(2024, 7, 9)}, [1, 2, 5]),
        ({"until": date(2024, 7, 8)}, [0, 4]),
        ({"series": "VIX", "since": date(2024, 7, 8), "until": date(2024, 7, 8)}, [0]),
        ({}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_rows_are_found_by_what_they_are(
    engine: Engine, wanted: dict[str, Any], expected: list[int]
) -> None:
    store(engine, *SEVERAL)
    assert sorted(found(engine, **wanted)) == sorted(SEVERAL[n]["key"] for n in expected)


def test_rows_come_by_kind_and_key(engine: Engine) -> None:
    store(engine, row("2024-07-09"), row("2024-07-08"), value("VIX 2024-07-08 1"))
    assert found(engine) == ["VIX 2024-07-08 1", "2024-07-08", "2024-07-09"]


def test_rows_come_once_in_the_order_asked_for(engine: Engine) -> None:
    store(engine, row("a"), row("b"))
    with engine.connect() as connection:
        assert [kept.id for kept in quarantine.get(connection, [2, 1, 2])] == [2, 1]


def test_an_unknown_id_names_those_that_are_open(engine: Engine) -> None:
    store(engine, row("a"), row("b"), row("c"))
    resolve(engine, [2], Resolution.DROPPED)
    with engine.connect() as connection, pytest.raises(NotFound, match="no row 7, 9") as error:
        quarantine.get(connection, [1, 7, 9])
    assert error.value.fields["known"] == [1, 3]


def test_a_resolved_row_cannot_be_claimed(engine: Engine) -> None:
    store(engine, row("a"))
    with transaction(engine) as connection:
        assert [kept.key for kept in quarantine.claim(connection, [1])] == ["a"]
        quarantine.resolve(connection, [1], Resolution.DROPPED, LATER)
    with transaction(engine) as connection, pytest.raises(Conflict) as error:
        quarantine.claim(connection, [1])
    assert "dropped by ana at 2024-07-11 00:00 UTC: looked at the source" in error.value.what


def test_what_stands_in_a_rows_place(engine: Engine) -> None:
    bar = pl.DataFrame([BAR | {"time": OPEN}], schema=BAR_SCHEMA)
    other = BAR | {"time": "2024-07-08T13:05:00+00:00"}
    with transaction(engine) as connection:
        bars.store(connection, bar, NOW)
        macro.store(connection, observations(12.5), NOW)
    store(engine, row("a", content=BAR), row("b", content=other), row("c"), value("VIX x", **VIX))
    with engine.connect() as connection:
        assert quarantine.standing(connection, every(engine)) == {1: PRICES, 4: {"value": 12.5}}


def observations(number: float) -> pl.DataFrame:
    told = {"series": "VIX", "period": date(2024, 7, 8), "value": number}
    return pl.DataFrame([told | {"available_at": NOW, "source": "vendor"}], schema=MACRO_SCHEMA)


def test_open_rows_that_the_tables_hold_are_settled(engine: Engine) -> None:
    with transaction(engine) as connection:
        bars.store(connection, pl.DataFrame([BAR | {"time": OPEN}], schema=BAR_SCHEMA), NOW)
        macro.store(connection, observations(45.5), NOW)
    store(engine, row("a", content=BAR), row("b", content=BAR | {"close": 4000.5}))
    store(engine, value("VIX x", **VIX), value("VIX y", **VIX | {"value": 46.0}), row("c"))
    with transaction(engine) as connection:
        assert quarantine.settle(connection, LATER) == 2
        assert quarantine.settle(connection, LATER) == 0
    assert found(engine) == ["VIX y", "b", "c"]
    settled = [kept for kept in every(engine) if kept.resolution]
    assert [(kept.key, kept.resolution, kept.resolved_by) for kept in settled] == [
        ("VIX x", "released", "ana"),
        ("a", "released", "ana"),
    ]


def test_a_value_that_was_revised_since_is_not_settled(engine: Engine) -> None:
    with transaction(engine) as connection:
        for number in (45.5, 12.5):
            macro.store(connection, observations(number), NOW)
    store(engine, value("VIX x", **VIX))
    with transaction(engine) as connection:
        assert quarantine.settle(connection, LATER) == 0


def test_a_vintage_is_settled_though_a_later_one_stands(engine: Engine) -> None:
    first, second = observations(45.5), observations(12.5)
    second = second.with_columns(available_at=pl.lit(LATER.now))
    with transaction(engine) as connection:
        macro.store(connection, pl.concat([first, second]), LATER.now, vintages=True)
    published = VIX | {"available_at": "2024-07-10T00:00:00+00:00"}
    other = VIX | {"available_at": "2024-07-09T00:00:00+00:00"}
    store(engine, value("VIX x", **published), value("VIX y", **other))
    with transaction(engine) as connection:
        assert quarantine.settle(connection, LATER) == 1
    assert found(engine) == ["VIX y"]


def test_a_dropped_row_is_not_settled(engine: Engine) -> None:
    with transaction(engine) as connection:
        macro.store(connection, observations(45.5), NOW)
    store(engine, value("VIX x", **VIX))
    resolve(engine, [1], Resolution.DROPPED)
    with transaction(engine) as connection:
        assert quarantine.settle(connection, LATER) == 0


def test_a_row_that_a_repair_moved_is_removed(engine: Engine) -> None:
    store(engine, row("a"), row("a", reason="weekend"), row("b"))
    with transaction(engine) as connection:
        assert quarantine.release(connection, "ohlcv", ["a", "unknown"], "off_grid") == 1
        left = [(r["reason"], r["first"]) for r in quarantine.counts(connection)]
    assert left == [("off_grid", "b"), ("weekend", "a")]


def test_a_repair_removes_no_decision(engine: Engine) -> None:
    store(engine, row("a"))
    resolve(engine, [1], Resolution.DROPPED)
    with transaction(engine) as connection:
        assert quarantine.release(connection, "ohlcv", ["a"], "off_grid") == 0
        assert connection.execute(select(tables.quarantine.c.comment)).scalar() == LATER.comment


def test_nothing_is_removed_of_nothing(engine: Engine) -> None:
    store(engine, row("a"))
    with transaction(engine) as connection:
        assert quarantine.release(connection, "ohlcv", [], "off_grid") == 0
