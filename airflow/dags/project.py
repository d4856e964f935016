"""How DAGs use the project: a task runs `cambio` in the project's environment, and no more.

The command prints JSON, which is validated as a contract; its exit code tells whether to try again.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import IO, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from airflow.sdk import Asset, MultipleCronTriggerTimetable, Param, dag
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from pydantic import TypeAdapter, ValidationError

from contracts.dag_registry import ZONE, DagId
from contracts.xcom_contracts import Request

T = TypeVar("T")

COMMAND: Final = os.environ.get(
    "CAMBIO_COMMAND", str(Path(__file__).resolve().parents[2] / ".venv" / "bin" / "cambio")
)
TRAINING_SLOTS: Final = int(os.environ.get("CAMBIO_TRAINING_SLOTS", "4"))
"""Trainings at once, of one DAG: the next bar shall not wait for a slot behind forty of them."""
TRAINING_QUEUE: Final = os.environ.get("CAMBIO_TRAINING_QUEUE", "default")
"""Of Celery, where machines of their own train."""

BARS: Final = Asset("cambio_bars", uri="cambio://usdcop_m5_ohlcv")
MACRO: Final = Asset("cambio_macro", uri="cambio://macro_observations")
FEATURES: Final = Asset("cambio_features", uri="cambio://inference_features_5m")
EXPERIMENTS: Final = Asset("cambio_experiments", uri="cambio://promotion_proposals")

PERMANENT: Final = frozenset({2, 3, 5, 6, 7, 9})
"""Exit codes of what another try would not mend: usage, configuration, data, contract, not found,
not allowed. A source (4) or a conflict (8), a signal and a crash are tried again."""
GRACE_S: Final = 20.0
"""For a command to end by itself when its task is stopped."""
KEPT_LINES: Final = 12
"""Of standard error, for the message of a failure."""
TELLING_S: Final = 60.0
LOG: Final = logging.getLogger("airflow.task")


def answer(contract: type[T], *words: str) -> T:
    """Run `cambio WORDS --json`; give its answer, validated.

    Args:
        contract: a contract, or a type made of contracts.
        words: command and arguments.

    Raises:
        AirflowFailException: a person has to mend something, or the answer breaks the contract.
        AirflowException: another try may help.
    """
    return _validated(contract, _run(*words, "--json"), words)


def answers(contract: type[T], *words: str) -> list[T]:
    """Run `cambio WORDS --json`, which prints a line of JSON for each thing that happened."""
    return [_validated(contract, line, words) for line in _run(*words, "--json").splitlines()]


def requested(conf: Mapping[str, Any] | None) -> Request:
    """Give what a run was asked for.

    Raises:
        AirflowFailException: a key is unknown, or has a wrong value.
    """
    try:
        return Request.model_validate(conf or {})
    except ValidationError as error:
        raise AirflowFailException(f"The run's conf: {error}") from None


def _validated(contract: type[T], text: str, words: tuple[str, ...]) -> T:
    try:
        return TypeAdapter(contract).validate_json(text)
    except ValidationError as error:
        raise AirflowFailException(
            f"cambio {' '.join(words)} broke its contract: {error}"
        ) from None


def _run(*words: str) -> str:
    LOG.info("cambio %s", " ".join(words))
    last: deque[str] = deque(maxlen=KEPT_LINES)
    try:
        process = subprocess.Popen(
            [COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_end_with_parent,
        )
    except OSError as error:
        raise AirflowFailException(
            f"{COMMAND} can't be run: {error.strerror}. Set CAMBIO_COMMAND to the project's."
        ) from error
    with process:
        listener = Thread(target=_listen, args=(process.stderr, last), daemon=True)
        listener.start()
        try:
            out = process.stdout.read() if process.stdout else ""
            code = process.wait()
        except BaseException:  # a time-out, or the task was stopped
            _stop(process)
            raise
        listener.join()
    if code:
        told = " ".join(last) or f"exit code {code}"
        kind = AirflowFailException if code in PERMANENT else AirflowException
        raise kind(f"cambio {words[0]}: {told}")
    return out


def _end_with_parent() -> None:
    """Let the kernel end the command when a worker dies, however it dies (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _listen(stream: IO[str], last: deque[str]) -> None:
    for line in stream:
        LOG.info(line.rstrip())
        last.append(line.strip())


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()


def tell_operators(context: Mapping[str, Any]) -> None:
    """Put a failure for good where operators look: the dashboard, the bus and webhooks."""
    task = context["ti"]
    why = context.get("exception") or "its process was lost"
    text = f"{task.task_id} failed after {task.try_number} tries: {why}"
    told = subprocess.run(
        [COMMAND, "tell", task.dag_id, text[:1000]],
        capture_output=True,
        text=True,
        timeout=TELLING_S,
        check=False,
    )
    if told.returncode:
        LOG.error("Operators were not told: %s", told.stderr)


DEFAULTS: Final[dict[str, Any]] = {
    "retries": 3,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=10),
    "execution_timeout": timedelta(minutes=5),
    "on_failure_callback": tell_operators,
}


def project_dag(dag_id: DagId, **settings: Any) -> Callable[[Callable[[], None]], Any]:
    """Give the decorator of a DAG of the project: one run at a time, nothing made up for later."""
    shared = {
        "start_date": datetime(2026, 1, 1, tzinfo=ZoneInfo(ZONE)),
        "catchup": False,
        "max_active_runs": 1,
        "default_args": DEFAULTS | settings.pop("default_args", {}),
        "tags": ["cambio", dag_id.split("_")[1]],
    }
    return dag(dag_id=str(dag_id), **(shared | settings))


def in_bogota(crons: tuple[str, ...]) -> MultipleCronTriggerTimetable:
    """Give the timetable of some cron expressions, each on Bogota's clock."""
    return MultipleCronTriggerTimetable(*crons, timezone=ZONE)


REQUEST_PARAMS: Final = {
    "experiment_name": Param(type="string", description="Of a file in config/experiments."),
    "overrides": Param(
        [],
        type="array",
        items={"type": "string"},
        description="Settings of this run: training.total_timesteps=20000.",
    ),
    "seeds": Param(None, type=["integer", "null"], minimum=1, description="Train so many."),
    "dataset_path": Param(
        None, type=["string", "null"], description="Folder of a built dataset; it is verified."
    ),
}
"""The form of `contracts.xcom_contracts.Request`."""
