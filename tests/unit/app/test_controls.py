"""The kill switch and resuming, on both databases."""

# ruff: noqa: F811 (fixtures that are imported)

from __future__ import annotations

import pytest
from tests.api.seeded import book_of
from tests.unit.app.ballots import MODELS, NOW, by, propose, together
from tests.unit.app.electorate import on_sqlite, product, template  # noqa: F401

from cambio.app import controls, deployments, votes
from cambio.contracts.accounts import Role
from cambio.errors import ConfigError, Conflict, NotAllowed, NotFound
from cambio.store import audit, engine, events
from cambio.store.database import reading, transaction
from cambio.store.engine import EngineState
from cambio.trading.risk import RiskState

FIRST, SECOND = MODELS


@pytest.fixture
def olga(product):
    return by(product, "olga", Role.OPERATOR)


def told(resources):
    with reading(resources.engine) as connection:
        assert audit.verify(connection).passed
        found = events.after(connection, 0, 99, ("kill_switch", "resume"))
    return [(event.type, event.subject, event.data["text"]) for event in found]


def log(resources):
    with reading(resources.engine) as connection:
        entries = audit.entries(connection, "kill_switch")
    return [(entry.actor, entry.data["after"]["value"]) for entry in entries[::-1]]


def test_the_switch_is_thrown_and_released(product, olga):
    assert controls.controls(product) == {}
    thrown = controls.kill_switch(olga, on=True, comment="The feed lies.")
    assert (thrown.value, thrown.changed_by, thrown.changed_at) == ("on", "olga", NOW)
    assert controls.controls(product) == {"kill_switch": thrown}
    carl = by(product, "carl", Role.OPERATOR)
    assert controls.kill_switch(carl, on=False, comment="Mended.").value == "off"
    assert log(product) == [("olga", "on"), ("carl", "off")]
    assert told(product) == [
        ("kill_switch", "kill_switch", "All trading stops. The feed lies."),
        ("kill_switch", "kill_switch", "Trading goes on. Mended."),
    ]


def test_who_throws_it_again_gets_the_word_of_who_was_first(product, olga):
    first = controls.kill_switch(olga, on=True, comment="The feed lies.")
    carl = by(product, "carl", Role.OPERATOR)
    assert controls.kill_switch(carl, on=True, comment="Yes, it does.") == first
    assert (log(product), len(told(product))) == ([("olga", "on")], 1)


@on_sqlite
def test_releasing_what_was_never_thrown_changes_nothing(product, olga):
    assert controls.kill_switch(olga, on=False, comment="Just so.").value == "off"
    assert (controls.controls(product), told(product)) == ({}, [])


def test_of_two_that_throw_it_at_the_same_moment_one_is_first(product):
    ana, bob = by(product, "ana"), by(product, "bob")
    first, second = together(
        lambda: controls.kill_switch(ana, on=True, comment="Now."),
        lambda: controls.kill_switch(bob, on=True, comment="Now!"),
    )
    assert first == second
    assert log(product) == [(first.changed_by, "on")]


def stop(product, *stopped):
    """Leave the state of an engine whose drawdown has stopped some books, and others not."""
    books = {
        name: book_of(10_000.0, RiskState(drawdown_breached=name in stopped))
        for name in ("account", FIRST, SECOND)
    }
    account = books.pop("account")
    state = {"engine": {"account": account, "books": books, "parked": {}}}
    with transaction(product.engine) as connection:
        engine.begin(connection, EngineState(0, NOW, state, NOW))


def test_books_that_trade_resume_and_each_time_anew(product, olga):
    votes.approve(by(product, "ana"), "p1", "Looks right.")
    deployments.start(olga, SECOND, shadow=True, comment="Watch it.")
    stop(product, "account", FIRST, SECOND)
    for book in ("account", FIRST, SECOND, FIRST):
        assert controls.resume(olga, book, "Looked at it.").name == f"resume:{book}"
    assert set(controls.controls(product)) == {f"resume:{b}" for b in ("account", FIRST, SECOND)}
    assert [subject for _, subject, _ in told(product)] == ["account", FIRST, SECOND, FIRST]


@on_sqlite
def test_a_book_that_does_not_trade_is_not_resumed(product, olga):
    propose(product, "p2", model_id=SECOND)
    with pytest.raises(NotFound, match=r"'random-s1' has no book that trades. Books: account"):
        controls.resume(olga, SECOND, "Go on.")


@on_sqlite
def test_a_book_that_no_drawdown_has_stopped_keeps_its_peak(product, olga):
    votes.approve(by(product, "ana"), "p1", "Looks right.")
    with pytest.raises(Conflict, match=f"No drawdown has stopped {FIRST}"):  # trading never began
        controls.resume(olga, FIRST, "Go on.")
    stop(product, "account")
    with pytest.raises(Conflict, match=f"No drawdown has stopped {FIRST}"):
        controls.resume(olga, FIRST, "Go on.")
    assert controls.resume(olga, "account", "Go on.").value == "on"
    assert [subject for _, subject, _ in told(product)] == ["account"]


@on_sqlite
@pytest.mark.parametrize(
    "act",
    [
        lambda who, why: controls.kill_switch(who, on=True, comment=why),
        lambda who, why: controls.resume(who, "account", why),
    ],
)
def test_viewers_and_the_silent_change_nothing(product, olga, act):
    with pytest.raises(NotAllowed, match="takes the role operator"):
        act(by(product, "vic", Role.VIEWER), "Why not.")
    with pytest.raises(ConfigError, match="needs a comment"):
        act(olga, " ")
    assert controls.controls(product) == {}
