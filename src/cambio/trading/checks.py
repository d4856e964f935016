"""What was checked of an artefact, as values: one list to show whole, or to refuse on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

from cambio.errors import ContractMismatch


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    subject: str
    passed: bool
    expected: str
    found: str

    @classmethod
    def equal(cls, subject: str, expected: str, found: object) -> Self:
        """Give the check that two texts are one."""
        return cls(subject, expected == found, expected, str(found))

    def to_dict(self) -> dict[str, Any]:
        """Give the check as plain JSON types."""
        return asdict(self)


def require(checks: Iterable[Check], whose: str, remedy: str) -> None:
    """Refuse on the first check that failed.

    Raises:
        ContractMismatch: with what was expected and found.
    """
    for check in checks:
        if not check.passed:
            raise ContractMismatch(
                f"{whose} is refused: {check.subject} is {check.found}, not {check.expected}.",
                remedy=remedy,
                expected=check.expected,
                found=check.found,
            )
