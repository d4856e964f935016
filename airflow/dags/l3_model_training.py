"""L3: train an experiment's seeds on a dataset, then have them judged (L4)."""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import task

from contracts.dag_registry import DagId
from contracts.xcom_contracts import L2Output, L3Output, Request
from project import REQUEST_PARAMS, TRAINING_QUEUE, TRAINING_SLOTS, answer, project_dag, requested


@project_dag(
    DagId.L3_MODEL_TRAINING,
    schedule=None,
    params=REQUEST_PARAMS,
    max_active_runs=TRAINING_SLOTS,
    is_paused_upon_creation=False,
    doc_md=__doc__,
)
def model_training() -> None:
    """A training that was stopped goes on from its checkpoint; one that is done is given back."""

    @task(execution_timeout=timedelta(hours=1))
    def resolve_dataset(dag_run=None, ti=None) -> dict:
        """Choose a dataset: the one that is named, L2's of this run, or the newest build."""
        request = requested(dag_run.conf)
        made = ti.xcom_pull(
            dag_id=DagId.L2_DATASET_BUILDER,
            run_id=dag_run.run_id,
            key="l2_output",
            task_ids="build",
        )
        if request.dataset_path is not None:
            path = request.dataset_path
        elif made is not None:
            path = L2Output.model_validate(made).dataset_path
        else:
            shown = answer(dict, "dataset", "show", request.experiment_name)
            path = shown["newest"]["path"]
        answer(dict, "dataset", "verify", path)
        return request.on(path).dump()

    @task(execution_timeout=timedelta(hours=12), queue=TRAINING_QUEUE)
    def train(request: dict) -> list[dict]:
        wanted = Request.model_validate(request)
        trained = answer(
            list[L3Output], "train", *wanted.words(), "--dataset", wanted.dataset_path, "--resume"
        )
        return [output.dump() for output in trained]

    request = resolve_dataset()
    backtest = TriggerDagRunOperator(
        task_id="trigger_backtest",
        trigger_dag_id=DagId.L4_BACKTEST_PROMOTION,
        trigger_run_id="{{ run_id }}",
        conf=request,
        reset_dag_run=True,
        wait_for_completion=True,
        deferrable=True,
        poke_interval=5,
        fail_when_dag_is_paused=True,
        execution_timeout=timedelta(hours=6),
    )
    train(request) >> backtest


model_training()
