from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import Engine, event

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.macro_files import MacroColumn, MacroMapping
from cambio.app.data_report import data_report
from cambio.app.ingest import import_macro, import_ohlcv
from cambio.calendar import trading_days
from cambio.errors import DataQualityError, SourceError
from cambio.store import bars, macro, quarantine
from cambio.store.database import open_database

WriteCsv = Callable[..., Path]
Rows = Callable[..., list[tuple[Any, ...]]]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WEEK = trading_days(date(2024, 7, 8), date(2024, 7, 12))
MAPPING = Path(__file__).parents[3] / "config" / "mappings" / "usdcop_rl_models_macro.yaml"


def stored(engine: Engine) -> pl.DataFrame:
    with engine.connect() as connection:
        return bars.load(connection)


def refused(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {row["reason"]: row["rows"] for row in quarantine.counts(connection)}


def test_a_right_file_is_stored_whole(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    path = write_csv(session_rows(WEEK))
    report = import_ohlcv(engine, path, source_timezone="America/Bogota", now=NOW)
    assert (report.rows, report.inserted, report.quarantined) == (300, 300, {})
    assert stored(engine)["time"][0] == datetime(2024, 7, 8, 13, tzinfo=UTC)
    assert report.shifted is None


def test_importing_twice_inserts_nothing_the_second_time(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    rows = session_rows(WEEK)
    path = write_csv([*rows, ("2024-07-08 20:00:00", *rows[0][1:])])
    for expected in ((300, 0), (0, 300)):
        report = import_ohlcv(engine, path, source_timezone="America/Bogota", now=NOW)
        assert (report.inserted, report.unchanged) == expected
        assert refused(engine) == {"outside_session": 1}
    assert report.revised == 0


def test_bad_rows_are_quarantined_and_the_others_stored(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    rows = session_rows(WEEK)
    rows[3] = (rows[3][0], "NaN", *rows[3][2:])
    rows[4] = (rows[4][0], 4000, 3000, 5000, 4000)
    rows.append((rows[9][0], 4100, 4102, 4099, 4101))
    report = import_ohlcv(engine, write_csv(rows), source_timezone="America/Bogota", now=NOW)
    assert (report.inserted, report.backwards) == (298, 1)
    expected = {"conflicting_duplicate": 1, "high_below_low": 1, "missing_price": 1}
    assert report.quarantined == expected
    assert refused(engine) == expected


def mixed_rows(session_rows: Rows) -> list[tuple[Any, ...]]:
    """Four days right in UTC, the fourth and the fifth in local time too."""
    right = [(*row, "live") for row in session_rows(WEEK[:4], "UTC")]
    wrong = [(*row, "backfill") for row in session_rows(WEEK[3:], "America/Bogota")]
    return right + wrong


HEADER = ("time", "open", "high", "low", "close", "source")


def test_shifted_sessions_are_reported_and_quarantined(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    path = write_csv(mixed_rows(session_rows), header=HEADER)
    report = import_ohlcv(engine, path, source_timezone="UTC", now=NOW)
    assert (report.inserted, report.quarantined) == (240, {"shifted_session": 120})
    assert report.shifted is not None
    assert (report.shifted.bars, report.shifted.days, report.shifted.repaired) == (120, 2, False)
    assert report.shifted.overlap.bars == 60
    assert report.shifted.overlap.max_bp == 0.0


def test_shifted_sessions_are_repaired_when_asked(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    path = write_csv(mixed_rows(session_rows), header=HEADER)
    report = import_ohlcv(engine, path, source_timezone="UTC", repair=True, now=NOW)
    assert (report.inserted, report.repeated, report.quarantined) == (300, 60, {})
    assert stored(engine)["time"].dt.hour().unique().to_list() == [13, 14, 15, 16, 17]


def test_a_later_repair_releases_what_was_quarantined(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    path = write_csv(mixed_rows(session_rows), header=HEADER)
    import_ohlcv(engine, path, source_timezone="UTC", now=NOW)
    report = import_ohlcv(engine, path, source_timezone="UTC", repair=True, now=NOW)
    assert (report.inserted, report.unchanged) == (60, 240)
    assert refused(engine) == {}


def test_a_repair_that_disagrees_with_stored_bars_changes_nothing(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    path = write_csv(session_rows(WEEK, "UTC"))
    import_ohlcv(engine, path, source_timezone="UTC", now=NOW)
    before = stored(engine)
    other = [(time, *(price * 1.01 for price in p)) for time, *p in session_rows(WEEK[4:])]
    rest = session_rows(WEEK[:4], "UTC")
    path = write_csv([*rest, *other], name="other.csv")
    with pytest.raises(DataQualityError, match="differ by 100 bp"):
        import_ohlcv(engine, path, source_timezone="UTC", repair=True, now=NOW)
    assert stored(engine).equals(before)


def test_a_wrong_zone_writes_nothing(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    with pytest.raises(DataQualityError, match="does not fit"):
        import_ohlcv(engine, write_csv(session_rows(WEEK)), source_timezone="UTC", now=NOW)
    assert stored(engine).is_empty()
    assert refused(engine) == {}


def test_other_values_for_stored_bars_become_revisions(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    rows = session_rows(WEEK[:1])
    import_ohlcv(engine, write_csv(rows), source_timezone="America/Bogota", now=NOW)
    rows[0] = (rows[0][0], 4050, 4052, 4049, 4051)
    report = import_ohlcv(engine, write_csv(rows), source_timezone="America/Bogota", now=NOW)
    assert (report.inserted, report.unchanged, report.revised) == (0, 59, 1)
    assert stored(engine)["close"][0] == 4051.0


def fill_the_disk(engine: Engine, pages: int) -> None:
    """Leave the database room for so many more pages, on every connection from now on."""
    with engine.connect() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    engine.dispose()
    event.listen(
        engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count={used + pages}")
    )


def test_a_disk_that_fills_up_leaves_the_database_as_it_was(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    import_ohlcv(
        engine, write_csv(session_rows(WEEK[:1])), source_timezone="America/Bogota", now=NOW
    )
    before = stored(engine)
    fill_the_disk(engine, pages=5)
    days = trading_days(date(2024, 7, 15), date(2024, 12, 30))
    path = write_csv(session_rows(days), name="half_a_year.csv")
    with pytest.raises(SourceError, match=r"disk is full.*Nothing was written"):
        import_ohlcv(engine, path, source_timezone="America/Bogota", now=NOW)
    assert stored(engine).equals(before)


def test_an_interrupt_leaves_the_database_as_it_was(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    rows = [*session_rows(WEEK), ("2024-07-08 20:00:00", 4000, 4002, 3999, 4001)]

    @event.listens_for(engine, "before_cursor_execute")
    def interrupt(_c: Any, _u: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO quarantine"):  # the bars are inserted by now
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_ohlcv(engine, write_csv(rows), source_timezone="America/Bogota", now=NOW)
    event.remove(engine, "before_cursor_execute", interrupt)
    assert stored(engine).is_empty()


def test_progress_is_told_step_by_step(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    told: list[tuple[int, int, str]] = []
    import_ohlcv(
        engine,
        write_csv(session_rows(WEEK)),
        source_timezone="America/Bogota",
        now=NOW,
        on_progress=lambda *step: told.append(step),
    )
    assert [step[:2] for step in told] == [(n, 4) for n in range(5)]


def test_a_report_of_bars_is_json(engine: Engine, write_csv: WriteCsv, session_rows: Rows) -> None:
    path = write_csv(mixed_rows(session_rows), header=HEADER, end="")
    report = import_ohlcv(engine, path, source_timezone="UTC", now=NOW).to_dict()
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["shifted"]["first"] == "2024-07-11T13:00:00+00:00"
    assert "newline" in report["warnings"][0]


def vix(*values: tuple[str, float]) -> tuple[list[tuple[str, float]], MacroMapping]:
    return list(values), MacroMapping(
        date="fecha", source="vendor", series={"VIX": MacroColumn(column="vix")}
    )


def test_macro_values_are_stored_with_their_publication(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    rows, mapping = vix(("2024-07-08", 12.4), ("2024-07-09", 12.5), ("2024-07-10", 1240.0))
    path = write_csv(rows, header=("fecha", "vix"))
    report = import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW)
    assert (report.inserted, report.values, report.days) == (2, {"VIX": 2}, 2)
    assert report.quarantined == {"implausible": 1}
    assert [value.key for value in report.suspicious] == ["VIX 2024-07-10 1240"]
    with engine.connect() as connection:
        known = macro.load(connection)["available_at"].to_list()
    assert known[0] == datetime(2024, 7, 8, 20, 15, tzinfo=UTC)


def test_importing_macro_values_twice_inserts_nothing_the_second_time(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    rows, mapping = vix(("2024-07-08", 12.4), ("2024-07-09", 124.0))
    path = write_csv(rows, header=("fecha", "vix"))
    for expected in ((1, 0), (0, 1)):
        report = import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW)
        assert (report.inserted, report.unchanged) == expected
        assert refused(engine) == {"implausible": 1}


def test_a_changed_macro_value_is_known_from_the_import_on(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    for value in (12.4, 12.6):
        rows, mapping = vix(("2024-07-08", value))
        path = write_csv(rows, header=("fecha", "vix"))
        report = import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW)
    assert report.revised == 1
    with engine.connect() as connection:
        assert macro.load(connection)["available_at"].to_list()[1] == NOW


def test_a_report_of_macro_values_is_json(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    rows, mapping = vix(("2024-07-08", 12.4), ("2024-07-09", 1240.0))
    path = write_csv(rows, header=("fecha", "vix"))
    report = import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW).to_dict()
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_the_data_report_of_an_empty_database(engine: Engine, catalogue: Catalogue) -> None:
    report = data_report(engine, catalogue).to_dict()
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["bars"]["total"] == 0
    assert len(report["macro"]) == 30


def test_the_data_report_counts_what_is_missing(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows, catalogue: Catalogue
) -> None:
    # Tuesday is missing, Wednesday holds 50 bars; 2024-07-04 is a holiday and holds 60.
    holiday = session_rows([date(2024, 7, 4)])
    days = [date(2024, 7, 5), date(2024, 7, 8)]
    rows = holiday + session_rows(days) + session_rows([date(2024, 7, 10)], bars=50)
    import_ohlcv(engine, write_csv(rows), source_timezone="America/Bogota", now=NOW)
    report = data_report(engine, catalogue).bars
    assert (report.total, report.sessions, report.complete_sessions) == (230, 4, 3)
    assert (report.expected, report.missing, report.on_holidays) == (240, 70, 60)


def test_the_data_report_shows_gaps_beyond_the_staleness_limit(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    rows, mapping = vix(("2024-07-01", 12.4), ("2024-07-05", 12.5), ("2024-07-11", 12.6))
    path = write_csv(rows, header=("fecha", "vix"))
    import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW)
    [report] = [s for s in data_report(engine, catalogue).macro if s.series == "VIX"]
    assert (report.values, report.first, report.last) == (3, date(2024, 7, 1), date(2024, 7, 11))
    assert [(gap.after, gap.before) for gap in report.gaps] == [
        (date(2024, 7, 5), date(2024, 7, 11))
    ]


@pytest.fixture(scope="module")
def real(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Any, Any]:
    """The real bars, imported without and then with the repair."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('real') / 'cambio.db'}")
    path = real_data / "usdcop_m5_ohlcv_raw.parquet"
    plain = import_ohlcv(engine, path, source_timezone="UTC", now=NOW)
    repaired = import_ohlcv(engine, path, source_timezone="UTC", repair=True, now=NOW)
    return engine, plain, repaired


def test_the_real_shifted_sessions_are_found(real: tuple[Engine, Any, Any]) -> None:
    _, report, _ = real
    assert (report.rows, report.inserted) == (86_705, 85_120)
    assert report.quarantined == {"shifted_session": 1_585}
    assert (report.shifted.bars, report.shifted.days) == (1_585, 61)
    assert report.shifted.overlap.bars == 654
    assert report.shifted.overlap.max_bp < 0.001


def test_the_real_flat_twins_are_the_closes_of_the_ranged_bars(
    real: tuple[Engine, Any, Any],
) -> None:
    engine, _, report = real
    assert (report.covered, report.repeated) == (361, 293)
    assert (report.inserted, report.revised, report.quarantined) == (931, 361, {})
    assert stored(engine).height == 86_051


def test_the_real_share_of_close_only_bars_falls_over_the_years(
    real: tuple[Engine, Any, Any],
) -> None:
    _, _, report = real
    assert report.close_only_share["2020-02"] == 1.0
    assert report.close_only_share["2024-09"] == pytest.approx(0.762, abs=0.0005)
    assert report.close_only / 86_051 == pytest.approx(0.945, abs=0.001)


def test_the_real_file_under_a_wrong_zone_is_refused(engine: Engine, real_data: Path) -> None:
    path = real_data / "usdcop_m5_ohlcv_raw.parquet"
    with pytest.raises(DataQualityError, match="does not fit"):
        import_ohlcv(engine, path, source_timezone="America/Bogota", now=NOW)


def test_the_real_brent_ends_where_another_instrument_begins(
    engine: Engine, real_data: Path, catalogue: Catalogue
) -> None:
    path = real_data / "macro_daily_raw.parquet"
    report = import_macro(engine, path, mapping=MAPPING, catalogue=catalogue, now=NOW)
    assert {value.key.split()[0] for value in report.suspicious} == {"BRENT"}
    [brent] = [s for s in data_report(engine, catalogue).macro if s.series == "BRENT"]
    assert (brent.last, brent.quarantined) == (date(2025, 9, 24), 4)
