"""What clients of series without vintages give, held against the contract of `MACRO_VALUES`."""

from datetime import date

import polars as pl

from cambio.acquisition.feed import MACRO_VALUES


def rows(frame: pl.DataFrame) -> dict[date, float]:
    assert frame.schema == MACRO_VALUES
    assert frame["available_at"].null_count() == frame.height
    assert frame["period"].is_sorted()
    assert frame["period"].is_unique().all()
    return dict(zip(frame["period"], frame["value"], strict=True))
