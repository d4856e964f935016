"""Walk-forward folds: train, validation and test windows that move through time together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cambio.calendar import trading_days
from cambio.contracts.market import DateRange
from cambio.dataset.splits import DateRanges
from cambio.errors import ConfigError, DataQualityError
from cambio.features.kernels import LONGEST_LOOKBACK

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)


class WalkForwardConfig(BaseModel):
    """`walk_forward` of an experiment."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mode: Literal["rolling", "anchored"] = "rolling"
    """Rolling: a training of one length moves along; anchored: it grows from its start on."""
    first_test: date
    """The first test window begins here, on the first day of a month."""
    last_test: date | Literal["dynamic"] = "dynamic"
    """The last session to be tested; "dynamic" is the newest stored one."""
    test_months: int = Field(6, ge=1, le=60)
    validation_months: int = Field(3, ge=1, le=60)
    training_months: int | None = Field(None, ge=1, le=600)
    embargo_bars: int = Field(LONGEST_LOOKBACK, ge=LONGEST_LOOKBACK)
    """Bars left out at the end of training and of validation, as whole sessions."""

    @field_validator("first_test")
    @classmethod
    def _begins_a_month(cls, day: date) -> date:
        if day.day != 1:
            raise ValueError(f"a test window begins on the first day of a month, not on {day}")
        return day

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.mode == "rolling" and self.training_months is None:
            raise ValueError("rolling folds need training_months")
        if self.mode == "anchored" and self.training_months is not None:
            raise ValueError(
                "anchored folds train from date_ranges.training.start on: leave training_months out"
            )
        if isinstance(self.last_test, date) and self.last_test < self.first_test:
            raise ValueError(f"last_test ({self.last_test}) lies before first_test")
        return self


@dataclass(frozen=True, slots=True)
class Fold:
    """One step of the walk: what is trained on, what chooses, and what is judged."""

    index: int
    """From 1."""
    ranges: DateRanges
    """The test's end is a date, never "dynamic"."""

    @property
    def test(self) -> DateRange:
        """The window that judges."""
        return self.ranges.resolve(date.max)["test"]


def folds(config: WalkForwardConfig, ranges: DateRanges, newest: date) -> list[Fold]:
    """Give the folds, oldest first; their test windows follow each other without a gap.

    Training never begins before ``ranges.training.start``, so the first rolling ones may be
    shorter than configured. The last test window ends with the data; one that holds less than
    a month of sessions is dropped.

    Args:
        config: how the windows move.
        ranges: of the experiment; the start of the data and of training are taken from it.
        newest: the newest stored session.

    Raises:
        ConfigError: the first fold has nothing to train on.
        DataQualityError: the data ends before a first test window is full enough.
    """
    last = newest if config.last_test == "dynamic" else min(config.last_test, newest)
    found = [
        Fold(index, _ranges(config, ranges, start, end))
        for index, (start, end) in enumerate(_windows(config, last), start=1)
    ]
    if not found:
        raise DataQualityError(
            f"The newest session to test is {last}; the first test window begins on "
            f"{config.first_test} and needs a month of sessions.",
            remedy="Import newer bars or change walk_forward.first_test.",
        )
    return found


def add_months(day: date, months: int) -> date:
    """Give the first day of a month, ``months`` later; negative: earlier.

    >>> add_months(date(2022, 1, 1), -3).isoformat(), add_months(date(2022, 11, 1), 2).isoformat()
    ('2021-10-01', '2023-01-01')
    """
    count = 12 * day.year + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _windows(config: WalkForwardConfig, last: date) -> Iterator[tuple[date, date]]:
    start = config.first_test
    while _a_month(start, last):
        following = add_months(start, config.test_months)
        yield start, min(following - DAY, last)
        start = following


def _a_month(start: date, last: date) -> bool:
    """Tell whether the month that begins with ``start`` has had all its sessions by ``last``."""
    end = add_months(start, 1) - DAY
    return last >= end or (last >= start and not trading_days(last + DAY, end))


def _ranges(
    config: WalkForwardConfig, ranges: DateRanges, test_start: date, test_end: date
) -> DateRanges:
    validation = add_months(test_start, -config.validation_months)
    training = ranges.training.start
    if config.training_months is not None:
        training = max(training, add_months(validation, -config.training_months))
    if training >= validation:
        raise ConfigError(
            f"walk_forward: the validation before the test of {test_start} begins on {validation}, "
            f"and training may begin on {training} at the earliest: nothing is left to train on.",
            remedy="Let walk_forward.first_test be later, or date_ranges.training.start earlier.",
        )
    return DateRanges.model_validate(
        {
            "data": ranges.data.model_dump(),
            "training": {"start": training, "end": validation - DAY},
            "validation": {"start": validation, "end": test_start - DAY},
            "test": {"start": test_start, "end": test_end},
        }
    )
