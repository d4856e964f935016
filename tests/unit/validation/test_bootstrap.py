"""The stationary bootstrap: blocks, intervals of figures, two records on the same sessions."""

from __future__ import annotations

import json
import math

import empyrical
import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap, optimal_block_length
from scipy import signal, stats

from cambio.validation import bootstrap
from cambio.validation.bootstrap import (
    METRICS,
    Interval,
    block_length,
    compare_paired,
    metric_intervals,
    resampled_sessions,
)
from cambio.validation.metrics import sharpe_per_session

PERIODS = 250.0
ROOT = math.sqrt(PERIODS)


def record(rng, sessions=250, lasting=0.0, sharpe=0.0, rows=None) -> np.ndarray:
    """Returns with heavy tails, AR(1) with coefficient ``lasting``, of an annual Sharpe ratio."""
    shape = (sessions + 50,) if rows is None else (rows, sessions + 50)
    shocks = rng.standard_t(5, shape) / math.sqrt(5 / 3)
    unit = signal.lfilter([1], [1, -lasting], shocks) * math.sqrt(1 - lasting**2)
    return 0.005 * (unit[..., 50:] + sharpe / ROOT)


@pytest.mark.parametrize("sessions", [250, 1250])
@pytest.mark.parametrize("lasting", [-0.4, 0.0, 0.3, 0.7])
def test_the_block_length_is_archs(sessions, lasting):
    """In shorter records a lag on the verge of significance may count for one and not the other."""
    for seed in range(5):
        returns = record(np.random.default_rng(seed), sessions, lasting)
        oracle = max(1.0, float(optimal_block_length(returns)["stationary"].iloc[0]))
        assert block_length(returns) == pytest.approx(oracle, rel=1e-9)


def test_what_lasts_needs_longer_blocks():
    rng = np.random.default_rng(0)
    assert block_length(record(rng, lasting=0.7)) > 4 * block_length(record(rng))


@pytest.mark.parametrize("returns", [[], [0.01], np.full(100, 0.01), np.zeros(100)])
def test_returns_that_never_vary_need_no_blocks(returns):
    assert block_length(returns) == 1.0


@pytest.mark.parametrize("sessions", [2, 3, 5, 9, 20])
def test_short_records_have_blocks_too(sessions):
    found = block_length(record(np.random.default_rng(1), sessions))
    assert 1.0 <= found <= math.ceil(sessions / 3)


def test_blocks_are_consecutive_and_geometric_and_wrap_around():
    """500 resamples of 400 sessions in blocks of 8; a block goes on by chance 1 in 400."""
    drawn = resampled_sessions(400, 500, 8.0, np.random.default_rng(2))
    assert drawn.shape == (500, 400)
    assert (drawn.min(), drawn.max()) == (0, 399)
    follows = (drawn[:, 1:] - drawn[:, :-1]) % 400 == 1
    goes_on = 1 - (1 - 1 / 400) / 8
    assert follows.mean() == pytest.approx(goes_on, abs=0.005)
    both = (follows[:, 1:] & follows[:, :-1]).mean()
    assert both == pytest.approx(goes_on**2, abs=0.01)


def test_every_session_is_drawn_as_often_as_any_other():
    drawn = resampled_sessions(20, 20_000, 3.0, np.random.default_rng(3))
    assert np.bincount(drawn.ravel()) == pytest.approx(np.full(20, 20_000), rel=0.05)


def test_blocks_of_one_session_are_independent_draws():
    drawn = resampled_sessions(50, 2_000, 1.0, np.random.default_rng(4))
    follows = (drawn[:, 1:] - drawn[:, :-1]) % 50 == 1
    assert follows.mean() == pytest.approx(1 / 50, abs=0.002)


def test_the_interval_is_archs():
    """Two sets of resamples of one record, so equal up to what 4,000 resamples scatter."""
    returns = record(np.random.default_rng(5), 250, 0.3, 1.0)
    found = metric_intervals(returns, PERIODS, np.random.default_rng(6), count=4_000)
    sampler = StationaryBootstrap(block_length(returns), returns, seed=7)
    low, high = sampler.conf_int(
        lambda x: ROOT * sharpe_per_session(x), 4_000, method="percentile"
    ).ravel()
    assert found["sharpe_ratio"].low == pytest.approx(low, abs=0.15)
    assert found["sharpe_ratio"].high == pytest.approx(high, abs=0.15)


EMPYRICAL = {
    "sharpe_ratio": lambda x: empyrical.sharpe_ratio(x, annualization=PERIODS),
    "sortino_ratio": lambda x: empyrical.sortino_ratio(x, annualization=PERIODS),
    "annual_return": lambda x: empyrical.annual_return(x, annualization=PERIODS),
    "total_return": empyrical.cum_returns_final,
    "annual_volatility": lambda x: empyrical.annual_volatility(x, annualization=PERIODS),
    "max_drawdown": lambda x: -empyrical.max_drawdown(x),
}


