"""CTR-DQ-001: what the gate refuses, with every reason at once."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from cambio.contracts.features import MARKET_FEATURES
from cambio.dataset.quality import DataQualityGate, QualityThresholds
from cambio.dataset.splits import Split
from cambio.errors import DataQualityError

END = date(2024, 12, 31)
ENOUGH = 10**9
GATE = DataQualityGate(QualityThresholds())


def frame(rows: int = 100) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(rows, 13))


def judged(values: np.ndarray, gate: DataQualityGate = GATE, rows: int = ENOUGH) -> list[str]:
    passed, errors = gate.validate(pl.DataFrame(values, list(MARKET_FEATURES)), rows, END)
    assert passed == (not errors)
    return errors


def limits(**changed) -> DataQualityGate:
    return DataQualityGate(QualityThresholds(**changed))


def test_clean_data_passes():
    assert judged(frame()) == []


def test_the_least_number_of_rows_comes_from_the_calendar():
    """2024 has 239 sessions; 60 bars each, 95 % of them."""
    assert limits(min_training_years=1.0).min_rows(END) == int(239 * 60 * 0.95)


@pytest.mark.parametrize(("rows", "passes"), [(13_622, False), (13_623, True)])
def test_one_row_too_few_is_refused(rows, passes):
    found = judged(frame(), limits(min_training_years=1.0), rows)
    assert (found == []) == passes


@pytest.mark.parametrize(("cells", "passes"), [(65, True), (66, False)])
def test_five_percent_of_the_cells_may_be_missing(cells, passes):
    """65 of 1,300 are 5 %."""
    values = frame()
    values[1:].reshape(-1)[:cells] = np.nan
    assert (judged(values) == []) == passes


def test_the_warm_up_does_not_count_as_missing():
    values = np.vstack([np.full((500, 13), np.nan), frame()])
    assert judged(values) == []


def test_data_without_any_complete_row_is_refused():
    values = frame()
    values[:, 6] = np.nan
    assert judged(values) == ["Too many missing values: 7.69 % > 5.0 %."]


def test_no_rows_at_all_are_refused():
    assert judged(frame(0)) == ["Too many missing values: 100.00 % > 5.0 %."]


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_one_infinite_value_is_refused(value):
    values = frame()
    values[50, 3] = value
    assert judged(values) == ["Infinite values: 1 > 0."]


def test_an_infinite_value_in_the_warm_up_counts_too():
    values = np.vstack([np.full((50, 13), np.nan), frame()])
    values[10, 4] = np.inf
    assert judged(values) == ["Infinite values: 1 > 0."]


def test_every_reason_is_told_at_once():
    values = frame()
    values[50, 3] = np.inf
    values[60:80] = np.nan
    found = judged(values, rows=1)
    assert [error.split(":")[0] for error in found] == [
        "Too few complete training rows",
        "Too many missing values",
        "Infinite values",
    ]


def test_reasons_found_elsewhere_are_told_with_the_gates_own():
    values = pl.DataFrame(frame(), list(MARKET_FEATURES))
    with pytest.raises(DataQualityError, match=r"empty range\. Too few") as caught:
        GATE.require(values, 1, END, ["An empty range."])
    assert len(caught.value.fields["errors"]) == 2


def test_a_reason_found_elsewhere_is_enough():
    values = pl.DataFrame(frame(), list(MARKET_FEATURES))
    assert GATE.validate(values, ENOUGH, END, ["Bad."]) == (False, ["Bad."])


def test_absent_features_are_named():
    columns = [name for name in MARKET_FEATURES if name not in {"vix_z", "rsi_9"}]
    passed, errors = GATE.validate(pl.DataFrame(frame()[:, :11], columns), ENOUGH, END)
    assert (passed, errors) == (False, ["Missing features: rsi_9, vix_z of 13."])


def test_requiring_stops_the_pipeline_with_the_reasons():
    values = frame()
    values[50, 3] = np.inf
    with pytest.raises(DataQualityError, match=r"Too few .* Infinite values") as caught:
        GATE.require(pl.DataFrame(values, list(MARKET_FEATURES)), 1, END)
    assert len(caught.value.fields["errors"]) == 2


def test_requiring_lets_clean_data_pass():
    assert GATE.require(pl.DataFrame(frame(), list(MARKET_FEATURES)), ENOUGH, END) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("min_coverage", 1.01), ("min_coverage", 0.0), ("min_training_years", 0.0)),
        *(("min_sessions", 0), ("min_rows", 1)),
    ],
)
def test_thresholds_that_mean_nothing_are_refused(key, value):
    with pytest.raises(ValidationError, match=key):
        QualityThresholds(**{key: value})


def of_sessions(count: int) -> Split:
    """Two rows a session."""
    days = [date(2024, 1, 1 + i // 2) for i in range(2 * count)]
    return Split(pl.DataFrame({"session": pl.Series(days, dtype=pl.Date)}), [], 0)


@pytest.mark.parametrize(
    ("val", "test", "named"), [(3, 3, []), (2, 2, ["val", "test"]), (0, 3, [])]
)
def test_validation_and_test_need_some_sessions(val, test, named):
    """Training has a minimum of its own, and an empty range is told as such."""
    splits = {"train": of_sessions(1), "val": of_sessions(val), "test": of_sessions(test)}
    assert limits(min_sessions=3).too_short(splits) == [
        f"Too few sessions with complete rows in {name}: 2 < 3." for name in named
    ]
