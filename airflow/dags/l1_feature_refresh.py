"""L1: store the features of new bars. A new bar or macro value wakes it; else the clock does.

The specification's five tasks are here one: the asset waits for the bar, the command computes and
stores in one transaction, the contract on its answer checks order and specification, and the asset
event marks the bar as processed.
"""

from __future__ import annotations

from airflow.sdk import AssetOrTimeSchedule, task
from airflow.sdk.exceptions import AirflowSkipException

from contracts.dag_registry import FEATURES_FALLBACK, DagId
from contracts.xcom_contracts import L1Output
from project import BARS, FEATURES, MACRO, answer, in_bogota, project_dag


@project_dag(
    DagId.L1_FEATURE_REFRESH,
    schedule=AssetOrTimeSchedule(assets=(BARS | MACRO), timetable=in_bogota(FEATURES_FALLBACK)),
    doc_md=__doc__,
)
def feature_refresh() -> None:
    """One refresh, which writes what is missing or differs."""

    @task(outlets=[FEATURES])
    def refresh() -> dict:
        found = answer(L1Output, "features", "refresh")
        if not found.written:
            raise AirflowSkipException(f"All is stored up to {found.newest}.")
        return found.dump()

    refresh()


feature_refresh()
