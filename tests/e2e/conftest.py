"""The command line, run in process with a home of its own."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from tests.shared import once

from cambio import cli
from cambio.acquisition.simulator import SimulationConfig
from cambio.app.processes import Quiet
from cambio.app.simulation import simulate_market
from cambio.settings import load_settings
from cambio.wiring import connect


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty CAMBIO_HOME without tracking; the tests of tracking set their own URI."""
    monkeypatch.setenv("CAMBIO_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "")
    monkeypatch.delenv("CAMBIO_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "var"


@pytest.fixture(scope="session")
def market_home(tmp_path_factory) -> Path:
    """A home that holds the simulated market with a planted edge; copy it, don't change it."""

    def make(home: Path) -> None:
        resources = connect(load_settings(home), Quiet())
        simulate_market(resources, SimulationConfig(edge="planted"))
        resources.engine.dispose()

    return once(tmp_path_factory, "market", make)


QUICK = [
    word
    for setting in (
        "total_timesteps=4096",
        "n_steps=2048",
        "n_epochs=2",
        "policy_layers=[8]",
        "value_layers=[8]",
    )
    for word in ("--set", f"training.{setting}")
]
"""Settings of an experiment that is over soon."""


@pytest.fixture(scope="session")
def experiment_home(market_home, tmp_path_factory) -> tuple[Path, dict[str, Any]]:
    """A home with that market and an experiment run on it, and what the run said; copy it."""

    def make(folder: Path) -> None:
        shutil.copytree(market_home, folder / "var")
        command = ["cambio", "experiment", "run", "demo_ppo_v1", *QUICK, "--json"]
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out:
            patch.setenv("CAMBIO_HOME", str(folder / "var"))
            patch.setenv("CAMBIO_TRACKING_URI", "")
            patch.delenv("CAMBIO_DATABASE_URL", raising=False)
            patch.setattr(sys, "argv", command)
            with suppress(SystemExit):
                cli.main()
        (folder / "said.json").write_text(out.getvalue())

    folder = once(tmp_path_factory, "experiment", make)
    return folder / "var", json.loads((folder / "said.json").read_text())


@pytest.fixture
def experiment(home, experiment_home) -> dict[str, Any]:
    """What the run said of an experiment that was run in `home`."""
    shutil.copytree(experiment_home[0], home)
    return experiment_home[1]


@pytest.fixture
def simulated(cambio, home, market_home):
    """`cambio`, on a copy of that market."""
    shutil.copytree(market_home, home)
    return cambio


@pytest.fixture
def cambio(home, monkeypatch, capsys):
    """A function that runs `cambio ARGS` and gives exit code and output."""

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["cambio", *map(str, arguments)])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


@pytest.fixture
def settings(home):
    return load_settings()
