"""Recorded markets for the parity properties: simulated always, real where it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.app.ingest import import_macro, import_ohlcv
from cambio.contracts.market import MarketHistory
from cambio.settings import Settings, load_settings
from cambio.store import bars, macro
from cambio.store.database import open_database

IMPORTED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def settings(tmp_path_factory) -> Settings:
    return load_settings(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def simulated(settings) -> MarketHistory:
    config = SimulationConfig(start=date(2024, 1, 2), end=date(2024, 6, 28))
    market = simulate(config, settings.catalogue)
    return MarketHistory(market.bars, market.macro)


@pytest.fixture(scope="session")
def real(settings, real_data, tmp_path_factory) -> MarketHistory:
    """The real files through the real importers, shifted sessions repaired."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('real') / 'cambio.db'}")
    ohlcv: Path = real_data / "usdcop_m5_ohlcv_raw.parquet"
    import_ohlcv(engine, ohlcv, source_timezone="UTC", repair=True, now=IMPORTED)
    import_macro(
        engine,
        real_data / "macro_daily_raw.parquet",
        mapping=settings.config_folder / "mappings" / "usdcop_rl_models_macro.yaml",
        catalogue=settings.catalogue,
        now=IMPORTED,
    )
    with engine.connect() as connection:
        history = MarketHistory(bars.load(connection), macro.load(connection))
    engine.dispose()
    return history


@pytest.fixture(params=["simulated", "real"])
def history(request) -> MarketHistory:
    return request.getfixturevalue(request.param)
