"""Placing clock readings in time: which zone they fit, and which sessions are shifted.

Real dumps of this market hold the same session at 08:00 and at 13:00 "UTC": local times stored
as if they were UTC. The zone is stated by the user; what is here holds it against the session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cambio.acquisition.refusals import Reason
from cambio.calendar import (
    BAR_S,
    BARS_PER_SESSION,
    BOGOTA,
    SESSION_CLOSE_S,
    SESSION_OPEN_S,
    in_session,
    local_seconds,
)
from cambio.errors import ConfigError, DataQualityError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

SESSION_ZONES: Final = ("UTC", "America/Bogota", "America/New_York")
"""The zones that dumps of this market are known to use."""
MUCH_BETTER: Final = 0.25
"""A zone that gains this share of the bars is much better than one that has less than half."""
PERFECT: Final = 0.95
"""A zone with this share fits; one with a twentieth less, on the same bars, is the wrong one."""
LONGER_DAY: Final = 0.1
"""A source with more than this share of a day's bars outside both sessions trades longer."""
SAME_BARS_BP: Final = 20.0
"""Closes of the same bar from two sources differ by less; five hours apart the median is 50."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How closely shifted bars agree, once moved, with the bars that are already there."""

    bars: int
    median_bp: float | None
    max_bp: float | None


def localize(clock: pl.Series, zone: str) -> pl.Series:
    """Give the UTC times of clock readings; null where daylight saving leaves no single one.

    Raises:
        ConfigError: the time-zone database does not know ``zone``.
    """
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(
            f"The time zone {zone!r} is unknown.",
            remedy="Use a name of the time-zone database: UTC, America/Bogota, America/New_York.",
        ) from error
    local = clock.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    return local.dt.convert_time_zone("UTC").alias("time")


