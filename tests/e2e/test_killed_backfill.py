"""A backfill that is killed at any moment: the next run ends with the whole table."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import yaml
from tests.effort import times
from tests.fakes.twelvedata import FakeTwelveData
from tests.unit.app.live import Clock, market, product, stored

from cambio.app.ohlcv import backfill as use_case
from cambio.store.database import open_database

CONFIG = Path(__file__).parents[2] / "config"
START, END = date(2023, 1, 2), date(2024, 7, 5)
"""21,000 bars: five pages."""
PAGES = 5
KILLS = times(6, 50)
"""On both databases together."""


@pytest.fixture(scope="module")
def provider():
    with FakeTwelveData(market(START, END), now=lambda: datetime.now(UTC)) as fake:
        yield fake


@pytest.fixture
def environment(tmp_path, provider):
    """What a `cambio` process needs to ask the fake."""
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    sources = yaml.safe_load((folder / "sources.yaml").read_text())
    sources["twelvedata"] |= {"url": str(provider.config().url), "limits": []}
    (folder / "sources.yaml").write_text(yaml.safe_dump(sources))
    return {
        "PATH": os.environ["PATH"],
        "CAMBIO_CONFIG": str(folder),
        "CAMBIO_TRACKING_URI": "",
        "CAMBIO_TWELVEDATA_API_KEY": provider.key[1].get_secret_value(),
    }


def backfill(environment):
    command = [sys.executable, "-m", "cambio", "ohlcv", "backfill", "--from", str(START)]
    return subprocess.Popen(
        [*command, "--to", str(END)], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def kill(process, provider, rng):
    """Kill at a random moment after a random request, or before the first."""
    after = len(provider.requests) + int(rng.integers(0, PAGES + 1))
    while len(provider.requests) < after and process.poll() is None:
        time.sleep(0.001)
    time.sleep(float(rng.uniform(0, 0.08 if provider.requests else 1.0)))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request, tmp_path):
    """Give a function that opens new databases, each by its URL."""
    with ExitStack() as stack:

        def fresh(number):
            if request.param == "sqlite":
                return f"sqlite:///{tmp_path / f'{number}.db'}"
            server = request.getfixturevalue("postgresql_server")
            return stack.enter_context(server.database())

        yield fresh


def test_the_next_run_ends_with_the_whole_table(databases, environment, provider, tmp_path):
    rng = np.random.default_rng(0)
    left = []
    for number in range(KILLS // 2):
        url = databases(number)
        environment |= {"CAMBIO_HOME": str(tmp_path / "home"), "CAMBIO_DATABASE_URL": url}
        was_killed = kill(backfill(environment), provider, rng)
        with closing_engine(url) as engine:
            table = stored(engine)
            assert table.items() <= provider.truth.items()
            left += [len(table)] * was_killed
            config = provider.config(timeout_s=20.0)
            with product(engine, tmp_path, provider, Clock(datetime.now(UTC)), config) as resources:
                report = use_case(resources, START, END)
            assert (report.failure, report.missing_after) == (None, 0)
            assert stored(engine) == provider.truth
    assert any(rows < len(provider.truth) for rows in left)


@contextmanager
def closing_engine(url):
    engine = open_database(url)
    yield engine
    engine.dispose()
