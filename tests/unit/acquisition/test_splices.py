from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.past import Value
from cambio.acquisition.refusals import Reason
from cambio.acquisition.splices import judge, judge_batch

MONDAY = date(2020, 1, 6)


def business_days(count: int, start: date = MONDAY) -> list[date]:
    days = (start + timedelta(days=n) for n in range(2 * count))
    return [day for day in days if day.weekday() < 5][:count]


def walk(level: float, daily_sigma: float, count: int = 150, seed: int = 0) -> list[float]:
    """A quiet past: a log random walk that ends at ``level``."""
    steps = np.random.default_rng(seed).normal(0.0, daily_sigma, count)
    return [float(x) for x in level * np.exp(np.cumsum(steps) - steps.sum())]


def reasons(catalogue: Catalogue, series: str, values: list[float]) -> list[Reason | None]:
    """Judge daily values; give the reasons, None where a value is believed."""
    timeline = [Value(day, x) for day, x in zip(business_days(len(values)), values, strict=True)]
    return [s.reason if s else None for s in judge(catalogue[series], timeline)]


def after(catalogue: Catalogue, series: str, past: list[float], *new: float) -> list[Reason | None]:
    found = reasons(catalogue, series, [*past, *new])
    assert found[: len(past)] == [None] * len(past)
    return found[len(past) :]


def test_a_value_outside_the_plausible_range_is_refused_without_a_past(
    catalogue: Catalogue,
) -> None:
    assert reasons(catalogue, "VIX", [1990.0]) == [Reason.IMPLAUSIBLE]


def test_a_power_of_ten_is_refused_with_a_past_of_one(catalogue: Catalogue) -> None:
    assert reasons(catalogue, "VIX", [80.0, 8.1]) == [None, Reason.POWER_OF_TEN]


def test_a_splice_is_refused_whole_and_what_came_before_stays(catalogue: Catalogue) -> None:
    brent = walk(69.31, 0.017)
    shifted = after(catalogue, "BRENT", brent, 23.5, 23.0, 23.44, 23.36)
    assert shifted == [Reason.LEVEL_SHIFT] * 4


def test_a_splice_that_lasts_for_months_never_becomes_the_past(catalogue: Catalogue) -> None:
    other = walk(23.5, 0.01, count=60, seed=1)
    assert set(after(catalogue, "BRENT", walk(69.31, 0.017), *other)) == {Reason.LEVEL_SHIFT}


def test_the_true_series_is_believed_when_it_returns(catalogue: Catalogue) -> None:
    found = after(catalogue, "BRENT", walk(69.31, 0.017), 23.5, 23.0, 68.9)
    assert found == [Reason.LEVEL_SHIFT, Reason.LEVEL_SHIFT, None]


def test_another_dollar_index_in_the_column_is_refused(catalogue: Catalogue) -> None:
    found = after(catalogue, "DXY", walk(98.0, 0.0035), 120.4, 120.5)  # DTWEXBGS
    assert found == [Reason.LEVEL_SHIFT] * 2


@pytest.mark.parametrize(
    ("series", "level", "sigma", "moves"),
    [
        ("VIX", 54.46, 0.07, [75.47, 57.83, 82.69]),  # 2020-03-12
        ("VIX", 17.31, 0.05, [37.32]),  # 2018-02-05
        ("BRENT", 45.27, 0.015, [34.36]),  # 2020-03-09
        ("WTI", 18.31, 0.025, [-36.98, 8.91, 13.64]),  # 2020-04-20
        ("USDMXN", 21.9, 0.005, [22.85, 23.1, 23.9, 24.2]),  # 2020-03-16
        ("COLCAP", 1295.46, 0.008, [1174.31, 997.78]),  # 2020-03-13
        ("EMBI", 220.0, 0.02, [284.0, 293.0, 360.0]),  # 2020-03-09
        ("UST2Y", 0.125, 0.05, [0.178, 0.129]),  # 2021-02-25
    ],
)
def test_real_moves_are_believed(
    catalogue: Catalogue, series: str, level: float, sigma: float, moves: list[float]
) -> None:
    past = walk(level, sigma)
    assert after(catalogue, series, past, *moves) == [None] * len(moves)


