"""Opening, migrating, and transactions that land whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, insert, inspect, select, text

from cambio.errors import ConfigError, SourceError
from cambio.store import tables
from cambio.store.database import open_database, transaction

NOW = datetime(2025, 3, 3, 13, 5, tzinfo=UTC)
EVENT = {"time": NOW, "type": "progress", "subject": "m", "data": {}}


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_specifications_table_names_exist(engine):
    names = set(inspect(engine).get_table_names())
    assert names >= {
        *("usdcop_m5_ohlcv", "macro_observations", "macro_indicators_daily"),
        *("inference_features_5m", "feature_cache", "model_registry"),
        *("promotion_proposals", "inference_signals", "events"),
    }


def test_opening_twice_keeps_what_is_stored(tmp_path):
    url = f"sqlite:///{tmp_path / 'x.db'}"
    first = open_database(url)
    with transaction(first) as connection:
        connection.execute(insert(tables.events), EVENT)
    first.dispose()
    second = open_database(url)
    with second.connect() as connection:
        assert connection.execute(select(tables.events.c.time)).scalar_one() == NOW
    second.dispose()


def test_sqlite_runs_with_a_write_ahead_log(engine):
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"


def test_a_file_that_is_no_database_is_a_configuration_error(tmp_path):
    path = tmp_path / "x.db"
    path.write_text("this is not a database, but it is long enough to be read as one" * 20)
    with pytest.raises(ConfigError, match=r"x\.db"):
        open_database(f"sqlite:///{path}")


def test_an_error_inside_a_transaction_leaves_nothing_behind(engine):
    def fail_after_a_write():
        with transaction(engine) as connection:
            connection.execute(insert(tables.events), EVENT)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_after_a_write()
    with engine.connect() as connection:
        assert connection.execute(select(tables.events)).all() == []


def test_a_database_that_refuses_is_a_source_error(engine):
    def write_beyond_the_limit():
        with transaction(engine) as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))
            connection.execute(insert(tables.events), [EVENT | {"data": "x" * 4000}] * 100)

    with pytest.raises(SourceError, match="Nothing was written"):
        write_beyond_the_limit()
    with engine.connect() as connection:
        assert connection.execute(select(tables.events)).all() == []


def test_a_naive_time_is_refused(engine):
    with (
        pytest.raises(Exception, match="naive datetime"),
        transaction(engine) as connection,
    ):
        connection.execute(insert(tables.events), EVENT | {"time": NOW.replace(tzinfo=None)})


def test_a_number_that_json_cannot_say_is_refused(engine):
    with (
        pytest.raises(Exception, match="not JSON compliant"),
        transaction(engine) as connection,
    ):
        connection.execute(insert(tables.events), EVENT | {"data": {"sharpe": float("nan")}})


OPEN = "import sys; from cambio.store.database import open_database; open_database(sys.argv[1])"


def test_processes_that_open_a_fresh_database_at_once_all_succeed(tmp_path):
    command = [sys.executable, "-c", OPEN, f"sqlite:///{tmp_path / 'x.db'}"]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    errors = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0], errors


def test_writers_that_read_first_wait_for_each_other(engine):
    """Both read before they write; a deferred transaction would fail with a stale snapshot."""
    in_turn = threading.Barrier(2)

    def read_then_write() -> None:
        in_turn.wait()
        with transaction(engine) as connection:
            seen = connection.execute(select(tables.events)).all()
            connection.execute(insert(tables.events), EVENT | {"data": {"seen": len(seen)}})

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(read_then_write) for _ in range(2)]:
            done.result()
    with engine.connect() as connection:
        assert [row.data["seen"] for row in connection.execute(select(tables.events))] == [0, 1]


def test_a_migration_that_fails_leaves_no_table_behind(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'x.db'}"

    def fail_late(config, revision):
        config.attributes["connection"].exec_driver_sql("CREATE TABLE half (x)")
        raise OSError("the disk went away")

    monkeypatch.setattr("cambio.store.database.command.upgrade", fail_late)
    with pytest.raises(ConfigError, match="the disk went away"):
        open_database(url)
    assert inspect(create_engine(url)).get_table_names() == []
