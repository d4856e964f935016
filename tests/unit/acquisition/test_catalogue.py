import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from pydantic import ValidationError

from cambio.acquisition.catalogue import Catalogue, MacroSeries, PublicationLag, critical_series
from cambio.calendar import next_business_day, session_open, trading_days
from cambio.store.tables import DAILY_COLUMNS

MONDAY, TUESDAY, WEDNESDAY = date(2024, 7, 8), date(2024, 7, 9), date(2024, 7, 10)


def test_the_catalogue_holds_the_thirty_series_of_the_specification(catalogue: Catalogue) -> None:
    frequencies = Counter(series.frequency for series in catalogue.values())
    assert frequencies == {"daily": 18, "monthly": 8, "quarterly": 4}


def test_every_daily_series_has_a_column_in_the_wide_table(catalogue: Catalogue) -> None:
    daily = {name for name, series in catalogue.items() if series.frequency == "daily"}
    assert daily == set(DAILY_COLUMNS.values())


def test_the_series_that_the_features_need_are_critical(catalogue: Catalogue) -> None:
    expected = {"DXY", "VIX", "EMBI", "BRENT", "UST10Y", "COL10Y", "USDMXN"}
    assert set(critical_series(catalogue)) == expected


def test_a_series_from_a_file_claims_no_source_id(catalogue: Catalogue) -> None:
    claims = [name for name, s in catalogue.items() if s.source == "file" and s.source_id]
    assert claims == []


def test_each_client_finds_the_id_that_it_asks_with(catalogue: Catalogue) -> None:
    form = {
        "fred": r"[A-Z0-9]+",
        "banrep": r"\d+",
        "bcrp": r"P[DMTN]\d{5}[A-Z]{2}",
        "socrata": r"[a-z0-9]{4}-[a-z0-9]{4}",
        "dane": r"",  # it serves one table
        "file": r"",
    }
    odd = [
        name for name, s in catalogue.items() if not re.fullmatch(form[s.source], s.source_id or "")
    ]
    assert odd == []
    assert {s.source for s in catalogue.values()} == set(form)


def test_the_revised_series_of_fred_come_with_their_vintages(catalogue: Catalogue) -> None:
    with_vintages = {name for name, series in catalogue.items() if series.vintages}
    assert with_vintages == {"CPI", "UNEMPLOYMENT_US", "M2", "GDP_US"}


@pytest.mark.parametrize(
    "change",
    [{"source_id": None}, {"source": "banrep", "vintages": True}],
    ids=["no id to ask with", "vintages of a source that keeps none"],
)
def test_a_series_that_its_client_cannot_serve_is_refused(catalogue: Catalogue, change) -> None:
    with pytest.raises(ValidationError):
        MacroSeries.model_validate(catalogue["VIX"].model_dump() | change)


def test_the_lag_is_a_clock_time_and_not_a_number_of_seconds(catalogue: Catalogue) -> None:
    # YAML 1.1 reads an unquoted 17:00 as 1020, which would be 00:17.
    assert catalogue["DXY"].lag.at == time(17, 0)


@pytest.mark.parametrize("name", ["DXY", "VIX", "BRENT", "UST10Y", "USDMXN"])
def test_a_market_close_is_known_before_the_next_session_opens(
    catalogue: Catalogue, name: str
) -> None:
    known = catalogue[name].available_at(MONDAY)
    assert session_open(MONDAY) < known < session_open(TUESDAY)


@pytest.mark.parametrize("name", ["EMBI", "COL10Y"])
def test_what_is_published_at_noon_of_the_next_day_misses_that_days_session(
    catalogue: Catalogue, name: str
) -> None:
    known = catalogue[name].available_at(MONDAY)
    assert session_open(TUESDAY) < known < session_open(WEDNESDAY)


