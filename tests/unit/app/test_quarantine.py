import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import Engine, event, select, text

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.macro_files import MacroColumn, MacroMapping
from cambio.app import quarantine
from cambio.app.ingest import MacroImportReport, import_macro, import_ohlcv
from cambio.calendar import trading_days
from cambio.errors import CambioError, ConfigError, Conflict, DataQualityError, NotFound
from cambio.store import bars, macro, tables
from cambio.store import quarantine as store
from cambio.store.bars import InsertCounts
from cambio.store.database import open_database, transaction
from cambio.store.quarantine import Decision, Selection

WriteCsv = Callable[..., Path]
Rows = Callable[..., list[tuple[Any, ...]]]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DECISION = Decision("ana", "the bank let the peg go", NOW + timedelta(days=1))
WEEK = trading_days(date(2024, 7, 8), date(2024, 7, 12))
PEG = [17.0 + 0.01 * (n % 3) for n in range(30)]
"""Thirty quiet days: a robust standard deviation of its changes exists."""
FIRST_DAY = date(2024, 7, 1)
BREAK = date(2024, 8, 12)
"""The thirty-first weekday."""


def import_peso(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue, values: list[Any]
) -> MacroImportReport:
    """Import USDMXN, a value each weekday from 2024-07-01 on."""
    days = [FIRST_DAY + timedelta(days=n) for n in range(2 * len(values))]
    weekdays = [day for day in days if day.weekday() < 5]
    rows = list(zip(weekdays, values, strict=False))
    path = write_csv(rows, header=("fecha", "peso"), name="peso.csv")
    series = {"USDMXN": MacroColumn(column="peso")}
    mapping = MacroMapping(date="fecha", source="vendor", series=series)
    return import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW)


def bad_bars(engine: Engine, write_csv: WriteCsv, session_rows: Rows, *more: Any) -> None:
    path = write_csv([*session_rows(WEEK[:1]), *more])
    import_ohlcv(engine, path, source_timezone="America/Bogota", now=NOW)


def states(engine: Engine) -> list[tuple[str, str | None]]:
    rows = quarantine.rows(engine, Selection(resolved=True))
    return [(row.reason, row.resolution) for row in rows]


def stored_values(engine: Engine) -> pl.DataFrame:
    with engine.connect() as connection:
        return macro.load(connection)


def stored_bars(engine: Engine) -> pl.DataFrame:
    with engine.connect() as connection:
        return bars.load(connection)


def events(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(tables.events)).mappings())


def refuses(kind: type[CambioError], engine: Engine, *wanted: int, says: str) -> CambioError:
    """Release rows in vain, and hold that nothing has changed."""
    before = (states(engine), stored_bars(engine).to_dicts(), stored_values(engine).to_dicts())
    with pytest.raises(kind, match=says) as error:
        quarantine.release(engine, {}, wanted, DECISION)
    after = (states(engine), stored_bars(engine).to_dicts(), stored_values(engine).to_dicts())
    assert after == before
    assert events(engine) == []
    return error.value


