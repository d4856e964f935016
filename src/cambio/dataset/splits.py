"""Date ranges (the SSOT) and the splits they make, an embargo apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, model_validator

from cambio.contracts.market import DateRange
from cambio.errors import DataQualityError
from cambio.features.kernels import LONGEST_LOOKBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

SPLITS = ("train", "val", "test")


class _Span(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start: date
    end: date


class _OpenSpan(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start: date
    end: date | Literal["dynamic"]


class _Start(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start: date


class DateRanges(BaseModel):
    """The content of `config/date_ranges.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    data: _Start
    training: _Span
    validation: _Span
    test: _OpenSpan

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        spans: list[_Span | _OpenSpan] = [self.training, self.validation, self.test]
        if self.training.start < self.data.start:
            raise ValueError(f"training starts ({self.training.start}) before the data does")
        for span in spans:
            if isinstance(span.end, date) and span.end < span.start:
                raise ValueError(f"a range ends ({span.end}) before it starts ({span.start})")
        for earlier, later in pairwise(spans):
            if isinstance(earlier.end, date) and later.start <= earlier.end:
                raise ValueError(f"ranges overlap: {later.start} is not after {earlier.end}")
        return self

    def resolve(self, newest_session: date) -> dict[str, DateRange]:
        """Give the three ranges by split; the test range ends with the data at the latest.

        Raises:
            DataQualityError: the stored data ends before the test range begins.
        """
        end = newest_session
        if self.test.end != "dynamic":
            end = min(self.test.end, newest_session)
        if end < self.test.start:
            raise DataQualityError(
                f"The newest stored session is {newest_session}, the test range begins on "
                f"{self.test.start}.",
                remedy="Import newer bars or change config/date_ranges.yaml.",
            )
        return {
            "train": DateRange(self.training.start, self.training.end),
            "val": DateRange(self.validation.start, self.validation.end),
            "test": DateRange(self.test.start, end),
        }


@dataclass(frozen=True, slots=True)
class Split:
    """One split's rows, and the sessions that the embargo took from its end."""

    rows: pl.DataFrame
    embargoed: list[date]


def split(frame: pl.DataFrame, ranges: Mapping[str, DateRange]) -> dict[str, Split]:
    """Cut rows with a `session` column into train, val and test.

    The last sessions of train and of val are left out, as many as hold `LONGEST_LOOKBACK` bars,
    so that no row's outcome lies within the look-back of the next split's first row.

    Raises:
        DataQualityError: a range holds no rows.
    """
    splits = {}
    for name in SPLITS:
        span = ranges[name]
        rows = frame.filter(pl.col("session").is_between(span.start, span.end))
        embargoed = [] if name == "test" else _embargo(rows)
        rows = rows.filter(~pl.col("session").is_in(embargoed))
        if rows.is_empty():
            first, last = frame["session"].min(), frame["session"].max()
            raise DataQualityError(
                f"The {name} range {span.start} to {span.end} holds no complete observation; "
                f"complete observations: {f'{first!s} to {last!s}' if frame.height else 'none'}.",
                remedy="See `cambio data report` and config/date_ranges.yaml.",
            )
        splits[name] = Split(rows, embargoed)
    return splits


def _embargo(rows: pl.DataFrame) -> list[date]:
    """Give the last sessions that together hold the longest look-back."""
    counts = rows.group_by("session").len().sort("session", descending=True)
    before = counts["len"].cum_sum().shift(1, fill_value=0)
    return counts.filter(before < LONGEST_LOOKBACK)["session"].sort().to_list()
