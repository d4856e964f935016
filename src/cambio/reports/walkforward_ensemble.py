"""What a walk-forward's page says of the seeds together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cambio.reports import diagnosis
from cambio.reports.numbers import count, decimal, percent, signed_percent
from cambio.reports.tables import Table
from cambio.validation.walkforward import RESULT

if TYPE_CHECKING:
    from cambio.reports.diagnosis import DiagnosisPart
    from cambio.validation.walkforward_ensemble import EnsembleFindings


@dataclass(frozen=True, slots=True)
class TogetherPart:
    """The section."""

    how: str
    costs: Table
    luck: str
    diagnosis: DiagnosisPart


def together(found: EnsembleFindings, capital: float) -> TogetherPart:
    """Give the section; ``capital`` is what each fold begins with."""
    rows = [
        [f"costs ×{multiple:g}", decimal(each.sharpe), signed_percent(each.total_return)]
        for multiple, each in found.at_costs.items()
    ]
    return TogetherPart(
        how="In each fold the mean of its seeds’ probabilities decides: one policy, as it would "
        "have been traded. Returns compound over the folds here; the diagnosis below adds them up, "
        "since each fold begins with the capital.",
        costs=Table(["", "Annual Sharpe ratio", "return, %"], [rows]),
        luck=luck(found).replace(" %", "\N{NO-BREAK SPACE}%"),
        diagnosis=diagnosis.part(found.diagnosis, found.backtest, capital),
    )


def luck(found: EnsembleFindings) -> str:
    """Say how much of it may be luck."""
    statistics = found.statistics
    looks = f"{count(statistics.trials)} look{'' if statistics.trials == 1 else 's'}"
    return (
        f"The Sharpe ratio is {decimal(found.at_costs[RESULT].sharpe)} over "
        f"{count(found.diagnosis.sessions)} sessions. After {looks} at windows that overlap, each "
        f"counted as a whole record that was tried, the best without skill may show "
        f"{decimal(statistics.selection_benchmark)}. That there is more to it has a probability of "
        f"{percent(statistics.deflated_sharpe)} % (deflated Sharpe ratio)."
    )
