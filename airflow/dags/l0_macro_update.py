"""L0: ask every provider of macro series for new and revised values, hourly in the session."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException

from contracts.dag_registry import AT_EACH_HOUR, DagId
from contracts.xcom_contracts import MacroOutput
from project import MACRO, answer, in_bogota, project_dag


@project_dag(DagId.L0_MACRO_UPDATE, schedule=in_bogota(AT_EACH_HOUR), doc_md=__doc__)
def macro_update() -> None:
    """One update; a provider that fails holds up no other, and is asked again."""

    @task(outlets=[MACRO], execution_timeout=timedelta(minutes=20))
    def update() -> dict:
        found = answer(MacroOutput, "macro", "update")
        if not found.totals.new + found.totals.revised:
            raise AirflowSkipException("Nothing is new.")
        return found.dump()

    update()


macro_update()
