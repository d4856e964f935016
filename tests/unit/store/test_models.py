"""Queries on the model registry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cambio.contracts.handoffs import L3Output
from cambio.errors import Conflict, NotFound
from cambio.store import models
from cambio.store.models import Succession

NOW = datetime(2025, 12, 1, 18, tzinfo=UTC)
MODEL = L3Output(
    model_id="m1",
    model_path="/models/m1",
    model_hash="a" * 64,
    model_version="1",
    metrics={"best_validation_reward": 0.5},
    training_run_id="r1",
    experiment_name="e1",
    norm_stats_path="/models/m1/norm_stats.json",
    config_hash="c" * 64,
    feature_order_hash="ddc9d7cdba81ab3d",
    feature_spec_hash="f" * 64,
)
LINEAGE = {"model_hash": "a" * 64, "seed": 42}
OTHER = replace(MODEL, model_id="m2", model_hash="b" * 64)


@pytest.fixture
def connection(engine):
    with engine.begin() as opened:
        yield opened


def promote(connection, model_id: str) -> None:
    """As the specification's manual rollback does."""
    connection.execute(
        text(
            "UPDATE model_registry SET stage = 'production', is_active = TRUE "
            "WHERE model_id = :model_id"
        ),
        {"model_id": model_id},
    )


def test_a_trained_model_enters_staging(connection):
    assert models.register(connection, MODEL, LINEAGE, NOW)
    found = models.get(connection, "m1")
    assert (found["stage"], found["is_active"]) == ("staging", False)
    assert found["model_path"] == "/models/m1"
    assert (found["metrics"], found["lineage"]) == (MODEL.metrics, LINEAGE)
    assert (found["created_at"], found["approved_by"]) == (NOW, None)


def test_registering_again_leaves_the_model_as_it_is(connection):
    models.register(connection, MODEL, LINEAGE, NOW)
    promote(connection, "m1")
    before = models.get(connection, "m1")
    assert not models.register(connection, MODEL, {}, NOW + timedelta(days=1))
    assert models.get(connection, "m1") == before


def test_an_id_never_comes_to_mean_another_graph(connection):
    models.register(connection, MODEL, LINEAGE, NOW)
    with pytest.raises(Conflict, match="m1 is registered with graph aaaaaaaaaaaa, not bbbb"):
        models.register(connection, replace(MODEL, model_hash="b" * 64), LINEAGE, NOW)
    assert models.get(connection, "m1")["model_hash"] == "a" * 64


def test_an_unknown_model_is_answered_with_those_there_are(connection):
    with pytest.raises(NotFound, match="train one first"):
        models.get(connection, "m9")
    models.register(connection, MODEL, LINEAGE, NOW)
    models.register(connection, OTHER, LINEAGE, NOW + timedelta(days=1))
    with pytest.raises(NotFound, match=r"'m9' is registered. Newest: m2, m1\.") as caught:
        models.get(connection, "m9")
    assert caught.value.fields["known"] == ["m2", "m1"]


def test_models_are_listed_newest_first_by_stage(connection):
    models.register(connection, MODEL, LINEAGE, NOW)
    models.register(connection, OTHER, LINEAGE, NOW + timedelta(days=1))
    assert [row["model_id"] for row in models.every(connection)] == ["m2", "m1"]
    promote(connection, "m1")
    assert [row["model_id"] for row in models.every(connection, "staging")] == ["m2"]


def test_there_is_no_champion_before_the_first_promotion(connection):
    models.register(connection, MODEL, LINEAGE, NOW)
    assert models.champion(connection) is None


def test_the_specifications_rollback_changes_the_champion(connection):
    models.register(connection, MODEL, LINEAGE, NOW)
    models.register(connection, OTHER, LINEAGE, NOW)
    promote(connection, "m2")
    assert models.champion(connection)["model_id"] == "m2"
    connection.execute(text("UPDATE model_registry SET stage = 'archived' WHERE model_id = 'm2'"))
    promote(connection, "m1")
    assert models.champion(connection)["model_id"] == "m1"


def test_a_production_model_that_is_switched_off_is_no_champion(connection):
    models.register(connection, MODEL, LINEAGE, NOW)
    promote(connection, "m1")
    connection.execute(text("UPDATE model_registry SET is_active = FALSE"))
    assert models.champion(connection) is None


def test_a_second_champion_is_refused(connection):
    """The specification's rollback in the wrong order."""
    for model in (MODEL, OTHER):
        models.register(connection, model, LINEAGE, NOW)
    promote(connection, "m1")
    with pytest.raises(IntegrityError), connection.begin_nested():
        promote(connection, "m2")
    assert models.champion(connection)["model_id"] == "m1"


@pytest.mark.parametrize("stage", ["staging", "archived"])
def test_a_model_that_leaves_production_is_active_no_more(connection, stage):
    models.register(connection, MODEL, LINEAGE, NOW)
    promote(connection, "m1")
    leave = text("UPDATE model_registry SET stage = :stage, is_active = TRUE")
    connection.execute(leave, {"stage": stage})
    assert not models.get(connection, "m1")["is_active"]


def test_a_promotion_archives_the_champion_and_leaves_the_others(connection):
    bystander = replace(MODEL, model_id="m3", model_hash="c" * 64)
    for model in (MODEL, OTHER, bystander):
        models.register(connection, model, LINEAGE, NOW)
    models.promote(connection, Succession("m1", None), "ana", NOW)
    before = models.get(connection, "m3")
    later = NOW + timedelta(days=1)
    found, champion = models.claim(connection, "m2")
    assert (found["model_id"], champion["model_id"]) == ("m2", "m1")
    models.promote(connection, Succession("m2", "m1"), "bob", later)
    new, old = (models.get(connection, name) for name in ("m2", "m1"))
    assert models.champion(connection) == new
    assert (new["stage"], new["is_active"], new["approved_by"]) == ("production", True, "bob")
    assert (new["approved_at"], new["promoted_at"]) == (later, later)
    assert (old["stage"], old["is_active"], old["approved_by"]) == ("archived", False, "ana")
    assert models.get(connection, "m3") == before


def test_a_champion_that_nobody_claimed_is_not_replaced(connection):
    for model in (MODEL, OTHER):
        models.register(connection, model, LINEAGE, NOW)
    models.promote(connection, Succession("m1", None), "ana", NOW)
    with pytest.raises(IntegrityError), connection.begin_nested():
        models.promote(connection, Succession("m2", None), "bob", NOW)
    assert models.champion(connection)["model_id"] == "m1"


def test_figures_that_become_known_later_join_a_models_metrics(connection):
    models.register(connection, MODEL, LINEAGE, NOW)
    models.register(connection, OTHER, LINEAGE, NOW)
    models.add_metrics(connection, "m1", {"sharpe_ratio": 1.5, "best_validation_reward": 0.75})
    found = models.get(connection, "m1")
    assert found["metrics"] == {"best_validation_reward": 0.75, "sharpe_ratio": 1.5}
    assert (found["lineage"], found["stage"]) == (LINEAGE, "staging")
    assert models.get(connection, "m2")["metrics"] == OTHER.metrics


def test_figures_of_an_unknown_model_are_refused(connection):
    models.register(connection, OTHER, LINEAGE, NOW)
    with pytest.raises(NotFound, match="Newest: m2"):
        models.add_metrics(connection, "m1", {"sharpe_ratio": 1.5})
