"""The ledger against a cash account in plain Python, and against figures worked out by hand."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cambio.trading import ledger
from cambio.trading.ledger import Market

seeded = settings(derandomize=True, deadline=None)
CAPITAL = 10_000.0


@dataclass
class Day:
    """One bar as the ledger sees it, in the ledger's order."""

    day: int
    open: float
    close: float
    cost_rate: float = 0.001
    carry: float = 0.0002
    markup: float = 0.00005


def cash_account(bars: list[Day], targets: list[int]) -> list[float]:
    """Equity at each close: what is in cash, and the units at their price."""
    cash, units, held, wanted, marks = CAPITAL, 0.0, 0, 0, []
    for before, bar, target in zip([bars[0], *bars], bars, targets, strict=False):
        nights, side = bar.day - before.day, abs(units)
        cash -= nights * before.close * (units * bar.carry + side * bar.markup)
        if wanted != held:
            cash += units * bar.open - side * bar.open * bar.cost_rate
            units, held = wanted * cash / bar.open, wanted
            cash -= units * bar.open + abs(units) * bar.open * bar.cost_rate
        marks.append(cash + units * bar.close)
        wanted = target
    return marks


def advance(book: np.ndarray, bar: Day, target: int | None = None) -> float:
    """Book a bar, then want `target`; give the result of a trade that the bar closed."""
    result = ledger.advance(book, *astuple(bar))
    if target is not None:
        book[ledger.TARGET] = target
    return result


def run(bars: list[Day], targets: list[int]) -> tuple[np.ndarray, np.ndarray]:
    equity = np.empty(len(bars))
    columns = np.array([astuple(bar) for bar in bars]).T
    market = Market(columns[0].astype(np.int64), *(np.ascontiguousarray(c) for c in columns[1:]))
    return ledger.run_targets(market, np.array(targets), CAPITAL, equity), equity


def walked(bars: list[Day], targets: list[int]) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """The book at the end, and what each bar did to it."""
    book, seen = ledger.new_book(CAPITAL), []
    for bar, target in zip(bars, targets, strict=True):
        result = advance(book, bar, target)
        seen.append({"result": result, "equity": book[ledger.EQUITY], "book": book.copy()})
    return book, seen


small = st.floats(-0.03, 0.03)
step = st.tuples(
    st.sampled_from([0, 0, 0, 1, 3]),
    small,
    small,
    st.floats(0, 0.005),
    st.floats(-5e-4, 5e-4),
    st.floats(0, 2e-4),
    st.sampled_from([-1, 0, 1]),
)


@st.composite
def histories(draw) -> tuple[list[Day], list[int]]:
    price, day, bars, targets = 4000.0, 19_000, [], []
    for nights, gap, move, rate, carry, markup, target in draw(st.lists(step, min_size=1)):
        day += nights
        opened = price * (1 + gap)
        price = opened * (1 + move)
        bars.append(Day(day, opened, price, rate, carry, markup))
        targets.append(target)
    return bars, targets


@seeded
@given(histories())
def test_equity_equals_the_cash_accounts(history):
    np.testing.assert_allclose(run(*history)[1], cash_account(*history), rtol=1e-9)


@seeded
@given(histories())
def test_equity_changes_by_units_times_price_less_costs_and_financing(history):
    bars, targets = history
    book, seen = walked(bars, targets)
    gains = 0.0
    for before, after, last, bar in zip(seen, seen[1:], bars, bars[1:], strict=False):
        gains += before["book"][ledger.UNITS] * (bar.open - last.close)
        gains += after["book"][ledger.UNITS] * (bar.close - bar.open)
    spent = book[ledger.COSTS] + book[ledger.FINANCING]
    assert book[ledger.EQUITY] == pytest.approx(CAPITAL + gains - spent, rel=1e-9)


@seeded
@given(histories())
def test_running_targets_equals_stepping_through_them(history):
    book, seen = walked(*history)
    final, equity = run(*history)
    assert equity.tolist() == [bar["equity"] for bar in seen]
    assert final.tolist() == book.tolist()


@seeded
@given(histories())
def test_the_results_of_trades_add_up_to_the_change_of_equity(history):
    """Once the last position is closed; entry costs and financing belong to their trade."""
    bars, targets = history
    last = bars[-1]
    bars = [*bars, Day(last.day, last.close, last.close)]
    book, seen = walked(bars, [*targets[:-1], 0, 0])
    total = np.nansum([bar["result"] for bar in seen])
    assert book[ledger.EQUITY] == pytest.approx(CAPITAL + total, rel=1e-9)


@seeded
@given(histories())
def test_the_peak_is_the_highest_mark_so_far(history):
    _, seen = walked(*history)
    marks = np.maximum.accumulate([CAPITAL, *(bar["equity"] for bar in seen)])[1:]
    assert [bar["book"][ledger.PEAK] for bar in seen] == marks.tolist()


FRIDAY, MONDAY = 19_000, 19_003
WEEKEND = [
    (Day(FRIDAY, 3990.0, 4000.0), 1),
    (Day(FRIDAY, 4000.0, 4020.0), -1),
    (Day(MONDAY, 4000.0, 3980.0), 0),
    (Day(MONDAY, 3990.0, 3970.0), 0),
]


def weekend() -> tuple[np.ndarray, list[dict[str, Any]]]:
    bars, targets = zip(*WEEKEND, strict=True)
    return walked(list(bars), list(targets))


