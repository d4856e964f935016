"""The command line, run in process with a home of its own."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
    home = tmp_path_factory.mktemp("market") / "var"
    resources = connect(load_settings(home), Quiet())
    simulate_market(resources, SimulationConfig(edge="planted"))
    resources.engine.dispose()
    return home


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
