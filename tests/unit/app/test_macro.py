from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Barrier, Event

import numpy as np
import polars as pl
import pytest
from sqlalchemy import insert, select
from tests.unit.app.macro_product import (
    DAYS,
    LEVELS,
    NOW,
    Provider,
    Row,
    Silent,
    at,
    by_name,
    table,
    wave,
    weekdays,
)

from cambio.acquisition.catalogue import PublicationLag
from cambio.acquisition.feed import MacroFeed
from cambio.acquisition.simulator import SIMULATED
from cambio.app.macro import State, update
from cambio.app.macro_as_of import as_of
from cambio.app.quarantine import drop, release
from cambio.app.resources import Resources
from cambio.calendar import session_open
from cambio.contracts.market import MACRO_SCHEMA
from cambio.errors import ConfigError, Conflict, DataQualityError, NotFound, SourceError
from cambio.sources.http import SourceResting
from cambio.store import macro, quarantine, tables
from cambio.store.database import open_database, transaction


def values(product: Resources, name: str) -> list[tuple[date, float]]:
    stored = table(product).filter(pl.col("series") == name)
    return list(stored["period", "value"].iter_rows())


def refused(product: Resources) -> dict[str, int]:
    with product.engine.connect() as connection:
        return {row["reason"]: row["rows"] for row in quarantine.counts(connection)}


# What arrives


def test_every_series_with_a_provider_is_stored(product: Resources, provider: Provider) -> None:
    report = update(product)
    assert {one.series for one in report.series} == set(LEVELS)  # DXY comes from files
    for name in LEVELS:
        assert values(product, name) == [row[:2] for row in provider.truth[name]]
    # 7 daily series of 45 weekdays (April 22, May 23), 2 monthly ones of 4 months
    assert report.totals == {"new": 323, "revised": 0, "unchanged": 0, "quarantined": 0}
    assert report.days == 45
    assert report.failure(named=False) is None
    assert json.loads(json.dumps(report.to_dict()))["sources"] == {
        "fred": "ok", "bcrp": "ok", "banrep": "ok", "socrata": "ok", "dane": "ok"
    }  # fmt: skip


def test_a_second_update_asks_for_fifteen_periods_and_changes_nothing(
    product: Resources, provider: Provider
) -> None:
    update(product)
    before = table(product)
    provider.asked.clear()
    again = by_name(at(timedelta(hours=1), product))
    assert table(product).equals(before)
    assert (again["VIX"].new, again["VIX"].revised, again["VIX"].unchanged) == (0, 0, 15)
    assert again["VIX"].newest == date(2024, 5, 31)
    assert ("VIX", DAYS[-15]) in provider.asked
    assert ("CPI_COL", date(2024, 1, 1)) in provider.asked  # fewer are stored


def test_full_asks_for_the_whole_history_again(product: Resources, provider: Provider) -> None:
    update(product, ["VIX"])
    provider.truth["VIX"][0] = (DAYS[0], 13.9)  # older than the last 15
    assert by_name(product, names=["VIX"])["VIX"].revised == 0
    found = by_name(product, names=["VIX"], full=True)["VIX"]
    assert (found.new, found.revised, found.unchanged) == (0, 1, 44)


def test_only_named_series_are_asked_for(product: Resources, provider: Provider) -> None:
    update(product, ["VIX", "TRM"])
    assert sorted(provider.asked) == [("TRM", None), ("VIX", None)]


def test_a_value_is_known_from_when_the_catalogue_says(product: Resources) -> None:
    update(product, ["COL10Y"])
    stored = table(product)
    known = dict(stored["period", "available_at"].iter_rows())
    # Thursday 2024-05-30: the next business day, Friday, at 12:00 in Bogota.
    assert known[date(2024, 5, 30)] == datetime(2024, 5, 31, 17, tzinfo=UTC)


def test_a_provider_that_passes_values_on_later_counts_with_its_own_lag(
    product: Resources, provider: Provider
) -> None:
    lag = PublicationLag(business_days=2, at=time(9), timezone="America/Bogota")
    catalogue = {"VIX": product.catalogue["VIX"].model_copy(update={"served": lag})}
    provider.truth["VIX"] = [(date(2024, 5, 14), 14.0)]  # on the 13th is a holiday
    update(replace(product, catalogue=catalogue))
    assert table(product)["available_at"].to_list() == [datetime(2024, 5, 16, 14, tzinfo=UTC)]


