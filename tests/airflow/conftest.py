"""One Airflow for all tests that run DAGs, on a product with a simulated market."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from tests.airflow.cluster import ROOT, Cluster, cluster
from tests.faults.market import opened, seed
from tests.services import PostgreSQL, Redis

START = date(2023, 1, 2)
FEED = "simulated://?seed=3&speed=0"
TINY = {
    "description": "Tiny.",
    "extends": "demo_ppo_v1",
    "quality": {"min_training_years": 0.2, "min_coverage": 0.5},
    "training": {
        "backend": "sb3", "total_timesteps": 512, "n_steps": 256, "n_envs": 4, "batch_size": 64,
        "n_epochs": 1, "eval_freq": 256, "checkpoint_freq": 256,
        "policy_layers": [8], "value_layers": [8],
    },
}  # fmt: skip
WALK = {
    **TINY,
    "protocol": "walk_forward",
    "seeds": [1, 2],
    "walk_forward": {
        "first_test": "2025-04-01",
        "test_months": 1,
        "validation_months": 1,
        "training_months": 6,
    },
}
RANGES = {
    "data": {"start": "2023-01-02"},
    "training": {"start": "2023-01-02", "end": "2024-09-30"},
    "validation": {"start": "2024-10-01", "end": "2024-12-31"},
    "test": {"start": "2025-01-01", "end": "2025-03-31"},
}


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration that is shipped, with short ranges and two experiments of our own."""
    folder = tmp_path_factory.mktemp("config") / "config"
    shutil.copytree(ROOT / "config", folder)
    (folder / "date_ranges.yaml").write_text(yaml.safe_dump(RANGES))
    for name, document in (("my_experiment_v1", TINY), ("my_walk_v1", WALK)):
        named = yaml.safe_dump({"name": name, **document})
        (folder / "experiments" / f"{name}.yaml").write_text(named)
    return folder


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder of the command `airflow`."""
    return Path(os.environ["CAMBIO_TEST_AIRFLOW"]).absolute()


@pytest.fixture(scope="session")
def product(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql_server: PostgreSQL,
    redis_server: Redis,
    config: Path,
) -> dict[str, str]:
    """The environment of a product on PostgreSQL and Redis: a market, and three models."""
    home = tmp_path_factory.mktemp("product") / "home"
    postgresql_server.execute("CREATE DATABASE product")
    environment = {
        "CAMBIO_HOME": str(home),
        "CAMBIO_DATABASE_URL": postgresql_server.url("product"),
        "CAMBIO_BUS_URL": redis_server.url,
        "CAMBIO_CONFIG": str(config),
        "CAMBIO_FEED_URL": FEED,
        "CAMBIO_TRACKING_URI": "",
    }
    with opened(home, environment["CAMBIO_DATABASE_URL"]) as resources:
        seed(resources, START)
    return environment


@pytest.fixture(scope="session")
def airflow(
    tmp_path_factory: pytest.TempPathFactory,
    programs: Path,
    postgresql_server: PostgreSQL,
    redis_server: Redis,
    product: dict[str, str],
) -> Iterator[Cluster]:
    """Airflow, running, with two workers."""
    postgresql_server.execute("CREATE DATABASE airflow")
    folder = tmp_path_factory.mktemp("airflow")
    broker = f"{redis_server.folder}/redis.sock"
    with cluster(folder, programs, postgresql_server.folder, broker, product) as found:
        yield found
