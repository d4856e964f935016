from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sqlalchemy import Engine, select

from cambio.contracts.market import BAR_SCHEMA
from cambio.store import bars, tables
from cambio.store.bars import InsertCounts
from cambio.store.bulk import append
from cambio.store.database import open_database, transaction

OPEN = datetime(2024, 7, 8, 13, tzinfo=UTC)
THEN, NOW = datetime(2024, 7, 9, tzinfo=UTC), datetime(2024, 7, 10, tzinfo=UTC)
RANGED = (4000.0, 4002.0, 3999.0, 4001.0)
FLAT = (4001.0, 4001.0, 4001.0, 4001.0)
OTHER = (4100.0, 4102.0, 4099.0, 4101.0)


def frame(*rows: tuple[float, ...], source: str = "vendor") -> pl.DataFrame:
    data = [
        (OPEN + timedelta(minutes=5 * n), *prices, 0.0, source) for n, prices in enumerate(rows)
    ]
    return pl.DataFrame(data, schema=BAR_SCHEMA, orient="row")


def store(engine: Engine, rows: pl.DataFrame, now: datetime = THEN) -> InsertCounts:
    with transaction(engine) as connection:
        return bars.store(connection, rows, now)


def load(engine: Engine) -> pl.DataFrame:
    with engine.connect() as connection:
        return bars.load(connection)


def revisions(engine: Engine) -> int:
    with engine.connect() as connection:
        return bars.revision_count(connection)


def test_bars_come_back_as_they_went_in(engine: Engine) -> None:
    assert store(engine, frame(RANGED, FLAT)) == InsertCounts(inserted=2)
    assert load(engine).equals(frame(RANGED, FLAT))


def test_nothing_is_stored_of_nothing(engine: Engine) -> None:
    assert store(engine, frame()) == InsertCounts()
    assert load(engine).schema == BAR_SCHEMA


def test_the_same_bars_again_change_nothing(engine: Engine) -> None:
    store(engine, frame(RANGED, FLAT))
    assert store(engine, frame(RANGED, FLAT), NOW) == InsertCounts(unchanged=2)
    assert revisions(engine) == 0


def test_other_values_become_a_revision_and_the_old_ones_are_kept(engine: Engine) -> None:
    store(engine, frame(RANGED, source="first"))
    assert store(engine, frame(OTHER, source="second"), NOW) == InsertCounts(revised=1)
    assert load(engine).equals(frame(OTHER, source="second"))
    with engine.connect() as connection:
        [old] = connection.execute(select(tables.bar_revisions)).mappings()
    assert (old["time"], old["close"], old["source"]) == (OPEN, 4001.0, "first")
    assert (old["created_at"], old["replaced_at"]) == (THEN, NOW)


def test_a_revised_bar_is_known_from_its_revision_on(engine: Engine) -> None:
    store(engine, frame(RANGED))
    store(engine, frame(OTHER), NOW)
    with engine.connect() as connection:
        created = bars.load(connection, with_created=True)["created_at"].to_list()
    assert created == [NOW]


def test_a_range_completes_a_close_only_record(engine: Engine) -> None:
    store(engine, frame(FLAT))
    assert store(engine, frame(RANGED), NOW) == InsertCounts(revised=1)
    assert load(engine).equals(frame(RANGED))


def test_a_close_only_record_does_not_replace_a_range(engine: Engine) -> None:
    store(engine, frame(RANGED))
    assert store(engine, frame(FLAT), NOW) == InsertCounts(unchanged=1)
    assert load(engine).equals(frame(RANGED))


def test_rounding_is_no_revision(engine: Engine) -> None:
    store(engine, frame(RANGED))
    rounded = frame(tuple(price + 0.00001 for price in RANGED))
    assert store(engine, rounded, NOW) == InsertCounts(unchanged=1)


def test_new_old_and_changed_bars_are_counted_apart(engine: Engine) -> None:
    store(engine, frame(RANGED, RANGED))
    counts = store(engine, frame(RANGED, OTHER, OTHER), NOW)
    assert counts == InsertCounts(inserted=1, unchanged=1, revised=1)


def test_a_range_of_times_includes_both_ends(engine: Engine) -> None:
    store(engine, frame(RANGED, RANGED, RANGED))
    with engine.connect() as connection:
        found = bars.load(connection, OPEN, OPEN + timedelta(minutes=5))
    assert found.height == 2