def test_a_value_that_tracks_another_series_is_refused(
    product: Resources, provider: Provider
) -> None:
    """Both arrive at once, and the last ten days of UST10Y are those of VIX."""
    rng = np.random.default_rng(7)
    days = weekdays(date(2024, 1, 1), date(2024, 5, 31))
    for name in ("VIX", "UST10Y"):
        moves = rng.normal(0, 0.01, len(days)).cumsum()
        walk = [round(10 * math.exp(move), 4) for move in moves]
        provider.truth[name] = list(zip(days, walk, strict=True))
    early = {name: rows[:-10] for name, rows in provider.truth.items()}
    whole, provider.truth = provider.truth, early
    update(product, ["VIX", "UST10Y"])
    whole["UST10Y"][-10:] = whole["VIX"][-10:]
    provider.truth = whole
    found = by_name(product, names=["VIX", "UST10Y"])
    assert found["VIX"].new == 10
    assert found["UST10Y"].quarantined == {"tracks_another": 10}


def test_a_value_that_comes_early_is_known_from_now(product: Resources, provider: Provider) -> None:
    # Friday's COL10Y is expected at 12:00 on Tuesday (Monday the 3rd is a holiday): it is 10:00.
    update(product, ["COL10Y"])
    stored = table(product)
    assert dict(stored["period", "available_at"].iter_rows())[date(2024, 5, 31)] == NOW


def ask(product: Resources, source: str, later: timedelta, *, ok: bool = True) -> None:
    """Put on record that a source answered, or failed, so long after NOW."""
    with transaction(product.engine) as connection:
        row = {"source": source, "time": NOW + later, "ok": ok}
        connection.execute(insert(tables.source_requests).values(row))


HOUR = timedelta(hours=1)
LAST_CLOSE = datetime(2024, 5, 31, 20, 15, tzinfo=UTC)
"""When VIX of the 31st is due, a Friday: before NOW."""


def known_since(product: Resources, name: str) -> datetime:
    return table(product).filter(series=name)["available_at"][-1]


def update_without_the_last(product: Resources, provider: Provider, name: str) -> None:
    """Load a series while its last value, which is due, is lacking; then it is there."""
    whole = provider.truth[name]
    provider.truth[name] = whole[:-1]
    update(product, [name])
    provider.truth[name] = whole


def test_a_value_that_its_source_lacked_when_it_was_due_is_known_from_its_arrival(
    product: Resources, provider: Provider
) -> None:
    update_without_the_last(product, provider, "VIX")
    ask(product, "fred", HOUR)
    for hours in (2, 3):
        ask(product, "fred", hours * HOUR)
        update(at(hours * HOUR, product), ["VIX"])
    assert known_since(product, "VIX") == NOW + 2 * HOUR
    assert table(product).height == len(DAYS)
    session = date(2024, 6, 4)  # Tuesday; it opens 22 hours after NOW
    later = at(30 * HOUR, product)
    assert as_of(later, NOW + HOUR, ["VIX"]).values[0].period == DAYS[-2]
    assert as_of(later, session_open(session), ["VIX"]).values[0].period == DAYS[-1]


def test_a_value_is_known_when_it_was_due_where_its_source_was_not_asked_or_failed(
    product: Resources, provider: Provider
) -> None:
    ask(product, "fred", -HOUR)  # before the series was stored
    update_without_the_last(product, provider, "VIX")
    ask(product, "bcrp", HOUR)
    ask(product, "fred", HOUR, ok=False)
    provider.before = lambda name: ask(product, "fred", 2 * HOUR)  # in this run itself
    update(at(2 * HOUR, product), ["VIX"])
    assert known_since(product, "VIX") == LAST_CLOSE


def test_a_value_is_known_when_it_is_due_where_its_source_was_asked_before(
    product: Resources, provider: Provider
) -> None:
    update(product, ["VIX"])
    ask(product, "fred", HOUR)
    provider.truth["VIX"].append((NOW.date(), 14.0))
    update(at(24 * HOUR, product), ["VIX"])
    assert known_since(product, "VIX") == datetime(2024, 6, 3, 20, 15, tzinfo=UTC)


