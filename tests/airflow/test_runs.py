"""DAGs that run: scheduler, triggerer and two Celery workers, on a simulated market.

In this order: the experiments are compared with `cambio` on the market as it is before live bars.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.airflow.cluster import Cluster, until
from tests.airflow.conftest import START
from tests.faults.market import left, opened, seed
from tests.services import Redis

from cambio.store import bars, events
from cambio.store.database import reading

pytestmark = pytest.mark.airflow
RUNNER = "rl_l4_01_experiment_runner"
L2, L3, L4 = "rl_l2_01_dataset_builder", "rl_l3_01_model_training", "rl_l4_02_backtest_promotion"
REALTIME, FEATURES = "rl_l0_01_ohlcv_realtime", "rl_l1_01_feature_refresh"
INFERENCE = "rl_l5_01_multi_model_inference"
VERBATIM = """airflow dags trigger rl_l4_01_experiment_runner \\
  --conf '{"experiment_name": "my_experiment_v1"}'"""


@pytest.fixture(scope="module")
def twin(tmp_path_factory, airflow, product):
    """A function that runs `cambio` on the same market in a home of its own, on SQLite."""
    home = tmp_path_factory.mktemp("twin") / "home"
    with opened(home) as resources:
        seed(resources, START)

    def run(*words: str) -> Any:
        environment = {**airflow.environment, "CAMBIO_HOME": str(home)}
        for name in ("CAMBIO_DATABASE_URL", "CAMBIO_BUS_URL"):
            del environment[name]
        command = [airflow.environment["CAMBIO_COMMAND"], *words, "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="module")
def resources(product):
    """The product that the DAGs work with."""
    home, url = Path(product["CAMBIO_HOME"]), product["CAMBIO_DATABASE_URL"]
    with opened(home, url, product["CAMBIO_BUS_URL"]) as found:
        yield found


def cambio(airflow: Cluster, *words: str) -> Any:
    command = [airflow.environment["CAMBIO_COMMAND"], *words, "--json"]
    done = subprocess.run(command, env=airflow.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told(resources, subject: str) -> list[str]:
    """What operators were told of a DAG."""
    with reading(resources.engine) as connection:
        found = events.newest(connection, 100, types=["pipeline"], subject=subject)
    return [event.data["text"] for event in found]


def xcom(airflow: Cluster, dag_id: str, run_id: str, task_id: str) -> Any:
    query = "SELECT value FROM xcom WHERE dag_id=%s AND run_id=%s AND task_id=%s AND key=%s"
    ((value,),) = airflow.rows(query, dag_id, run_id, task_id, "return_value")
    return json.loads(value) if isinstance(value, str) else value


def test_the_specifications_line_goes_from_a_name_to_a_proposal(airflow, twin, resources):
    airflow.shell(VERBATIM)
    query = "SELECT run_id FROM dag_run WHERE dag_id=%s"
    ((run_id,),) = airflow.rows(query, RUNNER)
    assert airflow.ended(RUNNER, run_id) == "success", airflow.states(RUNNER, run_id)
    assert {airflow.ended(dag, run_id) for dag in (L2, L3, L4)} == {"success"}
    mine = xcom(airflow, RUNNER, run_id, "collect_results")

    (proposal,) = cambio(airflow, "proposals", "list")
    assert proposal["proposal_id"] == mine["proposal"]["proposal_id"]
    assert proposal["status"] == "PENDING_APPROVAL"
    ((extra,),) = airflow.rows(
        "SELECT e.extra FROM asset_event e JOIN asset a ON a.id = e.asset_id WHERE a.name=%s",
        "cambio_experiments",
    )
    assert extra["proposal_id"] == proposal["proposal_id"]

    by_hand = twin("experiment", "run", "my_experiment_v1")
    for key in ("dataset_hash", "norm_stats_hash", "source_data_hash"):
        assert mine["dataset"][key] == by_hand["dataset"][key], key
    for key in ("model_id", "model_hash", "config_hash", "metrics"):
        assert mine["trained"][0][key] == by_hand["trained"][0][key], key
    assert mine["lineage"] == by_hand["lineage"]
    assert mine["proposal"]["metrics"] == by_hand["proposal"]["metrics"]
    assert mine["recommendation"] == by_hand["recommendation"]


def test_a_named_dataset_is_verified_all_the_same(airflow, resources, tmp_path):
    built = cambio(airflow, "dataset", "build", "my_experiment_v1")["dataset_path"]
    folder = tmp_path / Path(built).name  # a dataset keeps its name, which is a hash
    shutil.copytree(built, folder)
    conf = {"experiment_name": "my_experiment_v1", "dataset_path": str(folder)}
    run_id = airflow.trigger(L3, json.dumps(conf))
    assert airflow.ended(L3, run_id) == "success"
    assert xcom(airflow, L3, run_id, "resolve_dataset")["dataset_path"] == str(folder)

    with (folder / "val.parquet").open("ab") as file:
        file.write(b"!")
    run_id = airflow.trigger(L3, json.dumps(conf))
    assert airflow.ended(L3, run_id) == "failed"
    query = "SELECT try_number FROM task_instance WHERE run_id=%s AND task_id='resolve_dataset'"
    assert airflow.rows(query, run_id) == [(1,)]  # another try would mend nothing
    text = until(lambda: next(iter(told(resources, L3)), None), "a notice of the failure")
    assert "resolve_dataset failed after 1 tries" in text
    assert "val.parquet" in text


def test_without_a_build_of_its_run_the_newest_one_is_taken(airflow):
    run_id = airflow.trigger(L3, '{"experiment_name": "my_experiment_v1"}')
    assert airflow.ended(L3, run_id) == "success"
    newest = cambio(airflow, "dataset", "show", "my_experiment_v1")["newest"]["path"]
    assert xcom(airflow, L3, run_id, "resolve_dataset")["dataset_path"] == newest


def test_an_experiment_that_is_not_there_is_told_to_operators(airflow, resources):
    run_id = airflow.trigger(RUNNER, '{"experiment_name": "missing_v1"}')
    assert airflow.ended(RUNNER, run_id) == "failed"
    text = until(lambda: next(iter(told(resources, RUNNER)), None), "a notice of the failure")
    assert "choose failed after 1 tries" in text
    assert "missing_v1" in text


def test_a_typo_in_the_conf_is_refused(airflow):
    conf = '{"experiment_name": "my_experiment_v1", "sedes": 2}'
    run_id = airflow.trigger(RUNNER, conf)
    assert airflow.ended(RUNNER, run_id) == "failed"
    query = "SELECT state, try_number FROM task_instance WHERE run_id=%s AND task_id=%s"
    assert airflow.rows(query, run_id, "validate_config") == [("failed", 1)]


def test_cells_spread_over_workers_and_survive_the_loss_of_one(airflow, twin):
    run_id = airflow.trigger(RUNNER, '{"experiment_name": "my_walk_v1"}')
    seen: set[str] = set()

    def both_at_work() -> bool | None:
        seen.update(name for name in airflow.workers if airflow.cells_at(name))
        return True if len(seen) == 2 and airflow.cells_at("two") else None

    until(both_at_work, "a cell at each worker")
    airflow.lose("two")
    assert airflow.ended(RUNNER, run_id) == "success", airflow.states(RUNNER, run_id)
    cells = {k: v for k, v in airflow.states(RUNNER, run_id).items() if k[0].endswith("run_cell")}
    assert cells == {("walk_forward.run_cell", index): "success" for index in range(6)}
    query = "SELECT max(try_number) FROM task_instance WHERE run_id=%s AND task_id=%s"
    ((tries,),) = airflow.rows(query, run_id, "walk_forward.run_cell")
    assert tries > 1

    mine = xcom(airflow, RUNNER, run_id, "walk_forward.conclude")
    by_hand = twin("experiment", "run", "my_walk_v1")
    assert mine["lineage"] == by_hand["lineage"]
    assert mine["models"] == by_hand["models"]
    assert (mine["edge"], mine["verdict"]) == (by_hand["edge"], by_hand["verdict"])


def test_a_bar_wakes_features_and_they_wake_inference(airflow, resources, redis_server: Redis):
    for dag in (REALTIME, FEATURES, INFERENCE):
        airflow.shell(f"airflow dags unpause {dag}")
    begin = airflow.trigger(INFERENCE)  # takes the state up behind the newest stored bar
    assert airflow.ended(INFERENCE, begin) == "success"
    with reading(resources.engine) as connection:
        before = bars.newest(connection)

    for _ in range(3):
        run_id = airflow.trigger(REALTIME)
        assert airflow.ended(REALTIME, run_id) == "success"
        newest = xcom(airflow, REALTIME, run_id, "poll")["newest"]
        until(lambda newest=newest: decided(resources, newest), f"signals of {newest}")

    with reading(resources.engine) as connection:
        stored = bars.load(connection, start=before)["time"].to_list()[1:]
    for dag in (REALTIME, FEATURES, INFERENCE):
        airflow.shell(f"airflow dags pause {dag}")
    signals = left(resources)["inference_signals"]
    assert len(stored) >= 3
    assert sorted({row["timestamp"] for row in signals}) == stored  # in order, none left out
    assert len(signals) == 3 * len(stored)
    query = "SELECT run_type FROM dag_run WHERE dag_id=%s"
    for dag in (FEATURES, INFERENCE):
        assert ("asset_triggered",) in airflow.rows(query, dag)
    query = "SELECT value FROM xcom WHERE dag_id=%s AND key='return_value'"
    refreshed = [value for (value,) in airflow.rows(query, FEATURES)]
    assert sum(each["written"] for each in refreshed) == max(each["rows"] for each in refreshed)
    told = int(redis_server.call("XLEN", "trading:signals:live"))
    assert told == len(signals)


def decided(resources, newest: str) -> bool | None:
    times = {row["timestamp"].isoformat() for row in left(resources)["inference_signals"]}
    return True if newest.replace("Z", "+00:00") in times else None
