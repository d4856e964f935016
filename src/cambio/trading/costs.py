"""What trading costs: spread by hour, slippage, commission, and the nights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from cambio.calendar import (
    BOGOTA_OFFSET_S,
    DAY_S,
    SESSION_CLOSE_S,
    SESSION_OPEN_S,
    local_seconds,
    session_days,
)
from cambio.features.macro import LEVEL
from cambio.trading.ledger import Market

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from cambio.features.macro import MacroTable

HOURS = 24
BPS = 1e-4
DAYS_PER_YEAR = 365.0


class CostConfig(BaseModel):
    """Costs of a change of position and of holding one overnight (`config/trading.yaml`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    half_spread_bps: dict[int, Annotated[float, Field(ge=0)]]
    """By hour of the bar's open in Bogota; every session hour has one."""
    slippage_bps: float = Field(ge=0)
    commission_bps: float = Field(ge=0)
    financing_markup_pct: float = Field(ge=0)
    """A year, paid by either side on top of the rate differential."""
    local_rate_series: str = "TPM"
    foreign_rate_series: str = "FEDFUNDS"
    rate_staleness_days: int = 100
    fallback_differential_pct: float
    """A year; used where a rate is missing at a session's open, and counted in the manifest."""
    multiplier: float = Field(1.0, ge=0)
    """Scales everything but the rate differential, which is a price, not a cost."""

    @field_validator("half_spread_bps")
    @classmethod
    def _covers_the_session(cls, spreads: dict[int, float]) -> dict[int, float]:
        hours = range(SESSION_OPEN_S // 3600, SESSION_CLOSE_S // 3600)
        missing = [hour for hour in hours if hour not in spreads]
        if missing:
            raise ValueError(f"no spread for the hours {missing}")
        return spreads


class CostModel:
    """Gives the ledger's cost inputs, alike for one bar and for a history.

    Args:
        config: the costs.
    """

    def __init__(self, config: CostConfig) -> None:
        self.config = config
        fixed = config.slippage_bps + config.commission_bps
        worst = max(config.half_spread_bps.values())
        self._rate_by_hour = np.array(
            [
                (config.half_spread_bps.get(hour, worst) + fixed) * BPS * config.multiplier
                for hour in range(HOURS)
            ]
        )
        self.markup = config.multiplier * config.financing_markup_pct / 100.0 / DAYS_PER_YEAR

    @property
    def rates(self) -> dict[str, Any]:
        """Identify the rate differential that this model reads, as plain JSON types."""
        fields = {"local_rate_series", "foreign_rate_series", "rate_staleness_days"}
        return self.config.model_dump(include=fields)

    def times(self, multiplier: float) -> CostModel:
        """Give the same model with its costs scaled by ``multiplier``."""
        scaled = self.config.multiplier * multiplier
        return CostModel(self.config.model_copy(update={"multiplier": scaled}))

    def cost_rate(self, time_s: int) -> float:
        """Give the cost of a fill at the open of one bar, as a fraction of the notional."""
        return float(self._rate_by_hour[(time_s + BOGOTA_OFFSET_S) % DAY_S // 3600])

    def differential(self, macro: MacroTable, days: Sequence[int]) -> NDArray[np.float64]:
        """Give local minus foreign policy rate as of each session, % a year; NaN if unknown."""
        local, foreign = (
            macro.as_of(name, days, staleness_days=self.config.rate_staleness_days)
            for name in (self.config.local_rate_series, self.config.foreign_rate_series)
        )
        return np.asarray(local[:, LEVEL] - foreign[:, LEVEL])

    def carry(self, differential_pct: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give what a long pays a night, as a fraction of its notional.

        Args:
            differential_pct: local minus foreign rate, % a year; NaN takes the fallback.
        """
        fallback = self.config.fallback_differential_pct
        yearly = np.where(np.isnan(differential_pct), fallback, differential_pct)
        return yearly / 100.0 / DAYS_PER_YEAR

    def market(self, bars: pl.DataFrame, *, close_only: bool) -> Market:
        """Give the ledger's view of many bars.

        On close-only bars the open is the close: a fill comes a bar late, never early.

        Args:
            bars: `time`, `open`, `close` and `rate_differential_pct`.
            close_only: the bars' range is not to be trusted (decision T5).
        """
        time_s = bars["time"].dt.epoch("s").to_numpy()
        close = bars["close"].to_numpy()
        return Market(
            day=session_days(time_s),
            open=close if close_only else bars["open"].to_numpy(),
            close=close,
            cost_rate=self._rate_by_hour[local_seconds(time_s) // 3600],
            carry=self.carry(bars["rate_differential_pct"].to_numpy()),
            markup=np.full(len(close), self.markup),
        )
