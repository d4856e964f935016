from datetime import UTC, datetime, timedelta

import polars as pl
from sqlalchemy import Engine, select

from cambio.contracts.market import BAR_SCHEMA
from cambio.store import bars, tables
from cambio.store.bars import InsertCounts
from cambio.store.database import transaction

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
