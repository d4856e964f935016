"""Fixtures that several rooms share."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import make_url
from tests.services import QUICK, PostgreSQL, Redis, postgresql
from tests.services import redis_server as start_redis

from cambio.acquisition.catalogue import Catalogue
from cambio.calendar import session_open
from cambio.store.database import open_database
from cambio.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from sqlalchemy import Engine

ROOT = Path(__file__).parents[1]
NEEDED = {"timescale": "CAMBIO_TEST_TIMESCALE_URL", "airflow": "CAMBIO_TEST_AIRFLOW"}
"""What a marked test needs, by marker."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a server with TimescaleDB, or Airflow, where none is named."""
    for marker, variable in NEEDED.items():
        if variable not in os.environ:
            out = [item for item in items if item.get_closest_marker(marker)]
            config.hook.pytest_deselected(items=out)
            items[:] = [item for item in items if item not in out]


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Take back what a test has set up of the logs: the stream that they went to is closed."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of an empty, migrated database; copy it, which is quicker than migrations."""
    path = tmp_path_factory.mktemp("blank") / "cambio.db"
    open_database(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture
def engine(blank: Path, tmp_path: Path) -> Iterator[Engine]:
    """Give an empty database of its own."""
    database = open_database(f"sqlite:///{shutil.copy(blank, tmp_path)}")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """Give a server that this run starts by itself, and ends."""
    with postgresql(QUICK) as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgresql_server: PostgreSQL) -> Iterator[str]:
    """Give the name of a database to clone: the schema, and nothing in it."""
    with postgresql_server.database() as url:
        open_database(url).dispose()
        yield str(make_url(url).database)


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQL, migrated: str) -> Iterator[str]:
    """Give the URL of an empty, migrated database on a real PostgreSQL server."""
    with postgresql_server.database(migrated) as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """Give a Redis that this run starts by itself, and ends."""
    with start_redis() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: Redis) -> Iterator[str]:
    """Give the URL of an empty Redis."""
    yield redis_server.url
    redis_server.call("FLUSHALL")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Give the catalogue that the product ships."""
    return read_yaml(ROOT / "config" / "macro_series.yaml", Catalogue)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real market data, or skip."""
    folder = Path(os.environ.get("CAMBIO_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "usdcop_m5_ohlcv_raw.parquet").exists():
        pytest.skip(f"no real market data in {folder}; set CAMBIO_TEST_DATA")
    return folder


HEADER = ("time", "open", "high", "low", "close")


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes rows below a header and tells where."""

    def write(
        rows: Iterable[Sequence[object]],
        header: Sequence[str] = HEADER,
        *,
        name: str = "bars.csv",
        end: str = "\n",
    ) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(",".join(map(str, row)) for row in (header, *rows)) + end)
        return path

    return write


@pytest.fixture
def session_rows() -> Callable[..., list[tuple[object, ...]]]:
    """Give a function that makes 60 ranged bars a day, on the clock of a zone, around 4000."""

    def rows(
        days: Iterable[date], zone: str = "America/Bogota", bars: int = 60
    ) -> list[tuple[object, ...]]:
        made: list[tuple[object, ...]] = []
        for day in days:
            for n in range(bars):
                local = session_open(day) + timedelta(minutes=5 * n)
                clock = local.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
                close = 4000.0 + n % 7
                made.append((clock, close - 1, close + 2, close - 3, close))
        return made

    return rows
