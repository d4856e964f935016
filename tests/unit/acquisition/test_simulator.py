"""The simulated market: calibrated, honest about its edge, and without any other."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from math import tanh
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal
from pydantic import TypeAdapter, ValidationError

from cambio import calendar
from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.simulator import (
    PROCESSES,
    SimulatedMarket,
    SimulationConfig,
    planted_signal,
    simulate,
)
from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA
from cambio.errors import ConfigError

CONFIG = Path(__file__).parents[3] / "config" / "macro_series.yaml"
SEEDS = (1, 2, 3, 4, 5, 6)

# Measured on real 5-minute bars of USD/COP, 2020-01 to 2025-09, and on macro series of the time.
REAL_INTRADAY_SD_BPS = 9.95
REAL_OVERNIGHT_SD_BPS = 43.0
REAL_AUTOCORRELATION = -0.09
REAL_COMOVEMENT = {"DXY": 0.30, "USDMXN": 0.41, "BRENT": -0.25, "VIX": 0.22, "EMBI": 0.35}
COST_BPS = 1.0
EDGES = ("none", "planted")


@cache
def catalogue() -> Catalogue:
    return TypeAdapter(Catalogue).validate_python(yaml.safe_load(CONFIG.read_text("utf-8")))


@cache
def config(seed: int, edge: str = "planted") -> SimulationConfig:
    return SimulationConfig(seed=seed, edge=edge)


@cache
def market(seed: int, edge: str = "planted") -> SimulatedMarket:
    return simulate(config(seed, edge), catalogue())


def sessions(seed: int = 1) -> list[date]:
    return calendar.trading_days(config(seed).start, config(seed).end)


def log_bps(seed: int, column: str, edge: str = "none") -> np.ndarray:
    """Log prices in basis points, `(sessions, 60)`."""
    prices = market(seed, edge).bars[column].to_numpy()
    return 1e4 * np.log(prices).reshape(-1, calendar.BARS_PER_SESSION)


def five_minute_returns(seed: int) -> np.ndarray:
    return np.diff(log_bps(seed, "close"), axis=1)


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1])


def values(macro: pl.DataFrame, series: str) -> dict[date, float]:
    rows = macro.filter(pl.col("series") == series)
    return dict(zip(rows["period"], rows["value"], strict=True))


def macro_changes(seed: int, series: str) -> np.ndarray:
    """Log change of each session's own period against the period before, one a session."""
    at = values(market(seed, "none").macro, series)
    return np.array([np.log(at[d] / at[calendar.previous_business_day(d)]) for d in sessions(seed)])


def oracle_sharpe(seed: int, edge: str) -> float:
    """Annualised Sharpe of holding sign(s), filled at each session's second open, after costs."""
    position = np.sign(planted_signal(market(seed, edge).macro, sessions(seed)))
    fill = log_bps(seed, "open", edge)[:, 1]
    close = log_bps(seed, "close", edge)[:, -1]
    earned = position * (close - fill)
    earned[1:] += position[:-1] * (fill[1:] - close[:-1])
    earned -= COST_BPS * np.abs(np.diff(position, prepend=0))
    year = calendar.sessions_per_year(config(seed).start, config(seed).end)
    return float(earned.mean() / earned.std() * np.sqrt(year))


def test_frames_have_the_contracts_schemas() -> None:
    assert market(1).bars.schema == BAR_SCHEMA
    assert market(1).macro.schema == MACRO_SCHEMA


def test_bars_are_exactly_those_the_calendar_expects() -> None:
    expected = calendar.expected_bars(config(1).start, config(1).end)
    times = market(1).bars["time"].dt.replace_time_zone(None).to_numpy()
    np.testing.assert_array_equal(times, expected)


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_open_and_close_lie_between_low_and_high(seed: int) -> None:
    bars = market(seed).bars
    assert (bars["high"] >= bars.select(pl.max_horizontal("open", "close")).to_series()).all()
    assert (bars["low"] <= bars.select(pl.min_horizontal("open", "close")).to_series()).all()
    beyond = (bars["high"] - bars["low"]) > (bars["open"] - bars["close"]).abs() + 0.005
    assert beyond.mean() > 0.5, "a real range reaches beyond open and close in most bars"


