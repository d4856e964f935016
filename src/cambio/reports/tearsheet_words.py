"""What the tear sheet says in sentences: a losing policy's sheet reads as one."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from cambio.reports.breakdown import drawdown
from cambio.reports.numbers import count, decimal, percent, signed_percent
from cambio.reports.timeline import date_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cambio.reports.tearsheet import TearSheet

SURE: Final = 0.95
"""What the deflated Sharpe ratio and the standing among random traders have to reach."""
FREE: Final = "×0"
STRESS: Final = "×2"
"""The rows of costs that tell what costs made of a result."""
FLAT: Final = "flat"
DRAWDOWN_NOTE: Final = (
    "Drawdown is measured bar by bar, so that a loss within a session counts; its interval, like "
    "all intervals, is resampled from whole sessions in blocks, and knows their closes."
)
HOURS_NOTE: Final = (
    "Hours are Bogota’s. A fill’s cost belongs to the hour of the fill. On bars without a range "
    "of their own the first bar of a session counts as the night’s."
)


class Finding(StrEnum):
    """What the whole page comes to."""

    FLAWED = "Its decisions know the future: no figure here means anything."
    STILL = "It never traded."
    LOST = "It lost money."
    SEEN = "It made money, but it had seen sessions of this window."
    LUCK = "It made money, but luck may explain it."
    SKILL = "It made money, and more than luck explains."


def finding(sheet: TearSheet) -> Finding:
    """Give what the sheet comes to; the first that applies."""
    if sheet.luck.look_ahead.found:
        return Finding.FLAWED
    if not sheet.metrics["total_trades"]:
        return Finding.STILL
    if not sheet.metrics["total_return"] > 0.0:
        return Finding.LOST
    if not sheet.out_of_sample:
        return Finding.SEEN
    return Finding.LUCK if any(doubts(sheet)) else Finding.SKILL


def headline(sheet: TearSheet) -> str:
    """Say what it earned, how surely, and against what."""
    metrics = sheet.metrics
    text = (
        f"It returned {signed_percent(metrics['total_return'])} % over "
        f"{_counted(metrics['sessions'], 'session')} after costs"
    )
    if metrics["sharpe_ratio"] is not None:
        text += f", a Sharpe ratio of {decimal(metrics['sharpe_ratio'])}"
    interval = sheet.intervals.get("sharpe_ratio")
    if interval is not None and math.isfinite(interval.low):
        level = decimal(100.0 * interval.level, 0)
        text += f" ({level} % interval {decimal(interval.low)} to {decimal(interval.high)})"
    best = max(sheet.rivals, key=lambda row: row.metrics["total_return"])
    rival = "Doing nothing" if best.name == FLAT else best.name.capitalize()
    earned = signed_percent(best.metrics["total_return"])
    return f"{text}. {rival}, the best of the simple alternatives, returned {earned} %."


def reasons(sheet: TearSheet) -> str:
    """Say what made a loss, or what speaks against a gain; nothing where nothing was traded."""
    if not sheet.metrics["total_trades"]:
        return ""
    if not sheet.metrics["total_return"] > 0.0:
        return _loss(sheet)
    found = list(doubts(sheet))
    return (
        f"What speaks against it: {'; '.join(found)}." if found else "No check speaks against it."
    )


def doubts(sheet: TearSheet) -> Iterator[str]:
    """Give each reason not to believe in a gain."""
    luck, statistics = sheet.luck, sheet.luck.statistics
    if luck.look_ahead.found:
        yield "its decisions change with data from after them"
    if not sheet.out_of_sample:
        yield "the window is not out of sample"
    interval = sheet.intervals.get("sharpe_ratio")
    if interval is None or not interval.low > 0.0:
        yield "the interval of its Sharpe ratio reaches zero"
    if not statistics.deflated_sharpe >= SURE:
        looks = _counted(statistics.trials, "look")
        chance = percent(statistics.deflated_sharpe)
        yield f"after {looks} at this window the deflated Sharpe ratio is {chance} %"
    if luck.random_percentile < 100.0 * SURE:
        yield _standing(sheet)
    yield from _better(sheet)
    stressed = next((row for row in sheet.cost_rows if row.name == STRESS), None)
    if stressed is not None and not stressed.metrics["total_return"] > 0.0:
        yield "it earns nothing at twice the costs"


def _loss(sheet: TearSheet) -> str:
    told = []
    free = next((row for row in sheet.cost_rows if row.name == FREE), None)
    if free is not None:
        without = free.metrics["total_return"]
        even = "without costs it would have" if without > 0.0 else "even without costs it"
        told.append(f"{even} returned {signed_percent(without)} %")
    told += [_standing(sheet), *_better(sheet)]
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}."


def _standing(sheet: TearSheet) -> str:
    standing = sheet.luck.random_percentile
    only = "only " if standing < 100.0 * SURE else ""
    return f"it is ahead of {only}{decimal(standing, 1)} % of random traders who trade as often"


def _better(sheet: TearSheet) -> Iterator[str]:
    own = sheet.metrics["sharpe_ratio"] or 0.0
    for row in sheet.rivals:
        sharpe = row.metrics["sharpe_ratio"]
        if sharpe is not None and sharpe >= own:
            yield f"{row.name} had the higher Sharpe ratio, {decimal(sharpe)}"


def window(sheet: TearSheet) -> str:
    """Say what was replayed."""
    first, last = date_text(sheet.views.days[0]), date_text(sheet.views.days[-1])
    sample = "out of sample" if sheet.out_of_sample else "NOT out of sample"
    return (
        f"Backtest, {first} to {last}, {sample}: "
        f"{_counted(sheet.metrics['sessions'], 'session')}, {count(len(sheet.record.time))} bars, "
        f"start capital {decimal(sheet.record.capital)} in account currency."
    )


def equity(sheet: TearSheet) -> str:
    """Say where the lines end."""
    record = sheet.record
    policy = next(iter(record.equity.values()))
    text = f"The policy ended at {_gain(policy[-1], record.capital)}."
    if record.random_band is not None:
        low, high = (_gain(record.random_band[row][-1], record.capital) for row in (0, 2))
        text += f" Nine of ten random traders ended between {low} and {high}."
    deepest = float(drawdown(np.append(record.capital, policy)).min())
    return f"{text} Its deepest fall was {percent(-deepest)} %." if deepest < 0.0 else text


def trades(sheet: TearSheet) -> str:
    """Say how it traded."""
    metrics = sheet.metrics
    if not metrics["total_trades"]:
        return "The policy made no trade."
    position = sheet.record.position
    long, short = (percent(float(np.mean(position == side))) for side in (1, -1))
    text = (
        f"{_counted(metrics['total_trades'], 'trade')}, long {long} % of the bars and short "
        f"{short} %. A trade is held {decimal(metrics['average_holding_hours'], 1)} hours of bars "
        f"on average. {decimal(metrics['annual_turnover'], 0)} units of position change hands a "
        f"year; a reversal is two."
    )
    if any(trade.is_open for trade in sheet.record.trades):
        text += " The newest trade is still open: marked at the last close, its exit not yet paid."
    return text


def costs(sheet: TearSheet) -> str:
    """Say what the result rests on."""
    share = sheet.metrics["cost_share"]
    paid = sheet.metrics["costs"] + sheet.metrics["financing"]
    if paid < 0.0:
        return f"The nights paid {decimal(-paid)} more than trading cost."
    if share is None:
        return f"Costs and financing took {decimal(paid)}; before them, too, it earned nothing."
    return f"Costs and financing took {decimal(paid)}, {percent(share)} % of what it earned before."


def tails(sheet: TearSheet) -> str:
    """Say how the sessions are spread."""
    metrics = sheet.metrics
    still = int(np.count_nonzero(sheet.views.returns == 0.0))
    text = (
        f"{percent(metrics['positive_sessions'])} % of the sessions gained; the best returned "
        f"{signed_percent(metrics['best_session'])} %, the worst "
        f"{signed_percent(metrics['worst_session'])} %. One session in twenty returned "
        f"{signed_percent(metrics['value_at_risk'])} % or less, on average "
        f"{signed_percent(metrics['expected_shortfall'])} %. Skew {decimal(metrics['skew'])}, "
        f"kurtosis {decimal(metrics['kurtosis'])} (3 is normal)."
    )
    return f"{text} {_counted(still, 'session')} returned nothing; not drawn." if still else text


def vix(sheet: TearSheet) -> str:
    """Say what the groups are."""
    low, high = sheet.views.vix_bounds
    if math.isnan(low):
        return "No session knew a VIX at its open."
    return (
        f"Thirds of the window’s own sessions by the VIX as it was known at their open: up to "
        f"{decimal(low)}, up to {decimal(high)}, and above."
    )


def notes(sheet: TearSheet) -> list[str]:
    """Say how to read the figures."""
    yearly = decimal(sheet.metrics["periods_per_year"], 1)
    found = [
        f"Ratios are of session returns, annualised by the calendar’s {yearly} sessions a year.",
        DRAWDOWN_NOTE,
        HOURS_NOTE,
    ]
    if sheet.holidays:
        sessions = _counted(sheet.holidays, "session")
        found.insert(
            1,
            f"{sessions} of the window lie on days that the calendar calls holidays; they count "
            f"as sessions, but not in the sessions a year, so that yearly figures are a little "
            f"closer to zero.",
        )
    return found


def _gain(mark: float, capital: float) -> str:
    return f"{signed_percent(mark / capital - 1.0)} %"


def _counted(number: int, noun: str) -> str:
    return f"{count(number)} {noun if number == 1 else f'{noun}s'}"
