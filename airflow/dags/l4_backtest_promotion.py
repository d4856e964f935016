"""L4: replay a trained model over the test period, take the first vote, lay the proposal open."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import task

from contracts.dag_registry import DagId
from contracts.xcom_contracts import L4Output
from project import REQUEST_PARAMS, TRAINING_QUEUE, TRAINING_SLOTS, answer, project_dag, requested


@project_dag(
    DagId.L4_BACKTEST_PROMOTION,
    schedule=None,  # L3 starts it
    params=REQUEST_PARAMS,
    max_active_runs=TRAINING_SLOTS,
    is_paused_upon_creation=False,
    doc_md=__doc__,
)
def backtest_promotion() -> None:
    """A model that was trained is loaded, and a known look at the test period is no new trial."""

    @task(execution_timeout=timedelta(hours=4), queue=TRAINING_QUEUE)
    def propose(dag_run=None) -> dict:
        request = requested(dag_run.conf)
        on = [] if request.dataset_path is None else ["--dataset", request.dataset_path]
        return answer(L4Output, "experiment", "run", *request.words(), *on).dump()

    propose()


backtest_promotion()
