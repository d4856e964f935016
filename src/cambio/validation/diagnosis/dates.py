"""Whether macro values carry the date that they should: which session's move they go with.

A session sees the macro values of the business day before. What a series did on that day goes
with what USD/COP did on *that* day, so it must resemble the session before more than the one
that sees it. A value that is dated a day too early shows today's move to today's session, and
then it is the other way round. An honest edge of yesterday's values doesn't turn that over,
unless it is larger than what the markets share within a day. Small differences are noise.

Moves are those from a session's first close to its last: what happens between two sessions is
known to the second one, and honestly so.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.contracts.features import MACRO_FEATURES, MARKET_FEATURES_COUNT
from cambio.validation.metrics import json_number, session_ends

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cambio.validation.diagnosis.tape import Tape

SURE: Final = 3.29
"""Standard errors beyond which a correlation is no accident: one in a thousand."""
CLEARLY: Final = 2.0
"""Standard errors by which two correlations have to differ."""
CHANGES: Final = "_change_1d"
"""Features that are a move themselves; of the others it is the step from the session before."""


@dataclass(frozen=True, slots=True)
class Dating:
    """Which move one macro feature goes with."""

    name: str
    own: float
    """Correlation with the move of the session that sees it; NaN where one of both never varies."""
    before: float
    """With that of the session before."""
    sessions: int

    @property
    def suspicious(self) -> bool:
        """Whether it surely goes with the session that sees it, and clearly more than before."""
        own, root = abs(self.own), math.sqrt(self.sessions)
        sure = own * root > SURE
        return sure and (own - abs(self.before)) * root > CLEARLY * math.sqrt(2.0)

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN."""
        known = {"own": json_number(self.own), "before": json_number(self.before)}
        return {**asdict(self), **known, "suspicious": self.suspicious}


def datings(tape: Tape) -> tuple[Dating, ...]:
    """Give the dating of each macro feature, over the sessions that have one before them."""
    ends = session_ends(tape.market.day)
    begins = np.append(0, ends[:-1] + 1)
    moves = np.log(tape.market.close[ends] / tape.market.close[begins])
    seen = tape.features[ends, MARKET_FEATURES_COUNT - len(MACRO_FEATURES) :]
    found = []
    for name, values in zip(MACRO_FEATURES, seen.T, strict=True):
        now = values[1:] if name.endswith(CHANGES) else np.diff(values)
        own, before = moves[1:], moves[:-1]
        known = np.isfinite(now)
        found.append(
            Dating(
                name,
                _correlation(now[known], own[known]),
                _correlation(now[known], before[known]),
                int(np.count_nonzero(known)),
            )
        )
    return tuple(found)


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    if len(one) < 3 or np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])
