"""Opening, migrating, and transactions that land whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_exception

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, inspect, select, text

from cambio.errors import ConfigError, SourceError
from cambio.store import tables
from cambio.store.database import MIGRATIONS, lock, open_database, reading, revisions, transaction

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


def test_opening_twice_keeps_what_is_stored(url):
    first = open_database(url)
    with transaction(first) as connection:
        connection.execute(insert(tables.events), EVENT)
    first.dispose()
    second = open_database(url)
    with second.connect() as connection:
        assert connection.execute(select(tables.events.c.time)).scalar_one() == NOW
    second.dispose()


@pytest.fixture
def sqlite(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    yield engine
    engine.dispose()


def test_sqlite_runs_with_a_write_ahead_log(sqlite):
    with sqlite.connect() as connection:
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


def test_a_full_disk_is_a_source_error(sqlite):
    def write_beyond_the_limit():
        with transaction(sqlite) as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))
            connection.execute(insert(tables.events), [EVENT | {"data": "x" * 4000}] * 100)

    with pytest.raises(SourceError, match="Nothing was written"):
        write_beyond_the_limit()
    with sqlite.connect() as connection:
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


def test_what_reads_several_times_sees_one_state_whoever_writes_meanwhile(engine):
    events = select(tables.events)
    with reading(engine) as connection:
        before = connection.execute(events).all()
        with transaction(engine) as other:
            other.execute(insert(tables.events), EVENT)
        assert connection.execute(events).all() == before == []
    with reading(engine) as connection:
        assert len(connection.execute(events).all()) == 1


def test_a_database_that_cannot_be_read_is_a_source_error(sqlite, tmp_path):
    path = tmp_path / "x.db"
    sqlite.dispose()
    path.unlink()
    path.mkdir()
    with (
        pytest.raises(SourceError, match=r"could not be read: unable to open .*again"),
        reading(sqlite) as connection,
    ):
        connection.execute(select(tables.events))


@pytest.mark.parametrize("opened", [reading, transaction])
@pytest.mark.parametrize("kind", ["OperationalError", "InterfaceError"])
def test_the_drivers_own_errors_are_source_errors(engine, opened, kind):
    error = getattr(engine.dialect.loaded_dbapi, kind)("the connection\nis closed")
    with pytest.raises(SourceError, match="the connection is closed"), opened(engine):
        raise error


def test_an_error_of_who_reads_stays_what_it_is(engine):
    with pytest.raises(KeyError), reading(engine):
        raise KeyError


def test_every_migration_goes_down_and_up_again(engine):
    config = Config()
    config.set_main_option("script_location", str(Path(tables.__file__).with_name("migrations")))
    with engine.execution_options(cambio_writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
        command.upgrade(config, "head")
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_revisions_are_those_of_the_migrations_in_their_order():
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    assert revisions() == tuple(script.revision for script in scripts)[::-1]


def test_a_schema_that_is_newer_than_the_code_is_refused(engine, url):
    with transaction(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"revision 9999.*newer"):
        open_database(url)


@pytest.mark.parametrize(
    "url",
    [
        *("secret", "mysql://u:secret@h/d", "postgresql://u:sec:ret@h/d", "postgresql://h:secret/"),
        *("postgresql://u:x@secret@h/d", "postgresql://u:x@h/secret@h/d"),
        *("postgresql://h:1/d?password=x@secret", "postgresql://u:x@h/d?password=x@secret"),
    ],
)
def test_another_url_is_refused_and_not_shown(url):
    with pytest.raises(ConfigError, match="CAMBIO_DATABASE_URL") as refusal:
        open_database(url)
    assert "sec" not in "".join(format_exception(refusal.value))


OPEN = "import sys; from cambio.store.database import open_database; open_database(sys.argv[1])"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """The URL of a database without a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'x.db'}"
    else:
        with request.getfixturevalue("postgresql_server").database() as url:
            yield url


def test_processes_that_open_a_fresh_database_at_once_all_succeed(empty):
    opening = [sys.executable, "-c", OPEN, empty]
    runs = [subprocess.Popen(opening, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    errors = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0], errors


def test_writers_that_read_first_wait_for_each_other(engine):
    """Both read before they write; a deferred transaction would fail with a stale snapshot."""
    in_turn = threading.Barrier(2)

    def read_then_write() -> None:
        in_turn.wait()
        with transaction(engine) as connection:
            lock(connection, "events")
            seen = connection.execute(select(tables.events)).all()
            connection.execute(insert(tables.events), EVENT | {"data": {"seen": len(seen)}})

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(read_then_write) for _ in range(2)]:
            done.result()
    with engine.connect() as connection:
        assert [row.data["seen"] for row in connection.execute(select(tables.events))] == [0, 1]


def test_a_migration_that_fails_leaves_no_table_behind(empty, monkeypatch):
    def fail_late(config, revision):
        config.attributes["connection"].exec_driver_sql("CREATE TABLE half (x INTEGER)")
        raise OSError("the disk went away")

    monkeypatch.setattr("alembic.command.upgrade", fail_late)
    with pytest.raises(ConfigError, match="the disk went away"):
        open_database(empty)
    engine = create_engine(empty)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