def test_the_first_load_of_a_series_is_known_when_it_was_due(
    product: Resources, provider: Provider
) -> None:
    """Though its source has served other series before, and files the past of this one."""
    rows = [("VIX", day, value, NOW, "a_vendor") for day, value in provider.truth["VIX"][:-5]]
    with transaction(product.engine) as connection:
        frame = pl.DataFrame(rows, schema=MACRO_SCHEMA, orient="row")
        macro.store(connection, frame, NOW - 9 * HOUR)
    ask(product, "fred", -HOUR)
    assert by_name(product, names=["VIX"])["VIX"].new == 5
    assert known_since(product, "VIX") == LAST_CLOSE


def test_a_vintage_that_its_source_lacked_when_it_was_due_is_known_from_its_arrival(
    product: Resources, provider: Provider
) -> None:
    month, first, second = date(2024, 3, 1), NOW - 40 * HOUR, NOW - 20 * HOUR
    provider.truth["CPI"] = [(month, 313.5, first)]
    update(product, ["CPI"])
    ask(product, "fred", HOUR)
    provider.truth["CPI"] = [(month, 313.5, first), (month, 313.6, second)]
    for hours in (2, 3):
        update(at(hours * HOUR, product), ["CPI"])
        ask(product, "fred", hours * HOUR)
    assert table(product).select("value", "available_at").rows() == [
        (313.5, first),
        (313.6, NOW + 2 * HOUR),
    ]


def test_a_released_vintage_stays_known_from_the_decision_when_it_is_served_again(
    product: Resources, provider: Provider
) -> None:
    months = provider.truth["CPI"]
    provider.truth["CPI"] = [*months, (date(2024, 5, 1), 900.0, NOW - HOUR)]
    update(product, ["CPI"])
    ask(product, "fred", HOUR / 60)
    decision = quarantine.Decision("ana", "rebased", NOW + HOUR)
    release(product.engine, product.catalogue, [1], decision)
    update(at(2 * HOUR, product), ["CPI"])
    assert table(product).height == len(months) + 1
    assert known_since(product, "CPI") == decision.now


def test_a_providers_own_moment_of_publication_counts(
    product: Resources, provider: Provider
) -> None:
    told = datetime(2024, 5, 30, 21, 5, tzinfo=UTC)
    provider.truth["VIX"] = [(date(2024, 5, 30), 14.0, told)]
    update(product, ["VIX"])
    assert table(product)["available_at"].to_list() == [told]


# What fails


def test_a_dead_source_leaves_the_others_complete(product: Resources, provider: Provider) -> None:
    dead = SourceError("fred can't be reached.", remedy="Later.")
    provider.errors = dict.fromkeys(("VIX", "UST10Y", "BRENT", "CPI"), dead)
    report = update(product)
    assert {source for source, state in report.sources.items() if state == "failed"} == {"fred"}
    assert set(table(product)["series"]) == {"EMBI", "COL10Y", "IBR", "TRM", "CPI_COL"}
    failure = report.failure(named=False)
    assert isinstance(failure, SourceError)
    assert failure.what == "4 of 9 series could not be updated: VIX: fred can't be reached."


def test_after_a_failed_series_the_sources_next_one_is_served(
    product: Resources, provider: Provider
) -> None:
    provider.errors = {"VIX": ConfigError("fred does not know VIXCLS.")}
    report = update(product)
    assert set(table(product)["series"]) == set(LEVELS) - {"VIX"}
    assert report.sources["fred"] is State.REFUSED
    assert isinstance(report.failure(named=False), ConfigError)  # asking again won't help


def test_a_resting_source_is_left_alone(product: Resources, provider: Provider) -> None:
    provider.errors = {"UST10Y": SourceResting("fred rests.")}
    report = update(product)
    found = {one.series: one.state for one in report.series if one.source == "fred"}
    assert found["VIX"] is State.OK
    assert {found[name] for name in ("UST10Y", "BRENT", "CPI")} == {State.RESTING}
    assert not {"BRENT", "CPI"} & {name for name, _ in provider.asked}
    assert report.sources["fred"] is State.RESTING


