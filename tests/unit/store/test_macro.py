from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sqlalchemy import Engine, delete, insert, select

from cambio.calendar import session_open
from cambio.contracts.market import MACRO_SCHEMA
from cambio.features.macro import EPOCH, LEVEL, MacroTable
from cambio.store import macro, tables
from cambio.store.bars import InsertCounts
from cambio.store.database import transaction

MONDAY, TUESDAY = date(2024, 7, 8), date(2024, 7, 9)
KNOWN = datetime(2024, 7, 8, 21, tzinfo=UTC)
THEN, NOW = datetime(2024, 7, 10, tzinfo=UTC), datetime(2024, 8, 10, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


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


# Vintages: the provider says itself when each value came out.

JAN, FEB = date(2024, 1, 1), date(2024, 2, 1)
FIRST, SECOND, THIRD = (datetime(2024, month, 13, 13, 30, tzinfo=UTC) for month in (2, 3, 4))


def vintages(*rows: tuple[date, float, datetime]) -> pl.DataFrame:
    data = [("CPI", period, value, known, "fred") for period, value, known in rows]
    return pl.DataFrame(data, schema=MACRO_SCHEMA, orient="row")


def store_vintages(engine: Engine, rows: pl.DataFrame) -> InsertCounts:
    with transaction(engine) as connection:
        return macro.store(connection, rows, NOW, vintages=True)


JANUARY = vintages((JAN, 309.7, FIRST), (JAN, 309.8, SECOND))


def test_vintages_keep_the_moments_at_which_they_came_out(engine: Engine) -> None:
    assert store_vintages(engine, JANUARY) == InsertCounts(inserted=1, revised=1)
    assert load(engine) == [("CPI", JAN, 309.7, FIRST, 0), ("CPI", JAN, 309.8, SECOND, 1)]


def test_the_same_vintages_again_change_nothing(engine: Engine) -> None:
    store_vintages(engine, JANUARY)
    assert store_vintages(engine, JANUARY) == InsertCounts(unchanged=2)


def test_of_a_longer_history_only_what_is_new_is_stored(engine: Engine) -> None:
    store_vintages(engine, JANUARY)
    more = pl.concat([JANUARY, vintages((JAN, 309.9, THIRD), (FEB, 311.1, SECOND))])
    assert store_vintages(engine, more) == InsertCounts(inserted=1, revised=1, unchanged=2)


def test_a_vintage_that_says_what_is_in_force_is_none(engine: Engine) -> None:
    repeated = vintages((JAN, 309.7, FIRST), (JAN, 309.7, SECOND), (JAN, 309.8, THIRD))
    assert store_vintages(engine, repeated) == InsertCounts(inserted=1, revised=1, unchanged=1)
    assert [row[3] for row in load(engine)] == [FIRST, THIRD]


def test_a_vintage_that_goes_back_is_kept(engine: Engine) -> None:
    rows = vintages((JAN, 309.7, FIRST), (JAN, 309.8, SECOND), (JAN, 309.7, THIRD))
    for expected in (InsertCounts(inserted=1, revised=2), InsertCounts(unchanged=3)):
        assert store_vintages(engine, rows) == expected


def test_a_vintage_that_arrives_late_is_not_the_newest(engine: Engine) -> None:
    store_vintages(engine, JANUARY[1:])
    store_vintages(engine, JANUARY)
    assert load(engine) == [("CPI", JAN, 309.7, FIRST, 1), ("CPI", JAN, 309.8, SECOND, 0)]
    with engine.connect() as connection:
        assert macro.newest(connection)["value"].to_list() == [309.8]


def test_two_values_of_one_moment_are_both_kept_and_the_later_arrival_counts(
    engine: Engine,
) -> None:
    store_vintages(engine, vintages((JAN, 309.7, FIRST)))
    both = vintages((JAN, 309.7, FIRST), (JAN, 309.6, FIRST))
    assert store_vintages(engine, both) == InsertCounts(revised=1, unchanged=1)
    assert store_vintages(engine, both) == InsertCounts(unchanged=2)
    with engine.connect() as connection:
        assert macro.newest(connection)["value"].to_list() == [309.6]


def test_a_plain_value_after_late_vintages_becomes_the_newest_once(engine: Engine) -> None:
    store_vintages(engine, vintages((JAN, 309.8, THIRD)))
    both = vintages((JAN, 309.7, FIRST), (JAN, 309.8, THIRD))
    store_vintages(engine, both)  # 309.7 is revision 1, but not the newest
    assert store(engine, frame(("CPI", JAN, 309.8))) == InsertCounts(unchanged=1)
    assert store(engine, frame(("CPI", JAN, 310.0))) == InsertCounts(revised=1)
    assert load(engine)[-1][2:] == (310.0, THEN, 2)


def test_the_last_vintage_is_in_force_from_now_on_whatever_was_stored_after_it(
    engine: Engine,
) -> None:
    """As one that a person released after it was published, while the next had come out."""
    store_vintages(engine, vintages((JAN, 309.7, THIRD)))
    provider = vintages((JAN, 309.7, FIRST), (JAN, 309.8, SECOND))
    assert store_vintages(engine, provider).unchanged == 0
    assert load(engine)[-1][2:4] == (309.8, NOW)
    assert store_vintages(engine, provider) == InsertCounts(unchanged=2)


def test_a_revision_never_comes_before_the_value_that_it_revises(engine: Engine) -> None:
    later = datetime(2024, 9, 1, tzinfo=UTC)
    store(engine, frame(("CPI", MONDAY, 313.0), known=later))
    for expected in (InsertCounts(revised=1), InsertCounts(unchanged=1)):
        assert store(engine, frame(("CPI", MONDAY, 313.2)), NOW) == expected


# What a source lacked when it was due

LACKING = KNOWN + timedelta(hours=1)


def store_lacking(engine: Engine, rows: pl.DataFrame, *, vintages: bool = False) -> InsertCounts:
    """Store what a source gives at last that had none of it at LACKING, or at THIRD."""
    at = THIRD if vintages else LACKING
    with transaction(engine) as connection:
        return macro.store(connection, rows, NOW, vintages=vintages, lacking_at=at)


def test_what_a_source_lacked_when_it_was_due_is_known_from_its_arrival(engine: Engine) -> None:
    due_later = frame(("DXY", TUESDAY, 105.2), known=LACKING)
    store_lacking(engine, pl.concat([frame(("DXY", MONDAY, 105.0)), due_later]))
    assert [row[3] for row in load(engine)] == [NOW, LACKING]


def test_what_was_stored_before_stays_though_the_source_lacked_another_value(
    engine: Engine,
) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0)))
    assert store_lacking(engine, frame(("DXY", MONDAY, 105.0))) == InsertCounts(unchanged=1)
    assert load(engine)[0][3] == KNOWN


