"""A seeded product, and what an undisturbed run of it leaves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.faults.market import Scripted, left, opened, seed
from tests.shared import once

from cambio.app.resources import Resources
from cambio.app.trading_loop import Loop

BARS = 75
"""A session and a quarter."""


@pytest.fixture(scope="session")
def seeded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home on SQLite with a market and three models; copy it, don't change it."""

    def make(home: Path) -> None:
        with opened(home) as resources:
            seed(resources)

    return once(tmp_path_factory, "seeded", make)


@pytest.fixture(scope="session")
def steady(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `BARS` bars leave when nothing goes wrong."""

    def make(home: Path) -> None:
        shutil.copytree(seeded_home, home)
        with opened(home) as resources:
            Loop(resources, Scripted(resources, BARS)).run(Event())

    with opened(once(tmp_path_factory, "steady", make)) as resources:
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