def test_prices_are_whole_hundredths() -> None:
    for column in ("open", "high", "low", "close"):
        price = market(1).bars[column]
        assert_frame_equal(price.to_frame(), price.round(2).to_frame(), check_exact=True)


@pytest.mark.parametrize("edge", EDGES)
def test_prices_stay_plausible_for_three_years(edge: str) -> None:
    for seed in SEEDS:
        bars = market(seed, edge).bars
        assert 3900 < bars["open"][0] < 4200
        assert bars["low"].min() > 3000
        assert bars["high"].max() < 5500


def test_five_minute_volatility_is_that_of_real_bars() -> None:
    sds = [five_minute_returns(seed).std() for seed in SEEDS]
    assert np.mean(sds) == pytest.approx(REAL_INTRADAY_SD_BPS, rel=0.05)
    assert sds == pytest.approx([REAL_INTRADAY_SD_BPS] * len(SEEDS), rel=0.15)


def test_overnight_volatility_is_that_of_real_bars() -> None:
    gaps = [log_bps(s, "open")[1:, 0] - log_bps(s, "close")[:-1, -1] for s in SEEDS]
    assert np.std(gaps) == pytest.approx(REAL_OVERNIGHT_SD_BPS, rel=0.06)


def test_gaps_are_wider_over_weekends() -> None:
    gaps = np.array([log_bps(s, "open")[1:, 0] - log_bps(s, "close")[:-1, -1] for s in SEEDS])
    nights = np.diff([day.toordinal() for day in sessions()])
    assert 1.05 < gaps[:, nights > 1].std() / gaps[:, nights == 1].std() < 1.4


def test_quote_bounce_gives_the_real_autocorrelation() -> None:
    found = []
    for seed in SEEDS:
        returns = five_minute_returns(seed)
        found.append(correlation(returns[:, 1:].ravel(), returns[:, :-1].ravel()))
    assert np.mean(found) == pytest.approx(REAL_AUTOCORRELATION, abs=0.015)


def test_returns_have_heavy_tails() -> None:
    for seed in SEEDS:
        returns = five_minute_returns(seed).ravel()
        assert np.mean(returns**4) / np.mean(returns**2) ** 2 > 10, "a normal has 3"


def test_volatility_is_highest_at_the_open_and_rises_to_the_close() -> None:
    by_bar = np.mean([five_minute_returns(seed) ** 2 for seed in SEEDS], axis=(0, 1)) ** 0.5
    middle = by_bar[25:45].mean()
    assert by_bar[:3].mean() > 1.6 * middle
    assert 1.05 * middle < by_bar[-3:].mean() < 1.5 * middle


def test_volatility_clusters_over_sessions() -> None:
    for seed in SEEDS:
        level = np.log((five_minute_returns(seed) ** 2).mean(axis=1))
        assert correlation(level[1:], level[:-1]) > 0.2


def test_the_same_configuration_gives_the_same_bits() -> None:
    again = simulate(config(1), catalogue())
    assert_frame_equal(again.bars, market(1).bars, check_exact=True)
    assert_frame_equal(again.macro, market(1).macro, check_exact=True)


def test_another_seed_gives_another_market() -> None:
    assert (market(1).bars["close"] != market(2).bars["close"]).mean() > 0.99


def test_a_later_end_leaves_the_past_as_it_was() -> None:
    short = simulate(SimulationConfig(seed=1, end=date(2023, 3, 15)), catalogue())
    longer = market(1)
    assert_frame_equal(short.bars, longer.bars.head(len(short.bars)), check_exact=True)
    past = longer.macro.filter(pl.col("period") <= date(2023, 3, 15))
    assert_frame_equal(short.macro, past, check_exact=True)


