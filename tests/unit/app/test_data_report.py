import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl
from sqlalchemy import Engine

from cambio.acquisition.catalogue import Catalogue
from cambio.app.data_report import BarGap, DataReport, Day, data_report, next_commands
from cambio.app.health import health
from cambio.calendar import session_open, trading_days
from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA
from cambio.store import bars, macro
from cambio.store.database import transaction

HOLIDAY, FRIDAY, MONDAY, TUESDAY = (date(2024, 7, day) for day in (4, 5, 8, 9))
NOW = datetime(2024, 7, 9, 15, tzinfo=UTC)  # 10:00 in Bogota: 24 bars have closed


def at(day: date, n: int) -> datetime:
    return session_open(day) + timedelta(minutes=5 * n)


def store_bars(engine: Engine, day: date, numbers: Sequence[int], ranged: int = 0) -> None:
    rows = [(at(day, n), 9.0, 9.0 + (n < ranged), 9.0, 9.0, 0.0, "vendor") for n in numbers]
    with transaction(engine) as connection:
        bars.store(connection, pl.DataFrame(rows, schema=BAR_SCHEMA, orient="row"), NOW)


def publish(engine: Engine, series: str, periods: Sequence[date]) -> None:
    rows = [(series, period, 1.0, NOW, "vendor") for period in periods]
    with transaction(engine) as connection:
        macro.store(connection, pl.DataFrame(rows, schema=MACRO_SCHEMA, orient="row"), NOW)


def by_month(report: DataReport, series: str) -> dict[str, float]:
    return next(each.by_month for each in report.macro if each.series == series)


def test_each_date_has_its_bars_and_its_close_only_ones(
    engine: Engine, catalogue: Catalogue
) -> None:
    store_bars(engine, MONDAY, range(60), ranged=45)
    store_bars(engine, HOLIDAY, range(3), ranged=3)
    report = data_report(engine, catalogue).bars
    assert report.by_day == (Day(HOLIDAY, 3, 0), Day(MONDAY, 60, 15))
    assert (report.close_only, report.on_holidays, report.complete_sessions) == (15, 3, 1)


def test_a_night_does_not_end_a_gap_and_the_longest_comes_first(
    engine: Engine, catalogue: Catalogue
) -> None:
    store_bars(engine, FRIDAY, [n for n in range(55) if n != 30])
    store_bars(engine, MONDAY, range(4, 60))
    report = data_report(engine, catalogue).bars
    assert (report.gaps, report.missing) == (2, 10)
    assert report.largest_gaps == (
        BarGap(at(FRIDAY, 55), at(MONDAY, 3), 9),
        BarGap(at(FRIDAY, 30), at(FRIDAY, 30), 1),
    )


def test_ten_gaps_are_listed_and_all_are_counted(engine: Engine, catalogue: Catalogue) -> None:
    store_bars(engine, MONDAY, range(0, 60, 2))
    report = data_report(engine, catalogue).bars
    assert (report.gaps, len(report.largest_gaps)) == (30, 10)


def test_bars_that_have_not_closed_are_not_expected(engine: Engine, catalogue: Catalogue) -> None:
    store_bars(engine, MONDAY, range(60))
    store_bars(engine, TUESDAY, range(20))
    report = data_report(engine, catalogue, now=NOW).bars
    assert (report.expected, report.missing) == (84, 4)


def test_a_daily_series_covers_the_share_of_trading_days_it_has(
    engine: Engine, catalogue: Catalogue
) -> None:
    june = trading_days(date(2024, 6, 1), date(2024, 6, 30))
    publish(engine, "VIX", [*june[:9], date(2024, 6, 3), HOLIDAY, date(2024, 7, 2)])
    report = data_report(engine, catalogue)
    july = 1 / 1  # the last month goes as far as its values: the 1st is a holiday
    assert by_month(report, "VIX") == {"2024-06": 9 / len(june), "2024-07": july}


def test_a_slower_series_covers_the_months_of_its_period(
    engine: Engine, catalogue: Catalogue
) -> None:
    publish(engine, "CPI", [date(2024, 2, 1)])
    publish(engine, "GDP_US", [date(2024, 10, 1)])
    report = data_report(engine, catalogue)
    assert by_month(report, "CPI") == {"2024-02": 1.0}
    assert by_month(report, "GDP_US") == {"2024-10": 1.0, "2024-11": 1.0, "2024-12": 1.0}


def test_the_report_is_json(engine: Engine, catalogue: Catalogue) -> None:
    store_bars(engine, MONDAY, range(50))
    publish(engine, "VIX", [MONDAY])
    plain = data_report(engine, catalogue, now=NOW).to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["bars"]["by_day"] == [{"day": "2024-07-08", "bars": 50, "close_only": 50}]


def test_an_empty_database_is_told_how_to_begin(engine: Engine, catalogue: Catalogue) -> None:
    report, state = data_report(engine, catalogue, now=NOW), health(engine, catalogue, NOW)
    assert [command for _, command in next_commands(report, state)] == [
        "cambio import ohlcv FILE --source-timezone UTC",
        "cambio ohlcv backfill",
        "cambio macro update",
        "cambio import macro FILE --mapping MAPPING",
    ]


def test_nothing_is_due_where_nothing_lacks(engine: Engine, catalogue: Catalogue) -> None:
    store_bars(engine, MONDAY, range(60))
    store_bars(engine, TUESDAY, range(24))
    days = trading_days(date(2024, 5, 1), TUESDAY)
    early = datetime(2024, 1, 1, tzinfo=UTC)
    for series in [name for name, each in catalogue.items() if each.critical]:
        rows = [(series, day, 1.0, early, "vendor") for day in days]
        with transaction(engine) as connection:
            macro.store(connection, pl.DataFrame(rows, schema=MACRO_SCHEMA, orient="row"), NOW)
    report, state = data_report(engine, catalogue, now=NOW), health(engine, catalogue, NOW)
    assert list(next_commands(report, state)) == []
