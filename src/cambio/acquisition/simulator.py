"""A simulated USD/COP market: bars and macro series whose only edge is known, or absent.

It is a test instrument. With `edge="none"` nothing worth its costs predicts the price, so what
earns is a leak; with `edge="planted"` yesterday's macro values move today's price by a known
amount, so a pipeline that finds nothing is broken. Volatilities, gaps, jumps and the edge are in
basis points (bp) of the price.

Days t are weekdays; sessions T are the calendar's trading days among them, with bars k = 0..59
of M = 5 minutes m. Every ε is standard normal, every random array has its own stream, so both
edges share all draws and a later `end` leaves the past as it was.

    slow volatility   h_t = 0.95 h_{t−1} + ε, stationary sd 0.30; ε also moves VIX
    fast volatility   f_k = 0.95 f_{k−1} + ε, stationary sd 0.45, anew each session
    bar volatility    σ_Tk = 8.52 w_k v_T exp(f_Tk − 0.45²), v_T = exp(h_T − 0.30²), and
                      w_k ∝ 1 + 1.6 e^(−k/6) + 0.3 e^((k−59)/4), mean w² = 1 over k ≥ 1
    gap               g_T = 43 v_T t₆/√1.5, a fifth larger after more than one night
    mid price x       log price over its level; gap: + g_T − 0.05 (x − clip(x, ±0.17));
                      minute: + σ_Tk ε/√M + jump + edge s_T/(60 M)
    jump              with probability 0.0015 a bar, sd 75 bp
    quoted price      mid ± 3 bp, the sign a fair coin every minute (Roll 1984, J. Finance 39:1127):
                      first-order autocorrelation −c²/sd² = −9/9.95² = −0.09
    macro series      log x_t = log x̄ + φ (log x_{t−1} − log x̄) + sd (λ·F_t + √(1−λ²) ε_t)
    factors F_t       USD/COP's own driftless standardised return of the session t (−1 close to
                      close), the dollar, risk, oil, US rates, Colombian rates, volatility's ε
    planted signal    s_T = tanh(½ (z_DXY + z_USDMXN − z_BRENT)), z = the change from the second
                      last to the last business day before T, over its sd

The macro values of period t move *with* session t and are visible in the next one only.

Measured at seeds 1-8 over three years (target): sd of 5-minute returns 9.2-10.8 bp (9.95), of
gaps 40-48 bp (43), autocorrelation −0.08 to −0.11 (−0.09), kurtosis 15-35 (heavy). An oracle
that holds sign(s) and pays 1 bp a unit has an annual Sharpe ratio of 4.9-6.7, mean 5.6 (5.5 over
60 further seeds, one seed's sd 0.8), and of −0.9 to 1.0, mean 0.0, where nothing is planted.

What it lacks: a trend, volatility that answers to the sign of returns, scheduled announcements,
ticks and volume, holidays of the single macro markets, revisions, bad data, and correlations
between macro series beyond the seven factors. Policy rates are slow processes held for a month
and rounded to 25 bp, not decisions of a committee. Of the monthly and quarterly series there is
FEDFUNDS only. The pull beyond the band, without which three years leave any plausible range,
is a trace of an edge: slow macro values correlate by less than 0.01 with the next return.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from cambio import calendar
from cambio.acquisition.catalogue import available_at
from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA
from cambio.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from cambio.acquisition.catalogue import Catalogue

    Floats = NDArray[np.float64]

INTRADAY_SD_BPS: Final = 9.95
"""Standard deviation of the 5-minute log return within sessions, real bars of 2020-2025."""
OVERNIGHT_SD_BPS: Final = 43.0
"""Standard deviation of the log return from a close to the next open, same bars."""
LONG_GAP: Final = 1.2
"""Over weekends and holidays the same figure is 46, over one night 38."""
HALF_SPREAD_BPS: Final = 3.0
"""What the first-order autocorrelation of −0.09 implies by Roll's formula, same bars."""
JUMPS_PER_BAR: Final = 0.0015
JUMP_SD_BPS: Final = 75.0
"""One jump in eleven sessions: the real bars' 99.9th percentile of 63 bp, bad ticks aside."""
LEVEL_COP: Final = 4050.0
"""The price on the eve of the first session: about the mean of 2020-2025."""
BAND: Final = 0.17
REVERSION: Final = 0.05
"""A night takes back this share of what the log price lies beyond level ± band. Within the band
nothing pulls: reversion everywhere would be an edge that slow macro values such as DXY show."""
SLOW_PERSISTENCE, SLOW_SD = 0.95, 0.30
FAST_PERSISTENCE, FAST_SD = 0.95, 0.45
"""Of log volatility: the real one's autocorrelation over sessions is 0.28, 0.21 after five."""
BP: Final = 1e-4
MINUTES: Final = 5
WARM_UP_DAYS: Final = 400
"""Calendar days of macro values before the first session: 252 releases and to spare."""
SIMULATED: Final = "simulated"
"""The source that its bars and macro values name."""


