"""The product on a few series and one provider for all sources, as tests of macro series use it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from cambio.acquisition.catalogue import MacroSeries
from cambio.acquisition.feed import MACRO_VALUES
from cambio.app.macro import update
from cambio.app.resources import Resources
from cambio.settings import load_settings
from cambio.store import macro
from cambio.wiring import connect

NOW = datetime(2024, 6, 3, 15, tzinfo=UTC)  # a Monday, 10:00 in Bogota
LEVELS = {
    "VIX": 14.0, "UST10Y": 4.4, "BRENT": 82.0, "EMBI": 290.0, "COL10Y": 10.5, "IBR": 11.7,
    "TRM": 3900.0, "CPI": 313.0, "CPI_COL": 142.0,
}  # fmt: skip
Row = tuple[date, float] | tuple[date, float, datetime]


def weekdays(first: date, last: date) -> list[date]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


DAYS = weekdays(date(2024, 4, 1), date(2024, 5, 31))


def wave(level: float, periods: Sequence[date] = DAYS) -> list[Row]:
    """Values that move by up to 2 %, as calm series do."""
    return [(day, round(level * (1 + 0.01 * (n % 3 - 1)), 4)) for n, day in enumerate(periods)]


@dataclass
class Provider:
    """Serves `truth`; raises what stands in `errors`; keeps what it was asked."""

    name: str = "provider"
    truth: dict[str, list[Row]] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    before: Callable[[str], None] = lambda source_id: None
    asked: list[tuple[str, date | None]] = field(default_factory=list)

    def values(self, series: MacroSeries, since: date | None) -> pl.DataFrame:
        name = series.description
        self.asked.append((name, since))
        self.before(name)
        if name in self.errors:
            raise self.errors[name]
        rows = [(*row, None)[:3] for row in self.truth.get(name, ())]
        kept = [row for row in rows if since is None or row[0] >= since]
        return pl.DataFrame(kept, schema=MACRO_VALUES, orient="row").sort("period", "available_at")


class Silent:
    """A progress that only calls back."""

    def __init__(self, on_update: Callable[[int], None] = lambda done: None) -> None:
        self.on_update = on_update

    @contextmanager
    def stage(self, title: str) -> Iterator[Silent]:
        yield self

    def update(self, done: int, total: int, note: str = "") -> None:
        self.on_update(done)


@pytest.fixture
def provider() -> Provider:
    return Provider(truth={name: wave(level) for name, level in LEVELS.items()})


@pytest.fixture
def product(
    blank: Path, tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Resources]:
    """The product on an empty database, a few series, and one provider for all sources."""
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "")
    (tmp_path / "var").mkdir()
    shutil.copy(blank, tmp_path / "var")
    resources = connect(load_settings(tmp_path / "var"), Silent())
    # The description tells the provider which series it is asked for.
    catalogue = {
        name: series.model_copy(
            update={
                "description": name,
                "vintages": name == "CPI",
                "served": None,
            }
        )
        for name, series in resources.catalogue.items()
        if name in {*LEVELS, "DXY"}
    }
    monthly = [date(2024, month, 1) for month in range(1, 5)]
    for name in ("CPI", "CPI_COL"):
        provider.truth[name] = wave(LEVELS[name], monthly)
    yield replace(
        resources, catalogue=catalogue, now=lambda: NOW, macro_feed=lambda source: provider
    )
    resources.engine.dispose()


def table(product: Resources) -> pl.DataFrame:
    with product.engine.connect() as connection:
        return macro.load(connection)


def by_name(product: Resources, **kwargs: object) -> dict[str, object]:
    return {one.series: one for one in update(product, **kwargs).series}


def at(later: timedelta, product: Resources) -> Resources:
    return replace(product, now=lambda: NOW + later)