def test_a_missing_key_leaves_its_series_out_and_fails_only_who_named_them(
    product: Resources, provider: Provider
) -> None:
    def feed(source: str) -> MacroFeed:
        if source == "fred":
            raise ConfigError("fred asks for a key.", remedy="Set CAMBIO_FRED_API_KEY.")
        return provider

    keyless = replace(product, macro_feed=feed)
    report = update(keyless)
    assert report.sources["fred"] is State.NO_KEY
    assert {"EMBI", "TRM"} < set(table(product)["series"])
    assert report.failure(named=False) is None
    failure = update(keyless, ["VIX", "TRM"]).failure(named=True)
    assert isinstance(failure, ConfigError)
    assert "CAMBIO_FRED_API_KEY" in failure.remedy


def test_what_has_arrived_is_stored_while_another_source_hangs(
    product: Resources, provider: Provider
) -> None:
    others_done = Event()
    seen: list[set[str]] = []

    def hang(name: str) -> None:
        if name == "EMBI":
            assert others_done.wait(30)
            seen.append(set(table(product)["series"]))

    provider.before = hang
    watching = Silent(lambda done: done == len(LEVELS) - 1 and others_done.set())
    update(replace(product, progress=watching))
    assert seen == [set(LEVELS) - {"EMBI"}]


def test_an_interrupt_leaves_whole_series_and_the_next_run_completes_them(
    product: Resources, provider: Provider
) -> None:
    stored, ended = Event(), Event()

    def stop(done: int) -> None:
        if done == 1:
            stored.set()
            raise KeyboardInterrupt

    def hang(name: str) -> None:
        if name == "UST10Y":
            stored.wait(30)
            ended.wait(30)
            raise SourceResting("The process is gone.")

    provider.before = hang
    with pytest.raises(KeyboardInterrupt):
        update(replace(product, progress=Silent(stop)), ["VIX", "UST10Y", "BRENT"])
    assert dict(table(product).group_by("series").len().iter_rows()) == {"VIX": 45}
    ended.set()
    provider.before = lambda name: None
    update(product, ["VIX", "UST10Y", "BRENT"])
    assert table(product).height == 135


def daily(product: Resources) -> dict[date, float]:
    columns = tables.macro_indicators_daily.c
    with product.engine.connect() as connection:
        return dict(connection.execute(select(columns.fecha, columns.vix)).all())


def test_an_interrupt_leaves_the_wide_table_as_the_series_are(
    product: Resources, provider: Provider
) -> None:
    update(product, ["VIX"])
    provider.truth["VIX"].append((NOW.date(), 14.2))
    stopped = Silent(lambda done: (_ for _ in ()).throw(KeyboardInterrupt) if done else None)
    with pytest.raises(KeyboardInterrupt):
        update(replace(product, progress=stopped), ["VIX"])
    assert daily(product) == dict(values(product, "VIX"))
    assert daily(product)[NOW.date()] == 14.2


def test_a_defect_is_not_taken_for_a_failing_source(product: Resources, provider: Provider) -> None:
    provider.errors = {"VIX": ZeroDivisionError("a defect")}
    with pytest.raises(ZeroDivisionError):
        update(product)


# What is refused


def test_a_value_ten_thousand_times_too_large_is_quarantined_and_the_rest_stored(
    product: Resources, provider: Provider
) -> None:
    truth = provider.truth["TRM"]
    truth[30] = (truth[30][0], truth[30][1] * 10_000)
    found = by_name(product)
    assert found["TRM"].new == 44
    assert sum(found["TRM"].quarantined.values()) == 1
    assert found["TRM"].suspicious[0].key.startswith(f"TRM {truth[30][0]} ")
    assert truth[30][0] not in dict(values(product, "TRM"))
    assert sum(refused(product).values()) == 1
    assert found["VIX"].new == 45


