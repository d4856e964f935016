"""Drift of the models that hold capital: what is compared, what is stored, when it is told."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from scipy import stats
from sqlalchemy import select
from tests.unit.app.watched import SPEC, Watched, stored_market, watched
from tests.unit.dataset.market import COSTS, history

from cambio.app.drift import check_drift
from cambio.calendar import trading_days
from cambio.contracts.deployment import Role
from cambio.contracts.features import MARKET_FEATURES
from cambio.dataset.build import complete, observations
from cambio.store import audit, deployments, tables
from cambio.store.database import transaction
from cambio.trading.costs import CostModel

__all__ = ["stored_market", "watched"]

WEEKS = trading_days(date(2024, 5, 20), date(2024, 6, 26))
SESSION = WEEKS[4]
"""The last one of the first window of five sessions."""
FAR = {"rsi_9": 60.0}


@pytest.fixture
def champion(watched) -> Watched:
    watched.register()
    watched.enthrone()
    return watched


def rows(product: Watched) -> list:
    with product.resources.engine.connect() as connection:
        return list(connection.execute(select(tables.drift_readings)).all())


def test_each_feature_of_the_champion_has_a_stored_reading(champion):
    champion.trade(WEEKS[0], SESSION)
    report = check_drift(champion.resources, SESSION)
    assert (report.session, report.sessions) == (SESSION, 5)
    (model,) = report.models
    assert tuple(reading.feature for reading in model.readings) == MARKET_FEATURES
    found = {row.feature: (row.ks, row.p_value, row.alert) for row in rows(champion)}
    assert found == {each.feature: tuple(each[1:]) for each in model.readings}
    assert {(row.session, row.model_id, row.sessions) for row in rows(champion)} == {
        (SESSION, "m1", 5)
    }


@pytest.mark.parametrize("feature", ["log_ret_1h", "vix_z"])
def test_the_last_sessions_are_held_against_the_models_own_training(watched, feature):
    """Of all that is stored, only the sessions of its training count, and of live five."""
    watched.register(trained=("2024-02-01", "2024-04-15"))
    watched.enthrone()
    watched.trade(WEEKS[0], WEEKS[8])
    found = {
        each.feature: each for each in check_drift(watched.resources, WEEKS[8]).models[0].readings
    }
    frame = observations(history(), SPEC, CostModel(COSTS))
    day = pl.col("session")
    trained = day.is_between(date(2024, 2, 1), date(2024, 4, 15))
    training = complete(frame.filter(trained))[feature]
    live = frame.filter(day.is_between(WEEKS[4], WEEKS[8]))[feature]
    expected = stats.ks_2samp(live.to_numpy(), training.to_numpy(), method="asymp").statistic
    assert found[feature].ks == pytest.approx(expected, abs=1e-12)


def test_a_session_with_missing_bars_is_one_session(champion):
    """As many rows as five whole sessions have reach back into a sixth."""
    champion.trade(WEEKS[0], WEEKS[5])
    champion.execute("DELETE FROM feature_cache WHERE timestamp LIKE '%-% 15%'")
    found = check_drift(champion.resources, WEEKS[5])
    champion.execute(f"DELETE FROM feature_cache WHERE timestamp < '{WEEKS[1]}'")
    assert check_drift(champion.resources, WEEKS[5]) == found


def test_what_live_saw_later_is_not_looked_at(champion):
    champion.trade(WEEKS[0], SESSION)
    before = check_drift(champion.resources, SESSION)
    champion.trade(WEEKS[5], WEEKS[9], **FAR)
    assert check_drift(champion.resources, SESSION) == before


def test_too_few_live_sessions_give_no_answer(champion):
    champion.trade(WEEKS[1], SESSION)
    assert check_drift(champion.resources, SESSION) is None
    assert rows(champion) == []


def test_too_little_training_gives_no_answer(watched):
    watched.register(trained=("2024-04-01", "2024-04-30"))
    watched.enthrone()
    watched.trade(WEEKS[0], SESSION)
    assert check_drift(watched.resources, SESSION) is None


@pytest.mark.parametrize("missing", ["training_start", "training_end", "feature_spec_hash"])
def test_a_model_that_does_not_tell_its_training_is_left_out(champion, missing):
    """As one that somebody registered by SQL."""
    champion.trade(WEEKS[0], SESSION)
    champion.execute(f"UPDATE model_registry SET lineage = json_remove(lineage, '$.{missing}')")
    assert check_drift(champion.resources, SESSION) is None


def test_without_a_model_there_is_nothing_to_watch(watched):
    watched.register()
    watched.trade(WEEKS[0], SESSION)
    assert check_drift(watched.resources, SESSION) is None


def test_the_challenger_is_watched_a_shadow_is_not(champion):
    for model_id, role in (("m2", Role.CHALLENGER), ("m3", Role.SHADOW)):
        champion.register(model_id, trained=("2024-01-02", "2024-05-15"))
        with (
            transaction(champion.resources.engine) as connection,
            audit.recording(connection, "test"),
        ):
            now = champion.resources.now()
            deployments.start(connection, model_id, role, 0.1, "test", now)
    champion.trade(WEEKS[0], SESSION)
    found = check_drift(champion.resources, SESSION)
    assert [model.model_id for model in found.models] == ["m1", "m2"]
    assert found.models[0].readings != found.models[1].readings
    champion.execute("DELETE FROM model_registry WHERE model_id = 'm2'")
    assert [one.model_id for one in check_drift(champion.resources, SESSION).models] == ["m1"]


def test_an_alert_is_told_when_it_begins_and_not_again(champion):
    champion.trade(WEEKS[0], WEEKS[5], **FAR)
    found = [check_drift(champion.resources, day) for day in (SESSION, SESSION, WEEKS[5])]
    assert [report.models[0].began for report in found] == [("rsi_9",), (), ()]
    (event,) = champion.told()
    assert (event.type, event.subject) == ("drift", "m1")
    assert event.data["text"] == "rsi_9 of the last 5 sessions is unlike the training of m1."
    assert event.data["details"]["session"] == str(SESSION)
    assert set(event.data["details"]["features"]) == {"rsi_9"}


def test_a_second_feature_is_told_by_itself(champion):
    champion.trade(WEEKS[0], SESSION, **FAR)
    champion.trade(WEEKS[5], WEEKS[9], **FAR, adx_14=80.0)
    for day in (SESSION, WEEKS[9]):
        check_drift(champion.resources, day)
    assert [list(event.data["details"]["features"]) for event in champion.told()] == [
        ["rsi_9"],
        ["adx_14"],
    ]


def test_an_alert_that_ended_is_told_when_it_comes_back(champion):
    champion.trade(WEEKS[0], SESSION, **FAR)
    champion.trade(WEEKS[5], WEEKS[9])
    champion.trade(WEEKS[10], WEEKS[14], **FAR)
    for day in (SESSION, WEEKS[9], WEEKS[14]):
        check_drift(champion.resources, day)
    assert len(champion.told()) == 2


def test_a_model_whose_features_nobody_explains_is_left_out(champion):
    champion.trade(WEEKS[0], SESSION)
    (champion.resources.models / "m1" / "metadata.json").write_text("{")
    assert check_drift(champion.resources, SESSION) is None


def test_a_missing_live_value_is_left_out(champion):
    kept = champion.trade(WEEKS[0], SESSION - timedelta(days=1))
    known = history()
    gone = known.macro.filter(
        ~((pl.col("series") == "VIX") & (pl.col("period") >= SESSION - timedelta(days=9)))
    )
    champion.trade(SESSION, SESSION, known=type(known)(known.bars, gone))
    found = {
        each.feature: each for each in check_drift(champion.resources, SESSION).models[0].readings
    }
    values = [row["features"]["vix_z"] for row in kept if row["features"]["vix_z"] is not None]
    frame = observations(known, SPEC, CostModel(COSTS))
    training = complete(frame.filter(pl.col("session") <= date(2024, 4, 30)))["vix_z"]
    expected = stats.ks_2samp(values, training.to_numpy(), method="asymp").statistic
    assert found["vix_z"].ks == pytest.approx(expected, abs=1e-12)
