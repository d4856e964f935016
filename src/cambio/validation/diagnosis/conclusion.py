"""What the tests come to, by rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from cambio.validation.diagnosis.outcome import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cambio.validation.diagnosis.variants import Diagnosis

VOTING: Final = ("first_1", "first_3", "delay_1", "stale")
"""Tests that an edge one can trade on passes. The others of their kind tell how fast it fades."""
DATES: Final = "macro_dates"


class Finding(StrEnum):
    """What all tests come to."""

    NOTHING = "nothing"
    """There is no profit to explain."""
    ARTEFACT = "artefact"
    """A voting test leaves less than half of the profit, and surely so."""
    UNCLEAR = "unclear"
    """One leaves less than half, which may be accident."""
    STANDS = "stands"
    """None does. Whether the profit is luck is another question."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The finding, and the tests that made it."""

    finding: Finding
    falls: tuple[str, ...]
    """Voting tests that speak for an artefact."""
    unclear: tuple[str, ...]
    """Voting tests that may."""
    rests_on: tuple[str, ...]
    """Features without which the profit falls, and `macro_lag` where the newest macro values are
    what it rests on. An edge may do so: they tell where to look."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types."""
        return {
            "finding": str(self.finding),
            "falls": list(self.falls),
            "unclear": list(self.unclear),
            "rests_on": list(self.rests_on),
        }


def conclude(diagnosis: Diagnosis) -> Conclusion:
    """Give what a diagnosis comes to."""
    if not diagnosis.base.total_return > 0.0:
        return Conclusion(Finding.NOTHING, (), (), ())
    marks = dict(_votes(diagnosis))
    falls, unclear = (
        tuple(name for name, found in marks.items() if found is mark)
        for mark in (Mark.FALLS, Mark.UNCLEAR)
    )
    finding = Finding.ARTEFACT if falls else Finding.UNCLEAR if unclear else Finding.STANDS
    carriers = (*diagnosis.removed, diagnosis.macro_lag)
    rests_on = tuple(row.name for row in carriers if row.mark is Mark.FALLS)
    return Conclusion(finding, falls, unclear, rests_on)


def _votes(diagnosis: Diagnosis) -> Iterator[tuple[str, Mark | None]]:
    """Give the mark of each voting test; dates vote where the profit rests on macro values."""
    for row in (*diagnosis.first_bars, *diagnosis.delays, *diagnosis.stale):
        if row.name in VOTING:
            yield row.name, row.mark
    if any(dating.suspicious for dating in diagnosis.datings):
        yield DATES, diagnosis.macro_lag.mark