@pytest.mark.parametrize("name", METRICS)
def test_the_interval_of_every_figure_is_that_of_empyricals_over_the_resamples(name):
    """Of 41 resamples the 2nd and the 40th leave 2.5 % on either side."""
    returns = record(np.random.default_rng(8), 60, sharpe=1.0)
    drawn = resampled_sessions(60, 41, block_length(returns), np.random.default_rng(1))
    figures = sorted(EMPYRICAL[name](returns[row]) for row in drawn)
    found = metric_intervals(returns, PERIODS, np.random.default_rng(1), count=41)[name]
    assert (found.low, found.high) == pytest.approx((figures[1], figures[39]), rel=1e-9)


def test_resamples_without_a_loss_have_an_infinite_ratio():
    returns = np.append(np.full(39, 0.001), -0.01)
    found = metric_intervals(returns, PERIODS, np.random.default_rng(8))
    assert found["sortino_ratio"].high == math.inf
    assert found["sortino_ratio"].to_dict()["high"] is None


@pytest.mark.parametrize(("sessions", "lasting"), [(125, 0.0), (250, 0.0), (500, 0.3)])
def test_the_sharpe_interval_covers_as_often_as_it_says(sessions, lasting):
    """About 94 % of 300 records; their standard error is 1.3 points."""
    rng = np.random.default_rng(9)
    covered = 0
    for _ in range(300):
        returns = record(rng, sessions, lasting, sharpe=1.0)
        found = metric_intervals(returns, PERIODS, rng, count=300)["sharpe_ratio"]
        covered += found.low <= 1.0 <= found.high
    assert 0.90 <= covered / 300 <= 0.98


def test_independent_draws_would_cover_less_often_where_returns_last():
    """Why there are blocks: the same records, their sessions drawn one by one."""
    rng = np.random.default_rng(10)
    covered = 0
    for _ in range(150):
        returns = record(rng, 500, 0.3, sharpe=1.0)
        drawn = returns[rng.integers(0, 500, (300, 500))]
        ratios = ROOT * drawn.mean(axis=1) / drawn.std(axis=1, ddof=1)
        low, high = np.quantile(ratios, [0.025, 0.975])
        covered += low <= 1.0 <= high
    assert covered / 150 < 0.89


def test_a_wider_level_holds_the_narrower_one():
    returns = record(np.random.default_rng(11))
    wide, narrow = (
        metric_intervals(returns, PERIODS, np.random.default_rng(12), level=level)
        for level in (0.99, 0.8)
    )
    for name in METRICS:
        assert wide[name].low < narrow[name].low < narrow[name].high < wide[name].high


def test_an_account_that_never_moved_has_no_ratio():
    found = metric_intervals(np.zeros(50), PERIODS, np.random.default_rng(13))
    assert found["total_return"] == Interval(0.0, 0.0, 0.95)
    assert found["max_drawdown"] == Interval(0.0, 0.0, 0.95)
    for name in ("sharpe_ratio", "sortino_ratio"):
        assert found[name].to_dict() == {"low": None, "high": None, "level": 0.95}


def test_resamples_without_a_trade_count_as_a_ratio_of_0():
    """One losing session in 40: a third of the resamples miss it."""
    returns = np.append(np.zeros(39), -0.01)
    found = metric_intervals(returns, PERIODS, np.random.default_rng(14))
    assert found["sharpe_ratio"].high == 0.0
    assert found["sharpe_ratio"].low < 0.0


@pytest.mark.parametrize("returns", [[], [0.01]])
def test_one_session_is_no_record(returns):
    found = metric_intervals(returns, PERIODS, np.random.default_rng(15))
    assert set(found) == set(METRICS)
    assert all(math.isnan(interval.low) for interval in found.values())
    compared = compare_paired(returns, returns, PERIODS, np.random.default_rng(15))
    assert math.isnan(compared.difference)
    assert compared.to_dict()["p_value"] is None


def test_a_record_that_is_ruined_stays_where_it_fell_to():
    """1 falls to −0.5, which no later return makes better or worse."""
    found = metric_intervals(np.full(3, -1.5), PERIODS, np.random.default_rng(16))
    assert found["total_return"] == Interval(-1.5, -1.5, 0.95)
    assert found["annual_return"] == Interval(-1.0, -1.0, 0.95)
    assert found["max_drawdown"] == Interval(1.5, 1.5, 0.95)


def test_the_capital_is_the_first_peak():
    found = metric_intervals(np.full(2, -0.1), PERIODS, np.random.default_rng(16))
    assert found["max_drawdown"].low == pytest.approx(0.19)


def test_a_challenger_is_compared_on_the_champions_own_sessions():
    """Both follow the market, so their difference is far surer than either of them."""
    rng = np.random.default_rng(17)
    market, own = record(rng, 500), record(rng, 500)
    challenger, champion = market + 0.1 * own + 0.0004, market
    found = compare_paired(challenger, champion, PERIODS, rng)
    apart = metric_intervals(challenger, PERIODS, rng)["sharpe_ratio"]
    expected = ROOT * (sharpe_per_session(challenger) - sharpe_per_session(champion))
    assert found.difference == pytest.approx(expected, rel=1e-12)
    assert found.interval.high - found.interval.low < 0.3 * (apart.high - apart.low)
    assert found.interval.low > 0.0
    assert found.probability > 0.99
    assert found.p_value < 0.01


