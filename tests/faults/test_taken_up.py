"""After an outage or a failure, what is due is done: sessions are closed, models pass the gate."""

from __future__ import annotations

from threading import Event

import pytest
from sqlalchemy import event, select, update
from tests.faults.market import CHALLENGER, CHAMPION, Scripted, left, opened
from tests.faults.test_faults import damage, signals_of, told, trade

from cambio.app import controls
from cambio.app.trading_loop import Loop
from cambio.errors import SourceError
from cambio.store import tables
from cambio.store.database import reading, transaction


@pytest.fixture
def failing(resources):
    """Give a function that lets the next statement with these words fail; a list of what did."""
    failed: list[str] = []

    def arm(words: str) -> None:
        def refuse(_connection, _cursor, statement, *_):
            if words in statement and words not in failed:
                failed.append(words)
                raise SourceError("The disk is full.")

        event.listen(resources.engine, "before_cursor_execute", refuse)

    arm.failed = failed
    return arm


def checked(resources) -> list[int]:
    """Bars of the sessions that were checked, oldest first."""
    with reading(resources.engine) as connection:
        query = select(tables.parity_checks.c.bars).order_by(tables.parity_checks.c.session)
        return list(connection.execute(query).scalars())


def test_a_session_whose_end_came_with_the_next_one_is_closed_too(resources):
    feed = Scripted(resources, 75)
    feed.held = set(range(30, 65))
    trade(resources, feed=feed)
    assert checked(resources) == [60]


def test_a_session_in_which_the_process_died_is_closed_by_the_next_one(home):
    with opened(home) as died:
        Loop(died, Scripted(died, 30)).run(Event())
    with opened(home) as restarted:
        feed = Scripted(restarted, 45)
        feed.held = set(range(35))
        Loop(restarted, feed).run(Event())
        assert checked(restarted) == [60]
        assert len(left(restarted)["account_marks"]) == 75


@pytest.mark.parametrize(("withheld", "told_of"), [(6, [6]), (5, [])])
def test_half_an_hour_of_bars_that_never_came_is_told(resources, withheld, told_of):
    """Features go on over the hole, and parity can't find what is not stored."""

    def withhold():
        for _ in range(withheld):
            feed.inner._newest = feed.inner._following()
            feed.inner._coming.pop()

    feed = Scripted(resources, 12, {10: withhold})
    trade(resources, feed=feed)
    assert [notice["details"]["missing"] for notice in told(resources, "data")] == told_of


def test_a_failure_at_the_open_leaves_no_model_without_its_load_gate(resources, failing):
    feed = Scripted(resources, 62)
    poll = feed.poll

    def poll_then_break():
        if feed.stored == 60 and not failing.failed:
            damage(resources, CHALLENGER)
            failing("FROM trading_controls")
        poll()

    feed.poll = poll_then_break
    trade(resources, feed=feed)
    assert failing.failed
    assert left(resources)["account_marks"][-1]["shares"] == {CHAMPION: 1.0}


def test_a_book_may_be_resumed_while_its_model_does_not_pass_the_load_gate(resources):
    trade(resources, bars=3)
    with transaction(resources.engine) as connection:
        state = connection.execute(select(tables.engine_state.c.state)).scalar_one()
        state["engine"]["books"][CHAMPION]["risk"]["drawdown_breached"] = True
        connection.execute(update(tables.engine_state).values(state=state))
    bundle = resources.bundles / f"{CHAMPION}.cambio"
    whole = bundle.read_bytes()
    damage(resources, CHAMPION)
    script = {
        3: lambda: controls.resume(resources, CHAMPION, "It was one bad day."),
        5: lambda: bundle.write_bytes(whole),
    }
    trade(resources, script, bars=8)
    newest = signals_of(resources, CHAMPION)[-1]
    assert newest["timestamp"] == left(resources)["account_marks"][-1]["timestamp"]
    assert "drawdown" not in newest["blocked_by"]


def test_a_model_that_was_mended_is_told_though_the_bar_had_to_be_taken_again(resources, failing):
    trade(resources, bars=3)
    bundle = resources.bundles / f"{CHAMPION}.cambio"
    whole = bundle.read_bytes()
    damage(resources, CHAMPION)

    def mend():
        bundle.write_bytes(whole)
        failing("UPDATE engine_state")

    trade(resources, {3: mend}, bars=8)
    found = left(resources)
    assert failing.failed
    assert found["account_marks"][-1]["shares"] == {CHAMPION: 0.9, CHALLENGER: 0.1}
    assert found["engine_state"][0]["state"]["loop"]["refused"] == {}
    assert told(resources, "load_gate")[-1]["text"] == f"{CHAMPION} passes the load gate again."
