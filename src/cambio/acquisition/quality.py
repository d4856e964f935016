"""Checks on bars: impossible rows, duplicates, bad ticks and close-only records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cambio.acquisition.files import LINE
from cambio.acquisition.refusals import Reason
from cambio.calendar import BOGOTA, is_trading_day
from cambio.contracts.market import is_close_only

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

PRICES: Final = ("open", "high", "low", "close")
PLAUSIBLE_PRICE: Final = (400.0, 12_000.0)
"""COP per USD since 1990, with room; another instrument or unit lies outside."""
SAME_PRICE: Final = 1e-6
"""Relative difference that is rounding: 0.004 COP, a hundredth of a basis point."""
SPIKE_FLOOR_BP: Final = 50.0
SPIKE_SIGMAS: Final = 12.0
MAD_TO_SIGMA: Final = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def price_fault() -> pl.Expr:
    """Give the reason why a row's prices or volume are impossible, null where they are not.

    Stands for rows whose cells are numbers or null; see `importers` for those that are text.
    """
    low, high = PLAUSIBLE_PRICE
    body = pl.max_horizontal("open", "close"), pl.min_horizontal("open", "close")
    return (
        pl.when(_any(lambda c: c.is_null() | c.is_nan())).then(pl.lit(Reason.MISSING_PRICE))
        .when(_any(lambda c: c.is_infinite())).then(pl.lit(Reason.INFINITE))
        .when(_any(lambda c: c <= 0)).then(pl.lit(Reason.NON_POSITIVE_PRICE))
        .when(_any(lambda c: ~c.is_between(low, high))).then(pl.lit(Reason.IMPLAUSIBLE))
        .when(pl.col("high") < pl.col("low")).then(pl.lit(Reason.HIGH_BELOW_LOW))
        .when(pl.col("high") < body[0]).then(pl.lit(Reason.HIGH_BELOW_PRICE))
        .when(pl.col("low") > body[1]).then(pl.lit(Reason.LOW_ABOVE_PRICE))
        .when(pl.col("volume") < 0).then(pl.lit(Reason.NEGATIVE_VOLUME))
        .when(pl.col("volume").is_infinite()).then(pl.lit(Reason.INFINITE))
    )  # fmt: skip


def _any(fault: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(fault(pl.col(price)) for price in PRICES)


class Resolved(NamedTuple):
    """Bars unique in time, and what became of the others."""

    bars: pl.DataFrame
    conflicts: pl.DataFrame
    """Other values for a time that is taken, with `kept_close`."""
    repeated: int
    """Rows that say the same again."""
    covered: int
    """Close-only records beside a ranged bar with the same close."""


def resolve_duplicates(bars: pl.DataFrame) -> Resolved:
    """Keep one bar a time: the first, or the ranged one where the first is its close only.

    Bars that were moved by a repair come after those that were in place.

    Args:
        bars: with `time`, prices, the line and `moved`; sorted by time in the answer.
    """
    kept = {f"kept_{price}": pl.col(price).first().over("time") for price in PRICES}
    ranked = (
        bars.sort("time", "moved", LINE)
        .with_columns(
            other=~same_price(pl.col("close"), pl.col("close").first().over("time")),
            flat=is_close_only(),
        )
        .sort("time", "other", "flat", "moved", LINE)
        .with_columns(taken=pl.int_range(pl.len()).over("time") > 0, **kept)
    )
    same = {price: same_price(pl.col(price), pl.col(f"kept_{price}")) for price in PRICES}
    repeated = pl.col("taken") & pl.all_horizontal(*same.values())
    covered = pl.col("taken") & ~repeated & pl.col("flat") & same["close"]
    fate = ranked.select(repeated=repeated, covered=covered)
    conflict = ranked["taken"] & ~fate["repeated"] & ~fate["covered"]
    return Resolved(
        bars=ranked.filter(~ranked["taken"]).select(bars.columns),
        conflicts=ranked.filter(conflict).select(*bars.columns, "kept_close"),
        repeated=int(fate["repeated"].sum()),
        covered=int(fate["covered"].sum()),
    )


def same_price(price: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Tell which prices are equal but for rounding: 3271.76 and 3271.76001 are."""
    return (price - other).abs() <= SAME_PRICE * other


def close_only_share(bars: pl.DataFrame) -> dict[str, float]:
    """Give the share of close-only bars by month (`YYYY-MM`, Bogota)."""
    month = pl.col("time").dt.convert_time_zone(BOGOTA.key).dt.strftime("%Y-%m").alias("month")
    shares = bars.group_by(month).agg(share=is_close_only().mean()).sort("month")
    return dict(shares.iter_rows())


def session_dates(bars: pl.DataFrame) -> pl.Series:
    """Give the Bogota date of each bar."""
    return bars["time"].dt.convert_time_zone(BOGOTA.key).dt.date().alias("day")


def holiday_bars(bars: pl.DataFrame) -> int:
    """Count the bars on days without a session: Colombian and US holidays."""
    counts = session_dates(bars).value_counts().iter_rows()
    return sum(bars_of_day for day, bars_of_day in counts if not is_trading_day(day))


@dataclass(frozen=True, slots=True)
class Spike:
    """A lone close that departs from both neighbours and comes back: perhaps a bad tick."""

    time: datetime
    close: float
    departure_bp: float


def spikes(bars: pl.DataFrame) -> list[Spike]:
    """Give the lone departures within sessions, largest first; they are kept, and reported.

    A close is one when its log return and the next bar's are opposite, and each is larger than
    both 50 bp and 12 robust standard deviations of all returns, and three quarters of the way
    is taken back.

    Args:
        bars: ascending in `time`.
    """
    day = session_dates(bars)
    log_close = pl.col("close").log() * 1e4
    moves = bars.select(
        "time",
        "close",
        came=pl.when(day == day.shift(1)).then(log_close.diff()),
        went=pl.when(day == day.shift(-1)).then(-log_close.diff(-1)),
    )
    came, went = pl.col("came"), pl.col("went")
    sigma = moves.select((came - came.median()).abs().median()).item() or 0.0
    limit = max(SPIKE_FLOOR_BP, SPIKE_SIGMAS * MAD_TO_SIGMA * sigma)
    lone = (came.abs() > limit) & (went.abs() > limit) & (came.sign() != went.sign())
    returns = (came + went).abs() <= pl.max_horizontal(came.abs(), went.abs()) / 4
    found = moves.filter(lone & returns).sort(came.abs(), descending=True)
    return [Spike(*row) for row in found.select("time", "close", "came").iter_rows()]
