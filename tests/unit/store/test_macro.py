from datetime import UTC, date, datetime

import polars as pl
from sqlalchemy import Engine, select

from cambio.contracts.market import MACRO_SCHEMA
from cambio.store import macro, tables
from cambio.store.bars import InsertCounts
from cambio.store.database import transaction

MONDAY, TUESDAY = date(2024, 7, 8), date(2024, 7, 9)
KNOWN = datetime(2024, 7, 8, 21, tzinfo=UTC)
THEN, NOW = datetime(2024, 7, 10, tzinfo=UTC), datetime(2024, 8, 10, tzinfo=UTC)


def frame(*rows: tuple[str, date, float], known: datetime = KNOWN) -> pl.DataFrame:
    data = [(series, period, value, known, "vendor") for series, period, value in rows]
    return pl.DataFrame(data, schema=MACRO_SCHEMA, orient="row")


def store(engine: Engine, rows: pl.DataFrame, now: datetime = THEN) -> InsertCounts:
    with transaction(engine) as connection:
        return macro.store(connection, rows, now)


def load(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        found = macro.load(connection)
    return found.select("series", "period", "value", "available_at", "revision").rows()


def test_a_first_value_is_known_from_its_publication(engine: Engine) -> None:
    assert store(engine, frame(("DXY", MONDAY, 105.0))) == InsertCounts(inserted=1)
    assert load(engine) == [("DXY", MONDAY, 105.0, KNOWN, 0)]


def test_the_same_value_again_changes_nothing(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0)))
    assert store(engine, frame(("DXY", MONDAY, 105.0)), NOW) == InsertCounts(unchanged=1)


def test_another_value_is_appended_and_known_from_now_on(engine: Engine) -> None:
    store(engine, frame(("CPI", MONDAY, 313.0)))
    assert store(engine, frame(("CPI", MONDAY, 313.2)), NOW) == InsertCounts(revised=1)
    assert load(engine) == [("CPI", MONDAY, 313.0, KNOWN, 0), ("CPI", MONDAY, 313.2, NOW, 1)]


def test_a_value_that_goes_back_is_a_revision_too(engine: Engine) -> None:
    for value, now in ((313.0, THEN), (313.2, NOW), (313.0, NOW)):
        store(engine, frame(("CPI", MONDAY, value)), now)
    assert [row[2] for row in load(engine)] == [313.0, 313.2, 313.0]


def test_a_revision_is_never_known_before_its_publication(engine: Engine) -> None:
    later = datetime(2024, 9, 1, tzinfo=UTC)
    store(engine, frame(("CPI", MONDAY, 313.0)))
    store(engine, frame(("CPI", MONDAY, 313.2), known=later), NOW)
    assert load(engine)[1][3] == later


def test_the_newest_revision_is_given(engine: Engine) -> None:
    store(engine, frame(("CPI", MONDAY, 313.0), ("DXY", MONDAY, 105.0)))
    store(engine, frame(("CPI", MONDAY, 313.2)), NOW)
    with engine.connect() as connection:
        found = macro.newest(connection, ["CPI"])
    assert found.select("period", "value", "revision").rows() == [(MONDAY, 313.2, 1)]


def test_the_wide_table_holds_the_newest_values(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0), ("VIX", MONDAY, 12.0), ("DXY", TUESDAY, 105.2)))
    store(engine, frame(("DXY", MONDAY, 105.1)), NOW)
    with transaction(engine) as connection:
        assert macro.rebuild_daily(connection, ["DXY", "VIX"], NOW) == 2
        rows = connection.execute(select(tables.macro_indicators_daily)).mappings().all()
    assert [(r["fecha"], r["dxy"], r["vix"], r["is_complete"]) for r in rows] == [
        (MONDAY, 105.1, 12.0, True),
        (TUESDAY, 105.2, None, False),
    ]


def test_the_wide_table_is_rebuilt_and_not_extended(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0)))
    for _ in range(2):
        with transaction(engine) as connection:
            rows = macro.rebuild_daily(connection, ["DXY"], NOW)
    assert rows == 1


def test_a_day_is_incomplete_while_a_critical_series_has_no_value_at_all(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0)))
    with transaction(engine) as connection:
        macro.rebuild_daily(connection, ["DXY", "COL10Y"], NOW)
        complete = connection.execute(select(tables.macro_indicators_daily.c.is_complete)).scalar()
    assert complete is False


def test_without_daily_values_the_wide_table_is_empty(engine: Engine) -> None:
    store(engine, frame(("CPI", MONDAY, 313.0)))
    with transaction(engine) as connection:
        assert macro.rebuild_daily(connection, ["DXY"], NOW) == 0


def test_each_series_newest_publication_is_known(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0)))
    store(engine, frame(("DXY", MONDAY, 105.1)), NOW)
    with engine.connect() as connection:
        assert macro.last_available(connection) == {"DXY": NOW}
