"""What is computed and how: parameters and formulas, and the hash that covers both."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from cambio.contracts.lineage import hash_of

BUILDER_VERSION: Final = "1.0.0"

BarRange = Literal["as_is", "close_only"]

FORMULAS: Final[dict[str, str]] = {
    "log_ret_5m": "log(close[t] / close[t-1])",
    "log_ret_1h": "log(close[t] / close[t-12])",
    "log_ret_4h": "log(close[t] / close[t-48])",
    "rsi_9": "Wilder RSI, 9 bars, seeded with the simple mean; 50 without movement",
    "atr_pct": "Wilder ATR, 14 bars, seeded with the simple mean, / close * 100",
    "adx_14": "Wilder ADX, 14 bars, sums seeded over 13 moves, mean of 14 DX; 0 without range",
    "dxy_z": "(DXY - mean) / std over the newest releases known at the session's open",
    "dxy_change_1d": "(DXY[r] - DXY[r-1]) / DXY[r-1] over releases",
    "vix_z": "as dxy_z, of VIX",
    "embi_z": "as dxy_z, of EMBI",
    "brent_change_1d": "as dxy_change_1d, of BRENT",
    "rate_spread": "COL10Y - UST10Y, percentage points",
    "usdmxn_change_1d": "as dxy_change_1d, of USDMXN",
    "position": "-1 short, 0 flat, 1 long; not normalised",
    "time_normalized": "hour of the bar's open in America/Bogota / 24; not normalised",
}


class FeatureSpec(BaseModel):
    """Parameters of the feature builder; part of every model's identity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    bar_range: BarRange = "close_only"
    """`close_only` makes all bars one kind (open = high = low = close), see decision T5."""
    zscore_window: int = Field(252, ge=20)
    """Releases (days, not bars) that a z-score looks back over, its own value included."""
    zscore_ddof: Literal[0, 1] = 1
    staleness_days: int = Field(5, ge=1)
    """Calendar days after which a daily macro value counts as missing."""

    def hash(self) -> str:
        """Give the hash over parameters, formulas, dtype and version (`feature_spec_hash`)."""
        return hash_of(
            {
                "builder_version": BUILDER_VERSION,
                "formulas": FORMULAS,
                "dtype": "float64",
                "parameters": self.model_dump(),
            }
        )