def test_of_late_vintages_the_last_one_is_known_from_its_arrival(engine: Engine) -> None:
    late = vintages((JAN, 309.7, FIRST), (JAN, 309.8, SECOND))
    assert store_lacking(engine, late, vintages=True).inserted == 1
    assert load(engine) == [("CPI", JAN, 309.8, NOW, 0)]
    assert store_lacking(engine, late, vintages=True).inserted == 0
    assert len(load(engine)) == 1


def test_a_late_vintage_does_not_replace_one_that_came_in_time(engine: Engine) -> None:
    in_time = THIRD + timedelta(days=1)
    rows = vintages((JAN, 309.7, FIRST), (JAN, 309.8, SECOND), (JAN, 309.9, in_time))
    store_vintages(engine, rows[:1])
    store_lacking(engine, rows, vintages=True)
    assert load(engine) == [("CPI", JAN, 309.7, FIRST, 0), ("CPI", JAN, 309.9, in_time, 1)]


def asked(engine: Engine, source: str, moment: datetime, *, ok: bool | None = True) -> None:
    with transaction(engine) as connection:
        row = {"source": source, "time": moment, "ok": ok}
        connection.execute(insert(tables.source_requests).values(row))


@pytest.mark.parametrize(
    ("asked_at", "expected"),
    [
        ((THEN, NOW - INSTANT), NOW - INSTANT),
        ((THEN,), THEN),
        ((THEN - INSTANT,), None),  # before the series' first value
        ((NOW,), None),  # by this run
        ((), None),
    ],
)
def test_the_last_answer_is_that_between_the_first_value_and_this_run(
    engine: Engine, asked_at: tuple[datetime, ...], expected: datetime | None
) -> None:
    store(engine, frame(("VIX", MONDAY, 12.0)))
    store(engine, frame(("VIX", TUESDAY, 12.5)), NOW)
    for moment in asked_at:
        asked(engine, "vendor", moment)
    asked(engine, "vendor", NOW - INSTANT, ok=False)
    asked(engine, "vendor", NOW - INSTANT, ok=None)
    asked(engine, "another", NOW - INSTANT)
    with engine.connect() as connection:
        assert macro.last_answer(connection, "VIX", "vendor", NOW) == expected
        assert macro.last_answer(connection, "DXY", "vendor", NOW) is None
        assert macro.last_answer(connection, "VIX", "another", NOW) is None