def test_planted_bars_differ_from_bars_without_edge_by_the_drift_alone() -> None:
    move = {edge: log_bps(1, "close", edge) - log_bps(1, "open", edge) for edge in EDGES}
    signal = planted_signal(market(1).macro, sessions())
    drift = config(1).edge_bps * signal / calendar.BARS_PER_SESSION
    rounding_bps = 4 * 0.005 / 3000 * 1e4
    assert np.abs(move["planted"] - move["none"] - drift[:, None]).max() < rounding_bps


def test_both_edges_share_all_macro_values_but_the_rate_made_of_prices() -> None:
    frames = [market(1, edge).macro.filter(pl.col("series") != "TRM") for edge in EDGES]
    assert_frame_equal(*frames, check_exact=True)


def test_the_signal_reads_the_two_business_days_before_the_session() -> None:
    macro = market(1).macro
    after_holiday = date(2024, 7, 5)  # 2024-07-04 has no session but macro values

    def standardised(series: str) -> float:
        at = values(macro, series)
        change = at[date(2024, 7, 4)] / at[date(2024, 7, 3)] - 1
        return change / PROCESSES[series].daily_sd

    by_hand = tanh(0.5 * (standardised("DXY") + standardised("USDMXN") - standardised("BRENT")))
    assert planted_signal(macro, [after_holiday])[0] == pytest.approx(by_hand, rel=1e-12)


def test_the_signal_is_missing_where_the_macro_values_are() -> None:
    first = market(1).macro["period"].min()
    assert isinstance(first, date)
    assert np.isnan(planted_signal(market(1).macro, [first])).all()


def test_macro_values_move_with_the_price_of_their_own_day() -> None:
    for series, real in REAL_COMOVEMENT.items():
        found = []
        for seed in SEEDS:
            price = np.diff(log_bps(seed, "close")[:, -1])
            found.append(correlation(macro_changes(seed, series)[1:], price))
        assert np.sign(np.mean(found)) == np.sign(real)
        assert abs(np.mean(found)) == pytest.approx(abs(real), abs=0.15)


@pytest.mark.parametrize("series", sorted(REAL_COMOVEMENT))
def test_macro_values_say_nothing_about_the_next_session(series: str) -> None:
    changes, price = [], []
    for seed in SEEDS:
        fills = log_bps(seed, "open")[:, 1]
        changes.append(macro_changes(seed, series)[:-2])
        price.append(np.diff(fills)[1:])  # from the next session's second open on
    found = correlation(np.concatenate(changes), np.concatenate(price))
    assert abs(found) < 4 / np.sqrt(len(np.concatenate(price)))


def test_yesterdays_session_says_nothing_about_the_next() -> None:
    before, after = [], []
    for seed in SEEDS:
        before.append(np.diff(log_bps(seed, "close")[:, -1])[:-1])
        after.append(np.diff(log_bps(seed, "close")[:, -1])[1:])
    found = correlation(np.concatenate(before), np.concatenate(after))
    assert abs(found) < 4 / np.sqrt(len(np.concatenate(after)))


def test_nobody_earns_the_bounce_when_filled_at_the_next_open() -> None:
    earned = []
    for seed in SEEDS:
        against = -np.sign(five_minute_returns(seed))[:, :-1]
        bar = (log_bps(seed, "close") - log_bps(seed, "open"))[:, 2:]
        earned.append(against * bar)
    pooled = np.concatenate(earned).ravel()
    assert abs(pooled.mean()) < 4 * pooled.std() / np.sqrt(len(pooled))


def test_the_oracle_earns_a_sharpe_of_five_to_six_from_the_planted_edge() -> None:
    sharpes = [oracle_sharpe(seed, "planted") for seed in SEEDS]
    assert 5.0 < np.mean(sharpes) < 6.0
    assert min(sharpes) > 3.5, "three years of a Sharpe of 5.5 have a standard error of 0.6"