class _Process(NamedTuple):
    """A macro series: its level, daily sd of the log change, half-life in weekdays, loadings."""

    level: float
    daily_sd: float
    half_life: float
    # usdcop, dollar, risk, oil, us_rates, co_rates, volatility; sum of squares below 1
    loadings: tuple[float, float, float, float, float, float, float]


USDCOP, VOLATILITY = 0, 6
PROCESSES: Final[dict[str, _Process]] = {
    "DXY": _Process(103.0, 0.0045, 120, (0.45, 0.55, 0.0, 0.0, 0.15, 0.0, 0.0)),
    "VIX": _Process(19.0, 0.0650, 12, (0.32, 0.0, 0.60, 0.0, 0.0, 0.0, 0.50)),
    "UST10Y": _Process(4.2, 0.0140, 120, (0.06, 0.20, -0.10, 0.0, 0.85, 0.0, 0.0)),
    "UST2Y": _Process(4.3, 0.0140, 120, (0.06, 0.25, -0.10, 0.0, 0.82, 0.0, 0.0)),
    "EMBI": _Process(300.0, 0.0230, 90, (0.45, 0.0, 0.45, 0.0, 0.0, 0.10, 0.0)),
    "BRENT": _Process(78.0, 0.0200, 60, (-0.38, 0.0, -0.10, 0.85, 0.0, 0.0, 0.0)),
    "WTI": _Process(73.0, 0.0210, 60, (-0.36, 0.0, -0.10, 0.85, 0.0, 0.0, 0.0)),
    "GOLD": _Process(2100.0, 0.0100, 250, (-0.20, -0.40, 0.0, 0.10, -0.20, 0.0, 0.0)),
    "USDMXN": _Process(18.5, 0.0078, 120, (0.48, 0.25, 0.35, 0.0, 0.0, 0.0, 0.0)),
    "USDBRL": _Process(5.3, 0.0085, 120, (0.42, 0.25, 0.30, 0.0, 0.0, 0.0, 0.0)),
    "USDCLP": _Process(900.0, 0.0088, 120, (0.42, 0.30, 0.15, 0.0, 0.0, 0.0, 0.0)),
    "SP500": _Process(4800.0, 0.0100, 250, (-0.25, 0.0, -0.70, 0.0, 0.0, 0.0, -0.30)),
    "COLCAP": _Process(1300.0, 0.0110, 120, (-0.28, 0.0, -0.30, 0.15, 0.0, 0.0, 0.0)),
    "COL10Y": _Process(10.5, 0.0100, 120, (0.37, 0.0, 0.10, 0.0, 0.20, 0.75, 0.0)),
    "COL5Y": _Process(10.0, 0.0105, 120, (0.36, 0.0, 0.10, 0.0, 0.20, 0.75, 0.0)),
    "TPM": _Process(9.5, 0.0080, 120, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    "FEDFUNDS": _Process(4.5, 0.0080, 120, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    "IBR": _Process(9.45, 0.0020, 5, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),  # follows TPM
}
"""Levels of about 2023-2025; sd and correlations with USD/COP near the real ones of 2020-2025."""
EDGE_WEIGHTS: Final = {"DXY": 0.5, "USDMXN": 0.5, "BRENT": -0.5}
"""Weights of the standardised one-day changes in the planted signal."""
_STREAMS: Final = ("factors", "own", "fast", "gap", "minute", "jump", "jump_size", "quote")


class SimulationConfig(BaseModel):
    """What to simulate; the same configuration gives bit-identical frames."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    seed: int = Field(default=7, ge=0)
    start: date = date(2023, 1, 2)
    """No session before this day; macro series begin 400 days earlier."""
    end: date = date(2025, 12, 31)
    edge: Literal["none", "planted"] = "planted"
    edge_bps: float = Field(default=55.0, ge=0)
    """Drift of a session at signal 1; the default is one that PPO finds within a minute."""

    @model_validator(mode="after")
    def _some_session(self) -> SimulationConfig:
        if not calendar.trading_days(self.start, self.end):
            raise ValueError(f"no trading day from {self.start} to {self.end}")
        return self


@dataclass(frozen=True, slots=True)
class SimulatedMarket:
    """What was simulated: `bars` as `BAR_SCHEMA`, `macro` as `MACRO_SCHEMA`."""

    bars: pl.DataFrame
    macro: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Days:
    """The simulated weekdays, and the sessions among them, warm-up included."""

    weekdays: list[date]
    sessions: list[date]
    first: int
    """Index in `sessions` of the first one that is kept."""

    @classmethod
    def of(cls, config: SimulationConfig) -> _Days:
        begin = config.start - timedelta(days=WARM_UP_DAYS)
        span = (begin + timedelta(days=n) for n in range((config.end - begin).days + 1))
        sessions = calendar.trading_days(begin, config.end)
        return cls(
            weekdays=[day for day in span if day.weekday() < 5],
            sessions=sessions,
            first=sum(day < config.start for day in sessions),
        )

    @property
    def index(self) -> NDArray[np.intp]:
        """Position of every session among the weekdays."""
        return np.searchsorted(_dates(self.weekdays), _dates(self.sessions))


def simulate(config: SimulationConfig, catalogue: Catalogue) -> SimulatedMarket:
    """Simulate bars and macro series as the module's equations say.

    Args:
        config: seed, range and edge.
        catalogue: gives each series' publication lag and plausible range.

    Raises:
        ConfigError: the catalogue lacks a series, its plausible range excludes the simulated
            level, or a series of the planted signal is published after the next session's open.
    """
    days = _Days.of(config)
    _check_levels(catalogue)
    children = np.random.SeedSequence(config.seed).spawn(len(_STREAMS))
    rng = {name: np.random.default_rng(c) for name, c in zip(_STREAMS, children, strict=True)}
    factors = rng["factors"].standard_normal((len(days.weekdays), 7))
    slow = _stationary(SLOW_SD * factors[:, VOLATILITY], SLOW_PERSISTENCE)
    volatility = np.exp(slow[days.index] - SLOW_SD**2)
    gaps, minutes, sd = _returns(rng, days.sessions, volatility)
    factors[days.index, USDCOP] = (gaps + minutes.sum(axis=(1, 2))) / sd
    macro = _macro(rng["own"], days, factors, catalogue)
    if config.edge == "planted":
        kept = days.sessions[days.first :]
        _check_edge_is_visible(catalogue, kept)
        drift = config.edge_bps * BP * planted_signal(macro, kept)
        minutes[days.first :] += drift[:, None, None] / (calendar.BARS_PER_SESSION * MINUTES)
    quotes = _quotes(rng["quote"], days.first, gaps, minutes)
    trm = _trm(days, quotes, catalogue)
    return SimulatedMarket(
        bars=_bars(config, quotes[days.first :]),
        macro=pl.concat([macro, trm]).sort("series", "period"),
    )


def planted_signal(macro: pl.DataFrame, sessions: Sequence[date]) -> Floats:
    """Give the signal s, `(n,) float64` in [−1, 1], that the macro values show to each session.

    It reads the last and second last business day before a session. NaN where one is missing.
    """
    wide = macro.filter(pl.col("series").is_in(list(EDGE_WEIGHTS)))
    wide = wide.pivot(on="series", index="period", values="value").sort("period")
    terms = [
        pl.col(name).pct_change() * (weight / PROCESSES[name].daily_sd)
        for name, weight in EDGE_WEIGHTS.items()
    ]
    signal = wide.select("period", s=pl.sum_horizontal(terms, ignore_nulls=False).tanh())
    seen = pl.DataFrame({"period": [calendar.previous_business_day(day) for day in sessions]})
    joined = seen.join(signal, on="period", how="left", maintain_order="left")
    return joined["s"].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _check_levels(catalogue: Catalogue) -> None:
    levels = {name: process.level for name, process in PROCESSES.items()} | {"TRM": LEVEL_COP}
    for name, level in levels.items():
        if name not in catalogue:
            raise ConfigError(f"The catalogue has no series {name}.", remedy="Add it.", series=name)
        low, high = catalogue[name].plausible
        if not low < level < high:
            raise ConfigError(
                f"The simulated level of {name}, {level}, lies outside [{low}, {high}].",
                remedy="Correct the plausible range or the unit in macro_series.yaml.",
                series=name,
            )


def _check_edge_is_visible(catalogue: Catalogue, sessions: Sequence[date]) -> None:
    for name in EDGE_WEIGHTS:
        for day in sessions:
            known = catalogue[name].available_at(calendar.previous_business_day(day))
            if known >= calendar.session_open(day):
                raise ConfigError(
                    f"{name} carries the planted edge but is not known when {day} opens ({known}).",
                    remedy="Its lag in macro_series.yaml must end before the next session.",
                    series=name,
                )


def _stationary(shocks: Floats, persistence: float) -> Floats:
    """Give the AR(1) along the first axis whose stationary sd is that of the shocks."""
    path = np.empty_like(shocks)
    path[0] = shocks[0]
    for t in range(1, len(shocks)):
        path[t] = persistence * path[t - 1] + np.sqrt(1 - persistence**2) * shocks[t]
    return path


def _returns(
    rng: dict[str, Generator], sessions: Sequence[date], volatility: Floats
) -> tuple[Floats, Floats, Floats]:
    """Give driftless log returns: gaps `(n,)`, minutes `(n, 60, 5)`, and the sessions' sd `(n,)`.

    The sd is that of gap and session together, given the slow volatility.
    """
    n, bars = len(sessions), calendar.BARS_PER_SESSION
    nights = np.diff([day.toordinal() for day in sessions], prepend=0)
    gap_sd = np.where(nights > 1, LONG_GAP, 1.0)
    gap_sd *= OVERNIGHT_SD_BPS * BP / np.sqrt(0.75 + 0.25 * LONG_GAP**2)  # a quarter are long
    gaps = gap_sd * volatility * rng["gap"].standard_t(6, n) / np.sqrt(1.5)

    k = np.arange(bars)
    shape = 1 + 1.6 * np.exp(-k / 6) + 0.3 * np.exp((k - bars + 1) / 4)
    shape /= np.sqrt(np.mean(shape[1:] ** 2))  # the first bar has no 5-minute return before it
    jump_variance = JUMPS_PER_BAR * JUMP_SD_BPS**2
    variance = INTRADAY_SD_BPS**2 - 2 * HALF_SPREAD_BPS**2 - jump_variance
    fast = _stationary(FAST_SD * rng["fast"].standard_normal((n, bars)).T, FAST_PERSISTENCE).T
    sigma = np.sqrt(variance) * shape * np.exp(fast - FAST_SD**2) * volatility[:, None]
    grid = (n, bars, MINUTES)
    jumps = rng["jump"].random(grid) < JUMPS_PER_BAR / MINUTES
    minutes = sigma[..., None] * rng["minute"].standard_normal(grid) / np.sqrt(MINUTES)
    minutes += jumps * JUMP_SD_BPS * rng["jump_size"].standard_normal(grid)
    session_variance = BP**2 * (variance * np.sum(shape**2) + bars * jump_variance)
    return gaps, minutes * BP, volatility * np.sqrt(gap_sd**2 + session_variance)


def _quotes(rng: Generator, first: int, gaps: Floats, minutes: Floats) -> Floats:
    """Give quoted prices in COP, `(n, 60, 6)`: each bar's open and its five minutes' ends.

    The path passes through the level at session ``first``'s eve; reversion begins there.
    """
    n, bars, _ = minutes.shape
    within = minutes.reshape(n, -1).cumsum(axis=1)
    opens = np.empty(n)
    close = -(gaps[:first].sum() + within[:first, -1].sum())
    for t in range(n):
        beyond = close - np.clip(close, -BAND, BAND) if t >= first else 0.0
        opens[t] = close + gaps[t] - REVERSION * beyond
        close = opens[t] + within[t, -1]
    ends = (opens[:, None] + within).reshape(n, bars, MINUTES)
    starts = np.concatenate([opens[:, None], ends[:, :-1, -1]], axis=1)
    mids = np.concatenate([starts[..., None], ends], axis=2)
    side = rng.integers(0, 2, mids.shape) * 2 - 1
    quotes: Floats = LEVEL_COP * np.exp(mids + side * HALF_SPREAD_BPS * BP)
    return quotes.round(2)


def _bars(config: SimulationConfig, quotes: Floats) -> pl.DataFrame:
    path = quotes.reshape(-1, MINUTES + 1)
    times = pl.Series(calendar.expected_bars(config.start, config.end))
    columns = {
        "time": times.dt.replace_time_zone("UTC"),
        "open": path[:, 0],
        "high": path.max(axis=1),
        "low": path.min(axis=1),
        "close": path[:, -1],
        "volume": np.zeros(len(path)),
        "source": [SIMULATED] * len(path),
    }
    return pl.DataFrame(columns, schema=BAR_SCHEMA)


def _macro(rng: Generator, days: _Days, factors: Floats, catalogue: Catalogue) -> pl.DataFrame:
    """Give all series but TRM, long."""
    models = PROCESSES.values()
    loadings = np.array([model.loadings for model in models]).T
    own = np.sqrt(1 - np.sum(loadings**2, axis=0))
    shocks = factors @ loadings + own * rng.standard_normal((len(factors), len(PROCESSES)))
    shocks *= [model.daily_sd for model in models]
    keep = np.array([0.5 ** (1 / model.half_life) for model in models])
    logs = np.empty_like(shocks)
    logs[0] = shocks[0]
    for t in range(1, len(shocks)):
        logs[t] = keep * logs[t - 1] + shocks[t]
    values = dict(zip(PROCESSES, (np.exp(logs) * [model.level for model in models]).T, strict=True))
    months = _dates(days.weekdays).astype("datetime64[M]")
    _, first, inverse = np.unique(months, return_index=True, return_inverse=True)
    for name in ("TPM", "FEDFUNDS"):
        values[name] = (np.round(values[name][first] * 4) / 4)[inverse]
    values["IBR"] *= values["TPM"] / PROCESSES["TPM"].level
    frames = [_observations(name, days.weekdays, v, catalogue) for name, v in values.items()]
    return pl.concat(frames)


def _trm(days: _Days, quotes: Floats, catalogue: Catalogue) -> pl.DataFrame:
    """Give the official rate: in force on a day is the mean price of the last session before."""
    last = np.searchsorted(_dates(days.sessions), _dates(days.weekdays)) - 1
    known = np.flatnonzero(last >= 0)
    value = quotes[..., -1].mean(axis=1)[last[known]]
    return _observations("TRM", [days.weekdays[i] for i in known], value, catalogue)


def _observations(
    name: str, weekdays: Sequence[date], values: Floats, catalogue: Catalogue
) -> pl.DataFrame:
    """Give one series in `MACRO_SCHEMA`, one row a period, rounded and within plausible bounds."""
    series = catalogue[name]
    rows = {series.period_of(day): value for day, value in zip(weekdays, values, strict=True)}
    columns = {
        "series": [name] * len(rows),
        "period": list(rows),
        "value": np.clip(np.round(list(rows.values()), 4), *series.plausible),
        "available_at": available_at(series, rows),
        "source": [SIMULATED] * len(rows),
    }
    return pl.DataFrame(columns, schema=MACRO_SCHEMA)


def _dates(days: Sequence[date]) -> NDArray[np.datetime64]:
    return np.array(days, dtype="datetime64[D]")
