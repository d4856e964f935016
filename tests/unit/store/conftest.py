"""Every test of the store runs on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cambio.store.database import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database; only PostgreSQL's is there and migrated."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'cambio.db'}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Give an empty database of its own."""
    database = open_database(url)
    yield database
    database.dispose()
