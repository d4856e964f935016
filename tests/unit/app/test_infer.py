"""What is answered about a bar is what trading decided on it, from closed bars alone."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sqlalchemy import select
from tests.api.seeded import MARKET, Silent, store_market
from tests.models import publish, random_policy
from tests.unit.app.ballots import resources as product

from cambio.acquisition.simulator import simulate
from cambio.app.infer import Inferences
from cambio.app.paper import trade_on_paper
from cambio.contracts.market import BAR_SCHEMA
from cambio.errors import ConfigError, ContractMismatch, NotFound
from cambio.features.spec import FeatureSpec
from cambio.store import bars, signals, tables
from cambio.store.database import open_database, reading, transaction

MODEL = "random-s7"
"""It trades in both directions."""
BAR = timedelta(minutes=5)
NOW = datetime(2025, 12, 1, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A home with a market and the signals of two sessions on paper."""
    home = tmp_path_factory.mktemp("template")
    resources = _open(home)
    store_market(resources)
    publish(resources, FeatureSpec(), 7)
    trade_on_paper(resources, MODEL, 2)
    resources.engine.dispose()
    return home


def _open(home):
    resources = product(open_database(f"sqlite:///{home / 'cambio.db'}"), home)
    return replace(resources, progress=Silent())


@pytest.fixture(scope="module")
def traded(template):
    """The template itself: to read only."""
    resources = _open(template)
    yield resources
    resources.engine.dispose()


@pytest.fixture
def resources(template, tmp_path):
    """A copy of its own."""
    made = _open(shutil.copytree(template, tmp_path / "home"))
    yield made
    made.engine.dispose()


def decided(resources):
    """The stored signals, oldest first."""
    with reading(resources.engine) as connection:
        found = signals.newest(connection, 1_000)
    return [signal for signal, _ in reversed(found)]


def test_the_answer_is_what_was_decided_bit_for_bit(traded):
    inferences, stored = Inferences(), decided(traded)
    assert len(stored) == 120
    assert {signal.position for signal in stored} == {-1, 0, 1}, "a weak test"
    for signal in stored:
        answer = inferences.answer(traded, MODEL, signal.timestamp + BAR)
        assert answer.bar_time == signal.timestamp
        assert answer.observation == signal.observation
        assert answer.confidence == signal.confidence
        assert answer.signal == {"BUY": "LONG", "SELL": "SHORT"}.get(signal.action.name, "HOLD")
        assert (answer.position, answer.position_from) == (signal.position, "signal")
        assert answer.price == signal.price


def test_a_bar_without_a_signal_is_answered_flat(traded):
    first = decided(traded)[0].timestamp
    answer = Inferences().answer(traded, MODEL, first - timedelta(days=3))
    assert (answer.position, answer.position_from) == (0, "assumed")
    assert answer.observation is not None
    assert answer.observation[13] == 0.0


def test_a_forming_bar_is_not_answered_from(traded):
    bar = decided(traded)[7].timestamp
    inferences = Inferences()
    before_its_close = inferences.answer(traded, MODEL, bar + BAR - timedelta(microseconds=1))
    assert before_its_close.bar_time == bar - BAR
    assert inferences.answer(traded, MODEL, bar + BAR).bar_time == bar


def test_the_night_is_answered_from_the_last_bar(traded):
    last = decided(traded)[-1].timestamp
    assert Inferences().answer(traded, MODEL, last + timedelta(hours=9)).bar_time == last


def test_nothing_moves(traded):
    def state():
        with reading(traded.engine) as connection:
            every = (tables.inference_signals, tables.fills, tables.events, tables.engine_state)
            return [connection.execute(select(table)).all() for table in every]

    before = state()
    Inferences().answer(traded, MODEL, NOW)
    assert state() == before


def test_a_repaired_bar_changes_the_answer(resources):
    inferences, last = Inferences(), decided(resources)[-1]
    moment = last.timestamp + BAR
    before = inferences.answer(resources, MODEL, moment)
    revised = (last.timestamp, *(last.price * 1.01 for _ in range(4)), 0.0, "repair")
    with transaction(resources.engine) as connection:
        bars.store(connection, pl.DataFrame([revised], BAR_SCHEMA, orient="row"), NOW)
    after = inferences.answer(resources, MODEL, moment)
    assert after.price == last.price * 1.01
    assert after.observation != before.observation


def test_a_missing_feature_is_named_and_answered_with_hold(traded):
    first = simulate(MARKET, traded.catalogue).bars["time"][0]
    answer = Inferences().answer(traded, MODEL, first + BAR)
    assert (answer.signal, answer.confidence, answer.observation) == ("HOLD", 0.0, None)
    assert {"log_ret_5m", "log_ret_4h", "adx_14"} <= set(answer.missing)


@pytest.mark.parametrize(
    ("moment", "error", "said"),
    [
        (NOW.replace(tzinfo=None), ConfigError, "no time zone"),
        (NOW + timedelta(seconds=1), ConfigError, "lies in the future"),
        (datetime(1999, 1, 4, tzinfo=UTC), NotFound, "No stored bar had closed"),
    ],
)
def test_a_moment_without_an_answer_is_refused(traded, moment, error, said):
    with pytest.raises(error, match=said):
        Inferences().answer(traded, MODEL, moment)


def test_an_unknown_model_is_refused(traded):
    with pytest.raises(NotFound, match="No model 'nobody'"):
        Inferences().answer(traded, "nobody", NOW)


def test_a_model_that_fails_the_load_gate_does_not_answer(resources):
    (resources.models / MODEL / "policy.onnx").write_bytes(random_policy(4))
    with pytest.raises(ContractMismatch, match="model hash"):
        Inferences().answer(resources, MODEL, NOW)
