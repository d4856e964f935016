"""Every test of the store runs on both engines."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cambio.store.database import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, blank: Path) -> str:
    """Give the URL of an empty, migrated database."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{shutil.copy(blank, tmp_path)}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Give an empty database of its own."""
    database = open_database(url)
    yield database
    database.dispose()
