"""Airflow, on a database of its own: it migrates, and takes every DAG without a complaint."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from tests.airflow.cluster import DAGS
from tests.airflow.test_contracts import FILES

pytestmark = pytest.mark.airflow
LIMIT_S = 10.0
SCRIPT = """
import json, sys, time
sys.path.append(sys.argv[1])
began = time.perf_counter()
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
took = time.perf_counter() - began
dags = {
    id_: {
        "file": dag.fileloc.rpartition("/")[2],
        "zone": str(getattr(dag.timezone, "name", dag.timezone)),
        "active": dag.max_active_runs,
        "catchup": dag.catchup,
        "paused": dag.is_paused_upon_creation,
        "tasks": {
            task.task_id: [
                task.retries,
                task.execution_timeout.total_seconds(),
                bool(task.on_failure_callback),
            ]
            for task in dag.tasks
        },
    }
    for id_, dag in bag.dags.items()
}
json.dump({"dags": dags, "errors": bag.import_errors, "took": took}, open(sys.argv[2], "w"))
"""


@pytest.fixture(scope="module")
def bag(tmp_path_factory, programs):
    """Every DAG as Airflow has read it."""
    folder = tmp_path_factory.mktemp("import")
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    migrated = subprocess.run(
        [programs / "airflow", "db", "migrate"], env=environment, capture_output=True, text=True
    )
    assert migrated.returncode == 0, migrated.stderr
    answer = folder / "answer.json"
    command = [programs / "python", "-c", SCRIPT, DAGS, answer]
    read = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert read.returncode == 0, read.stderr
    return json.loads(answer.read_text())


def test_nine_dags_are_imported_without_an_error_in_under_ten_seconds(bag):
    assert bag["errors"] == {}
    assert {dag["file"]: id_ for id_, dag in bag["dags"].items()} == {
        f"{file}.py": id_ for file, id_ in FILES.items()
    }
    assert bag["took"] < LIMIT_S


def test_no_dag_makes_up_for_the_past_and_all_live_in_bogota(bag):
    assert {(dag["catchup"], dag["zone"]) for dag in bag["dags"].values()} == {
        (False, "America/Bogota")
    }


def test_what_runs_by_the_clock_waits_to_be_switched_on_and_runs_once_at_a_time(bag):
    by_hand = {id_ for id_, dag in bag["dags"].items() if dag["paused"] is False}
    assert by_hand == {id_ for id_ in FILES.values() if id_[3:5] in ("l2", "l3", "l4")}
    assert {bag["dags"][id_]["active"] for id_ in set(bag["dags"]) - by_hand} == {1}


def test_every_task_has_a_time_out_and_tells_operators_of_its_failure(bag):
    tasks = {
        f"{id_}.{name}": task for id_, d in bag["dags"].items() for name, task in d["tasks"].items()
    }
    assert [name for name, (_, timeout_s, told) in tasks.items() if not (timeout_s and told)] == []
    stages = {name for name, (retries, _, _) in tasks.items() if retries == 0}
    assert {name.rpartition(".")[2] for name in stages} == {
        "trigger_l2_preprocessing",
        "trigger_l3_training",
    }
