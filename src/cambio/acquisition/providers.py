"""How each provider may be asked (`config/sources.yaml`), and the log that all keep to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import BaseModel, ConfigDict, Field, HttpUrl

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

IN_A_ROW: Final = timedelta(days=1)
"""Failures further back say nothing of how a source is now."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RateLimit(_Frozen):
    """So many requests in any span of so many seconds."""

    requests: int = Field(gt=0)
    per_s: float = Field(gt=0)


class Breaker(_Frozen):
    """After so many failures in a row within a day, a source is left alone for a while.

    Then one request is let through. While it runs, the others wait; if it fails, the source rests
    again, and if it is lost with its process, another one is let through.
    """

    failures: int = Field(default=6, gt=0)
    rest_s: float = Field(default=300.0, gt=0)


class SourceConfig(_Frozen):
    """One provider."""

    url: HttpUrl
    limits: tuple[RateLimit, ...] = ()
    timeout_s: float = Field(default=20.0, gt=0)
    attempts: int = Field(default=5, ge=1)
    wait_initial_s: float = Field(default=0.5, ge=0)
    wait_max_s: float = Field(default=30.0, ge=0)
    """Longest pause between two attempts, unless the provider names one."""
    breaker: Breaker = Breaker()


class SourcesConfig(_Frozen):
    """The content of `config/sources.yaml`."""

    twelvedata: SourceConfig
    fred: SourceConfig
    banrep: SourceConfig
    bcrp: SourceConfig
    socrata: SourceConfig
    dane: SourceConfig


@dataclass(frozen=True, slots=True)
class Booking:
    """The answer to a wish to ask: go, wait, or leave it."""

    request_id: int | None = None
    """Of the booked request; None if it has to wait or the source rests."""
    wait_s: float = 0.0
    """Until a limit allows the next request, or the source has rested."""
    resting: bool = False


class RequestLog(Protocol):
    """Who was asked when, shared by all processes, so that together they keep the limits."""

    def begin(self, source: str, config: SourceConfig, now: Callable[[], datetime]) -> Booking:
        """Book a request, unless a limit is used up or the source rests.

        Args:
            source: its name.
            config: of the source.
            now: the clock, read when no other process can book any more.
        """
        ...

    def end(self, request_id: int, *, ok: bool, note: str, elapsed_s: float) -> None:
        """Record how a booked request ended.

        Args:
            request_id: of the booking.
            ok: whether the source is well, be it that it was asked wrongly.
            note: what went wrong; empty if nothing did.
            elapsed_s: from the booking to the end.
        """
        ...