def test_prices_and_times_come_back_bit_for_bit(engine: Engine) -> None:
    """Random bits of every exponent, and a microsecond that a float of seconds would lose."""
    bits = np.random.default_rng(5).integers(0x0010 << 48, 0x7FE0 << 48, (200, 5))
    values = bits.view(np.float64)
    times = [OPEN + timedelta(microseconds=7 * n + 1) for n in range(200)]
    columns = dict(zip(("open", "high", "low", "close", "volume"), values.T, strict=True))
    odd = pl.DataFrame({"time": times, **columns, "source": ["a", "ñandú 💱"] * 100}, BAR_SCHEMA)
    store(engine, odd)
    assert load(engine).equals(odd)
    with engine.connect() as connection:
        rows = connection.execute(select(tables.bars).order_by(tables.bars.c.time)).all()
    assert [row.time for row in rows] == times
    assert [row.source for row in rows] == odd["source"].to_list()
    assert np.array_equal([row.open for row in rows], values[:, 0])
    assert {(row.symbol, row.created_at) for row in rows} == {("USD/COP", THEN)}


def test_bars_before_1970_and_2000_come_back(engine: Engine) -> None:
    old = frame(RANGED, RANGED).with_columns(
        time=pl.Series(
            [datetime(1969, 7, 20, 20, 17, tzinfo=UTC), datetime(1999, 12, 31, tzinfo=UTC)]
        )
    )
    store(engine, old)
    assert load(engine).equals(old)


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_missing_price_is_never_stored(engine: Engine, missing: float | None) -> None:
    rows = frame(RANGED, RANGED).with_columns(
        close=pl.Series([1.0, missing], strict=False),
        symbol=pl.lit("USD/COP"),
        created_at=pl.lit(NOW),
    )
    with pytest.raises(ValueError, match="close"), transaction(engine) as connection:
        append(connection, tables.bars, rows)
    assert load(engine).is_empty()


def test_two_writers_at_once_end_as_one_after_the_other(url: str) -> None:
    """Both bring all bars; whoever is second finds them there and revises one."""
    pages = [frame(*[RANGED] * 40, FLAT), frame(*[RANGED] * 40, OTHER)]
    engines = [open_database(url) for _ in pages]
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(store, engines, pages))
    assert sorted((c.inserted, c.unchanged, c.revised) for c in counts) == [(0, 40, 1), (41, 0, 0)]
    assert load(engines[0]).height == 41
    assert revisions(engines[0]) == 1
    for engine in engines:
        engine.dispose()


def test_times_are_those_of_the_stored_bars(engine: Engine) -> None:
    bars_of_three = frame(RANGED, FLAT, OTHER)
    store(engine, bars_of_three)
    with engine.connect() as connection:
        assert bars.times(connection).equals(bars_of_three["time"])
        inner = bars.times(connection, OPEN + timedelta(minutes=1), OPEN + timedelta(minutes=5))
    assert inner.to_list() == [OPEN + timedelta(minutes=5)]


def test_the_ends_of_the_history_are_known(engine: Engine) -> None:
    with engine.connect() as connection:
        assert bars.first_and_last(connection) is None
        assert bars.newest(connection) is None
        assert bars.times(connection).to_list() == []
    store(engine, frame(RANGED, FLAT, OTHER))
    last = OPEN + timedelta(minutes=10)
    with engine.connect() as connection:
        assert bars.first_and_last(connection) == (OPEN, last)
        assert bars.newest(connection) == last


def test_what_a_source_lacks_is_remembered_once(engine: Engine) -> None:
    asked = frame(RANGED, RANGED, RANGED)["time"]
    with transaction(engine) as connection:
        assert bars.mark_absent(connection, asked[[2, 0, 0]], "vendor", THEN) == 2
    with transaction(engine) as connection:
        assert bars.mark_absent(connection, asked, "vendor", NOW) == 1
        assert bars.mark_absent(connection, asked, "vendor", NOW) == 0
        assert bars.mark_absent(connection, asked[:0], "vendor", NOW) == 0
        assert bars.absent(connection, "vendor").equals(asked)
        rows = connection.execute(select(tables.absent_bars).order_by(tables.absent_bars.c.time))
        assert [row.confirmed_at for row in rows] == [THEN, NOW, THEN]


def test_what_one_source_lacks_another_may_have(engine: Engine) -> None:
    asked = frame(RANGED, RANGED)["time"]
    with transaction(engine) as connection:
        bars.mark_absent(connection, asked, "vendor", NOW)
        assert bars.absent(connection, "other").to_list() == []
        assert bars.absent(connection, "vendor", OPEN, OPEN).to_list() == [OPEN]
        assert bars.mark_absent(connection, asked, "other", NOW) == 2


def test_what_any_source_lacks_is_given_once_and_in_order(engine: Engine) -> None:
    asked = frame(RANGED, RANGED, RANGED)["time"]
    with transaction(engine) as connection:
        assert bars.absent_anywhere(connection).to_list() == []
        bars.mark_absent(connection, asked[[2, 1]], "vendor", NOW)
        bars.mark_absent(connection, asked[[0, 2]], "other", NOW)
        assert bars.absent_anywhere(connection).equals(asked)