def test_the_oracle_earns_nothing_where_there_is_no_edge() -> None:
    sharpes = [oracle_sharpe(seed, "none") for seed in SEEDS]
    assert abs(np.mean(sharpes)) < 0.7, "the standard error of this mean is 0.24"
    assert max(np.abs(sharpes)) < 1.8


def test_no_macro_value_touches_the_bounds_of_the_plausible() -> None:
    for seed in SEEDS:
        rows = (
            market(seed)
            .macro.group_by("series")
            .agg(low=pl.col("value").min(), high=pl.col("value").max())
        )
        for series, low, high in rows.iter_rows():
            bounds = catalogue()[series].plausible
            assert bounds[0] < low <= high < bounds[1], series


def test_all_eighteen_daily_series_and_the_funds_rate_are_there() -> None:
    daily = {name for name, series in catalogue().items() if series.frequency == "daily"}
    assert set(market(1).macro["series"]) == daily | {"FEDFUNDS"}
    assert len(daily) == 18


def test_z_scores_over_252_releases_are_ready_at_the_first_session() -> None:
    known = market(1).macro.filter(pl.col("available_at") < calendar.session_open(sessions()[0]))
    releases = known.filter(pl.col("series") != "FEDFUNDS").group_by("series").len()
    assert releases["len"].min() >= 252
    assert market(1).macro["period"].min() <= config(1).start - timedelta(days=400)


def test_values_become_known_when_the_catalogue_says() -> None:
    for series in ("VIX", "EMBI", "FEDFUNDS"):
        row = market(1).macro.filter(pl.col("series") == series).row(20, named=True)
        known: datetime = row["available_at"]
        assert known == catalogue()[series].available_at(row["period"])


def test_each_period_of_a_series_appears_once() -> None:
    assert not market(1).macro.select("series", "period").is_duplicated().any()


def test_the_official_rate_is_the_mean_price_of_the_session_before() -> None:
    bars = market(1).bars
    july_3 = bars.filter(pl.col("time").dt.date() == date(2024, 7, 3))["close"].mean()
    rate = values(market(1).macro, "TRM")
    # 2024-07-04 is a US holiday: the rate in force on the 5th is still that of the 3rd's trades.
    assert rate[date(2024, 7, 4)] == rate[date(2024, 7, 5)] == pytest.approx(july_3, abs=1e-4)


def test_policy_rates_step_by_quarters_and_rarely() -> None:
    rate = np.array(list(values(market(1).macro, "TPM").values()))
    assert np.array_equal(rate * 4, np.round(rate * 4))
    assert 0 < np.count_nonzero(np.diff(rate)) < 48


def test_a_planted_edge_on_a_series_published_too_late_is_refused() -> None:
    late = catalogue()["USDMXN"].lag.model_copy(update={"business_days": 5})
    changed = catalogue() | {"USDMXN": catalogue()["USDMXN"].model_copy(update={"lag": late})}
    short = SimulationConfig(end=date(2023, 2, 1))
    with pytest.raises(ConfigError, match="USDMXN carries the planted edge"):
        simulate(short, changed)
    assert len(simulate(short.model_copy(update={"edge": "none"}), changed).bars) > 0


def test_a_catalogue_without_a_simulated_series_is_refused() -> None:
    partial = {name: series for name, series in catalogue().items() if name != "EMBI"}
    with pytest.raises(ConfigError, match="no series EMBI"):
        simulate(config(1), partial)


def test_a_catalogue_in_another_unit_is_refused() -> None:
    percent = catalogue()["EMBI"].model_copy(update={"plausible": (0.5, 15.0)})
    with pytest.raises(ConfigError, match="EMBI"):
        simulate(config(1), catalogue() | {"EMBI": percent})


def test_a_range_without_any_session_is_refused() -> None:
    with pytest.raises(ValidationError, match="no trading day"):
        SimulationConfig(start=date(2024, 7, 6), end=date(2024, 7, 7))
