"""What DAGs hand to each other is what the product hands out. Needs no Airflow."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import fields
from datetime import UTC, datetime, time, timedelta
from itertools import product as pairs
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from tests.airflow.cluster import DAGS, ROOT

from cambio.app.walkforward import Place
from cambio.calendar import BARS_PER_SESSION, session_open
from cambio.contracts import handoffs
from cambio.contracts.features import FEATURE_ORDER_HASH

FILES = {
    "l0_ohlcv_realtime": "rl_l0_01_ohlcv_realtime",
    "l0_ohlcv_backfill": "rl_l0_02_ohlcv_backfill",
    "l0_macro_update": "rl_l0_03_macro_update",
    "l1_feature_refresh": "rl_l1_01_feature_refresh",
    "l2_dataset_builder": "rl_l2_01_dataset_builder",
    "l3_model_training": "rl_l3_01_model_training",
    "l4_experiment_runner": "rl_l4_01_experiment_runner",
    "l4_backtest_promotion": "rl_l4_02_backtest_promotion",
    "l5_multi_model_inference": "rl_l5_01_multi_model_inference",
}
"""The specification's files, and the id of the DAG in each."""


def loaded(name: str) -> ModuleType:
    """A module of `airflow/dags/contracts`, which is on nobody's path but Airflow's."""
    spec = importlib.util.spec_from_file_location(f"dags_{name}", DAGS / "contracts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # pydantic resolves annotations there
    spec.loader.exec_module(module)
    return module


xcom, registry = loaded("xcom_contracts"), loaded("dag_registry")


def test_the_registry_names_the_specifications_dags():
    assert sorted(registry.DagId) == sorted(FILES.values())


@pytest.mark.parametrize(("file", "dag_id"), FILES.items())
def test_each_file_holds_its_dag_and_no_business_code(file, dag_id):
    text = (DAGS / f"{file}.py").read_text()
    assert f"DagId.{registry.DagId(dag_id).name}" in text
    assert "cambio." not in text.replace("`cambio ", "").replace("CAMBIO_", "")


@pytest.mark.parametrize("name", ["L2Output", "L3Output"])
def test_a_contract_has_the_fields_of_the_products(name):
    theirs = {field.name: field.type for field in fields(getattr(handoffs, name))}
    ours = getattr(xcom, name).model_fields
    assert list(ours) == list(theirs)
    plain = {"int": int, "str": str, "str | None": str | None, "dict[str, float]": dict[str, float]}
    loose = {name for name, kind in theirs.items() if ours[name].annotation != plain[kind]}
    assert loose == {name for name in loose if name == "feature_order_hash"}


def test_a_cell_is_named_as_the_product_names_it():
    assert set(xcom.Cell.model_fields) == {field.name for field in fields(Place)}


def test_features_of_another_order_break_the_contract():
    assert FEATURE_ORDER_HASH == xcom.FEATURE_ORDER_HASH
    made = {
        "rows": 60,
        "complete_rows": 60,
        "written": 1,
        "newest": "2025-06-30T17:55:00+00:00",
        "feature_order_hash": FEATURE_ORDER_HASH,
        "feature_spec_hash": "a" * 64,
    }
    assert xcom.L1Output.model_validate(made).written == 1
    with pytest.raises(ValidationError, match="feature_order_hash"):
        xcom.L1Output.model_validate({**made, "feature_order_hash": "0" * 16})


def test_a_request_becomes_the_arguments_of_cambio():
    request = xcom.Request(
        experiment_name="fast_ppo_v1", overrides=["training.gamma=0.9", "risk.x=[1, 2]"], seeds=3
    )
    assert request.dataset_words() == [
        *("fast_ppo_v1", "--set", "training.gamma=0.9", "--set", "risk.x=[1, 2]"),
    ]
    assert request.words() == [*request.dataset_words(), "--seeds=3"]
    assert request.on("/data").model_dump()["dataset_path"] == "/data"


@pytest.mark.parametrize(
    "wrong",
    [
        {"sedes": 2},
        {"seeds": 0},
        {"overrides": ["--help"]},
        {"overrides": ["training.gamma"]},
        {"experiment_name": "--help"},
        {"experiment_name": "../secrets"},
    ],
    ids=str,
)
def test_a_request_that_means_something_else_is_refused(wrong):
    with pytest.raises(ValidationError):
        xcom.Request.model_validate({"experiment_name": "fast_ppo_v1", **wrong})


def minutes(crons: tuple[str, ...]) -> set[time]:
    """The times of a day that cron expressions name."""
    found = set()
    for cron in crons:
        first, hours, *_ = cron.split()
        found |= {time(h, m) for h, m in pairs(values(hours, 24), values(first, 60))}
    return found


def values(field: str, below: int) -> set[int]:
    found = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start, end = (0, below - 1) if first == "*" else (int(first), int(last or first))
        found |= set(range(start, end + 1, int(step or 1)))
    return found


def test_every_bar_of_a_session_is_asked_for_when_it_closes():
    opened = session_open(datetime(2026, 11, 23, tzinfo=UTC).date())
    closes = {
        (opened + timedelta(minutes=5 * (n + 1))).astimezone(ZoneInfo(registry.ZONE)).time()
        for n in range(BARS_PER_SESSION)
    }
    assert max(closes) == time(13, 0)
    assert minutes(registry.AT_EACH_CLOSE) == closes | {time(8, 0)}
    for fallback, after in ((registry.FEATURES_FALLBACK, 2), (registry.INFERENCE_FALLBACK, 3)):
        assert {time(t.hour, t.minute + after) for t in closes} <= minutes(fallback)
        assert max(minutes(fallback)) == time(13, 15 + after)


def test_the_pins_name_the_version_that_is_asked_for():
    folder = ROOT / "airflow"
    pins = dict(
        line.split("==")
        for line in (folder / "constraints.txt").read_text().split("\n")
        if "==" in line
    )
    assert f"apache-airflow=={pins['apache-airflow']}" in (folder / "requirements.txt").read_text()
    assert int(pins["celery"].split(".")[1]) < 7
