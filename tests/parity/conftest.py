"""Recorded markets for the parity properties: simulated always, real where the data is."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.contracts.market import MarketHistory
from cambio.settings import load_settings


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    return load_settings(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def simulated(settings) -> MarketHistory:
    config = SimulationConfig(start=date(2024, 1, 2), end=date(2024, 6, 28))
    market = simulate(config, settings.catalogue)
    return MarketHistory(market.bars, market.macro)


@pytest.fixture(scope="session")
def real(settings, real_data) -> MarketHistory:
    from cambio.app.ingest import import_macro, import_ohlcv
    from cambio.store import bars, macro
    from cambio.store.database import open_database
    from tests.real import OHLCV, MACRO, NOW

    raise NotImplementedError


@pytest.fixture(params=["simulated", "real"])
def history(request) -> MarketHistory:
    return request.getfixturevalue(request.param)


def newest(history: MarketHistory, bars: int) -> MarketHistory:
    return MarketHistory(history.bars.tail(bars), history.macro)


__all__ = ["newest", "pl"]