def opens_a_bar(time: pl.Series) -> NDArray[np.bool_]:
    """Tell which UTC times are the open of a session bar; null is none."""
    micros: NDArray[np.int64] = time.dt.epoch("us").fill_null(1).to_numpy()
    whole: NDArray[np.bool_] = micros % 1_000_000 == 0
    return whole & in_session(micros // 1_000_000)


def check_zone(clock: pl.Series, stated: str, path: Path) -> dict[str, float]:
    """Give the share of bars that each candidate zone puts into the session.

    Two zones are compared on the bars that they place differently: Bogota's bars read as New
    York's fit in winter, and are an hour off in summer only.

    Raises:
        DataQualityError: another zone fits and the stated one does not.
    """
    times = {zone: localize(clock, zone) for zone in dict.fromkeys((stated, *SESSION_ZONES))}
    fits = {zone: opens_a_bar(time) for zone, time in times.items()}
    shares = {zone: float(fit.mean()) for zone, fit in fits.items()}
    rivals: dict[str, tuple[float, float]] = {}
    for zone in times:
        differ = times[stated].ne_missing(times[zone]).to_numpy()
        if differ.any():
            mine, theirs = float(fits[stated][differ].mean()), float(fits[zone][differ].mean())
            lost = mine < 0.5 and theirs > mine + MUCH_BETTER
            if lost or (theirs >= PERFECT and mine < theirs - (1 - PERFECT)):
                rivals[zone] = (theirs, mine)
    if rivals:
        best = max(rivals, key=lambda zone: rivals[zone])
        theirs, mine = rivals[best]
        told = ", ".join(f"{zone} {share:.1%}" for zone, share in shares.items())
        raise DataQualityError(
            f"{path} does not fit the time zone {stated}: of the bars that the two place "
            f"differently, {mine:.1%} fall into the session (08:00-12:55 Bogota) and {theirs:.1%} "
            f"do under {best}. Of all bars: {told}. Nothing was written.",
            remedy=f"If its clock is {best}'s, run: "
            f"cambio import ohlcv {path} --source-timezone {best}",
            file=str(path),
            shares=shares,
            suggested=best,
        )
    return shares


def check_step(bars: pl.DataFrame, path: Path) -> None:
    """Refuse bars of another length than five minutes.

    Args:
        bars: placed, with `time` and `reason`.
        path: the file, for the message.

    Raises:
        DataQualityError: most session bars are off the 5-minute grid, or all lie on a coarser one.
    """
    off_grid = int((bars["reason"] == Reason.OFF_GRID).sum())
    seconds = bars.filter(pl.col("reason").is_null())["time"].dt.epoch("s").to_numpy()
    step_s = int(np.gcd.reduce(seconds)) if len(seconds) >= BARS_PER_SESSION else BAR_S
    if off_grid > len(seconds) or step_s > BAR_S:
        length = "shorter" if off_grid > len(seconds) else "longer"
        raise DataQualityError(
            f"{path} does not hold 5-minute bars, but {length} ones: {off_grid} bars lie off the "
            f"5-minute grid, {len(seconds)} on it, {step_s // 60} minutes apart. "
            "Nothing was written.",
            remedy="Export 5-minute bars from the source.",
            file=str(path),
        )


def close_label_warning(bars: pl.DataFrame) -> tuple[str, ...]:
    """Warn of bars that seem to be labelled by their close: 08:05-13:00 instead of 08:00-12:55."""
    seconds = local_seconds(bars["time"].drop_nulls().dt.epoch("s").to_numpy())
    opening, closing = (int((seconds == s).sum()) for s in (SESSION_OPEN_S, SESSION_CLOSE_S))
    warning = (
        f"{closing} bars stand at 13:00 and {opening} at 08:00 (Bogota): check that the file "
        "labels bars by their open, not by their close."
    )
    return (warning,) if closing > opening else ()


def place(bars: pl.DataFrame, zone: str, now: datetime) -> pl.DataFrame:
    """Give every bar its UTC `time`, and a `reason` to those that open no session bar.

    Args:
        bars: with `clock` (naive) and `source`; a `reason` that is already there stays.
        zone: how the clock readings are to be understood.
        now: a bar that closes after it is not final.
    """
    bars = bars.with_columns(localize(bars["clock"], zone), moved=pl.lit(value=False))
    fits = pl.Series("fits", opens_a_bar(bars["time"]))
    shifted = _shifted(bars, fits)
    missing = pl.col("time").is_null()
    gone = pl.col("clock").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    local = pl.col("time").dt.convert_time_zone(BOGOTA.key)
    closes = pl.col("time") + timedelta(seconds=BAR_S)
    placed = (
        pl.when(missing & gone.is_null()).then(pl.lit(Reason.NONEXISTENT_LOCAL_TIME))
        .when(missing).then(pl.lit(Reason.AMBIGUOUS_LOCAL_TIME))
        .when(local.dt.weekday() > 5).then(pl.lit(Reason.WEEKEND))
        .when(shifted).then(pl.lit(Reason.SHIFTED_SESSION))
        .when(~fits & in_hours(local)).then(pl.lit(Reason.OFF_GRID))
        .when(~fits).then(pl.lit(Reason.OUTSIDE_SESSION))
        .when(closes > now).then(pl.lit(Reason.NOT_CLOSED))
    )  # fmt: skip
    return bars.with_columns(reason=pl.coalesce("reason", placed))


def _shifted(bars: pl.DataFrame, fits: pl.Series) -> pl.Series:
    """Tell which bars lie outside the session, yet would open one if their clock were Bogota's.

    A source whose day goes on outside both has a longer day, not a shifted session.
    """
    candidate = pl.Series("candidate", opens_a_bar(localize(bars["clock"], BOGOTA.key)))
    local = pl.col("time").dt.convert_time_zone(BOGOTA.key)
    neither = ~in_hours(local) & ~in_hours(pl.col("clock"))
    longer_day = neither.mean().over("source", pl.col("clock").dt.date()) > LONGER_DAY
    return bars.select(shifted=candidate & ~fits & ~longer_day).to_series()


def in_hours(clock: pl.Expr) -> pl.Expr:
    """Tell which readings of Bogota's clock lie within the session, on the grid or not."""
    return clock.dt.hour().is_between(8, 12)


def shifted_bars(bars: pl.DataFrame) -> pl.DataFrame:
    """Give the shifted bars with the `time` that they should have had."""
    shifted = bars.filter(pl.col("reason") == Reason.SHIFTED_SESSION)
    return shifted.with_columns(localize(shifted["clock"], BOGOTA.key))


def agreement(moved: pl.DataFrame, there: pl.DataFrame) -> Agreement:
    """Compare closes bar by bar, in basis points, where both frames have the same `time`."""
    both = moved.join(there.select("time", there="close"), on="time")
    gaps = both.select(((pl.col("close") / pl.col("there")).log() * 1e4).abs()).to_series()
    return Agreement(both.height, gaps.median(), gaps.max())  # type: ignore[arg-type]


def repair(bars: pl.DataFrame, agreed: Agreement, path: Path) -> pl.DataFrame:
    """Move the shifted bars to where they belong and take their reason away.

    Raises:
        DataQualityError: they disagree with the bars that are already there.
    """
    if agreed.median_bp is not None and agreed.median_bp > SAME_BARS_BP:
        raise DataQualityError(
            f"The shifted sessions of {path} are other bars than those they would lie on: over "
            f"{agreed.bars} bars the closes differ by {agreed.median_bp:.0f} bp at the median. "
            "Nothing was written.",
            remedy="Import without the repair and look at them in quarantine.",
            file=str(path),
        )
    shifted = pl.col("reason") == Reason.SHIFTED_SESSION
    as_bogota = localize(bars["clock"], BOGOTA.key)
    return bars.with_columns(
        time=pl.when(shifted).then(as_bogota).otherwise("time"),
        moved=shifted.fill_null(value=False),
        reason=pl.when(shifted).then(None).otherwise("reason"),
    )
