"""L4: an experiment from its configuration to a proposal, or a walk-forward spread over workers.

airflow dags trigger rl_l4_01_experiment_runner --conf '{"experiment_name": "my_experiment_v1"}'
"""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Metadata, TriggerRule, task, task_group
from airflow.sdk.exceptions import AirflowFailException

from contracts.dag_registry import DagId
from contracts.xcom_contracts import (
    Cell,
    CellOutput,
    Experiment,
    L3Output,
    L4Output,
    Request,
    WalkForwardOutput,
)
from project import (
    EXPERIMENTS,
    REQUEST_PARAMS,
    TRAINING_QUEUE,
    TRAINING_SLOTS,
    answer,
    project_dag,
    requested,
)


def stage(task_id: str, dag_id: DagId, request: dict, **settings: object) -> TriggerDagRunOperator:
    """Run another DAG under this run's id and wait for it, without a worker."""
    return TriggerDagRunOperator(
        task_id=task_id,
        trigger_dag_id=dag_id,
        trigger_run_id="{{ run_id }}",
        conf=request,
        reset_dag_run=True,
        wait_for_completion=True,
        deferrable=True,
        poke_interval=5,
        fail_when_dag_is_paused=True,
        retries=0,  # the stage's own tasks were tried again
        execution_timeout=timedelta(hours=24),
        **settings,
    )


@project_dag(
    DagId.L4_EXPERIMENT_RUNNER,
    schedule=None,
    params=REQUEST_PARAMS,
    max_active_runs=TRAINING_SLOTS,
    is_paused_upon_creation=False,
    doc_md=__doc__,
)
def experiment_runner() -> None:
    """L2, then L3, which has L4 judge; or every cell of a walk-forward, then its report."""

    @task
    def validate_config(dag_run=None) -> dict:
        return requested(dag_run.conf).dump()

    @task.branch
    def choose(request: dict) -> str:
        wanted = Request.model_validate(request)
        found = answer(Experiment, "experiment", "show", wanted.experiment_name)
        if found.configuration.protocol == "walk_forward":
            return "walk_forward.list_cells"
        return "trigger_l2_preprocessing" if wanted.dataset_path is None else "trigger_l3_training"

    @task
    def collect_results(ti=None, run_id=None) -> dict:
        """Take what L3 and L4 handed over, and hold their hashes against each other."""
        trained = ti.xcom_pull(dag_id=DagId.L3_MODEL_TRAINING, run_id=run_id, task_ids="train")
        judged = ti.xcom_pull(dag_id=DagId.L4_BACKTEST_PROMOTION, run_id=run_id, task_ids="propose")
        found = L4Output.model_validate(judged)
        if found.trained != tuple(map(L3Output.model_validate, trained)):
            raise AirflowFailException("L4 judged other models than those that L3 trained.")
        return found.dump()

    @task
    def compare_with_baseline(judged: dict) -> dict:
        found = L4Output.model_validate(judged)
        print(f"{found.model_id}: {found.recommendation}. {found.reason}")  # noqa: T201 - its log
        return found.proposal.vs_baseline

    @task(outlets=[EXPERIMENTS])
    def register_experiment(judged: dict, compared: dict):
        """Tell what waits for the second vote; registry and ledger have it since L3 and L4."""
        found = L4Output.model_validate(judged)
        told = {
            "experiment": found.experiment,
            "model_id": found.model_id,
            "proposal_id": found.proposal.proposal_id,
            "recommendation": found.recommendation,
            "dataset_hash": found.dataset.dataset_hash,
            "model_hash": found.lineage["model_hash"],
            "vs_baseline": compared,
        }
        yield Metadata(EXPERIMENTS, told)

    @task_group
    def walk_forward(request: dict) -> None:
        """Every fold with every seed, each where a worker is free."""

        @task(execution_timeout=timedelta(hours=2))
        def list_cells(request: dict) -> list[dict]:
            wanted = Request.model_validate(request)
            found = answer(list[Cell], "experiment", "cells", *wanted.words())
            return [cell.dump() for cell in found]

        @task(
            execution_timeout=timedelta(hours=12),
            max_active_tis_per_dag=TRAINING_SLOTS,
            queue=TRAINING_QUEUE,
        )
        def run_cell(cell: dict, request: dict) -> dict:
            wanted, place = Request.model_validate(request), Cell.model_validate(cell)
            where = [f"--{name}={value}" for name, value in place.dump().items()]
            words = ("experiment", "cell", *wanted.words(), *where)
            return answer(CellOutput, *words).dump()

        @task(execution_timeout=timedelta(hours=1))
        def conclude(request: dict) -> dict:
            wanted = Request.model_validate(request)
            words = ("experiment", "run", *wanted.words(), "--workers=1")
            return answer(WalkForwardOutput, *words).dump()

        run_cell.partial(request=request).expand(cell=list_cells(request)) >> conclude(request)

    request = validate_config()
    preprocessing = stage("trigger_l2_preprocessing", DagId.L2_DATASET_BUILDER, request)
    training = stage(
        "trigger_l3_training",
        DagId.L3_MODEL_TRAINING,
        request,
        trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS,
    )
    results = collect_results()
    chosen = choose(request)
    chosen >> [preprocessing, training, walk_forward(request)]
    preprocessing >> training >> results
    register_experiment(results, compare_with_baseline(results))


experiment_runner()
