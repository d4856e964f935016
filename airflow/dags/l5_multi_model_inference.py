"""L5: champion, challenger and shadows decide on each new bar. New features wake it, or the clock.

The command holds the rest of the specification's architecture: load gate, observation, risk,
paper fills, one transaction, then the bus and webhooks, and after a session drift and parity. Where
`cambio live` runs as a service, leave this DAG paused: one engine trades on a database.
"""

from __future__ import annotations

from airflow.sdk import AssetOrTimeSchedule, task
from airflow.sdk.exceptions import AirflowSkipException

from contracts.dag_registry import INFERENCE_FALLBACK, DagId
from contracts.xcom_contracts import TradedBar
from project import FEATURES, answers, in_bogota, project_dag


@project_dag(
    DagId.L5_MULTI_MODEL_INFERENCE,
    schedule=AssetOrTimeSchedule(assets=FEATURES, timetable=in_bogota(INFERENCE_FALLBACK)),
    doc_md=__doc__,
)
def multi_model_inference() -> None:
    """Every stored bar that was not decided on, in order; a crash loses and repeats none."""

    @task
    def infer() -> dict:
        bars = answers(TradedBar, "live", "--once")
        if not bars:
            raise AirflowSkipException("No bar is new.")
        return {
            "bars": len(bars),
            "late": sum(bar.late for bar in bars),
            "signals": len(bars[-1].signals),
            "newest": bars[-1].timestamp.isoformat(),
        }

    infer()


multi_model_inference()
