"""L0: ask for the bars that have closed, at each close of the session."""

from __future__ import annotations

import os

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from contracts.dag_registry import AT_EACH_CLOSE, DagId
from contracts.xcom_contracts import PollOutput
from project import BARS, answer, in_bogota, project_dag

FEED = os.environ.get("CAMBIO_FEED_URL", "twelvedata://")


@project_dag(DagId.L0_OHLCV_REALTIME, schedule=in_bogota(AT_EACH_CLOSE), doc_md=__doc__)
def ohlcv_realtime() -> None:
    """One poll; a bar that is late is asked for again."""

    @task(outlets=[BARS])
    def poll() -> dict:
        found = answer(PollOutput, "ohlcv", "realtime", "--feed", FEED)
        if found.intake.inserted + found.intake.revised:
            return found.dump()
        if found.behind:
            raise AirflowException(f"{found.behind} bars have closed and are not there yet.")
        raise AirflowSkipException(found.note or "Nothing is new.")

    poll()


ohlcv_realtime()
