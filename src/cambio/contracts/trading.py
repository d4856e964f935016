"""Actions, verdicts, fills and decisions: what the trading kernel speaks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

from cambio.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Action(IntEnum):
    """What a policy can ask for. SELL targets −1, BUY +1; HOLD keeps the position."""

    SELL = 0
    HOLD = 1
    BUY = 2


class Reason(StrEnum):
    """Why a decision is not simply what the policy asked for."""

    MISSING_FEATURES = "missing_features"
    CONFIDENCE = "confidence"
    DAILY_LOSS = "daily_loss"
    DRAWDOWN = "drawdown"
    CIRCUIT_BREAKER = "circuit_breaker"
    TRADING_HOURS = "trading_hours"
    MAX_TRADES = "max_trades"
    POSITION_LIMIT = "position_limit"
    KILL_SWITCH = "kill_switch"
    STALE_DATA = "stale_data"
    """The bar came too late to be traded on."""
    DATA_LOST = "data_lost"
    """No bar has come in time for so long that the position is closed."""
    OUT_OF_DISTRIBUTION = "out_of_distribution"
    """The observation is unlike anything in training."""
    SHELF_LIFE = "shelf_life"
    """The model's training ended too long ago."""
    ACCOUNT_LOSS = "account_loss"
    ACCOUNT_DRAWDOWN = "account_drawdown"
    """The limits of the account behind all funded books."""


@dataclass(frozen=True, slots=True)
class RiskVerdict:
    """The target position that risk allows, and each check that spoke against the request."""

    requested: int
    allowed: int
    blocked_by: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Fill:
    """A change of position, executed at the open of bar `time` (on close-only bars, its close).

    `price` is the mid price; `cost` (account currency) holds spread, slippage and commission.
    """

    time: datetime
    from_position: int
    to_position: int
    price: float
    cost: float
    result: float | None
    """Net result of the trade that this fill closed, account currency; None if it closed none."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A round trip, from the fill that opened it to the one that closed it."""

    side: int
    """1 long, −1 short."""
    entry_time: datetime
    exit_time: datetime
    entry_price: float
    exit_price: float
    pnl: float
    """Net of costs and financing, account currency."""
    is_open: bool = False
    """Still held when the record ends; marked at the last close, its exit cost not yet paid."""

    def to_dict(self) -> dict[str, Any]:
        """Give the trade as plain JSON types, times in ISO 8601."""
        record = asdict(self)
        return record | {
            "entry_time": self.entry_time.isoformat(),
            "exit_time": self.exit_time.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided after bar `time` closed, with the book as marked at that close."""

    time: datetime
    action: Action
    confidence: float
    price: float
    position: int
    equity: float
    verdict: RiskVerdict
    fill: Fill | None
    observation: NDArray[np.float32] | None
    """`(15,) float32`; None when a feature was missing."""

    @property
    def target(self) -> int:
        """The position wanted after the next bar's open."""
        return self.verdict.allowed


SIGNAL_TIME = "%Y%m%dT%H%MZ"


@dataclass(frozen=True, slots=True)
class Signal:
    """A decision as it is stored and published; unique by (`timestamp`, `model_id`)."""

    timestamp: datetime
    model_id: str
    role: str
    """A `contracts.deployment.Role`; `backtest` for what `cambio paper` replays."""
    action: Action
    confidence: float
    price: float
    requested: int
    target: int
    position: int
    equity: float
    blocked_by: tuple[Reason, ...]
    late: bool
    """The bar came too late to be traded on; it was caught up with."""
    observation: tuple[float, ...] | None

    @property
    def signal_id(self) -> str:
        """The id that `cambio explain` takes: model and bar time."""
        return signal_id(self.model_id, self.timestamp)

    def to_dict(self) -> dict[str, Any]:
        """Give the signal as plain JSON types, times in ISO 8601."""
        return {
            "signal_id": self.signal_id,
            "timestamp": self.timestamp.isoformat(),
            "model_id": self.model_id,
            "role": self.role,
            "action": self.action.name,
            "confidence": self.confidence,
            "price": self.price,
            "requested": self.requested,
            "target": self.target,
            "position": self.position,
            "equity": self.equity,
            "blocked_by": [str(reason) for reason in self.blocked_by],
            "late": self.late,
        }


def signal_id(model_id: str, time: datetime) -> str:
    """Give a signal's id.

    >>> from datetime import UTC
    >>> signal_id("m1", datetime(2024, 7, 5, 13, 5, tzinfo=UTC))
    'm1@20240705T1305Z'
    """
    return f"{model_id}@{bar_id(time)}"


def bar_id(time: datetime) -> str:
    """Give the id by which logs, signals and events of a bar are found: its open, in UTC.

    >>> from datetime import UTC
    >>> bar_id(datetime(2024, 7, 5, 13, 5, tzinfo=UTC))
    '20240705T1305Z'
    """
    return f"{time.astimezone(UTC):{SIGNAL_TIME}}"


def parse_signal_id(text: str) -> tuple[str, datetime]:
    """Give model and bar time (UTC) of a signal's id.

    Raises:
        ConfigError: it is no such id.

    >>> parse_signal_id("m1@20240705T1305Z")[1].isoformat()
    '2024-07-05T13:05:00+00:00'
    """
    model_id, _, time = text.rpartition("@")
    try:
        parsed = datetime.strptime(time, SIGNAL_TIME).replace(tzinfo=UTC)
    except ValueError:
        parsed = None
    if not model_id or parsed is None:
        raise ConfigError(
            f"{text!r} is no id of a signal.",
            remedy="Write MODEL_ID@20240705T1305Z, as `cambio signals` shows it.",
        )
    return model_id, parsed