def test_a_close_in_new_york_follows_daylight_saving(catalogue: Catalogue) -> None:
    vix = catalogue["VIX"]
    assert vix.available_at(date(2024, 7, 8)) == datetime(2024, 7, 8, 20, 15, tzinfo=UTC)
    assert vix.available_at(date(2024, 1, 8)) == datetime(2024, 1, 8, 21, 15, tzinfo=UTC)


def test_a_business_day_after_friday_is_monday(catalogue: Catalogue) -> None:
    known = catalogue["EMBI"].available_at(date(2024, 7, 5))
    assert known == datetime(2024, 7, 8, 17, 0, tzinfo=UTC)  # noon in Lima


def test_a_monthly_value_waits_for_the_end_of_its_month(catalogue: Catalogue) -> None:
    # 2024-06-30 is a Sunday; one business day later is Monday, 16:15 in New York.
    known = catalogue["FEDFUNDS"].available_at(date(2024, 6, 1))
    assert known == datetime(2024, 7, 1, 20, 15, tzinfo=UTC)


def test_a_quarterly_value_waits_for_the_end_of_its_quarter(catalogue: Catalogue) -> None:
    # 2024-06-30 plus 22 business days (the 4th of July is none) is 2024-07-31, 08:30 in New York.
    known = catalogue["GDP_US"].available_at(date(2024, 4, 1))
    assert known == datetime(2024, 7, 31, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("series", "period", "published"),
    [
        # Friday before Independence of Cartagena, a Monday: out on Tuesday noon.
        ("COL10Y", date(2024, 11, 8), datetime(2024, 11, 12, 17, 0, tzinfo=UTC)),
        # New Year's Eve: out on the 2nd.
        ("COL10Y", date(2024, 12, 31), datetime(2025, 1, 2, 17, 0, tzinfo=UTC)),
        # Peru's independence days, 28 and 29 July 2025 (Monday and Tuesday).
        ("EMBI", date(2025, 7, 25), datetime(2025, 7, 30, 17, 0, tzinfo=UTC)),
    ],
)
def test_nothing_is_published_on_the_publishers_holidays(catalogue, series, period, published):
    assert catalogue[series].available_at(period) == published


H10 = {"business_days": 1, "weekday": "mon", "at": time(17), "timezone": "America/New_York"}
EIA = {"business_days": 2, "weekday": "wed", "at": time(18), "timezone": "America/New_York"}


@pytest.mark.parametrize(
    ("lag", "period", "known"),
    [
        # Mondays with the week before: 8 to 12 July 2024 on the 15th.
        (H10, date(2024, 7, 8), datetime(2024, 7, 15, 21, tzinfo=UTC)),
        (H10, date(2024, 7, 12), datetime(2024, 7, 15, 21, tzinfo=UTC)),
        (H10, date(2024, 7, 15), datetime(2024, 7, 22, 21, tzinfo=UTC)),
        # Monday 2024-01-15 is a holiday: Tuesday, for the whole week before it.
        (H10, date(2024, 1, 8), datetime(2024, 1, 16, 22, tzinfo=UTC)),
        (H10, date(2024, 1, 12), datetime(2024, 1, 16, 22, tzinfo=UTC)),
        (H10, date(2024, 1, 16), datetime(2024, 1, 22, 22, tzinfo=UTC)),
        # Wednesdays up to Monday.
        (EIA, date(2026, 2, 9), datetime(2026, 2, 11, 23, tzinfo=UTC)),
        # Monday 2026-02-16 is a holiday: Thursday.
        (EIA, date(2026, 2, 10), datetime(2026, 2, 19, 23, tzinfo=UTC)),
        (EIA, date(2026, 2, 13), datetime(2026, 2, 19, 23, tzinfo=UTC)),
        # Christmas 2024 is a Wednesday: Thursday. Thanksgiving comes after the release.
        (EIA, date(2024, 12, 20), datetime(2024, 12, 26, 23, tzinfo=UTC)),
        (EIA, date(2024, 11, 22), datetime(2024, 11, 27, 23, tzinfo=UTC)),
        # Four weekdays after a Friday is Thursday: too late for the next Wednesday.
        (EIA | {"business_days": 4}, date(2024, 7, 5), datetime(2024, 7, 17, 22, tzinfo=UTC)),
    ],
)
def test_a_weekly_release_keeps_its_day_but_for_holidays_before_it(lag, period, known):
    assert PublicationLag(**lag).after(period) == known


