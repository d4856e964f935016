"""Which columns are found to track another, on series made for it."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.copies import WINDOW, copied

DAYS = [
    day for day in (date(2020, 1, 6) + timedelta(days=n) for n in range(260)) if day.weekday() < 5
]
RUN = 5
EMPTY = pl.DataFrame(schema={"series": pl.String, "period": pl.Date, "value": pl.Float64})


def walk(level: float, sigma: float, seed: int, decimals: int = 4) -> list[float]:
    steps = np.random.default_rng(seed).normal(0.0, sigma, len(DAYS))
    return [round(float(x), decimals) for x in level * np.exp(np.cumsum(steps))]


def frame(**series: list[float]) -> pl.DataFrame:
    rows = [
        (name, day, value)
        for name, values in series.items()
        for day, value in zip(DAYS, values, strict=False)
    ]
    return pl.DataFrame(rows, schema=EMPTY.schema, orient="row")


MEXICO, CHILE = walk(17.0, 0.005, 1), walk(900.0, 0.006, 2)


def found(new: pl.DataFrame, catalogue: Catalogue, stored: pl.DataFrame = EMPTY) -> set[object]:
    return {(name, DAYS.index(day)) for name, day in copied(new, stored, catalogue)}


@pytest.mark.parametrize(
    "tail",
    [
        CHILE[-RUN:],
        [x + 123.45 for x in CHILE[-RUN:]],
        [round(x / 7.3, 4) for x in CHILE[-RUN:]],
    ],
    ids=["equal", "offset", "factor"],
)
def test_a_column_that_becomes_a_copy_is_found_from_its_first_value(
    catalogue: Catalogue, tail: list[float]
) -> None:
    new = frame(USDCLP=CHILE, USDMXN=[*MEXICO[:-RUN], *tail])
    assert found(new, catalogue) == {("USDMXN", n) for n in range(len(DAYS) - RUN, len(DAYS))}


def test_three_equal_changes_are_enough_and_two_are_not(catalogue: Catalogue) -> None:
    for count, expected in ((4, 4), (3, 0)):  # values, of which the first has no equal change
        new = frame(USDCLP=CHILE, USDMXN=[*MEXICO[:-count], *CHILE[-count:]])
        assert len(found(new, catalogue)) == expected


def test_a_copy_of_a_stored_series_is_found(catalogue: Catalogue) -> None:
    stored = frame(USDCLP=CHILE, USDMXN=MEXICO[:-RUN])
    new = frame(USDMXN=[*MEXICO[:-RUN], *CHILE[-RUN:]]).tail(RUN)
    assert found(new, catalogue, stored) == {
        ("USDMXN", n) for n in range(len(DAYS) - RUN, len(DAYS))
    }


def test_series_that_always_changed_alike_are_left_alone(catalogue: Catalogue) -> None:
    new = frame(USDCLP=CHILE, USDMXN=[round(x / 50, 4) for x in CHILE])
    assert found(new, catalogue) == set()


def test_values_that_rest_together_are_no_copies(catalogue: Catalogue) -> None:
    new = frame(USDCLP=[*CHILE[:-30], *[900.0] * 30], USDMXN=[*MEXICO[:-30], *[17.0] * 30])
    assert found(new, catalogue) == set()


def test_coarse_series_that_often_change_alike_are_no_copies(catalogue: Catalogue) -> None:
    # yields in steps of 0.1: one change in three is alike, so runs of three are common
    def yields(seed: int) -> list[float]:
        steps = np.random.default_rng(seed).integers(-1, 2, len(DAYS))
        return [round(4.0 + x / 10, 1) for x in np.cumsum(steps)]

    for seed in range(20):
        new = frame(COL10Y=yields(2 * seed), COL5Y=yields(2 * seed + 1))
        assert found(new, catalogue) == set()


def test_too_short_a_past_says_nothing(catalogue: Catalogue) -> None:
    count = 20
    new = frame(USDCLP=CHILE[:count], USDMXN=[*MEXICO[: count - RUN], *CHILE[count - RUN : count]])
    assert found(new, catalogue) == set()


def test_a_run_that_was_let_in_goes_on(catalogue: Catalogue) -> None:
    values = [*MEXICO[:-RUN], *CHILE[-RUN:]]
    stored = frame(USDCLP=CHILE[:-1], USDMXN=values[:-1])
    new = frame(USDCLP=CHILE, USDMXN=values).filter(pl.col("period") == DAYS[-1])
    assert found(new, catalogue, stored) == set()
    too_early = frame(USDCLP=CHILE[:-3], USDMXN=values[:-3])  # one equal change is no evidence
    last = frame(USDCLP=CHILE, USDMXN=values).filter(pl.col("period") >= DAYS[-3])
    assert found(last, catalogue, too_early) == {("USDMXN", len(DAYS) - n) for n in (1, 2, 3)}


def test_a_column_that_is_a_copy_twice_is_found_twice(catalogue: Catalogue) -> None:
    values = list(MEXICO)
    values[100:120], values[121:126] = CHILE[100:120], CHILE[121:126]
    new = frame(USDCLP=CHILE, USDMXN=values)
    assert found(new, catalogue) == {("USDMXN", n) for n in range(100, 126) if n != 120}


def test_where_neither_column_stands_out_both_are_given(catalogue: Catalogue) -> None:
    start = len(DAYS) - RUN
    offset = MEXICO[start] - CHILE[start] / 50  # goes on from the true value, by the same factor
    twin = [round(x / 50 + offset, 4) for x in CHILE]
    new = frame(USDCLP=[round(x / 50, 4) for x in CHILE], USDMXN=[*MEXICO[:start], *twin[start:]])
    assert {name for name, _ in copied(new, EMPTY, catalogue)} == {"USDCLP", "USDMXN"}


@pytest.mark.parametrize(("jump", "copies"), [(1.15, {"USDCLP", "USDMXN"}), (1.0, {"USDMXN"})])
def test_both_columns_are_given_where_the_lesser_doubt_is_above_half_the_other(
    catalogue: Catalogue, jump: float, copies: set[str]
) -> None:
    """Mexico jumps into the run with a doubt of 2.6, Chile with 1.8; or, going on, with 0.1."""
    start = len(DAYS) - RUN
    chile = [*CHILE[:start], *(round(x * jump, 4) for x in CHILE[start:])]
    mexico = [*MEXICO[:start], *(round(x / 50, 6) for x in chile[start:])]
    new = frame(USDCLP=chile, USDMXN=mexico)
    assert {name for name, _ in copied(new, EMPTY, catalogue)} == copies


def test_a_hole_in_one_series_does_not_hide_what_both_were_like_before_it(
    catalogue: Catalogue,
) -> None:
    start = len(DAYS) - RUN
    whole = frame(USDCLP=CHILE, USDMXN=[*MEXICO[:start], *CHILE[start:]])
    hole = pl.col("period").is_between(DAYS[start - WINDOW], DAYS[start - 1])
    new = whole.filter(~(hole & (pl.col("series") == "USDMXN")))
    before = pl.col("period") < DAYS[start]
    expected = {("USDMXN", n) for n in range(start, len(DAYS))}
    assert found(new.filter(~before), catalogue, new.filter(before)) == expected


def test_only_series_of_one_frequency_are_compared(catalogue: Catalogue) -> None:
    new = frame(USDCLP=CHILE, CPI=[*MEXICO[:-RUN], *CHILE[-RUN:]])
    assert found(new, catalogue) == set()
