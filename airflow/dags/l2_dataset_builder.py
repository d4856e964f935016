"""L2: build an experiment's dataset, and verify what lies on the disk."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import task

from contracts.dag_registry import DagId
from contracts.xcom_contracts import L2Output
from project import REQUEST_PARAMS, TRAINING_SLOTS, answer, project_dag, requested


@project_dag(
    DagId.L2_DATASET_BUILDER,
    schedule=None,
    params=REQUEST_PARAMS,
    max_active_runs=TRAINING_SLOTS,
    is_paused_upon_creation=False,
    default_args={"execution_timeout": timedelta(hours=1)},
    doc_md=__doc__,
)
def dataset_builder() -> None:
    """The same inputs give the same bytes, so a build that is there already is found."""

    @task
    def build(dag_run=None, ti=None) -> None:
        request = requested(dag_run.conf)
        built = answer(L2Output, "dataset", "build", *request.dataset_words())
        ti.xcom_push("l2_output", built.dump())

    build()


dataset_builder()
