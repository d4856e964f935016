from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from cambio.app.features import compute, export, refresh
from cambio.app.resources import Resources
from cambio.calendar import session_open
from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA, MarketHistory
from cambio.dataset.build import FeatureConfig
from cambio.errors import ConfigError, DataQualityError
from cambio.store import bars
from cambio.store.database import transaction

FRIDAY, MONDAY = date(2024, 7, 5), date(2024, 7, 8)
NOW = datetime(2024, 7, 9, tzinfo=UTC)
CONFIG = FeatureConfig()


def two_sessions() -> pl.DataFrame:
    opens = [
        session_open(day) + timedelta(minutes=5 * n) for day in (FRIDAY, MONDAY) for n in range(60)
    ]
    rows = [(time, 9.0, 9.5, 8.5, 9.0 + n % 2, 0.0, "vendor") for n, time in enumerate(opens)]
    return pl.DataFrame(rows, schema=BAR_SCHEMA, orient="row")


def history() -> MarketHistory:
    return MarketHistory(two_sessions(), pl.DataFrame(schema=MACRO_SCHEMA))


def test_the_history_that_is_given_counts_and_not_the_database(product: Resources) -> None:
    frame, spec, summary = compute(product, history(), CONFIG)
    assert frame["time"].equals(two_sessions()["time"])
    assert (summary.rows, summary.feature_spec_hash) == (120, spec.hash())


def test_only_the_sessions_of_the_range_are_given(product: Resources) -> None:
    first = compute(product, history(), CONFIG, end=FRIDAY)[0]
    second = compute(product, history(), CONFIG, start=MONDAY)[0]
    assert (first["session"].unique().to_list(), first.height) == ([FRIDAY], 60)
    assert (second["session"].unique().to_list(), second.height) == ([MONDAY], 60)


def test_a_range_without_bars_is_refused_with_what_is_stored(product: Resources) -> None:
    with pytest.raises(DataQualityError, match=r"between 2024-07-09 and now; stored: 2024-07-05"):
        compute(product, history(), CONFIG, start=date(2024, 7, 9))
    with pytest.raises(DataQualityError, match="stored: none"):
        refresh(product, CONFIG)


def test_what_is_stored_is_exported(product: Resources, tmp_path: Path) -> None:
    with transaction(product.engine) as connection:
        bars.store(connection, two_sessions(), NOW)
    summary = export(product, tmp_path / "features.parquet", CONFIG, start=MONDAY)
    written = pl.read_parquet(tmp_path / "features.parquet")
    assert (summary.path, written.shape) == (str(tmp_path / "features.parquet"), (60, 14))
    assert written["time"].equals(two_sessions()["time"].tail(60))
    with pytest.raises(ConfigError, match=r"name it \.parquet"):
        export(product, tmp_path / "features.csv", CONFIG)


def test_a_refresh_tells_what_it_wrote_and_up_to_when(product: Resources) -> None:
    rows = two_sessions()
    with transaction(product.engine) as connection:
        bars.store(connection, rows.head(119), NOW)
    first = refresh(product, CONFIG)
    with transaction(product.engine) as connection:
        bars.store(connection, rows, NOW)
    second, third = refresh(product, CONFIG), refresh(product, CONFIG)
    assert [first.written, second.written, third.written] == [119, 1, 0]
    assert first.newest == rows["time"][118]
    assert second.newest == third.newest == rows["time"][119]
