"""The hash chain over the audit log, and what a broken one tells."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from cambio.contracts.audit import Finding, Flaw
from cambio.contracts.lineage import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Content = tuple[str | None, ...]
"""Time, actor, action, subject and data of a row as text."""
GENESIS: Final = ""
"""What comes before the first seal."""
SEARCHED: Final = 200
"""Up to so many rows that don't fit are looked for in each other's places."""


def seal_of(previous: str, seq: int, content: Content) -> str:
    """Give the seal of a row: SHA-256 of the previous one's and the row's canonical JSON.

    >>> seal_of(GENESIS, 1, ("t", "ana", "a:b", "p1", "{}"))[:12]
    '4746b77067bf'
    """
    return hashlib.sha256((previous + canonical_json([seq, *content])).encode()).hexdigest()


def findings(log: Mapping[int, Content], seals: Mapping[int, str]) -> list[Finding]:
    """Give everything in which a log differs from its seals, by row.

    Args:
        log: rows by number.
        seals: hashes by number.
    """
    return list(_Comparison(log, seals).findings())


class _Comparison:
    """A log beside its seals. A place is a number with a seal; a row fits where it was sealed."""

    def __init__(self, log: Mapping[int, Content], seals: Mapping[int, str]) -> None:
        self._log = log
        self._seals = {seq: seal for seq, seal in seals.items() if seq >= 1}
        self._strays = sorted(seals.keys() - self._seals.keys())
        self._last = max(self._seals, default=0)
        self._misfits = {seq for seq in log if not self._fits(seq, seq)}

    def findings(self) -> Iterator[Finding]:
        for seq in self._strays:
            yield Finding(Flaw.SEAL, seq, f"The seal {seq} was inserted; rows begin with 1.")
        broken = {seq for seq in self._misfits if self._only_its_seal_is_wrong(seq)}
        self._misfits -= {seq + 1 for seq in broken} - broken  # they fit what the seal should be
        homes = self._homes(self._misfits - broken)
        taken = set(homes.values())
        end = min(self._last, len(self._log) + len(self._seals))  # a seal may have any number
        for seq in sorted(self._log.keys() | self._seals.keys() | set(range(1, end + 1))):
            if seq in broken:
                state = "was changed" if seq in self._seals else "is missing"
                yield Finding(Flaw.SEAL, seq, f"The seal of row {seq} {state}; the row was not.")
            elif seq in self._misfits:
                yield self._misfit(seq, homes.get(seq), place_is_taken=seq in taken)
            if self._is_lost(seq, homes, taken):
                yield Finding(Flaw.DELETED, seq, f"Row {seq} was deleted.")

    def _misfit(self, seq: int, home: int | None, *, place_is_taken: bool) -> Finding:
        if home is not None:
            return Finding(Flaw.REORDERED, seq, f"Row {seq} was row {home}.")
        if seq > self._last:
            return Finding(Flaw.UNSEALED, seq, f"Row {seq} was written past the application.")
        if seq < 1 or place_is_taken:
            return Finding(Flaw.INSERTED, seq, f"Row {seq} was inserted.")
        if seq > 1 and seq - 1 not in self._seals and seq - 1 not in self._log:
            what = f"Row {seq} can't be checked: the row before it is gone with its seal."
            return Finding(Flaw.EDITED, seq, what)
        return Finding(Flaw.EDITED, seq, f"Row {seq} was edited.")

    def _is_lost(self, seq: int, homes: Mapping[int, int], taken: set[int]) -> bool:
        """Tell whether what was sealed at ``seq`` is nowhere any more."""
        if not 1 <= seq <= self._last or seq in taken:
            return False
        return seq not in self._log or seq in homes

    def _homes(self, misfits: set[int]) -> dict[int, int]:
        """Give the places where rows fit that don't fit their own: beside it, or anywhere."""
        open_places = {seq for seq in self._seals if seq not in self._log or seq in self._misfits}
        few = open_places if max(len(misfits), len(open_places)) <= SEARCHED else set()
        found = {}
        for seq in sorted(misfits):
            for place in (seq - 1, seq + 1, *sorted(few)):
                if place in open_places and place != seq and self._fits(seq, place):
                    found[seq] = place
                    open_places.discard(place)
                    break
        return found

    def _only_its_seal_is_wrong(self, seq: int) -> bool:
        """Tell whether the next row fits behind this one, whatever this one's seal says."""
        following = self._log.get(seq + 1)
        if following is None or seq + 1 not in self._seals:
            return False
        truly = seal_of(self._previous(seq), seq, self._log[seq])
        return seal_of(truly, seq + 1, following) == self._seals[seq + 1]

    def _fits(self, seq: int, place: int) -> bool:
        if place not in self._seals:
            return False
        return seal_of(self._previous(place), place, self._log[seq]) == self._seals[place]

    def _previous(self, place: int) -> str:
        """Give the seal before a place; where it is missing, what it must have been."""
        before = place - 1
        if before < 1:
            return GENESIS
        if before in self._seals or before not in self._log:
            return self._seals.get(before, GENESIS)
        if before - 1 in self._seals or before == 1:
            return seal_of(self._seals.get(before - 1, GENESIS), before, self._log[before])
        return GENESIS
