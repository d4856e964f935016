"""The money behind several books, by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambio.contracts.trading import Reason
from cambio.trading import ledger
from cambio.trading.account import Account, Moment
from cambio.trading.risk import RiskLimits

DAY = 20_000
FREE = (0.0, 0.0, 0.0)
LIMITS = RiskLimits(
    confidence_threshold=0.4,
    max_daily_loss=0.02,
    max_drawdown=0.15,
    max_consecutive_losses=5,
    cooldown_minutes=60,
    max_trades_per_session=10,
    max_position=1,
)


class Books:
    """Books that hold what they are told, and the account that follows them."""

    def __init__(self, *names: str, capital: float = 1000.0) -> None:
        self.books = {name: ledger.new_book(capital) for name in names}
        self.account = Account(LIMITS, capital)
        self.bars = 0

    def bar(
        self, open_: float, close: float, *, cost: float = 0.0, day: int = DAY, carry: float = 0.0
    ) -> float:
        moved = {}
        for name, book in self.books.items():
            before = book.copy()
            ledger.advance(book, day, open_, close, cost, carry, 0.0)
            moved[name] = before, book
        time_s = day * 86_400 + 13 * 3600 + 300 * self.bars
        self.bars += 1
        self.account.on_bar(Moment(time_s, day, open_, close, cost), moved)
        return self.account.equity

    def hold(self, name: str, target: int) -> None:
        self.books[name][ledger.TARGET] = target


def test_it_earns_its_share_of_what_each_book_earns():
    books = Books("champion", "challenger")
    books.account.share_out({"champion": 0.9, "challenger": 0.1})
    books.hold("champion", 1)
    books.hold("challenger", -1)
    books.bar(100.0, 100.0)
    # long 10 units and short 10 units of 1000 each; the price rises by 1
    assert books.bar(101.0, 101.0) == pytest.approx(1000.0 + 0.9 * 10 - 0.1 * 10)


def test_a_book_without_a_share_moves_nothing():
    books = Books("champion", "shadow")
    books.account.share_out({"champion": 1.0, "shadow": 0.0})
    books.hold("shadow", 1)
    books.bar(100.0, 100.0)
    assert books.bar(150.0, 150.0) == 1000.0


def test_new_shares_count_from_the_next_open_and_not_over_the_gap_before_it():
    books = Books("a", "b")
    books.account.share_out({"a": 1.0})
    books.hold("a", 1)
    books.bar(100.0, 100.0)
    books.account.share_out({"b": 1.0})
    # a's 10 units gain 10 at each over the gap 100 -> 110; then the account holds b, which is flat
    assert books.bar(110.0, 200.0) == pytest.approx(1100.0)
    assert books.account.exposure(books.books, 200.0) == 0.0


def test_dividing_anew_pays_for_what_is_traded():
    books = Books("a", "b")
    books.account.share_out({"a": 1.0})
    books.hold("a", 1)
    books.bar(100.0, 100.0)
    books.account.share_out({"a": 0.5, "b": 0.5})
    # half of 10 units is sold at 100, at a tenth of a percent
    assert books.bar(100.0, 100.0, cost=0.001) == pytest.approx(1000.0 - 0.5)


def test_a_model_that_holds_the_same_takes_over_without_a_trade():
    books = Books("a", "b")
    books.account.share_out({"a": 1.0})
    books.hold("a", 1)
    books.hold("b", 1)
    books.bar(100.0, 100.0)
    books.account.share_out({"b": 1.0})
    assert books.bar(100.0, 103.0, cost=0.01) == pytest.approx(1030.0)


def test_financing_of_the_night_is_its_share_of_the_books():
    books = Books("a", "b")
    books.account.share_out({"a": 0.25, "b": 0.75})
    books.hold("a", 1)
    books.bar(100.0, 100.0)
    # a's 10 units pay 1 % a night on 1000
    assert books.bar(100.0, 100.0, day=DAY + 1, carry=0.01) == pytest.approx(1000.0 - 0.25 * 10)


def test_what_no_model_holds_stays_as_it_is():
    books = Books("a")
    books.account.share_out({"a": 0.4})
    books.hold("a", 1)
    books.bar(100.0, 100.0)
    assert books.bar(200.0, 200.0) == pytest.approx(1000.0 + 0.4 * 1000.0)


def test_its_limits_speak_when_the_account_and_no_single_book_has_lost_too_much():
    books = Books("a")
    books.account.share_out({"a": 1.0})
    books.hold("a", -1)
    books.bar(100.0, 100.0)
    books.bar(102.5, 102.5)
    assert books.account.objections(DAY) == (Reason.ACCOUNT_LOSS,)
    assert books.account.objections(DAY + 1) == ()
    books.bar(118.0, 118.0, day=DAY + 1)
    assert books.account.objections(DAY + 2) == (Reason.ACCOUNT_DRAWDOWN,)
    books.account.risk.resume(books.account.book)
    assert books.account.objections(DAY + 2) == ()


@given(
    prices=st.lists(st.floats(50.0, 200.0), min_size=6, max_size=6),
    targets=st.lists(st.sampled_from([-1, 0, 1]), min_size=12, max_size=12),
    share=st.floats(0.0, 1.0),
)
def test_it_is_what_it_holds_of_each_book_to_the_cent(prices, targets, share):
    """Without costs, and shares that stay: the weighted sum of the books."""
    books = Books("a", "b")
    books.account.share_out({"a": share, "b": 1.0 - share})
    wanted = iter(targets)
    for price in prices:
        for name in books.books:
            books.hold(name, next(wanted))
        found = books.bar(price, price * 1.001, cost=0.0001)
        value = [book[ledger.EQUITY] for book in books.books.values()]
        assert found == pytest.approx(share * value[0] + (1.0 - share) * value[1])


def test_the_state_survives_as_json():
    books = Books("a", "b")
    books.account.share_out({"a": 0.9, "b": 0.1})
    books.hold("a", 1)
    books.bar(100.0, 101.0)
    books.account.share_out({"a": 0.5, "b": 0.5})
    kept = json.loads(json.dumps(books.account.state()))
    fresh = Account(LIMITS, 1000.0)
    fresh.restore(kept)
    assert fresh.state() == books.account.state()
    assert np.array_equal(fresh.book, books.account.book)
