"""A Prometheus that scrapes a running product: engine and API, each a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

import httpx
import yaml
from tests.faults import market
from tests.monitoring.rules import DEPLOYED, RULES
from tests.services import prometheus

from cambio.app import accounts
from cambio.contracts.accounts import Role

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from cambio.cli import main; main()")
PATIENCE_S = 120.0
"""Longer than anything here takes on a machine that does much else."""
FEED = f"simulated://?seed={market.SEED}&speed=3000"
"""Ten bars a second."""
Found = TypeVar("Found")


def until(what: str, look: Callable[[], Found]) -> Found:
    """Look again and again until something is found, and give it."""
    end = monotonic() + PATIENCE_S
    while not (found := look()):
        assert monotonic() < end, f"{what}: not within {PATIENCE_S:.0f} s"
        sleep(0.2)
    return found


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def configured(folder: Path, changes: dict[str, dict[str, Any]]) -> Path:
    """Copy the configuration that is shipped, with other values at `key.key`, by file."""
    shutil.copytree(ROOT / "config", folder)
    for name, values in changes.items():
        document = yaml.safe_load((folder / name).read_text())
        for path, value in values.items():
            *parents, last = path.split(".")
            place = document
            for parent in parents:
                place = place[parent]
            place[last] = value
        (folder / name).write_text(yaml.safe_dump(document))
    return folder


def scraping(folder: Path, ports: dict[str, int], token: str) -> Path:
    """Write the deployed configuration for these ports and this token, and give its path.

    Of the rules only `for` is taken away, which is patience with what passes by itself; a scrape
    and an evaluation come every second, not every 15.
    """
    (folder / "token").write_text(token)
    (folder / "rules").mkdir()
    for path in RULES:
        document = yaml.safe_load(path.read_text())
        for group in document["groups"]:
            for rule in group["rules"]:
                rule.pop("for", None)
        (folder / "rules" / path.name).write_text(yaml.safe_dump(document))
    document = yaml.safe_load((DEPLOYED / "prometheus.yaml").read_text())
    document["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    for job in document["scrape_configs"]:
        job["static_configs"] = [{"targets": [f"127.0.0.1:{ports[job['job_name']]}"]}]
        if "authorization" in job:
            job["authorization"]["credentials_file"] = str(folder / "token")
    path = folder / "prometheus.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


@dataclass
class System:
    """A running product and the Prometheus that watches it."""

    home: Path
    folder: Path
    config: Path
    ports: dict[str, int]
    prometheus: httpx.Client
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: object, **more: str) -> None:
        """Start a process; what it says lands in a file of its name."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CAMBIO_")}
        ours = {"CAMBIO_HOME": str(self.home), "CAMBIO_CONFIG": str(self.config)}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*map(str, command)],
                env=kept | ours | {"CAMBIO_TRACKING_URI": ""} | more,
                stdout=log,
                stderr=log,
            )

    def start_engine(self, **environment: str) -> None:
        """Start `cambio live`."""
        port = self.ports["cambio-engine"]
        command = (*COMMAND, "live", "--json", "--feed", FEED, "--metrics-port", port)
        self.start("engine", *command, **environment)

    def end(self, name: str, number: signal.Signals) -> None:
        """Send a process a signal, and wait for its end."""
        process = self.processes.pop(name)
        process.send_signal(number)
        process.wait(PATIENCE_S)

    def command(self, *arguments: str, **environment: str) -> int:
        """Run a command on the same home, as an operator does; give its exit code."""
        self.start("command", *COMMAND, *arguments, **environment)
        return self.processes.pop("command").wait(PATIENCE_S)

    def ask(self, path: str, **query: str) -> Any:
        """Ask Prometheus; None while it is not up."""
        try:
            answer = self.prometheus.get(f"/api/v1/{path}", params=query)
        except httpx.TransportError:
            return None
        return answer.json()["data"] if answer.is_success else None

    def value(self, query: str) -> float | None:
        """Give the value of a query with one series; None: there is none yet."""
        found = (self.ask("query", query=query) or {"result": []})["result"]
        return float(found[0]["value"][1]) if found else None

    def burning(self, alert: str, **labels: str) -> dict[str, Any] | None:
        """Give an alert that fires, with these labels; None: it doesn't."""
        for one in (self.ask("alerts") or {"alerts": []})["alerts"]:
            wanted = {"alertname": alert, **labels}
            if one["state"] == "firing" and wanted.items() <= one["labels"].items():
                return dict(one)
        return None

    def fires(self, alert: str, **labels: str) -> dict[str, Any]:
        """Wait until an alert fires, and give it."""
        return until(f"{alert} fires {labels or ''}", lambda: self.burning(alert, **labels))

    def clears(self, alert: str, **labels: str) -> None:
        """Wait until an alert is out."""
        until(f"{alert} is out", lambda: self.burning(alert, **labels) is None)

    def trades(self) -> bool:
        """Tell whether the engine trades and both targets answer, as Prometheus sees it."""
        return self.value("max(cambio_engine_running)") == 1 and self.value("sum(up)") == 2


@contextmanager
def running(folder: Path) -> Iterator[System]:
    """Give a product that trades and is watched; everything ends with the context."""
    config = configured(
        folder / "config", {"deployment.yaml": {"live.shelf_life_days": market.FOREVER}}
    )
    with market.opened(folder / "home") as resources:
        market.seed(resources)
        token = accounts.create_token(resources, "prometheus", Role.VIEWER)
    ports = {name: free_port() for name in ("cambio-api", "cambio-engine", "prometheus")}
    with ExitStack() as stack:
        url = f"http://127.0.0.1:{ports['prometheus']}"
        client = stack.enter_context(httpx.Client(base_url=url, timeout=PATIENCE_S))
        system = System(folder / "home", folder, config, ports, client)
        stack.callback(_end_all, system)
        system.start(
            "prometheus",
            prometheus() / "prometheus",
            f"--config.file={scraping(folder, ports, token)}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
        )
        system.start("api", *COMMAND, "serve", "--port", ports["cambio-api"])
        system.start_engine()
        until("the engine trades", system.trades)
        yield system


def _end_all(system: System) -> None:
    for process in system.processes.values():
        process.kill()
        process.wait(PATIENCE_S)
