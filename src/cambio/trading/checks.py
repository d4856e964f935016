"""What was checked of an artefact, as values: one list to show whole, or to refuse on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from pydantic import ValidationError

from cambio.errors import ContractMismatch

LONGEST: Final = 500


def printable(text: str) -> str:
    r"""Give a text from a stranger's file as it may be shown: short, no control characters.

    >>> printable("\x1b[2Jgone")
    '?[2Jgone'
    """
    return "".join(c if c.isprintable() else "?" for c in text[:LONGEST])


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    subject: str
    passed: bool
    expected: str
    found: str
    """Like ``expected``, it may come from a stranger's file: both are kept short and printable."""

    def __post_init__(self) -> None:
        for name in ("expected", "found"):
            object.__setattr__(self, name, printable(getattr(self, name)))

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


def said(error: Exception) -> str:
    """Give in one line what a file was found to be that cannot be read."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        return f"unreadable: {place + ': ' if place else ''}{first['msg']}"
    return f"unreadable: {type(error).__name__} {' '.join(str(error).split())}"