@pytest.mark.parametrize(
    ("bar", "equity"),
    [
        (0, 10_000.0),
        # 2.5 units at 4000; cost 10; + 2.5 x 20.
        (1, 10_040.0),
        # 3 nights x 4020 x 2.5 x 0.00025 = 7.5375; - 2.5 x 20; close 10, leaves 9972.4625;
        # short 2.493115625 units, cost 9.9724625; + 2.493115625 x 20.
        (2, 10_012.35235),
        # - 2.493115625 x 10; close 9.94753134375; flat at 3970.
        (3, 9_977.47366240625),
    ],
)
def test_a_weekend_long_then_short_by_hand(bar, equity):
    assert weekend()[1][bar]["equity"] == pytest.approx(equity, abs=1e-9)


def test_the_results_of_that_weekend_by_hand():
    results = [bar["result"] for bar in weekend()[1]]
    assert np.isnan(results[:2]).all()
    assert results[2:] == pytest.approx([9_972.4625 - 10_000.0, 9_977.47366240625 - 9_972.4625])


def test_the_costs_of_that_weekend_by_hand():
    """A reversal pays for both legs."""
    fills = [bar["book"][ledger.FILL_COST] for bar in weekend()[1]]
    assert fills == pytest.approx([0.0, 10.0, 10.0 + 9.9724625, 9.94753134375])


def test_the_turnover_of_that_weekend_counts_the_reversal_twice():
    turnover = [bar["book"][ledger.TURNOVER] for bar in weekend()[1]]
    assert turnover == [0.0, 1.0, 3.0, 4.0]


def test_the_weekend_is_financed_for_three_nights():
    assert weekend()[0][ledger.FINANCING] == pytest.approx(3 * 4020.0 * 2.5 * 0.00025)


def test_the_day_starts_from_the_equity_at_the_close_before():
    """The night's financing and gap count to the new day, as the daily loss limit needs."""
    assert weekend()[1][2]["book"][ledger.SESSION_EQUITY] == pytest.approx(10_040.0)


def test_a_short_receives_the_carry_and_pays_the_markup():
    bars = [Day(1, 100.0, 100.0, 0.0), Day(1, 100.0, 100.0, 0.0), Day(2, 100.0, 100.0, 0.0)]
    book, _ = walked(bars, [-1, -1, -1])
    assert book[ledger.EQUITY] == pytest.approx(CAPITAL * (1 + 0.0002 - 0.00005))


def test_a_flat_book_pays_nothing_for_the_night():
    book, _ = walked([Day(1, 100.0, 100.0), Day(5, 90.0, 80.0)], [0, 0])
    assert book[ledger.EQUITY] == CAPITAL


def test_the_night_is_paid_by_what_was_held_not_by_what_is_wanted():
    """Bought for Monday's open: the weekend before it costs nothing."""
    book, _ = walked([Day(1, 100.0, 100.0, 0.0), Day(4, 100.0, 100.0, 0.0)], [1, 1])
    assert book[ledger.FINANCING] == 0.0


def test_an_order_is_filled_at_the_next_open_not_at_the_close_it_was_decided_on():
    book, _ = walked([Day(1, 100.0, 100.0, 0.0), Day(1, 110.0, 110.0, 0.0)], [1, 1])
    assert book[ledger.UNITS] == pytest.approx(CAPITAL / 110.0)
    assert book[ledger.EQUITY] == CAPITAL


def test_a_position_earns_the_gap_to_the_open_at_which_it_is_closed():
    bars = [Day(1, 100.0, 100.0, 0.0), Day(1, 100.0, 100.0, 0.0), Day(1, 110.0, 55.0, 0.0)]
    book, _ = walked(bars, [1, 0, 0])
    assert book[ledger.EQUITY] == pytest.approx(CAPITAL * 1.1)


def test_keeping_a_position_costs_nothing_and_leaves_the_units_alone():
    bars = [Day(1, 100.0 + t, 101.0 + t) for t in range(5)]
    _, seen = walked(bars, [1] * 5)
    assert [bar["book"][ledger.FILL_COST] for bar in seen[2:]] == [0.0] * 3
    assert len({bar["book"][ledger.UNITS] for bar in seen[1:]}) == 1


def test_a_reversal_invests_what_closing_left():
    bars = [Day(1, 100.0, 100.0), Day(1, 100.0, 100.0), Day(1, 120.0, 120.0)]
    _, seen = walked(bars, [1, -1, -1])
    closed = CAPITAL - 10.0 + 100 * 20.0 - 12.0
    assert seen[2]["book"][ledger.UNITS] == pytest.approx(-closed / 120.0)


def test_a_ruined_book_buys_nothing():
    """Short while the price more than doubles: there is nothing left to invest."""
    bars = [Day(1, 100.0, 100.0, 0.0), Day(1, 100.0, 250.0, 0.0), Day(1, 250.0, 300.0, 0.0)]
    book, _ = walked(bars, [-1, 1, 1])
    assert book[ledger.UNITS] == 0.0
    assert book[ledger.EQUITY] == pytest.approx(CAPITAL - 100 * 150.0)


@pytest.mark.parametrize(
    ("action", "position", "target"),
    [
        *((0, position, -1) for position in (-1, 0, 1)),
        *((1, position, position) for position in (-1, 0, 1)),
        *((2, position, 1) for position in (-1, 0, 1)),
    ],
)
def test_what_an_action_asks_for(action, position, target):
    assert ledger.target_of(action, float(position)) == target


def test_clearing_a_book_forgets_everything():
    book, _ = weekend()
    ledger.clear(book, CAPITAL)
    assert book.tolist() == ledger.new_book(CAPITAL).tolist()