def test_the_interval_of_the_difference_is_that_of_the_delta_method():
    """Ledoit & Wolf 2008, section 3: for independent sessions, from the influence functions."""
    rng = np.random.default_rng(18)
    champion, own = record(rng, 1000, sharpe=1.0), record(rng, 1000, sharpe=1.0)
    challenger = 0.7 * champion + 0.7 * own
    influence = 0.0
    for returns, sign in ((challenger, 1), (champion, -1)):
        z = (returns - returns.mean()) / returns.std()
        influence = influence + sign * (z - returns.mean() / returns.std() / 2 * (z**2 - 1))
    error = ROOT * influence.std() / math.sqrt(1000)
    found = compare_paired(challenger, champion, PERIODS, rng, level=0.9)
    width = found.interval.high - found.interval.low
    assert width == pytest.approx(2 * stats.norm.ppf(0.95) * error, rel=0.12)


def test_equally_good_challengers_are_seldom_called_better():
    """At 5 %: 400 pairs with a common market; the standard error is 1.1 points."""
    rng = np.random.default_rng(19)
    found = []
    for _ in range(400):
        market, first, second = record(rng, 125, rows=3)
        pair = (market + first + 0.0003, market + second + 0.0003)
        found.append(compare_paired(*pair, PERIODS, rng, count=300))
    assert np.mean([each.p_value <= 0.05 for each in found]) <= 0.08
    assert np.mean([each.probability for each in found]) == pytest.approx(0.5, abs=0.05)


def test_the_p_value_counts_the_resamples_moved_to_the_null():
    """By a loop over the same resamples."""
    rng = np.random.default_rng(20)
    challenger, champion = record(rng, 60, sharpe=1.5), record(rng, 60)
    found = compare_paired(challenger, champion, PERIODS, np.random.default_rng(21), count=99)
    drawn = resampled_sessions(60, 99, found.block, np.random.default_rng(21))
    differences = [
        ROOT * (sharpe_per_session(challenger[row]) - sharpe_per_session(champion[row]))
        for row in drawn
    ]
    beyond = sum(d - found.difference >= found.difference for d in differences)
    assert found.p_value == (1 + beyond) / 100
    assert found.probability == np.mean(np.array(differences) > 0)


def test_blocks_suit_the_record_that_lasts_longer():
    rng = np.random.default_rng(22)
    lasting, plain = record(rng, 500, 0.7), record(rng, 500)
    for pair in ((lasting, plain), (plain, lasting)):
        assert compare_paired(*pair, PERIODS, rng, count=10).block == block_length(lasting)


def test_a_record_is_not_better_than_itself():
    returns = record(np.random.default_rng(23))
    for each in (returns, np.zeros(100)):
        found = compare_paired(each, each, PERIODS, np.random.default_rng(24))
        assert (found.difference, found.probability, found.p_value) == (0.0, 0.0, 1.0)


def test_a_champion_that_never_trades_has_a_sharpe_ratio_of_0():
    returns = record(np.random.default_rng(25), sharpe=2.0)
    found = compare_paired(returns, np.zeros(250), PERIODS, np.random.default_rng(26))
    alone = metric_intervals(returns, PERIODS, np.random.default_rng(26))["sharpe_ratio"]
    assert found.difference == pytest.approx(ROOT * sharpe_per_session(returns))
    assert (found.interval.low, found.interval.high) == pytest.approx((alone.low, alone.high))


def test_the_same_seed_gives_the_same_figures():
    returns = record(np.random.default_rng(27))
    one, other = (metric_intervals(returns, PERIODS, np.random.default_rng(1)) for _ in range(2))
    assert one == other


def test_what_it_gives_is_json():
    rng = np.random.default_rng(28)
    found = compare_paired(record(rng), record(rng), PERIODS, rng)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(plain) == {"difference", "interval", "probability", "p_value", "sessions", "block"}
    assert plain["interval"]["level"] == 0.95


A = np.linspace(-0.01, 0.01, 20)
HOLED = np.append(A[1:], np.nan)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: block_length(HOLED), "1 of 20 returns are NaN"),
        (lambda rng: metric_intervals(HOLED, PERIODS, rng), "1 of 20 returns are NaN"),
        (lambda rng: compare_paired(A, HOLED, PERIODS, rng), "1 of 20 returns are NaN"),
        (lambda rng: compare_paired(A, A[1:], PERIODS, rng), "same sessions"),
        (lambda rng: metric_intervals(A, PERIODS, rng, level=95), "level"),
        (lambda rng: compare_paired(A, A, PERIODS, rng, count=0), "count"),
        (lambda rng: bootstrap.resampled_sessions(20, 5, 0.5, rng), "at least 1"),
    ],
)
def test_what_cannot_be_resampled_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))
