"""A seeded product, and what an undisturbed run of it leaves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.faults.market import Scripted, left, opened, seed

from cambio.app.resources import Resources
from cambio.app.trading_loop import Loop

BARS = 75
"""A session and a quarter."""


@pytest.fixture(scope="session")
def seeded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home on SQLite with a market and three models; copy it, don't change it."""
    home = tmp_path_factory.mktemp("seeded") / "home"
    with opened(home) as resources:
        seed(resources)
    return home


@pytest.fixture(scope="session")
def steady(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `BARS` bars leave when nothing goes wrong."""
    home = tmp_path_factory.mktemp("steady") / "home"
    shutil.copytree(seeded_home, home)
    with opened(home) as resources:
        Loop(resources, Scripted(resources, BARS)).run(Event())
        return left(resources)


@pytest.fixture
def home(seeded_home: Path, tmp_path: Path) -> Path:
    """A copy of the seeded home."""
    return Path(shutil.copytree(seeded_home, tmp_path / "home"))


@pytest.fixture
def resources(home: Path) -> Iterator[Resources]:
    """The product on that copy."""
    with opened(home) as found:
        yield found
