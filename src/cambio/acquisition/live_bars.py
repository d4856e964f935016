"""Pages of live bars: what of an answer is closed, in the session and possible."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from cambio.acquisition import quality, sessions
from cambio.acquisition.files import LINE, SourceTable
from cambio.acquisition.importers import BarFile, read_clock, read_numbers
from cambio.acquisition.quality import PRICES
from cambio.acquisition.refusals import Reason, Refusal
from cambio.acquisition.sessions import PERFECT, SESSION_ZONES, localize, opens_a_bar
from cambio.calendar import BAR_S, BOGOTA
from cambio.contracts.market import BAR_SCHEMA, SYMBOL
from cambio.errors import DataQualityError

if TYPE_CHECKING:
    from datetime import datetime

    from cambio.acquisition.feed import Page

CLOCK_DOUBT: Final = timedelta(seconds=120)
"""How far our clock may be ahead where the provider does not tell its own."""
MIN_OVERLAP: Final = 20
"""Bars that are known already and judge whether a page is of this market and this zone."""
ROUNDING_BP: Final = 1.0
SHIFTS: Final = (1, *range(12, 84, 12))
"""Bars that a mislabelled page is moved by: labels of the close, and whole hours."""
MIN_CLOCKS: Final = 12
"""Rows that tell on which clock a page is."""
OFFSET: Final = r"[+-](\d\d:?[1-9]\d|\d[1-9]:?\d\d|[1-9]\d:?\d\d)$"
"""At the end of a time: a zone that is not UTC."""
NOT_ASKED_FOR: Final = (
    Reason.WEEKEND,
    Reason.OUTSIDE_SESSION,
    Reason.SHIFTED_SESSION,  # the night, where the provider's day is longer than the session
    Reason.NOT_CLOSED,
)
"""Rows that a provider serves rightly, and that are no bars of ours."""


@dataclass(frozen=True, slots=True)
class LiveBars:
    """What a page holds."""

    bars: pl.DataFrame
    """By `BAR_SCHEMA`, ascending and unique in time, all closed. Of two different rows for one
    time neither is here: nothing says which is right."""
    refused: list[Refusal]
    served: pl.Series
    """Times (UTC) of all rows that have one, of the session or not, ascending."""
    unreadable: int
    """Rows that have none: any bar may be among them."""
    forming: int
    """Rows left out because they have not closed."""


def read_page(page: Page, source: str, now: datetime) -> LiveBars:
    """Give the closed session bars of a page, and the refusals of impossible rows.

    A bar is closed when both clocks, ours and the provider's, say so.

    Args:
        page: as served.
        source: its name, which the bars keep.
        now: our clock.

    Raises:
        DataQualityError: its times can't be read, or are told on another clock.
    """
    table = SourceTable(Path(source), page.rows.with_row_index(LINE, offset=1))
    prices = [read_numbers(table, table.frame[name]) for name in PRICES]
    cells = pl.col("time")  # another offset than the one that was asked for can't be meant
    utc = table.frame.select(pl.when(~cells.str.contains(OFFSET)).then(cells)).to_series()
    bars = table.frame.select(LINE, read_clock(table, utc)).with_columns(
        *(values for values, _ in prices),
        volume=pl.lit(0.0),
        source=pl.lit(source),
        symbol=pl.lit(SYMBOL),
    )
    text = pl.any_horizontal(*(wrong for _, wrong in prices))
    bars = bars.with_columns(
        reason=pl.when(pl.col("clock").is_null()).then(pl.lit(Reason.UNREADABLE_TIME))
        .when(text).then(pl.lit(Reason.NOT_A_NUMBER))
        .otherwise(quality.price_fault())
    )  # fmt: skip
    unreadable = bars["clock"].null_count()
    if 2 * unreadable > bars.height:
        first = table.frame["time"].filter(bars["clock"].is_null())[0]
        raise DataQualityError(
            f"{source} answers with times that can't be read, in {unreadable} of {bars.height} "
            f"bars; the first is {first!r}. Nothing of this answer was stored.",
            remedy="Times are read as 2024-07-08 13:05:00 (UTC); the provider changed its format.",
            source=source,
        )
    _check_clock(bars["clock"].drop_nulls(), source)
    until = closed_by(page, now)
    placed = sessions.place(bars, "UTC", until)
    resolved = quality.resolve_duplicates(placed.filter(pl.col("reason").is_null()))
    doubtful = resolved.bars.join(resolved.conflicts.select("time"), on="time", how="semi")
    conflicts = pl.concat(
        [resolved.conflicts, doubtful.with_columns(kept_close=pl.lit("another price"))],
        how="diagonal_relaxed",
    ).with_columns(reason=pl.lit(Reason.CONFLICTING_DUPLICATE))
    wrong = placed.filter(
        pl.col("reason").is_not_null(),
        ~pl.col("reason").is_in(NOT_ASKED_FOR),
        pl.col("time").is_null() | _ours(pl.col("time"), until),
    )
    file = BarFile(table, bars, backwards=0)
    return LiveBars(
        bars=resolved.bars.join(doubtful, on="time", how="anti").select(BAR_SCHEMA.names()),
        refused=file.refusals(pl.concat([wrong, conflicts], how="diagonal_relaxed")),
        served=placed["time"].drop_nulls().sort(),
        unreadable=unreadable,
        forming=int((placed["reason"] == Reason.NOT_CLOSED).sum()),
    )


def _check_clock(clock: pl.Series, source: str) -> None:
    """Refuse a page whose rows are those of the session under another zone only."""
    if len(clock) < MIN_CLOCKS:
        return
    fits = {zone: float(opens_a_bar(localize(clock, zone)).mean()) for zone in SESSION_ZONES}
    best = max(fits, key=lambda zone: fits[zone])
    if fits["UTC"] < PERFECT <= fits[best]:
        raise DataQualityError(
            f"{source} was asked for UTC and answers on the clock of {best}: under it "
            f"{fits[best]:.0%} of {len(clock)} bars open in the session (08:00-12:55 Bogota), and "
            f"{fits['UTC']:.0%} under UTC. Nothing of this answer was stored.",
            remedy="Run the command again; if it stays, ask the provider.",
            source=source,
            shares=fits,
        )


def _ours(time: pl.Expr, until: datetime) -> pl.Expr:
    hours = sessions.in_hours(time.dt.convert_time_zone(BOGOTA.key))
    return hours & (time + timedelta(seconds=BAR_S) <= until)


def closed_by(page: Page, now: datetime) -> datetime:
    """Give the time up to which a bar of the page has certainly closed."""
    return now - CLOCK_DOUBT if page.served_at is None else min(now, page.served_at)


def check_overlap(bars: pl.DataFrame, stored: pl.DataFrame, source: str) -> None:
    """Refuse a page that says something else about bars that are known.

    Providers revise a bar now and then. When the bars that are known disagree at the median, or
    agree better with those a bar or some hours away, the page is of another clock or market.

    Args:
        bars: of the page.
        stored: bars of the same stretch, from the database.
        source: for the message.

    Raises:
        DataQualityError: nothing of the page may be stored.
    """
    agreed = sessions.agreement(bars, stored)
    if agreed.bars < MIN_OVERLAP or agreed.median_bp is None or agreed.median_bp <= ROUNDING_BP:
        return
    shifts = [timedelta(seconds=BAR_S * sign * n) for n in SHIFTS for sign in (1, -1)]
    shift, moved_bp = min(
        ((shift, _median_bp(bars, shift, stored)) for shift in shifts), key=lambda pair: pair[1]
    )
    if moved_bp < agreed.median_bp / 2:
        what = f"they fit those of {shift.total_seconds() / 60:+.0f} minutes"
    elif agreed.median_bp > sessions.SAME_BARS_BP:
        what = "they fit no other hour either"
    else:
        return
    raise DataQualityError(
        f"{source} serves other bars than those that are stored: over {agreed.bars} bars from "
        f"{bars['time'][0]:%Y-%m-%d %H:%M} UTC the closes differ by {agreed.median_bp:.0f} bp at "
        f"the median, and {what}. Nothing of this answer was stored.",
        remedy="Look at both: another clock or another instrument?",
        source=source,
        bars=agreed.bars,
        median_bp=agreed.median_bp,
    )


def _median_bp(bars: pl.DataFrame, shift: timedelta, stored: pl.DataFrame) -> float:
    moved = sessions.agreement(bars.with_columns(pl.col("time") + shift), stored)
    return (
        moved.median_bp if moved.bars >= MIN_OVERLAP and moved.median_bp is not None else math.inf
    )