@pytest.mark.parametrize("seed", range(20))
def test_what_is_in_force_is_what_the_provider_says_however_it_arrives(
    engine: Engine, seed: int
) -> None:
    """Against the naive rule: the last vintage that came out counts, at every moment."""
    rng = np.random.default_rng(seed)
    moments = [FIRST + timedelta(days=n) for n in range(8)]
    truth = vintages(*((JAN, float(rng.integers(1, 4)), moment) for moment in moments))
    for cut in np.sort(rng.integers(0, len(moments), 3)):
        store_vintages(engine, truth[int(cut) :] if seed % 2 else truth[: int(cut)])
    store_vintages(engine, truth)
    with engine.connect() as connection:
        for moment, value in zip(moments, truth["value"], strict=True):
            known = macro.as_of(connection, moment + timedelta(hours=1))
            assert known["value"].to_list() == [value]


# What was known when


def as_of(engine: Engine, moment: datetime, *, as_seen: bool = False) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        found = macro.as_of(connection, moment, as_seen=as_seen)
    return found.select("series", "period", "value", "superseded").rows()


def test_a_value_is_known_after_its_moment_and_not_at_it(engine: Engine) -> None:
    store_vintages(engine, JANUARY)
    assert as_of(engine, FIRST) == []
    assert as_of(engine, FIRST + INSTANT) == [("CPI", JAN, 309.7, True)]
    assert as_of(engine, SECOND) == [("CPI", JAN, 309.7, True)]
    assert as_of(engine, SECOND + INSTANT) == [("CPI", JAN, 309.8, False)]
    store_vintages(engine, vintages((FEB, 311.1, THIRD)))
    assert as_of(engine, THIRD) == [("CPI", JAN, 309.8, False)]


def test_the_newest_period_is_given_even_where_an_older_one_was_revised_later(
    engine: Engine,
) -> None:
    store_vintages(engine, vintages((JAN, 309.7, FIRST), (JAN, 309.8, THIRD), (FEB, 311.1, SECOND)))
    assert as_of(engine, NOW) == [("CPI", FEB, 311.1, False)]


def test_what_a_session_sees_is_what_was_known_at_its_open(engine: Engine) -> None:
    rows = frame(("DXY", MONDAY, 105.0), known=session_open(TUESDAY))
    store(engine, pl.concat([rows, frame(("VIX", MONDAY, 12.0))]))
    with engine.connect() as connection:
        table = MacroTable(macro.load(connection))
    day = (TUESDAY - EPOCH).days
    seen = {s: table.as_of(s, [day], staleness_days=5)[0, LEVEL] for s in ("DXY", "VIX")}
    known = {row[0]: row[2] for row in as_of(engine, session_open(TUESDAY))}
    assert known == {s: value for s, value in seen.items() if not np.isnan(value)} == {"VIX": 12.0}


def test_what_this_database_held_is_less_than_what_was_public(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0)))  # public since KNOWN, stored at THEN
    before = THEN - INSTANT
    assert as_of(engine, before) == [("DXY", MONDAY, 105.0, False)]
    assert as_of(engine, before, as_seen=True) == []
    assert as_of(engine, THEN, as_seen=True) == [("DXY", MONDAY, 105.0, False)]


