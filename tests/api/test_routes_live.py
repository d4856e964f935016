"""What the real engine has committed, as the API tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest
from tests.api.seeded import MARKET, NOW, Client, Silent
from tests.models import publish
from tests.unit.app import ballots

from cambio.acquisition.simulator import simulate
from cambio.api.application import create_app
from cambio.app import accounts, deployments
from cambio.app.live import Trader
from cambio.contracts.accounts import Role
from cambio.features.spec import FeatureSpec
from cambio.store import audit, bars, macro, models
from cambio.store.database import open_database, transaction

MODEL = "random-s7"
BAR = timedelta(minutes=5)
LIVE_BARS = 60


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The API after a session that the engine has traded, each bar in time."""
    home = tmp_path_factory.mktemp("live")
    engine = open_database(f"sqlite:///{home / 'cambio.db'}")
    resources = replace(ballots.resources(engine, home), progress=Silent())
    market = simulate(MARKET, resources.catalogue)
    publish(resources, FeatureSpec(), 7)
    with transaction(engine) as connection:
        bars.store(connection, market.bars[:-LIVE_BARS], NOW)
        macro.store(connection, market.macro, NOW)
    with transaction(engine) as connection, audit.recording(connection, "ada"):
        models.promote(connection, models.Succession(MODEL, None), "ada", NOW)
    deployments.seal(resources, MODEL)
    trader = Trader(resources)
    trader.prepare(market.bars["time"][-LIVE_BARS])
    for bar in market.bars[-LIVE_BARS:].iter_slices(1):
        _trade(resources, trader, bar)
    token = accounts.create_token(resources, "vic", Role.VIEWER)
    yield Client(create_app(resources), {"Authorization": f"Bearer {token}"})
    engine.dispose()


def _trade(resources, trader: Trader, bar: pl.DataFrame) -> None:
    with transaction(resources.engine) as connection:
        bars.store(connection, bar, NOW)
    assert len(list(trader.catch_up(bar["time"][0] + BAR))) == 1


def test_every_signal_of_the_engine_is_what_is_answered_about_its_bar(client):
    found = client.get("/v1/signals")["items"]
    assert len(found) == LIVE_BARS
    assert len({signal["position"] for signal in found}) > 1, "a weak test"
    for signal in found[::6]:
        stored = client.get(f"/v1/signals/{signal['signal_id']}")
        closed = datetime.fromisoformat(signal["timestamp"]) + BAR
        body = {"timestamp": closed.isoformat(), "model_id": MODEL}
        answer = client("POST", "/v1/inference", json=body).json()
        assert answer["position_from"] == "signal"
        for name in ("observation", "confidence", "position", "price"):
            assert answer[name] == stored[name], name


def test_a_signal_is_explained_to_the_same_bits(client):
    newest = client.get("/v1/signals", limit=1)["items"][0]
    told = client.get(f"/v1/signals/{newest['signal_id']}/explain")
    assert (told["same"], told["differences"]) == (True, [])
    assert max(told["probabilities"].values()) == newest["confidence"]


def test_risk_and_equity_are_those_of_the_newest_signal(client):
    newest = client.get("/v1/signals", limit=1)["items"][0]
    risk = client.get("/v1/risk")
    (book,) = risk["books"]
    assert risk["as_of"] == newest["timestamp"]
    assert (book["equity"], book["position"]) == (newest["equity"], newest["position"])
    assert book["trades_today"] == len(client.get("/v1/fills")["items"])
    curve = client.get("/v1/equity", book=MODEL)["points"]
    assert (len(curve), curve[-1]["equity"]) == (LIVE_BARS, newest["equity"])


def test_trades_add_up_to_what_fills_say(client):
    fills = client.get("/v1/fills")["items"]
    results = [fill["result"] for fill in fills if fill["result"] is not None]
    trades = client.get("/v1/trades")["items"]
    assert [trade["pnl"] for trade in trades] == results
    assert results, "a weak test"


def test_features_of_the_newest_bar_are_live_s(client):
    vector = client.get("/v1/features")
    newest = client.get("/v1/signals", limit=1)["items"][0]
    assert vector["time"] == newest["timestamp"]
    told = client.get(f"/v1/signals/{newest['signal_id']}/explain")
    assert vector["features"] == told["features"]
