"""L4: replay a model over a window, beside its baselines and at other costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cambio.calendar import sessions_per_year
from cambio.contracts.lineage import hash_of
from cambio.store import trials
from cambio.store.database import transaction
from cambio.trading import ledger
from cambio.validation import baselines
from cambio.validation.metrics import BacktestMetrics, compute_metrics, session_returns, trades_of
from cambio.validation.replay import BacktestEngine, Replay
from cambio.validation.statistics import deflated_sharpe_ratio

if TYPE_CHECKING:
    from cambio.app.resources import Resources, Stage
    from cambio.contracts.market import DateRange, MarketHistory
    from cambio.contracts.trading import Trade
    from cambio.trading.gate import LoadedModel
    from cambio.trading.step import TradingTerms