def test_other_series_can_be_left_out(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0), ("VIX", MONDAY, 12.0)))
    with engine.connect() as connection:
        found = macro.as_of(connection, NOW, ["VIX"])
    assert found["series"].to_list() == ["VIX"]
    assert (found["first_seen"][0], found["source"][0], found["revision"][0]) == (THEN, "vendor", 0)


def test_the_last_records_begin_at_the_count_th_newest_period(engine: Engine) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(5)]
    store(engine, frame(*(("DXY", day, 105.0) for day in days)))
    store(engine, frame(("DXY", days[4], 106.0)), NOW)  # a revision is no further period
    with engine.connect() as connection:
        assert macro.tail(connection, "DXY", 2) == days[3]
        assert macro.tail(connection, "DXY", 15) == days[0]
        assert macro.tail(connection, "VIX", 15) is None


# The wide table


def written(engine: Engine) -> dict[date, datetime]:
    table = tables.macro_indicators_daily
    with engine.connect() as connection:
        return dict(connection.execute(select(table.c.fecha, table.c.updated_at)).all())


def test_only_the_days_that_changed_are_written(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0), ("DXY", TUESDAY, 105.2)))
    with transaction(engine) as connection:
        macro.rebuild_daily(connection, ["DXY"], THEN)
    store(engine, frame(("VIX", TUESDAY, 12.0)), NOW)
    with transaction(engine) as connection:
        assert macro.rebuild_daily(connection, ["DXY"], NOW) == 2
    assert written(engine) == {MONDAY: THEN, TUESDAY: NOW}


def test_days_before_a_given_one_are_left_alone(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0), ("DXY", TUESDAY, 105.2)))
    with transaction(engine) as connection:
        macro.rebuild_daily(connection, ["DXY"], THEN)
    store(engine, frame(("DXY", MONDAY, 106.0), ("DXY", TUESDAY, 106.2)), NOW)
    with transaction(engine) as connection:
        assert macro.rebuild_daily(connection, ["DXY"], NOW, since=TUESDAY) == 1
    assert written(engine) == {MONDAY: THEN, TUESDAY: NOW}


def test_days_are_written_again_where_another_series_becomes_critical(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0), ("DXY", TUESDAY, 105.2), ("VIX", MONDAY, 12.0)))
    for critical, now in ((["DXY"], THEN), (["DXY", "VIX"], NOW)):
        with transaction(engine) as connection:
            macro.rebuild_daily(connection, critical, now)
    assert written(engine) == {MONDAY: THEN, TUESDAY: NOW}


def test_days_without_observations_go(engine: Engine) -> None:
    store(engine, frame(("DXY", MONDAY, 105.0)))
    with transaction(engine) as connection:
        macro.rebuild_daily(connection, ["DXY"], THEN)
        connection.execute(delete(tables.macro_observations))
        assert macro.rebuild_daily(connection, ["DXY"], NOW) == 0
    assert written(engine) == {}


def test_first_values_are_those_that_arrived_first_and_were_published_in_the_span(
    engine: Engine,
) -> None:
    hour = timedelta(hours=1)
    store(engine, frame(("VIX", MONDAY, 14.0), known=KNOWN - hour))
    store(engine, frame(("DXY", TUESDAY, 106.0), known=KNOWN + hour))
    store(engine, frame(("DXY", MONDAY, 105.0)))
    store(engine, frame(("DXY", MONDAY, 105.5)), NOW)  # a revision
    with engine.connect() as connection:
        whole = macro.first_values(connection, KNOWN - hour, NOW)
        inner = macro.first_values(connection, KNOWN, KNOWN)
    assert whole.select("series", "period", "value", "first_seen").rows() == [
        ("DXY", MONDAY, 105.0, THEN),
        ("DXY", TUESDAY, 106.0, THEN),
        ("VIX", MONDAY, 14.0, THEN),
    ]
    assert inner.select("series", "period").rows() == [("DXY", MONDAY)]
