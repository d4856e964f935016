"""CTR-DQ-001: bad data stops before training, with every reason at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from cambio.calendar import BARS_PER_SESSION, trading_days
from cambio.contracts.features import MARKET_FEATURES, MARKET_FEATURES_COUNT
from cambio.errors import DataQualityError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from cambio.dataset.splits import Split


class QualityThresholds(BaseModel):
    """Thresholds of the gate; the experiment may set its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    min_training_years: float = Field(2.0, gt=0)
    """Sessions of so many years must be there; the specification's 100,000 rows cannot be."""
    min_coverage: float = Field(0.95, gt=0, le=1)
    max_nan_percent: float = Field(5.0, ge=0)
    """Of the feature cells from the first complete observation on."""
    max_inf_count: int = Field(0, ge=0)
    min_sessions: int = Field(15, ge=1)
    """Of validation and of test, with complete rows; the shortest month has some 17."""


class DataQualityGate:
    """Judges the splits before anything is learned from them.

    Args:
        thresholds: the limits.
    """

    def __init__(self, thresholds: QualityThresholds) -> None:
        self.thresholds = thresholds

    def min_rows(self, training_end: date) -> int:
        """Give the least number of training rows, derived from the calendar."""
        years = self.thresholds.min_training_years
        start = training_end - timedelta(days=round(365.25 * years))
        sessions = len(trading_days(start, training_end))
        return int(sessions * BARS_PER_SESSION * self.thresholds.min_coverage)

    def too_short(self, splits: Mapping[str, Split]) -> list[str]:
        """Say of validation and of test which has too few sessions; of an empty one nothing."""
        minimum = self.thresholds.min_sessions
        found = {
            name: part.rows["session"].n_unique()
            for name, part in splits.items()
            if name != "train"
        }
        return [
            f"Too few sessions with complete rows in {name}: {sessions} < {minimum}."
            for name, sessions in found.items()
            if 0 < sessions < minimum
        ]

    def validate(
        self,
        features: pl.DataFrame,
        train_rows: int,
        training_end: date,
        found: Sequence[str] = (),
    ) -> tuple[bool, list[str]]:
        """Tell whether the data passes, and every reason why not.

        Args:
            features: raw features of the training period, incomplete rows included.
            train_rows: complete rows that are left for training.
            training_end: the last training session.
            found: reasons that were found elsewhere, to be told with these.
        """
        limits = self.thresholds
        absent = [name for name in MARKET_FEATURES if name not in features.columns]
        if absent:
            return False, [
                *found,
                f"Missing features: {', '.join(absent)} of {MARKET_FEATURES_COUNT}.",
            ]
        errors = list(found)
        minimum = self.min_rows(training_end)
        if train_rows < minimum:
            errors.append(f"Too few complete training rows: {train_rows} < {minimum}.")
        values = features.select(MARKET_FEATURES).to_numpy()
        complete = np.flatnonzero(np.isfinite(values).all(axis=1))
        since_first = values[complete[0] :] if len(complete) else values
        nan_percent = 100.0 * float(np.isnan(since_first).mean()) if len(since_first) else 100.0
        if nan_percent > limits.max_nan_percent:
            errors.append(
                f"Too many missing values: {nan_percent:.2f} % > {limits.max_nan_percent} %."
            )
        infinite = int(np.isinf(values).sum())
        if infinite > limits.max_inf_count:
            errors.append(f"Infinite values: {infinite} > {limits.max_inf_count}.")
        return not errors, errors

    def require(
        self,
        features: pl.DataFrame,
        train_rows: int,
        training_end: date,
        found: Sequence[str] = (),
    ) -> None:
        """Pass, or stop the pipeline; the arguments are those of `validate`.

        Raises:
            DataQualityError: with every reason.
        """
        passed, errors = self.validate(features, train_rows, training_end, found)
        if not passed:
            raise DataQualityError(
                "The data quality gate (CTR-DQ-001) refuses the data: " + " ".join(errors),
                remedy="See `cambio data report`; thresholds are `quality` in the experiment.",
                errors=errors,
            )
