"""L0: find the missing bars and ask for them; once when it is switched on, later by hand."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Param, task

from contracts.dag_registry import DagId
from contracts.xcom_contracts import BackfillOutput
from project import BARS, answer, project_dag

DAY = {"type": ["string", "null"], "format": "date"}


@project_dag(
    DagId.L0_OHLCV_BACKFILL,
    schedule="@once",
    params={
        "from": Param(None, **DAY, description="First session; else the first stored one."),
        "to": Param(None, **DAY, description="Last session; else today."),
        "recheck": Param(False, type="boolean", description="Ask for stored bars, too."),
    },
    doc_md=__doc__,
)
def ohlcv_backfill() -> None:
    """One run of `cambio ohlcv backfill`, which goes on where it stopped."""

    @task(outlets=[BARS], execution_timeout=timedelta(hours=2))
    def fill(params: dict | None = None) -> dict:
        given = params or {}
        days = [f"--{name}={given[name]}" for name in ("from", "to") if given.get(name)]
        recheck = ["--recheck"] if given.get("recheck") else []
        return answer(BackfillOutput, "ohlcv", "backfill", *days, *recheck).dump()

    fill()


ohlcv_backfill()