def test_weekend_values_of_a_market_are_refused_and_of_an_official_rate_kept(
    product: Resources, provider: Provider
) -> None:
    saturday = date(2024, 6, 1)
    provider.truth["VIX"].append((saturday, 14.1))
    provider.truth["TRM"].append((saturday, 3901.0))
    found = by_name(product)
    assert found["VIX"].quarantined == {"weekend": 1}
    assert saturday not in dict(values(product, "VIX"))
    assert dict(values(product, "TRM"))[saturday] == 3901.0
    by_name(product)
    assert refused(product) == {"weekend": 1}  # kept once


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((date(2024, 6, 4), 14.0), "future"),
        ((date(2024, 6, 3), float("inf")), "infinite"),
        ((date(2024, 6, 3), float("nan")), "not_a_number"),
    ],
)
def test_what_is_no_value_yet_or_no_number_is_refused(
    product: Resources, provider: Provider, row: Row, reason: str
) -> None:
    provider.truth["VIX"].append(row)
    found = by_name(product)["VIX"]
    assert (found.quarantined, found.newest) == ({reason: 1}, date(2024, 5, 31))


def test_a_simulated_market_is_not_mixed_with_real_values(
    product: Resources, provider: Provider
) -> None:
    row = ("VIX", date(2024, 5, 1), 14.0, NOW, SIMULATED)
    with transaction(product.engine) as connection:
        macro.store(connection, pl.DataFrame([row], schema=MACRO_SCHEMA, orient="row"), NOW)
    with pytest.raises(Conflict, match="simulated"):
        update(product)
    assert provider.asked == []


def test_a_simulated_market_that_is_made_meanwhile_is_not_mixed_with_real_values(
    product: Resources, provider: Provider
) -> None:
    def simulate(name: str) -> None:
        row = ("TRM", date(2024, 5, 1), 3900.0, NOW, SIMULATED)
        with transaction(product.engine) as connection:
            macro.store(connection, pl.DataFrame([row], schema=MACRO_SCHEMA, orient="row"), NOW)

    provider.before = simulate
    with pytest.raises(Conflict, match="simulated"):
        update(product, ["VIX"])
    assert set(table(product)["series"]) == {"TRM"}


# What waits for a decision


def test_a_series_of_which_all_that_is_new_is_refused_fails_until_somebody_decides(
    product: Resources, provider: Provider
) -> None:
    update(product, ["VIX"])
    days = weekdays(date(2024, 5, 1), date(2024, 5, 31))
    provider.truth["VIX"] = [(day, value * 10_000) for day, value in wave(14.0, days)]
    for _ in range(2):
        report = update(product, ["VIX"])
        assert report.sources == {"fred": State.QUARANTINED}
        failure = report.failure(named=False)
        assert isinstance(failure, DataQualityError)
        assert failure.what.startswith(
            "1 of 1 series could not be updated: VIX: no new value is believed, and 15 refused "
            "values wait for a decision: VIX on 2024-05-13: "
        )
        assert "cambio data quarantine list --series VIX" in failure.remedy
    drop(product.engine, quarantine.Selection(series="VIX"), quarantine.Decision("a", "b", NOW))
    report = update(product, ["VIX"])
    assert report.failure(named=True) is None
    assert (report.series[0].state, report.totals["quarantined"]) == (State.OK, 15)


def test_a_new_value_beside_a_refused_one_is_all_right(
    product: Resources, provider: Provider
) -> None:
    provider.truth["VIX"].append((date(2024, 6, 1), 14.1))  # a Saturday
    report = update(product, ["VIX"])
    assert (report.totals["new"], report.totals["quarantined"]) == (45, 1)
    assert report.failure(named=True) is None


def test_a_source_that_fails_outranks_what_waits_for_a_decision(
    product: Resources, provider: Provider
) -> None:
    provider.truth["VIX"] = [(DAYS[-1], 140_000.0)]
    provider.errors = {"BRENT": SourceError("fred can't be reached.")}
    report = update(product, ["VIX", "BRENT"])
    assert report.sources["fred"] is State.FAILED
    failure = report.failure(named=True)
    assert isinstance(failure, SourceError)
    assert failure.what == "2 of 2 series could not be updated: BRENT: fred can't be reached."


def test_a_file_series_says_how_it_is_imported(product: Resources, provider: Provider) -> None:
    with pytest.raises(ConfigError, match="cambio import macro"):
        update(product, ["VIX", "DXY"])
    assert provider.asked == []


def test_an_unknown_series_brings_the_names_that_look_alike(product: Resources) -> None:
    with pytest.raises(NotFound, match=r"no macro series ust10.*UST10Y"):
        update(product, ["ust10"])


