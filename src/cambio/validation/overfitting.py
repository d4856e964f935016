"""How likely picking the best of several variants picked their luck: CSCV.

Bailey, Borwein, López de Prado & Zhu, *The Probability of Backtest Overfitting*, Journal of
Computational Finance 20 (2017). Combinatorially symmetric cross-validation: the sessions are cut
into blocks, and every half of the blocks chooses a winner that the other half judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.validation.metrics import json_number
from cambio.validation.statistics import finite_returns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

MAX_BLOCKS: Final = 20
"""184,756 splits; more cost memory and tell nothing new."""
SESSIONS_PER_BLOCK: Final = 2
"""The fewest; a Sharpe ratio of less has no standard deviation."""
NO_SPREAD: Final = 1e-12
"""A variance below so much of the mean square is rounding: the record never varied."""


@dataclass(frozen=True, slots=True)
class Overfitting:
    """What became of the winners of half the blocks in the other half."""

    probability: float
    """PBO: share of the splits whose winner is no better than the median of the other half."""
    logits: NDArray[np.float64]
    """ln(ω / (1 − ω)) of each winner's relative rank ω in the other half, `(splits,)`."""
    degradation: float
    """Slope of the winners' Sharpe ratio in the other half on that in the half which chose them;
    NaN when the latter never varies."""
    probability_of_loss: float
    """Share of the splits whose winner has a negative Sharpe ratio in the other half."""
    splits: int
    variants: int

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN, and logits are counted by value."""
        values, counts = np.unique(self.logits, return_counts=True)
        return {
            "probability": self.probability,
            "logits": {"values": values.tolist(), "counts": counts.tolist()},
            "degradation": json_number(self.degradation),
            "probability_of_loss": self.probability_of_loss,
            "splits": self.splits,
            "variants": self.variants,
        }


def probability_of_overfitting(returns: ArrayLike, *, blocks: int = 16) -> Overfitting:
    """Give the probability of backtest overfitting of choosing by the Sharpe ratio.

    Blocks are of consecutive sessions; when their number does not divide the sessions, the first
    ones hold one session more. A variant that never varies in a half has the Sharpe ratio 0
    there. Equal ranks share their mean; of equally good winners the first is taken.

    Args:
        returns: simple, of each session and variant, `(sessions, variants)`.
        blocks: even; 16 give 12,870 splits.

    Raises:
        ValueError: fewer than two variants or two sessions a block, an odd number of blocks or
            more than `MAX_BLOCKS`, a return that is not finite.
    """
    table = finite_returns(returns)
    _check(table.shape, blocks)
    inside = _halves(blocks)
    chosen, judged = _sharpes(table, inside), _sharpes(table, ~inside)
    splits, variants = chosen.shape
    rows, winner = np.arange(splits), chosen.argmax(axis=1)
    before, after = chosen[rows, winner], judged[rows, winner]
    worse = (judged < after[:, None]).sum(axis=1)
    equal = (judged == after[:, None]).sum(axis=1)
    relative_rank = (worse + (equal + 1) / 2.0) / (variants + 1)
    logits = np.log(relative_rank / (1.0 - relative_rank))
    return Overfitting(
        probability=float((relative_rank <= 0.5).mean()),
        logits=logits,
        degradation=_slope(before, after),
        probability_of_loss=float((after < 0.0).mean()),
        splits=splits,
        variants=variants,
    )


def _check(shape: tuple[int, ...], blocks: int) -> None:
    if len(shape) != 2 or shape[1] < 2:
        raise ValueError(f"overfitting needs (sessions, 2 or more variants), not {shape}")
    if blocks < 2 or blocks % 2 or blocks > MAX_BLOCKS:
        raise ValueError(f"blocks must be even, from 2 to {MAX_BLOCKS}, not {blocks}")
    if shape[0] < SESSIONS_PER_BLOCK * blocks:
        raise ValueError(
            f"{blocks} blocks need {SESSIONS_PER_BLOCK * blocks} sessions, not {shape[0]}"
        )


def _halves(blocks: int) -> NDArray[np.bool_]:
    """Give every choice of half the blocks, `(splits, blocks)`."""
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    inside = np.zeros((len(chosen), blocks), dtype=bool)
    np.put_along_axis(inside, chosen, True, axis=1)
    return inside


def _sharpes(table: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the Sharpe ratio per session of each variant over each choice, `(splits, variants)`.

    Sums and sums of squares of the blocks are all it takes.
    """
    pieces = np.array_split(table, inside.shape[1])
    weights = inside.astype(np.float64)
    sessions = (weights @ np.array([len(piece) for piece in pieces]))[:, None]
    mean = weights @ np.array([piece.sum(axis=0) for piece in pieces]) / sessions
    square = weights @ np.array([(piece**2).sum(axis=0) for piece in pieces]) / sessions
    variance = square - mean**2
    varies = variance > NO_SPREAD * square
    deviation = np.sqrt(np.where(varies, variance, 1.0) * sessions / (sessions - 1.0))
    return np.where(varies, mean / deviation, 0.0)


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    if np.ptp(x) == 0.0:
        return float("nan")
    centred = x - x.mean()
    return float((centred @ y) / (centred @ centred))
