from datetime import date, timedelta

import polars as pl
import pytest

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.definitions import agrees, refuse_others
from cambio.acquisition.refusals import Reason, Refusal

DAYS = [date(2024, 7, 1) + timedelta(days=n) for n in range(10)]


def frame(series: str, values: list[float], source: str = "vendor") -> pl.DataFrame:
    rows = [(series, day, value, source) for day, value in zip(DAYS, values, strict=False)]
    schema = {"series": pl.String, "period": pl.Date, "value": pl.Float64, "source": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def judge(
    series: str, new: list[float], old: list[float], catalogue: Catalogue, old_source: str = "dump"
) -> list[Refusal]:
    values = frame(series, new, "fred")
    believed, refusals = refuse_others(values, frame(series, old, old_source), "fred", catalogue)
    assert believed.height == (0 if refusals else values.height)
    return refusals


FUTURES = [86.6, 86.24, 87.34, 87.43, 86.54, 85.75, 84.66, 85.08, 85.4, 85.03]


def test_the_same_values_from_another_source_go_on(catalogue: Catalogue) -> None:
    assert judge("BRENT", FUTURES, FUTURES[:5], catalogue) == []


def test_a_spot_price_does_not_go_on_from_a_futures_close(catalogue: Catalogue) -> None:
    spot = [round(price + 0.4, 2) for price in FUTURES]
    [refusal] = judge("BRENT", spot, FUTURES, catalogue)
    assert (refusal.reason, refusal.key) == (Reason.OTHER_DEFINITION, "BRENT fred")
    assert "0 of 10 common periods" in refusal.detail
    assert "on 2024-07-07 it says 85.06, not 84.66" in refusal.detail
    assert "CAMBIO_HOME" in refusal.detail
    assert refusal.content is None


def test_without_enough_common_periods_nobody_knows(catalogue: Catalogue) -> None:
    [refusal] = judge("BRENT", FUTURES, FUTURES[:4], catalogue)
    assert "shares 4 of the 5 periods" in refusal.detail


@pytest.mark.parametrize(("revised", "goes_on"), [(2, True), (3, False)])
def test_a_fifth_of_the_values_may_be_revised(
    catalogue: Catalogue, revised: int, *, goes_on: bool
) -> None:
    new = [price + 1.0 * (n < revised) for n, price in enumerate(FUTURES)]
    assert (judge("BRENT", new, FUTURES, catalogue) == []) is goes_on


@pytest.mark.parametrize(
    ("series", "level", "difference", "goes_on"),
    [
        ("BRENT", 80.0, 0.007, True),
        ("BRENT", 80.0, 0.009, False),
        ("UST10Y", 4.0, 0.005, True),  # 4.005 against 4.00: ten times a price's rounding
        ("UST10Y", 4.0, 0.007, False),
        ("BOP", -3000.0, 0.2, True),
    ],
)
def test_rounding_is_relative_for_prices_and_absolute_for_rates(
    catalogue: Catalogue, series: str, level: float, difference: float, *, goes_on: bool
) -> None:
    new = [level + difference] * 10
    assert (judge(series, new, [level] * 10, catalogue) == []) is goes_on


def test_a_source_may_revise_its_own_values(catalogue: Catalogue) -> None:
    assert judge("M2", [21_000.0] * 10, [20_000.0] * 10, catalogue, old_source="fred") == []


def test_a_series_without_stored_values_begins(catalogue: Catalogue) -> None:
    assert judge("M2", [21_000.0] * 10, [], catalogue) == []


def test_other_series_of_the_batch_go_on(catalogue: Catalogue) -> None:
    values = pl.concat([frame("BRENT", [80.0] * 9), frame("WTI", [75.0] * 9)])
    stored = pl.concat([frame("BRENT", [70.0] * 9, "dump"), frame("WTI", [75.0] * 9, "dump")])
    believed, [refusal] = refuse_others(values, stored, "vendor", catalogue)
    assert believed["series"].unique().to_list() == ["WTI"]
    assert refusal.payload == {"series": "BRENT", "source": "vendor", "common": 9, "same": 0}


def test_any_vintage_may_be_the_one_that_was_stored(catalogue: Catalogue) -> None:
    first, revised = frame("CPI", [310.0] * 8), frame("CPI", [311.0] * 8)
    overlap = agrees(pl.concat([revised, first]), frame("CPI", [310.0] * 8), catalogue["CPI"])
    assert (overlap.common, overlap.same, overlap.agrees) == (8, 8, True)
