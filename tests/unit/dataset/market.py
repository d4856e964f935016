"""A small simulated market, and datasets built from it."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.contracts.handoffs import L2Output
from cambio.contracts.market import MarketHistory
from cambio.dataset.build import DatasetPlan, FeatureConfig, build_dataset
from cambio.dataset.quality import QualityThresholds
from cambio.dataset.splits import DateRanges
from cambio.settings import read_yaml
from cambio.trading.costs import CostConfig, CostModel

CATALOGUE = Path(__file__).parents[3] / "config" / "macro_series.yaml"
START, END = date(2024, 1, 2), date(2024, 6, 28)
COSTS = CostConfig(
    half_spread_bps={8: 2.0, 9: 1.25, 10: 1.25, 11: 1.25, 12: 1.5},
    slippage_bps=0.5,
    commission_bps=0.25,
    financing_markup_pct=1.0,
    fallback_differential_pct=6.0,
)
LENIENT = QualityThresholds(min_training_years=0.2, min_coverage=0.5, min_sessions=5)


@cache
def history() -> MarketHistory:
    """117 sessions of bars, and macro values from 400 days earlier."""
    market = simulate(SimulationConfig(start=START, end=END), read_yaml(CATALOGUE, Catalogue))
    return MarketHistory(market.bars, market.macro)


def ranges(data: str = "2024-01-02", training: str = "2024-01-02") -> DateRanges:
    return DateRanges.model_validate(
        {
            "data": {"start": data},
            "training": {"start": training, "end": "2024-04-30"},
            "validation": {"start": "2024-05-01", "end": "2024-05-31"},
            "test": {"start": "2024-06-01", "end": "dynamic"},
        }
    )


def plan(**changed) -> DatasetPlan:
    parts = {"ranges": ranges(), "features": FeatureConfig(zscore_window=60), "quality": LENIENT}
    return DatasetPlan(experiment_name="small", **{**parts, **changed})


def build(root: Path, market: MarketHistory | None = None, **changed) -> L2Output:
    costs = CostModel(changed.pop("costs", COSTS))
    return build_dataset(market or history(), plan(**changed), costs, root)
