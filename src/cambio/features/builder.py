"""`CanonicalFeatureBuilder`: the one place where a bar becomes the 13 market features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cambio.calendar import BOGOTA_OFFSET_S, DAY_S, session_days
from cambio.contracts.features import MARKET_FEATURES_COUNT
from cambio.errors import ContractMismatch, DataQualityError
from cambio.features import kernels

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from cambio.features.macro import MacroTable
    from cambio.features.spec import FeatureSpec


class CanonicalFeatureBuilder:
    """Turns closed bars into raw market features, one at a time or a history at once.

    Both ways run the same compiled update and leave the same state behind.

    Args:
        spec: parameters; `spec.hash()` identifies what is computed.
        macro: the macro events to join as of each session's open.
    """

    def __init__(self, spec: FeatureSpec, macro: MacroTable) -> None:
        self.spec = spec
        self.macro = macro
        self._state = kernels.new_state()
        self._close_only = spec.bar_range == "close_only"
        self._last_s = -1
        self._day = -1
        self._macro_row = np.full(MARKET_FEATURES_COUNT - kernels.TECHNICAL_COUNT, np.nan)

    def update(self, time_s: int, high: float, low: float, close: float) -> NDArray[np.float64]:
        """Take the next closed bar; give its features, `(13,) float64`, NaN where missing.

        Args:
            time_s: the bar's open, UTC epoch seconds, later than the last one.
            high: COP per USD; so are ``low`` and ``close``.
            low: see ``high``.
            close: see ``high``.

        Raises:
            DataQualityError: the bar is not later than the last one.
        """
        self._require_later(time_s)
        self.open_session((time_s + BOGOTA_OFFSET_S) // DAY_S)
        if self._close_only:
            high = low = close
        out = np.empty(MARKET_FEATURES_COUNT)
        kernels.update(self._state, high, low, close, out)
        out[kernels.TECHNICAL_COUNT :] = self._macro_row
        return out

    def open_session(self, day: int) -> None:
        """Join a session's macro values; its first bar does it where nobody has before.

        Args:
            day: its date, days since 1970-01-01.
        """
        if day != self._day:
            self._macro_row = self.macro.features([day], self.spec)[0]
            self._day = day

    def compute(self, bars: pl.DataFrame) -> NDArray[np.float64]:
        """Take many closed bars (`BAR_SCHEMA`); give their features, `(n, 13) float64`.

        Raises:
            DataQualityError: a bar is not later than the one before.
        """
        close = bars["close"].to_numpy()
        high, low = (
            (close, close)
            if self._close_only
            else (bars["high"].to_numpy(), bars["low"].to_numpy())
        )
        time_s = bars["time"].dt.epoch("s").to_numpy()
        if len(time_s):
            self._require_later(int(time_s[0]))
            if not (np.diff(time_s) > 0).all():
                raise DataQualityError(
                    "The bars are not in order of time, each later than the last."
                )
            self._last_s = int(time_s[-1])
        days = session_days(time_s)
        sessions, session_of = np.unique(days, return_inverse=True)
        out = np.empty((len(close), MARKET_FEATURES_COUNT))
        kernels.fold(self._state, high, low, close, out)
        if len(close):
            rows = self.macro.features(sessions.tolist(), self.spec)
            out[:, kernels.TECHNICAL_COUNT :] = rows[session_of]
            self._day, self._macro_row = int(sessions[-1]), rows[-1]
        return out

    def _require_later(self, time_s: int) -> None:
        """Refuse a bar that was taken before: twice in the kernels, it would be two bars."""
        if time_s <= self._last_s:
            raise DataQualityError(
                f"The bar of {time_s} s is not later than the last one, {self._last_s} s.",
                remedy="Feed each closed bar once, in order of time.",
            )
        self._last_s = time_s

    def state(self) -> bytes:
        """Give the kernel state, to be stored with the bar that it follows."""
        return self._state.tobytes()

    def restore(self, state: bytes) -> None:
        """Continue from a stored kernel state.

        Raises:
            ContractMismatch: the state has another size than this version's kernels.
        """
        if len(state) != self._state.nbytes:
            raise ContractMismatch.between(
                "kernel state size",
                str(self._state.nbytes),
                "this builder",
                str(len(state)),
                "the stored state",
            )
        self._state = np.frombuffer(state, dtype=np.float64).copy()
        self._day = -1
