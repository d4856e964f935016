"""What the pictures' arrays become: places on the axis, sums, distances, files."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from cambio.calendar import expected_bars
from cambio.contracts.trading import Trade
from cambio.reports import charts
from cambio.reports.axes import NARROW, WIDE
from cambio.reports.breakdown import breakdown, drawdown
from cambio.reports.distribution import ks_distance, shift
from cambio.reports.timeline import Run, Timeline, date_ticks, runs

EIGHT = datetime(2025, 7, 1, 13, tzinfo=UTC)
"""08:00 in Bogota."""
CURVE = (np.arange(200.0) * 1000, np.sin(np.arange(200.0)))


def at(*moments: str) -> np.ndarray:
    return np.array(moments, dtype="datetime64[us]")


def closed(side: int, entry: datetime, hours: float, pnl: float) -> Trade:
    return Trade(side, entry, entry + timedelta(hours=hours), 4000.0, 4000.0, pnl)


def test_nights_collapse_and_missing_bars_stay_open() -> None:
    line = Timeline.of(at("2025-07-01T17:55", "2025-07-02T13:00", "2025-07-02T13:10"))
    x, y = line.closes(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(x, [60, 61, np.nan, 63])
    np.testing.assert_array_equal(y, [1, 2, np.nan, 3])


def test_a_fill_stands_where_its_bar_opens() -> None:
    time = at("2025-07-01T13:00", "2025-07-01T13:05")
    x, price = charts._located(Timeline.of(time), time, [(EIGHT + timedelta(minutes=5), 4000.0)])
    assert (x.tolist(), price.tolist()) == ([1.0], [4000.0])


@pytest.mark.parametrize(
    ("last", "labels"),
    [
        (date(2025, 7, 1), ["08:00\n1 Jul 2025", "09:00", "10:00", "11:00", "12:00", "13:00"]),
        (date(2025, 7, 3), ["1 Jul\n2025", "2 Jul", "3 Jul"]),
        (date(2025, 7, 25), ["1 Jul\n2025", "7 Jul", "14 Jul", "21 Jul"]),
        (date(2025, 10, 31), ["Jul\n2025", "Aug", "Sep", "Oct"]),
        (date(2026, 6, 30), ["Jul\n2025", "Oct", "Jan\n2026", "Apr"]),
    ],
)
def test_the_axis_names_what_fits(last: date, labels: list[str]) -> None:
    line = Timeline.of(expected_bars(date(2025, 7, 1), last))
    assert date_ticks(line, most=6).labels == labels


def test_flat_bars_are_no_run() -> None:
    position = np.array([1, 0, -1, -1])
    assert runs(position) == [Run(0, 0, 1), Run(2, 3, -1)]


def test_the_breakdown_adds_up_in_every_group() -> None:
    trades = [
        closed(1, EIGHT, 1.0, 10.0),
        closed(-1, EIGHT + timedelta(hours=1), 24.0, -4.0),
        closed(-1, EIGHT + timedelta(hours=1), 2.0, 1.0),
    ]
    groups = breakdown(trades)
    assert [sum(share.result for share in group) for group in groups] == [7.0] * 4
    results = {share.kind: (share.trades, share.result) for group in groups for share in group}
    assert results["Long"] == (1, 10.0)
    assert results["Held overnight"] == (1, -4.0)
    assert results["Entry 09–10 h"] == (2, -3.0)


def test_a_kind_without_trades_has_no_win_rate() -> None:
    shorts = breakdown([closed(1, EIGHT, 1.0, 10.0)])[1][1]
    assert (shorts.kind, shorts.trades, shorts.win_rate, shorts.mean) == ("Short", 0, None, None)


def test_drawdown_starts_again_at_each_peak() -> None:
    found = drawdown(np.array([100.0, 80.0, 120.0, 90.0]))
    np.testing.assert_allclose(found, [0.0, -0.2, 0.0, -0.25])


def test_the_ks_distance_is_the_largest_gap_of_the_distribution_functions() -> None:
    rng = np.random.default_rng(4)
    a, b = np.sort(rng.normal(0, 1, 40)), np.sort(rng.normal(0.5, 1, 25))
    gaps = [abs(np.mean(a <= point) - np.mean(b <= point)) for point in (*a, *b)]
    assert ks_distance(a, b) == pytest.approx(max(gaps), abs=1e-12)


def test_an_outlier_does_not_flatten_a_distribution() -> None:
    values = np.append(np.linspace(-1, 1, 2000), 1e6)
    found = shift("x", values, values)
    assert found is not None
    assert found.edges[-1] < 2


def test_crowded_sessions_are_shown_closer() -> None:
    time = expected_bars(date(2025, 7, 1), date(2025, 7, 11))
    close, position = np.full(len(time), 4000.0), np.zeros(len(time), int)
    opens = [moment.replace(tzinfo=UTC) for moment in time.tolist()]
    many = [closed(1, moment, 0.1, 0.0) for moment in opens[:120]]
    quiet = charts.newest_trades(time, close, position, many[:1], WIDE)
    crowded = charts.newest_trades(time, close, position, many, WIDE)
    assert (">1 Jul<" in quiet, ">1 Jul<" in crowded) == (True, False)
    assert ">11 Jul<" in crowded


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_texts_keep_their_decimals(size: charts.Size) -> None:
    time = expected_bars(date(2025, 7, 1), date(2025, 7, 1))
    drawn = charts.equity(time, {"policy": np.full(60, 10_123.4)}, None, 10_000.0, size)
    assert "+1.23 %" in drawn


def test_the_training_curve_is_a_png_file_and_always_the_same() -> None:
    drawn = charts.training_curve_png(charts.Training(CURVE, CURVE))
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
    assert drawn == charts.training_curve_png(charts.Training(CURVE, CURVE))


def test_a_curve_with_undefined_values_is_drawn() -> None:
    holes = (np.arange(3.0), np.array([1.0, np.nan, np.inf]))
    nothing = (np.empty(0), np.empty(0))
    assert charts.training_curve_png(charts.Training(holes, nothing)).startswith(b"\x89PNG")


def test_each_later_stage_of_the_curriculum_is_marked() -> None:
    plain, staged = (
        charts.training_curve(charts.Training(CURVE, CURVE, stages), WIDE)
        for stages in ((), (1, 2))
    )
    assert "stage" not in plain
    assert [text in staged for text in ("stage 2", "stage 3", "stage 4")] == [True, True, False]