@pytest.mark.parametrize("name", ["USDMXN", "USDBRL"])
def test_the_catalogue_knows_the_week_of_the_h10(catalogue: Catalogue, name: str) -> None:
    known = catalogue[name].available_at(date(2024, 1, 12), by_source=True)
    assert known == datetime(2024, 1, 16, 22, tzinfo=UTC)


@pytest.mark.parametrize("name", ["BRENT", "WTI"])
def test_the_catalogue_knows_the_week_of_the_oil_prices(catalogue: Catalogue, name: str) -> None:
    known = catalogue[name].available_at(date(2026, 2, 10), by_source=True)
    assert known == datetime(2026, 2, 19, 23, tzinfo=UTC)


def test_no_provider_passes_a_value_on_before_it_is_published(catalogue: Catalogue) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    early = {
        (name, day)
        for name, series in catalogue.items()
        for day in days
        if series.available_at(day, by_source=True) < series.available_at(day)
    }
    assert early == set()


def _newest_seen(series: MacroSeries, session: date) -> date:
    """Give the newest period that the provider has passed on before the session opens."""
    days = (session - timedelta(days=n) for n in range(1, 30))
    return next(
        day
        for day in days
        if day.weekday() < 5 and series.available_at(day, by_source=True) < session_open(session)
    )


@pytest.mark.parametrize("name", ["VIX", "SP500", "UST10Y", "UST2Y"])
def test_a_session_sees_freds_market_closes_two_business_days_late(catalogue, name) -> None:
    for session in trading_days(date(2024, 1, 2), date(2024, 12, 31)):
        seen = _newest_seen(catalogue[name], session)
        assert next_business_day(seen, "US") < session


@pytest.mark.parametrize(
    ("name", "ages"),
    [("USDMXN", [10, 4, 5, 6, 7]), ("BRENT", [7, 8, 9, 3, 4])],
)  # fmt: skip
def test_the_age_of_weekly_series_through_an_ordinary_week(catalogue, name, ages) -> None:
    # Monday to Friday, 15 to 19 July 2024, in calendar days.
    week = [date(2024, 7, 15) + timedelta(days=n) for n in range(5)]
    assert [(day - _newest_seen(catalogue[name], day)).days for day in week] == ages


def test_days_belong_to_the_first_day_of_their_month_or_quarter(catalogue: Catalogue) -> None:
    day = date(2024, 6, 30)
    periods = [catalogue[name].period_of(day) for name in ("DXY", "CPI", "BOP")]
    assert periods == [day, date(2024, 6, 1), date(2024, 4, 1)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WTI", -37.63), ("VIX", 82.69), ("BRENT", 9.1), ("UST2Y", 0.09), ("GOLD", 4300),
        ("UST10Y", 9.1), ("EMBI", 1100), ("TRM", 5061), ("COL10Y", 15.2), ("UNEMPLOYMENT_US", 14.8),
    ],
)  # fmt: skip
def test_real_extremes_are_plausible(catalogue: Catalogue, name: str, value: float) -> None:
    low, high = catalogue[name].plausible
    assert low <= value <= high


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UST10Y", 0.042), ("USDMXN", 171_335), ("TRM", 4.1), ("EMBI", 2.94), ("COL10Y", 0.105),
        ("VIX", 0.19), ("TPM", 0.0925), ("M2", 21.8), ("GOLD", 39_000), ("BRENT", 6.9),
    ],
)  # fmt: skip
def test_wrong_units_are_not(catalogue: Catalogue, name: str, value: float) -> None:
    low, high = catalogue[name].plausible
    assert not low <= value <= high
