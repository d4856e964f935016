"""The command line, run in process with a home of its own."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from cambio import cli


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
    from cambio.settings import load_settings

    return load_settings()
