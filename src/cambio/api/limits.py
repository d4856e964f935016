"""How fast and how much: token buckets in memory, of which only so many are kept."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_KEPT: Final = 10_000
"""Buckets, or verdicts, that are kept at a time; those unused for longest are forgotten."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast somebody may come."""

    per_s: float
    """Requests a second, lastingly."""
    burst: int
    """Requests at once, after a pause."""


class Buckets:
    """A token bucket for each key: full at first, refilled steadily, emptied by requests.

    Args:
        rate: of each.
        clock: seconds that only grow.
        most: buckets that are kept.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float], most: int = MOST_KEPT) -> None:
        self._rate = rate
        self._clock = clock
        self._most = most
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, key: str) -> int:
        """Take a token; give 0, or the whole seconds until there is one."""
        wait = self.wait(key)
        if not wait:
            level, at = self._kept[key]
            self._kept[key] = (level - 1.0, at)
        return wait

    def wait(self, key: str) -> int:
        """Give the whole seconds until a token can be taken, without taking it; 0: now."""
        now = self._clock()
        level, at = self._kept.pop(key, (float(self._rate.burst), now))
        level = min(self._rate.burst, level + (now - at) * self._rate.per_s)
        self._kept[key] = (level, now)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return 0 if level >= 1.0 else math.ceil((1.0 - level) / self._rate.per_s)


def network(address: str) -> str:
    """Give what one client has of addresses: an IPv4 address, or the /64 of an IPv6 one.

    >>> network("192.0.2.7"), network("2001:db8:1:2:3:4:5:6"), network("::ffff:192.0.2.7")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
