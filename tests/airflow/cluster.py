"""Airflow as a team runs it: PostgreSQL, Redis, and a process for each component and worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[2]
DAGS = ROOT / "airflow" / "dags"
PATIENCE_S = 300.0
ENDED = ("success", "failed", "skipped", "upstream_failed", "removed")


def until(found: Callable[[], Any], what: str) -> Any:
    """Give what is found as soon as it is."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        if (value := found()) is not None:
            return value
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {PATIENCE_S:.0f} s")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def descendants(pid: int) -> dict[int, str]:
    """The command lines of a process and of all that it started, and those started."""
    parents, lines = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text()
            lines[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = {pid}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return {one: lines.get(one, "") for one in found}


class Cluster:
    """A running Airflow.

    Args:
        folder: with its files and logs.
        programs: folder of the command `airflow`.
        database: of Airflow's own: `host=... dbname=...`.
        environment: of every process.
    """

    def __init__(
        self, folder: Path, programs: Path, database: str, environment: dict[str, str]
    ) -> None:
        self.folder, self.programs, self._database = folder, programs, database
        self.environment = environment
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *words: str, name: str = "") -> subprocess.Popen[bytes]:
        """Start a component in a session of its own."""
        with (self.folder / f"{name or words[0]}.log").open("wb") as log:
            return subprocess.Popen(
                [self.programs / "airflow", *words],
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def shell(self, line: str) -> str:
        """Type a line where `airflow` is on the path."""
        done = subprocess.run(
            ["/bin/bash", "-c", line],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask Airflow's database."""
        with psycopg.connect(self._database) as connection:
            return connection.execute(query, values).fetchall()

    def states(self, dag_id: str, run_id: str) -> dict[tuple[str, int], str]:
        """The tasks of a run by name and map index."""
        query = "SELECT task_id, map_index, state FROM task_instance WHERE dag_id=%s AND run_id=%s"
        return {(task, index): state for task, index, state in self.rows(query, dag_id, run_id)}

    def trigger(self, dag_id: str, conf: str = "{}") -> str:
        """Trigger a run as the specification does; give its id."""
        before = self._runs(dag_id)
        self.shell(f"airflow dags trigger {dag_id} --conf '{conf}'")
        (run_id,) = self._runs(dag_id) - before
        return run_id

    def _runs(self, dag_id: str) -> set[str]:
        query = "SELECT run_id FROM dag_run WHERE dag_id=%s AND run_type='manual'"
        return {run_id for (run_id,) in self.rows(query, dag_id)}

    def ended(self, dag_id: str, run_id: str) -> str:
        """Wait for a run's end; give its state."""

        def state() -> str | None:
            query = "SELECT state FROM dag_run WHERE dag_id=%s AND run_id=%s"
            ((found,),) = self.rows(query, dag_id, run_id)
            return found if found in ENDED else None

        return str(until(state, f"the end of {dag_id}"))

    def cells_at(self, worker: str) -> list[int]:
        """The processes of cells that a worker has started."""
        lines = descendants(self.workers[worker].pid)
        return [pid for pid, line in lines.items() if "experiment cell" in line]

    def lose(self, worker: str) -> None:
        """Let a worker's machine go: everything that it started is killed at once."""
        process = self.workers.pop(worker)
        for pid in descendants(process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()


@contextmanager
def cluster(
    folder: Path, programs: Path, database: Path, broker: str, product: dict[str, str]
) -> Iterator[Cluster]:
    """Migrate a database, start every component and two workers, and end them all.

    Args:
        folder: is Airflow's home.
        programs: folder of the command `airflow`.
        database: folder of PostgreSQL's socket, with a database called `airflow`.
        broker: path of Redis's socket.
        product: the environment of `cambio`.
    """
    command = folder / "cambio"
    main = "from cambio.cli import main; main()"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{main}' \"$@\"\n")
    command.chmod(0o755)
    port = free_port()
    secrets = {"JWT_SECRET": "0123456789abcdef" * 4}
    settings = {
        "CORE__DAGS_FOLDER": str(DAGS),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__EXECUTOR": "CeleryExecutor",
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "API__HOST": "127.0.0.1",
        "API__PORT": str(port),
        "API__WORKERS": "1",
        **{f"API_AUTH__{name}": value for name, value in secrets.items()},
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://postgres@/airflow?host={database}",
        "CELERY__BROKER_URL": f"redis+socket://{broker}?virtual_host=1",
        "CELERY__RESULT_BACKEND": f"db+postgresql+psycopg2://postgres@/airflow?host={database}",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "2",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CAMBIO_", "AIRFLOW"))}
    environment = {
        **kept,
        **{f"AIRFLOW__{name}": value for name, value in settings.items()},
        **product,
        "AIRFLOW_HOME": str(folder),
        "CAMBIO_COMMAND": str(command),
        "C_FORCE_ROOT": "1",  # Celery, where a container's user is root
        "PATH": f"{programs}:{os.environ['PATH']}",
    }
    found = Cluster(folder, programs, f"host={database} user=postgres dbname=airflow", environment)
    found.shell("airflow db migrate")
    components = [
        found.start(name) for name in ("api-server", "dag-processor", "scheduler", "triggerer")
    ]
    for name in ("one", "two"):
        words = ("celery", "worker", "--concurrency=2", f"--celery-hostname={name}@here")
        quick = ("--without-mingle", "--without-gossip", "--skip-serve-logs")
        found.workers[name] = found.start(*words, *quick, name=f"worker-{name}")
    try:
        dags = "SELECT dag_id FROM dag WHERE NOT is_stale"
        until(lambda: True if len(found.rows(dags)) == 9 else None, "nine DAGs in the database")
        yield found
    finally:
        every = [*components, *found.workers.values()]
        trees = [pid for process in every for pid in descendants(process.pid)]
        for process in every:
            process.terminate()
        for pid in trees:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for process in every:
            process.wait()