def test_a_policy_rate_rests_and_steps(catalogue: Catalogue) -> None:
    assert after(catalogue, "TPM", [6.0] * 150, 7.5, 7.5, 9.0) == [None] * 3


def test_unemployment_of_april_2020_is_believed(catalogue: Catalogue) -> None:
    past = [4.0, 3.9, 3.8, 3.7, 3.6, 3.7] * 5 + [3.5, 4.4]
    months = [date(2017 + n // 12, n % 12 + 1, 1) for n in range(len(past) + 2)]
    values = [Value(m, x) for m, x in zip(months, [*past, 14.8, 13.2], strict=True)]
    assert set(judge(catalogue["UNEMPLOYMENT_US"], values)) == {None}


@pytest.mark.parametrize("factor", [1e-2, 0.1, 10.0, 100.0])
@pytest.mark.parametrize("series", ["UST10Y", "M2", "GOLD", "USDCLP", "COLCAP", "EMBI", "BOP"])
def test_a_wrong_unit_is_refused_in_any_series(
    catalogue: Catalogue, series: str, factor: float
) -> None:
    level = {"UST10Y": 4.2, "M2": 21_000.0, "GOLD": 1900.0, "USDCLP": 900.0, "COLCAP": 1300.0}
    level |= {"EMBI": 290.0, "BOP": -2_800.0}
    past = [level[series] * f for f in (1.0, 1.02, 0.99, 1.01)]
    assert None not in after(catalogue, series, past, level[series] * factor)


def test_a_hole_in_the_source_widens_the_limit(catalogue: Catalogue) -> None:
    past = walk(98.0, 0.0035)
    days = business_days(len(past))
    timeline = [Value(day, x) for day, x in zip(days, past, strict=True)]
    moved = 98.0 * 1.2
    next_day, next_year = days[-1] + timedelta(days=1), days[-1] + timedelta(days=364)
    verdicts = [
        judge(catalogue["DXY"], [*timeline, Value(d, moved)])[-1] for d in (next_day, next_year)
    ]
    assert [verdict is None for verdict in verdicts] == [False, True]


def test_a_value_never_looks_ahead(catalogue: Catalogue) -> None:
    values = [*walk(69.31, 0.017), 68.0, 23.5, 70.0]
    whole = reasons(catalogue, "BRENT", values)
    prefixes = [reasons(catalogue, "BRENT", values[: n + 1])[-1] for n in range(len(values))]
    assert whole == prefixes


def frame(*rows: tuple[str, date, float]) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema={"series": pl.String, "period": pl.Date, "value": pl.Float64}, orient="row"
    )


def test_new_values_are_judged_by_the_stored_past(catalogue: Catalogue) -> None:
    days = business_days(151)
    stored = frame(*(("BRENT", d, x) for d, x in zip(days, walk(69.31, 0.017), strict=False)))
    believed, [refusal] = judge_batch(frame(("BRENT", days[-1], 23.5)), stored, catalogue)
    assert believed.is_empty()
    assert refusal.key == f"BRENT {days[-1]} 23.5"
    assert "after 69.31" in refusal.detail


def test_a_stored_value_is_believed_and_a_wrong_revision_of_it_is_not(
    catalogue: Catalogue,
) -> None:
    stored = frame(("VIX", MONDAY, 20.0))
    same, none = judge_batch(stored, stored, catalogue)
    assert (same.height, none) == (1, [])
    wrong, [refusal] = judge_batch(frame(("VIX", MONDAY, 2000.0)), stored, catalogue)
    assert wrong.is_empty()
    assert refusal.reason is Reason.IMPLAUSIBLE


def test_a_refused_revision_leaves_the_stored_value_in_the_past(catalogue: Catalogue) -> None:
    days = business_days(151)
    past = walk(69.31, 0.017)
    stored = frame(*(("BRENT", d, x) for d, x in zip(days, past, strict=False)))
    new = frame(("BRENT", days[-2], 23.5), ("BRENT", days[-1], 69.0))
    believed, [refusal] = judge_batch(new, stored, catalogue)
    assert believed["value"].to_list() == [69.0]
    assert refusal.key.startswith(f"BRENT {days[-2]}")


def test_a_refusal_carries_what_a_release_would_store(catalogue: Catalogue) -> None:
    _, [refusal] = judge_batch(frame(("VIX", MONDAY, 2000.0)), frame(), catalogue)
    assert refusal.content == {"series": "VIX", "period": "2020-01-06", "value": 2000.0}


def test_releasing_the_first_value_of_a_new_level_lets_the_others_pass(
    catalogue: Catalogue,
) -> None:
    days = business_days(160)
    peg = [("USDMXN", d, x) for d, x in zip(days, walk(17.0, 0.005), strict=False)]
    broken = [("USDMXN", day, 40.0 + n / 10) for n, day in enumerate(days[150:])]
    none, refusals = judge_batch(frame(*broken), frame(*peg), catalogue)
    assert (none.height, len(refusals)) == (0, 10)
    believed, later = judge_batch(frame(*broken[1:]), frame(*peg, broken[0]), catalogue)
    assert (believed.height, later) == (9, [])


def test_a_first_value_a_power_of_ten_from_the_next_leaves_all_to_a_person(
    catalogue: Catalogue,
) -> None:
    assert set(reasons(catalogue, "CPI_COL", [9.75, *[97.0] * 9])) == {Reason.POWER_OF_TEN}


def test_an_impossible_first_value_casts_no_doubt_on_those_after_it(catalogue: Catalogue) -> None:
    found = reasons(catalogue, "VIX", [1990.0, 19.9, 20.1, 20.0])
    assert found == [Reason.IMPLAUSIBLE, None, None, None]


def test_releasing_the_right_value_of_a_doubtful_start_lets_the_others_pass(
    catalogue: Catalogue,
) -> None:
    days = business_days(10)
    new = [("GOLD", day, 1900.0 + n) for n, day in enumerate(days)]
    new[0] = ("GOLD", days[0], 19_00.0 / 9)
    believed, [refusal] = judge_batch(frame(new[0], *new[2:]), frame(new[1]), catalogue)
    assert believed["period"].to_list() == days[2:]
    assert refusal.key.startswith(f"GOLD {days[0]}")


def test_a_tiny_fraction_is_a_wrong_unit_whatever_its_power(catalogue: Catalogue) -> None:
    # 10^-4.3 of the value before: not near a power within a rate's tolerance
    assert reasons(catalogue, "FEDFUNDS", [0.05, 0.08 * 10**-4.5])[1] is Reason.POWER_OF_TEN


def test_the_fed_cut_of_2020_is_no_wrong_unit(catalogue: Catalogue) -> None:
    assert reasons(catalogue, "FEDFUNDS", [1.58, 0.65, 0.05, 0.05, 0.08]) == [None] * 5


# Vintages

JAN, FEB = date(2024, 1, 1), date(2024, 2, 1)
FIRST, SECOND, THIRD = (datetime(2024, month, 13, 13, 30, tzinfo=UTC) for month in (2, 3, 4))


def vintages(*rows: tuple[date, float, datetime]) -> pl.DataFrame:
    schema = {
        "series": pl.String, "period": pl.Date, "value": pl.Float64,
        "available_at": pl.Datetime("us", "UTC"),
    }  # fmt: skip
    return pl.DataFrame([("CPI", *row) for row in rows], schema=schema, orient="row")


def test_every_vintage_of_a_period_is_believed(catalogue: Catalogue) -> None:
    new = vintages((JAN, 309.7, FIRST), (JAN, 309.8, SECOND), (FEB, 311.1, SECOND))
    believed, refusals = judge_batch(new, frame(), catalogue)
    assert believed.equals(new)
    assert refusals == []


def test_from_a_bad_vintage_on_a_period_is_refused_and_the_earlier_ones_stay(
    catalogue: Catalogue,
) -> None:
    new = vintages((JAN, 309.7, FIRST), (JAN, 3097.0, SECOND), (JAN, 309.8, THIRD))
    believed, refusals = judge_batch(new, frame(), catalogue)
    assert believed["value"].to_list() == [309.7]
    assert [(r.content or {})["available_at"] for r in refusals] == [
        "2024-03-13T13:30:00+00:00",
        "2024-04-13T13:30:00+00:00",
    ]
    assert len({refusal.key for refusal in refusals}) == 2


def test_a_vintage_is_judged_by_the_one_before_it(catalogue: Catalogue) -> None:
    new = vintages((JAN, 309.7, FIRST), (JAN, 309.7 / 1.9, SECOND))
    past = frame(*(("CPI", date(2020 + n // 12, n % 12 + 1, 1), 300.0 + n / 10) for n in range(48)))
    believed, [refusal] = judge_batch(new, past, catalogue)
    assert believed["value"].to_list() == [309.7]
    assert refusal.reason is Reason.LEVEL_SHIFT


def test_a_period_whose_every_vintage_is_of_another_unit_is_refused_whole(
    catalogue: Catalogue,
) -> None:
    new = vintages((FEB, 622.0 / 2.001, SECOND), (FEB, 622.0, THIRD))
    past = frame(*(("CPI", date(2020 + n // 12, n % 12 + 1, 1), 600.0 + n / 10) for n in range(49)))
    whole, none = judge_batch(new, past, catalogue)
    assert (whole.height, len(none)) == (0, 2)


def test_a_rebased_series_is_judged_by_its_newest_vintages(catalogue: Catalogue) -> None:
    months = [date(2020 + n // 12, n % 12 + 1, 1) for n in range(48)]
    first = [(month, 300.0 + n / 10, FIRST) for n, month in enumerate(months)]
    rebased = [(month, (300.0 + n / 10) * 1.15, SECOND) for n, month in enumerate(months)]
    rows = vintages(*(row for pair in zip(first, rebased, strict=True) for row in pair))
    _, refusals = judge_batch(rows, frame(), catalogue)
    assert refusals == []


def test_a_released_vintage_lets_the_later_ones_of_its_period_pass(catalogue: Catalogue) -> None:
    new = vintages((JAN, 309.7, FIRST), (JAN, 155.0, SECOND), (JAN, 155.1, THIRD))
    past = [("CPI", date(2020 + n // 12, n % 12 + 1, 1), 300.0 + n / 10) for n in range(48)]
    first, two = judge_batch(new, frame(*past), catalogue)
    assert (first.height, len(two)) == (1, 2)
    _, later = judge_batch(new[1:2], frame(*past, ("CPI", JAN, 155.0)), catalogue)
    assert later == []


# Copies


def test_a_copied_column_is_refused_from_its_first_value_on(catalogue: Catalogue) -> None:
    days = business_days(160)
    mexico, chile = walk(17.0, 0.005, 160), walk(900.0, 0.006, 160, seed=1)
    ten = walk(4.2, 0.01, 160, seed=2)
    five = [*(x + 1.0 for x in walk(4.1, 0.01, 150, seed=3)), *ten[150:]]
    new = frame(
        *(("USDMXN", d, x) for d, x in zip(days, mexico, strict=True)),
        *(("USDCLP", d, x) for d, x in zip(days, chile, strict=True)),
        *(("COL10Y", d, x) for d, x in zip(days, ten, strict=True)),
        *(("COL5Y", d, x) for d, x in zip(days, five, strict=True)),
    )
    believed, refusals = judge_batch(new, frame(), catalogue)
    assert {refusal.reason for refusal in refusals} == {Reason.TRACKS_ANOTHER}
    assert [refusal.key.split()[:2] for refusal in refusals] == [
        ["COL5Y", str(day)] for day in days[150:]
    ]
    assert "COL10Y" in refusals[0].detail
    assert believed.height == new.height - 10