def test_after_the_first_value_of_a_new_level_is_released_the_next_ones_pass(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    new_level = [*PEG, 25.0, 25.1, 25.2]
    for _ in range(2):  # by itself a second import believes no more than the first
        report = import_peso(engine, write_csv, catalogue, new_level)
        assert report.quarantined == {"level_shift": 3}
    only = Selection(series="USDMXN", since=BREAK, until=BREAK)
    done = quarantine.release(engine, catalogue, only, DECISION)
    assert done.macro == InsertCounts(inserted=1)
    report = import_peso(engine, write_csv, catalogue, [*new_level, 25.1])
    assert (report.inserted, report.quarantined) == (3, {})
    assert stored_values(engine)["value"].to_list()[-4:] == [25.0, 25.1, 25.2, 25.1]
    assert states(engine) == [("level_shift", "released")] * 3
    by = [row.resolved_by for row in quarantine.rows(engine, Selection(resolved=True))]
    assert by == ["ana", "import", "import"]


def test_a_released_value_has_the_source_of_its_file(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    import_peso(engine, write_csv, catalogue, [*PEG, 29.0])
    quarantine.release(engine, catalogue, [1], DECISION)
    assert set(stored_values(engine)["source"]) == {"vendor"}


def test_a_released_first_value_was_known_when_the_catalogue_says(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    import_peso(engine, write_csv, catalogue, [*PEG, 25.0])
    quarantine.release(engine, catalogue, [1], DECISION)
    [released] = stored_values(engine).filter(pl.col("period") == BREAK).to_dicts()
    assert released["available_at"] == datetime(2024, 8, 12, 21, tzinfo=UTC)  # 17:00 New York
    assert (released["value"], released["source"]) == (25.0, "vendor")
    with engine.connect() as connection:
        daily = tables.macro_indicators_daily
        query = select(daily.c.usdmxn).where(daily.c.fecha == BREAK)
        assert connection.execute(query).scalar() == 25.0


@pytest.mark.parametrize("before_due", [False, True])
def test_a_released_value_of_a_provider_is_known_from_the_decision_on(
    engine: Engine, catalogue: Catalogue, before_due: bool
) -> None:
    """Sessions did without it until then; and it was not due before the provider serves it."""
    content = {"series": "USDMXN", "period": "2024-08-12", "value": 25.0}
    row = {"kind": "macro", "key": "USDMXN 2024-08-12 25", "reason": "level_shift", "detail": "?"}
    with transaction(engine) as connection:
        rest = {"payload": {}, "source_file": "fred", "content": content}
        store.store(connection, [{**row, **rest}], NOW)
    due = catalogue["USDMXN"].available_at(date(2024, 8, 12), by_source=True)
    assert due > catalogue["USDMXN"].available_at(date(2024, 8, 12))
    early = Decision("ana", "why", due - timedelta(hours=1))
    quarantine.release(engine, catalogue, [1], early if before_due else DECISION)
    assert stored_values(engine)["available_at"].to_list() == [due if before_due else DECISION.now]


def test_a_value_for_a_taken_period_is_known_from_the_decision_on(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    import_peso(engine, write_csv, catalogue, PEG)
    import_peso(engine, write_csv, catalogue, [*PEG[:-1], 25.0])
    done = quarantine.release(engine, catalogue, [1], DECISION)
    assert done.macro == InsertCounts(revised=1)
    last = stored_values(engine).tail(2)
    assert last["value"].to_list() == [PEG[-1], 25.0]
    assert last["available_at"].to_list()[1] == DECISION.now


def test_a_release_is_on_record(engine: Engine, write_csv: WriteCsv, catalogue: Catalogue) -> None:
    import_peso(engine, write_csv, catalogue, [*PEG, 25.0])
    quarantine.release(engine, catalogue, [1], DECISION)
    [told] = events(engine)
    assert (told["time"], told["type"]) == (DECISION.now, "quarantine_released")
    assert told["subject"] == "USDMXN"
    content = {"series": "USDMXN", "period": "2024-08-12", "value": 25.0, "source": "vendor"}
    row = {"id": 1, "key": "USDMXN 2024-08-12 25", "reason": "level_shift", "content": content}
    details = {"by": "ana", "comment": DECISION.comment, "rows": [row]}
    assert told["data"]["details"] == details


def test_a_conflicting_bar_replaces_the_stored_one_which_is_kept(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    bad_bars(engine, write_csv, session_rows, ("2024-07-08 08:00:00", 4010, 4012, 4009, 4011))
    done = quarantine.release(engine, {}, [1], DECISION)
    assert done.bars == InsertCounts(revised=1)
    first = stored_bars(engine).row(0, named=True)
    assert (first["time"], first["open"], first["close"]) == (
        datetime(2024, 7, 8, 13, tzinfo=UTC),
        4010.0,
        4011.0,
    )
    with engine.connect() as connection:
        assert bars.revision_count(connection) == 1
    assert states(engine) == [("conflicting_duplicate", "released")]


def test_an_import_does_not_take_a_released_bar_back(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    other = ("2024-07-08 08:00:00", 4010, 4012, 4009, 4011)
    bad_bars(engine, write_csv, session_rows, other)
    quarantine.release(engine, {}, [1], DECISION)
    before = stored_bars(engine)
    bad_bars(engine, write_csv, session_rows, other)
    assert stored_bars(engine).equals(before)


def test_an_implausible_bar_that_stands_in_the_session_can_be_released(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    bad_bars(engine, write_csv, session_rows, ("2024-07-09 08:00:00", 13000, 13002, 12999, 13001))
    assert quarantine.release(engine, {}, [1], DECISION).bars == InsertCounts(inserted=1)
    assert stored_bars(engine)["close"].to_list()[-1] == 13001.0


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("2024-07-09 08:00:00", 13000, 12998, 12999, 13001), "implausible"),
        (("2024-07-09 07:00:00", 13000, 13002, 12999, 13001), "implausible"),
        (("2024-07-09 08:02:00", 13000, 13002, 12999, 13001), "implausible"),
        (("2024-07-13 08:00:00", 13000, 13002, 12999, 13001), "implausible"),  # a Saturday
        (("2026-01-02 08:00:00", 13000, 13002, 12999, 13001), "implausible"),  # not closed
        (("2024-07-09 08:00:00", 4000, "", 3999, 4001), "missing_price"),
        (("2024-07-09 08:00:00", 4000, 3998, 3999, 4001), "high_below_low"),
        (("2024-07-13 08:00:00", 4000, 4002, 3999, 4001), "weekend"),
        (("2024-07-09 08:02:00", 4000, 4002, 3999, 4001), "off_grid"),
        (("2024-07-09 07:00:00", 4000, 4002, 3999, 4001), "outside_session"),
        (("2026-01-02 08:00:00", 4000, 4002, 3999, 4001), "not_closed"),
    ],
)
def test_a_bar_without_a_place_cannot_be_released(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows, row: Any, reason: str
) -> None:
    bad_bars(engine, write_csv, session_rows, row)
    error = refuses(DataQualityError, engine, 1, says=f"no place in the tables: {reason}")
    assert error.remedy == "Correct bars.csv and import it again, or drop the row."


def test_a_bar_that_had_not_closed_when_it_was_refused_cannot_be_released(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    """Its price is out of range, and was not final either."""
    path = write_csv([*session_rows(WEEK[:1]), ("2024-07-09 08:00:00", 13000, 13002, 12999, 13001)])
    opened = datetime(2024, 7, 9, 13, tzinfo=UTC)
    early = opened + timedelta(minutes=4, seconds=59)
    import_ohlcv(engine, path, source_timezone="America/Bogota", now=early)
    refuses(DataQualityError, engine, 1, says="no place in the tables: implausible")


def test_a_bar_that_had_just_closed_when_it_was_refused_can_be_released(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    path = write_csv([*session_rows(WEEK[:1]), ("2024-07-09 08:00:00", 13000, 13002, 12999, 13001)])
    closed = datetime(2024, 7, 9, 13, 5, tzinfo=UTC)
    import_ohlcv(engine, path, source_timezone="America/Bogota", now=closed)
    assert quarantine.release(engine, {}, [1], DECISION).bars == InsertCounts(inserted=1)


def test_a_shifted_session_is_repaired_not_released(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    rows = [*session_rows(WEEK[:4], "UTC"), *session_rows(WEEK[4:])]
    import_ohlcv(engine, write_csv(rows), source_timezone="UTC", now=NOW)
    error = refuses(DataQualityError, engine, 1, says="shifted_session")
    assert "--repair shifted-sessions" in error.remedy


def test_one_row_without_a_place_holds_all_others_back(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    good = ("2024-07-09 08:00:00", 13000, 13002, 12999, 13001)
    bad_bars(engine, write_csv, session_rows, good, ("2024-07-09 08:05:00", 1, 2, 3, ""))
    refuses(DataQualityError, engine, 1, 2, says="missing_price")


def test_a_release_that_fails_halfway_leaves_nothing(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    bad_bars(engine, write_csv, session_rows, ("2024-07-08 08:00:00", 4010, 4012, 4009, 4011))
    before = stored_bars(engine)

    @event.listens_for(engine, "before_cursor_execute")
    def interrupt(_c: Any, _u: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO events"):  # bars and row are written by now
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        quarantine.release(engine, {}, [1], DECISION)
    event.remove(engine, "before_cursor_execute", interrupt)
    assert stored_bars(engine).equals(before)
    assert states(engine) == [("conflicting_duplicate", None)]


@pytest.mark.parametrize("kind", ["ohlcv", "macro"])
def test_unreadable_rows_on_the_same_line_of_two_files_are_both_kept(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue, session_rows: Rows, kind: str
) -> None:
    mapping = MacroMapping(date="fecha", source="v", series={"VIX": MacroColumn(column="vix")})
    for unreadable in ("08.07.2024", "09.07.2024", "09.07.2024"):
        if kind == "ohlcv":
            bad_bars(engine, write_csv, session_rows, (unreadable, 4000, 4002, 3999, 4001))
        else:
            path = write_csv([("2024-07-08", 12.4), (unreadable, 12.5)], header=("fecha", "vix"))
            import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW)
    kept = quarantine.rows(engine, Selection())
    assert len({row.key for row in kept}) == len(kept) == 2
    column = {"ohlcv": "time", "macro": "fecha"}[kind]
    assert {row.payload[column] for row in kept} == {"08.07.2024", "09.07.2024"}


def test_two_rows_for_one_place_are_not_released_together(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows
) -> None:
    twice = [("2024-07-08 08:00:00", p, p + 2, p - 1, p + 1) for p in (4010, 4020)]
    bad_bars(engine, write_csv, session_rows, *twice)
    refuses(Conflict, engine, 1, 2, says="one and the same place")


def test_a_row_is_released_once(engine: Engine, write_csv: WriteCsv, catalogue: Catalogue) -> None:
    import_peso(engine, write_csv, catalogue, [*PEG, 25.0])
    quarantine.release(engine, catalogue, [1, 1], DECISION)
    with pytest.raises(Conflict, match="was released by ana"):
        quarantine.release(engine, catalogue, [1], DECISION)
    with pytest.raises(Conflict, match="was released by ana"):
        quarantine.drop(engine, [1], DECISION)
    assert stored_values(engine).height == 31


def test_of_two_decisions_on_one_row_at_once_the_second_is_a_conflict(
    server: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    engine = server
    import_peso(engine, write_csv, catalogue, [*PEG, 25.0])
    with ThreadPoolExecutor() as pool:
        with transaction(engine) as first:
            store.claim(first, [1])
            second = pool.submit(quarantine.drop, engine, [1], DECISION)
            while not (second.done() or waits_for_a_lock(engine)):
                pass
            store.resolve(first, [1], store.Resolution.RELEASED, DECISION)
        with pytest.raises(Conflict, match="was released by ana"):
            second.result()
    assert states(engine) == [("level_shift", "released")]


@pytest.fixture
def server(postgresql_url: str) -> Iterator[Engine]:
    database = open_database(postgresql_url)
    yield database
    database.dispose()


def waits_for_a_lock(engine: Engine) -> bool:
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with engine.connect() as connection:
        return bool(connection.execute(text(query)).scalar())


def test_the_same_value_refused_for_another_reason_goes_with_it(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    import_peso(engine, write_csv, catalogue, [*PEG, 25.0])
    narrow = catalogue["USDMXN"].model_copy(update={"plausible": (3.0, 20.0)})
    import_peso(engine, write_csv, catalogue | {"USDMXN": narrow}, [*PEG, 25.0])
    assert quarantine.release(engine, catalogue, [1], DECISION).settled == 1
    assert states(engine) == [("level_shift", "released"), ("implausible", "released")]


def test_a_value_of_a_series_that_left_the_catalogue_is_refused(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    import_peso(engine, write_csv, catalogue, [*PEG, 25.0])
    refuses(ConfigError, engine, 1, says="USDMXN, which the catalogue does not have")


def test_a_conflicting_value_is_released_in_the_catalogues_unit(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    rows = [("2024-07-08", 1240), ("2024-07-08", 1250)]
    path = write_csv(rows, header=("fecha", "vix"))
    series = {"VIX": MacroColumn(column="vix", scale=0.01)}
    mapping = MacroMapping(date="fecha", source="vendor", series=series)
    import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW)
    quarantine.release(engine, catalogue, [1], DECISION)
    stored = stored_values(engine)
    assert stored["value"].to_list() == [12.4, 12.5]
    assert stored["source"].to_list() == ["vendor", "vendor"]
    import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW + timedelta(days=2))
    assert stored_values(engine).equals(stored)  # and no import takes it back


GDP = {"series": "GDP_US", "period": "2024-01-01"}


def refuse_prints(
    engine: Engine, catalogue: Catalogue, *prints: tuple[str, float], source: str = "fred"
) -> None:
    """Quarantine values of US GDP's first quarter of 2024, each with its publication."""
    assert catalogue["GDP_US"].vintages
    rows = [
        {"kind": "macro", "key": f"GDP_US 2024-01-01 {n}", "reason": "power_of_ten"}
        | {"detail": "?", "payload": {}, "source_file": source}
        | {"content": {**GDP, "value": number, "available_at": f"{day}T12:30:00+00:00"}}
        for n, (day, number) in enumerate(prints)
    ]
    with transaction(engine) as connection:
        store.store(connection, rows, NOW)


PRINTS = (("2024-05-30", 28_256.0), ("2024-04-25", 28_284.5))


def test_released_vintages_of_a_provider_are_known_from_the_decision_the_last_one_in_force(
    engine: Engine, catalogue: Catalogue
) -> None:
    refuse_prints(engine, catalogue, *PRINTS)
    done = quarantine.release(engine, catalogue, [1, 2], DECISION)
    assert done.macro == InsertCounts(inserted=1, revised=1)
    stored = stored_values(engine)
    assert stored["value"].to_list() == [28_284.5, 28_256.0]
    assert set(stored["available_at"]) == {DECISION.now}


def test_released_vintages_of_a_history_keep_the_moments_of_their_publication(
    engine: Engine, catalogue: Catalogue
) -> None:
    refuse_prints(engine, catalogue, *PRINTS, source="vintages.csv")
    quarantine.release(engine, catalogue, [1, 2], DECISION)
    assert stored_values(engine).select("value", "available_at").rows() == [
        (28_284.5, datetime(2024, 4, 25, 12, 30, tzinfo=UTC)),
        (28_256.0, datetime(2024, 5, 30, 12, 30, tzinfo=UTC)),
    ]


def test_two_values_of_one_publication_are_not_released_together(
    engine: Engine, catalogue: Catalogue
) -> None:
    refuse_prints(engine, catalogue, ("2024-05-30", 28_256.0), ("2024-05-30", 28_284.5))
    with pytest.raises(Conflict, match="one and the same place"):
        quarantine.release(engine, catalogue, [1, 2], DECISION)


@pytest.mark.parametrize(("day", "number"), [("2024-07-13", 12.4), ("2026-07-13", 12.4)])
def test_a_macro_value_on_a_wrong_day_cannot_be_released(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue, day: str, number: float
) -> None:
    path = write_csv([("2024-07-08", 12.4), (day, number)], header=("fecha", "vix"))
    mapping = MacroMapping(date="fecha", source="v", series={"VIX": MacroColumn(column="vix")})
    import_macro(engine, path, mapping=mapping, catalogue=catalogue, now=NOW)
    refuses(DataQualityError, engine, 1, says="no place in the tables")


def test_a_dropped_value_is_kept_and_never_opens_again(
    engine: Engine, write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    for _ in range(2):
        import_peso(engine, write_csv, catalogue, [*PEG, 25.0])
        if not events(engine):
            quarantine.drop(engine, Selection(series="USDMXN"), DECISION)
    [row] = quarantine.rows(engine, Selection(resolved=True))
    assert (row.resolution, row.resolved_by, row.comment) == (
        "dropped",
        "ana",
        DECISION.comment,
    )
    assert (row.resolved_at, row.payload["USDMXN"]) == (DECISION.now, 25.0)
    assert stored_values(engine).height == 30
    assert [told["type"] for told in events(engine)] == ["quarantine_dropped"]


def test_bars_and_values_of_several_series_are_dropped_in_one_decision(
    engine: Engine, write_csv: WriteCsv, session_rows: Rows, catalogue: Catalogue
) -> None:
    import_peso(engine, write_csv, catalogue, [*PEG, 25.0])
    bad_bars(engine, write_csv, session_rows, ("2024-07-13 08:00:00", 4000, 4002, 3999, 4001))
    assert [row.id for row in quarantine.drop(engine, [2, 1], DECISION)] == [2, 1]
    [told] = events(engine)
    assert told["subject"] == "quarantine"
    assert json.loads(json.dumps(told["data"], allow_nan=False)) == told["data"]


def test_a_selection_that_means_nothing_open_is_told(engine: Engine) -> None:
    with pytest.raises(NotFound, match="No open row"):
        quarantine.drop(engine, Selection(series="VIX"), DECISION)
    with pytest.raises(NotFound, match="no row 5"):
        quarantine.release(engine, {}, [5], DECISION)


@pytest.mark.parametrize(
    ("by", "comment", "says"),
    [("ana", " ", "comment"), (" ", "why", "name"), ("a" * 101, "why", "name")],
)
def test_a_decision_has_a_name_and_a_comment(
    engine: Engine, by: str, comment: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=f"needs a {says}"):
        quarantine.drop(engine, [1], Decision(by, comment, NOW))
