"""The seeds of each fold as one policy: what would have been traded, and whether it stands."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.calendar import sessions_per_year
from cambio.validation.metrics import json_number
from cambio.validation.statistics import (
    SharpeEstimate,
    expected_maximum_sharpe,
    minimum_track_record_length,
    probabilistic_sharpe_ratio,
)
from cambio.validation.vote import Statistics
from cambio.validation.walkforward import RESULT, Outcome, annual_sharpe, compound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cambio.contracts.market import DateRange
    from cambio.validation.diagnosis.variants import Diagnosis

SUMMED: Final = ("total_return", "total_trades", "costs", "financing")


@dataclass(frozen=True, slots=True, eq=False)
class FoldRecord:
    """What the ensemble of one fold did in its test window."""

    model_id: str
    window: DateRange
    returns: Mapping[float, NDArray[np.float64]]
    """Of each session, `(n,)`, by multiple of the costs."""
    metrics: Mapping[str, float]
    """At the costs as they are, by the names of `BacktestMetrics`."""


@dataclass(frozen=True, slots=True)
class EnsembleFindings:
    """How the ensembles did, one fold after the other."""

    models: tuple[str, ...]
    """Of each fold; the only seed's model where there is one."""
    sharpes: tuple[float, ...]
    """Of each fold, annual, at the costs as they are."""
    at_costs: Mapping[float, Outcome]
    """Stitched, by multiple of the costs."""
    backtest: Mapping[str, float]
    """At the costs as they are: the Sharpe ratio, and the folds' returns, trades, costs and
    financing added up, since each begins with the capital."""
    statistics: Statistics
    diagnosis: Diagnosis

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return {
            "models": list(self.models),
            "sharpes": list(self.sharpes),
            "at_costs": {f"x{m:g}": asdict(found) for m, found in self.at_costs.items()},
            "backtest": {name: json_number(value) for name, value in self.backtest.items()},
            "statistics": self.statistics.to_dict(),
            "diagnosis": self.diagnosis.to_dict(),
        }


def ensemble_findings(
    folds: Sequence[FoldRecord], looks: int, diagnosis: Diagnosis
) -> EnsembleFindings:
    """Give what the folds' ensembles show together.

    Args:
        folds: in the order of time.
        looks: trials in the ledger whose window overlaps, these ones included.
        diagnosis: of the folds one after the other.
    """
    yearly = sessions_per_year(folds[0].window.start, folds[-1].window.end)
    stitched = {
        multiple: np.concatenate([fold.returns[multiple] for fold in folds])
        for multiple in sorted(folds[0].returns)
    }
    at_costs = {m: Outcome(annual_sharpe(r, yearly), compound(r)) for m, r in stitched.items()}
    summed = {name: math.fsum(fold.metrics[name] for fold in folds) for name in SUMMED}
    return EnsembleFindings(
        models=tuple(fold.model_id for fold in folds),
        sharpes=tuple(
            annual_sharpe(
                fold.returns[RESULT], sessions_per_year(fold.window.start, fold.window.end)
            )
            for fold in folds
        ),
        at_costs=at_costs,
        backtest={**summed, "sharpe_ratio": at_costs[RESULT].sharpe},
        statistics=_statistics(stitched[RESULT], looks, yearly),
        diagnosis=diagnosis,
    )


def _statistics(returns: NDArray[np.float64], looks: int, yearly: float) -> Statistics:
    """Give how much may be luck.

    Every look counts as a whole record that was tried, though it is one of a single fold: stricter
    than the truth. What the looks themselves showed is of shorter windows, and says nothing here.
    """
    estimate = SharpeEstimate.of(returns)
    benchmark = expected_maximum_sharpe(looks, 1.0 / max(len(returns) - 1, 1))
    return Statistics(
        probabilistic_sharpe=probabilistic_sharpe_ratio(estimate),
        deflated_sharpe=probabilistic_sharpe_ratio(estimate, benchmark),
        trials=looks,
        selection_benchmark=benchmark * math.sqrt(yearly),
        minimum_track_record=minimum_track_record_length(estimate, benchmark),
    )
