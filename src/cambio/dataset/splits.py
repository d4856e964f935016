"""Date ranges (the SSOT) and the splits they make, an embargo apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, model_validator

from cambio.calendar import session_days
from cambio.contracts.market import DateRange
from cambio.errors import DataQualityError
from cambio.features.kernels import LONGEST_LOOKBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cambio.contracts.market import MarketHistory

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

    def spans(self, newest_session: date) -> dict[str, DateRange]:
        """Give the ranges by split; test ends with the data, and is left out if it has not begun.

        >>> ranges = {"data": {"start": "2024-01-01"},
        ...           "training": {"start": "2024-01-01", "end": "2024-01-31"},
        ...           "validation": {"start": "2024-02-01", "end": "2024-02-29"},
        ...           "test": {"start": "2024-03-01", "end": "dynamic"}}
        >>> list(DateRanges.model_validate(ranges).spans(date(2024, 2, 9)))
        ['train', 'val']
        """
        end = newest_session
        if self.test.end != "dynamic":
            end = min(self.test.end, newest_session)
        spans = {
            "train": DateRange(self.training.start, self.training.end),
            "val": DateRange(self.validation.start, self.validation.end),
        }
        if end >= self.test.start:
            spans["test"] = DateRange(self.test.start, end)
        return spans

    def resolve(self, newest_session: date) -> dict[str, DateRange]:
        """Give the three ranges by split; the test range ends with the data at the latest.

        Raises:
            DataQualityError: the stored data ends before the test range begins.
        """
        spans = self.spans(newest_session)
        if "test" not in spans:
            raise DataQualityError(
                self.not_begun(newest_session),
                remedy="Import newer bars or change config/date_ranges.yaml.",
            )
        return spans

    def not_begun(self, newest_session: date) -> str:
        """Say that the stored data ends before the test range begins."""
        return (
            f"The newest stored session is {newest_session}, the test range begins on "
            f"{self.test.start}."
        )


def newest_session(history: MarketHistory) -> date:
    """Give the date of the newest stored session.

    Raises:
        DataQualityError: no bar is stored.
    """
    if history.bars.is_empty():
        raise DataQualityError(
            "There are no bars in the database.",
            remedy="Run `cambio import ohlcv FILE --source-timezone ...` or `cambio simulate`.",
        )
    newest = history.bars["time"].tail(1).dt.epoch("s").to_numpy()
    return date(1970, 1, 1) + timedelta(days=int(session_days(newest)[0]))


@dataclass(frozen=True, slots=True)
class Split:
    """One split's rows, and the sessions that the embargo took from its end."""

    rows: pl.DataFrame
    embargoed: list[date]
    embargoed_rows: int


def split(
    frame: pl.DataFrame, ranges: Mapping[str, DateRange], embargo_bars: int = LONGEST_LOOKBACK
) -> dict[str, Split]:
    """Cut rows with a `session` column into train, val and test.

    The last sessions of train and of val are left out, as many as hold ``embargo_bars``, so that
    no row's outcome lies within the look-back of the next split's first row. A range without rows
    gives an empty split.

    Args:
        frame: complete observations.
        ranges: by split; one that is missing is left out.
        embargo_bars: at least `LONGEST_LOOKBACK`.
    """
    splits = {}
    for name, span in ranges.items():
        rows = frame.filter(pl.col("session").is_between(span.start, span.end))
        embargoed = [] if name == SPLITS[-1] else _embargo(rows, embargo_bars)
        kept = rows.filter(~pl.col("session").is_in(embargoed))
        splits[name] = Split(kept, embargoed, rows.height - kept.height)
    return splits


def empty_ranges(
    splits: Mapping[str, Split], ranges: Mapping[str, DateRange], frame: pl.DataFrame
) -> list[str]:
    """Say of each range without rows that it is empty, and what ``frame`` has to offer."""
    first, last = frame["session"].min(), frame["session"].max()
    offered = f"{first!s} to {last!s}" if frame.height else "none"
    return [
        f"The {name} range {ranges[name].start} to {ranges[name].end} holds no complete "
        f"observation; complete observations: {offered}."
        for name, part in splits.items()
        if part.rows.is_empty()
    ]


def _embargo(rows: pl.DataFrame, embargo_bars: int) -> list[date]:
    """Give the last sessions that together hold the embargo's bars."""
    counts = rows.group_by("session").len().sort("session", descending=True)
    before = counts["len"].cum_sum().shift(1, fill_value=0)
    return counts.filter(before < embargo_bars)["session"].sort().to_list()