# Two at once


def test_two_updates_at_once_end_with_the_table_of_one(
    product: Resources, provider: Provider, tmp_path: Path
) -> None:
    update(product)
    for rows in provider.truth.values():
        rows[-1] = (rows[-1][0], rows[-1][1] * 1.001)
    both = {name: Barrier(2, timeout=30) for name in LEVELS}  # asked twice before any is stored
    provider.before = lambda name: both[name].wait() and None
    url = product.engine.url.render_as_string()
    other = replace(product, engine=open_database(url))
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(update, [product, other]))
    other.engine.dispose()
    assert sum(report.totals["revised"] for report in reports) == len(LEVELS)
    for name in LEVELS:
        newest = provider.truth[name][-1]
        stored = table(product).filter(series=name, period=newest[0])
        assert stored["revision"].to_list() == [0, 1]
        assert stored["value"][-1] == newest[1]


# What does not belong to the series


def test_a_series_from_a_file_is_not_continued_by_another_definition(
    product: Resources, provider: Provider
) -> None:
    """Two sources of BRENT: the file's future is 2 USD above the provider's spot price."""
    for name, apart in (("BRENT", 2.0), ("VIX", 0.0)):
        rows = [(name, day, value + apart, NOW, "a_vendor") for day, value in wave(LEVELS[name])]
        frame = pl.DataFrame(rows[:-5], schema=MACRO_SCHEMA, orient="row")
        with transaction(product.engine) as connection:
            macro.store(connection, frame, NOW)
    found = by_name(product)
    assert (found["BRENT"].new, found["BRENT"].quarantined) == (0, {"other_definition": 1})
    assert (found["BRENT"].newest, found["BRENT"].state) == (DAYS[-6], State.QUARANTINED)
    assert (found["VIX"].new, found["VIX"].quarantined) == (5, {})


def test_a_series_whose_past_comes_from_a_file_that_was_known_earlier_says_so(
    product: Resources, provider: Provider
) -> None:
    lag = PublicationLag(business_days=1, at=time(10), timezone="America/New_York")
    served = {
        name: product.catalogue[name].model_copy(update={"served": lag if name == "VIX" else None})
        for name in ("VIX", "BRENT")
    }
    for name in served:
        rows = [(name, day, value, NOW, "a_vendor") for day, value in wave(LEVELS[name])[:-5]]
        with transaction(product.engine) as connection:
            macro.store(connection, pl.DataFrame(rows, schema=MACRO_SCHEMA, orient="row"), NOW)
    notes = [
        {one.series: one.note for one in update(replace(product, catalogue=served)).series}
        for _ in range(2)
    ]
    # Friday's close of 16:15 is served on Monday at 10:00.
    note = (
        "until 2024-05-24 from a_vendor, known at the close; from now on from fred, known up to "
        "3 days later: models trained on the former see older values live"
    )
    assert notes == [{"VIX": note, "BRENT": ""}] * 2


def test_a_series_that_only_its_provider_serves_has_no_note(product: Resources) -> None:
    lag = PublicationLag(business_days=1, at=time(10), timezone="America/New_York")
    catalogue = {"VIX": product.catalogue["VIX"].model_copy(update={"served": lag})}
    assert update(replace(product, catalogue=catalogue)).series[0].note == ""


def test_a_refused_value_that_came_early_is_quarantined_once(
    product: Resources, provider: Provider
) -> None:
    provider.truth["COL10Y"][-1] = (DAYS[-1], 1050.0)
    for minutes in (0, 5):
        by_name(at(timedelta(minutes=minutes), product), names=["COL10Y"])
    assert refused(product) == {"implausible": 1}


def test_a_vintage_that_came_early_is_stored_once(product: Resources, provider: Provider) -> None:
    """FRED tells the day alone; the lag's time of day may lie ahead when the value is there."""
    due = NOW + timedelta(hours=2)
    provider.truth["CPI"] = [(date(2024, 4, 1), 313.5, due)]
    for hours in (0, 3):
        by_name(at(timedelta(hours=hours), product), names=["CPI"])
    stored = table(product)
    assert stored["revision"].to_list() == [0]
    assert stored["available_at"].to_list() == [NOW]
