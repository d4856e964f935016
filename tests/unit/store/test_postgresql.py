"""What only a server has: sessions, passwords, locks, lost connections, TimescaleDB."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from traceback import format_exception

import polars as pl
import psycopg
import pytest
import stamina
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, make_url, select, text
from sqlalchemy.exc import DBAPIError
from tests.fakes.twelvedata import FakeTwelveData
from tests.services import GUARDED
from tests.unit.app import ballots
from tests.unit.app.live import Clock, market, product

from cambio.app import votes
from cambio.app.ohlcv import PollReport
from cambio.app.watch import watch
from cambio.contracts.accounts import Role, Token
from cambio.contracts.market import BAR_SCHEMA
from cambio.errors import ConfigError, Conflict, SourceError
from cambio.store import accounts, audit, bars, models, tables
from cambio.store.database import FRESH_S, lock, open_database, reading, transaction
from cambio.store.roles import RIGHTS, grant_application

NOW = datetime(2025, 3, 3, 13, 5, tzinfo=UTC)
EVENT = {"time": NOW, "type": "progress", "subject": "m", "data": {}}
ROOT = Path(__file__).parents[3]
MODEL_ROW = {
    "experiment_name": "e1",
    "model_path": "/models/m",
    "model_hash": "a" * 64,
    "stage": "staging",
    "is_active": False,
    "metrics": {},
    "lineage": {},
    "created_at": NOW,
}


@pytest.fixture
def engine(postgresql_url):
    engine = open_database(postgresql_url)
    yield engine
    engine.dispose()


def with_(url, **changes):
    return make_url(url).set(**changes).render_as_string(hide_password=False)


def with_options(url, options):
    return make_url(url).update_query_dict({"options": options}).render_as_string()


def refusal(url):
    with pytest.raises(ConfigError) as caught:
        open_database(url)
    return caught.value


def test_an_unreachable_server_is_a_configuration_error_without_the_password():
    found = str(refusal("postgresql+psycopg://me:secret@127.0.0.1:1/bars"))
    assert "127.0.0.1" in found
    assert "refused" in found
    assert "secret" not in found
    assert "\n" not in found


def test_a_wrong_password_is_a_configuration_error_without_the_password(
    postgresql_server, postgresql_url
):
    postgresql_server.execute(f"DROP ROLE IF EXISTS {GUARDED}")
    postgresql_server.execute(f"CREATE ROLE {GUARDED} SUPERUSER LOGIN PASSWORD 'right'")
    right = with_(postgresql_url, username=GUARDED, password="right")
    open_database(right).dispose()
    found = str(refusal(with_(postgresql_url, username=GUARDED, password="secret")))
    assert f'password authentication failed for user "{GUARDED}"' in found
    assert "secret" not in found


def test_a_missing_database_is_a_configuration_error(postgresql_url):
    found = refusal(with_(postgresql_url, database="nowhere"))
    assert 'database "nowhere" does not exist' in found.what
    assert "docs/database.md" in found.remedy


@pytest.mark.parametrize("option", ["password", "sslpassword", "passwrd"])
def test_a_password_among_the_options_is_shown_nowhere(option):
    url = f"postgresql://me:other@127.0.0.1:1/bars?connect_timeout=abc&{option}=secret"
    error = refusal(url)
    assert "me:***@127.0.0.1:1/bars cannot be opened" in error.what
    assert "secret" not in "".join(format_exception(error))


def test_a_password_among_the_options_opens_the_database_and_its_engine_does_not_show_it(
    postgresql_server, postgresql_url
):
    postgresql_server.execute(f"DROP ROLE IF EXISTS {GUARDED}")
    postgresql_server.execute(f"CREATE ROLE {GUARDED} SUPERUSER LOGIN PASSWORD 'secret'")
    url = make_url(with_(postgresql_url, username=GUARDED))
    url = url.update_query_dict({"password": "secret"})
    engine = open_database(url.render_as_string())
    assert "secret" not in repr(engine)
    with reading(engine) as connection:
        assert "secret" not in repr(connection.engine.url)
    engine.dispose()


def test_the_drivers_own_words_are_shown_without_the_password():
    found = refusal("postgresql://me@127.0.0.1:1/bars?sslpassword=s3cret&sslmode=s3cret").what
    assert 'invalid sslmode value: "***"' in found


def test_a_password_that_is_a_name_too_leaves_the_drivers_words_readable():
    found = refusal("postgresql://server:server@127.0.0.1:1/server").what
    assert "connection to server at" in found


def test_a_missing_driver_names_the_extra(postgresql_url, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    found = refusal(postgresql_url)
    assert "psycopg" in found.what
    assert "'.[postgres]'" in found.remedy


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_the_scheme_is_understood(postgresql_url, scheme):
    engine = open_database(with_(postgresql_url, drivername=scheme))
    assert engine.driver == "psycopg"
    engine.dispose()


def test_sessions_are_in_utc_and_wait_for_nothing_forever(engine):
    with engine.connect() as connection:
        names = ("TimeZone", "lock_timeout", "statement_timeout")
        shown = [connection.execute(text(f"SHOW {name}")).scalar_one() for name in names]
    assert shown == ["UTC", "30s", "5min"]


def test_options_in_the_url_win_but_for_the_time_zone(postgresql_url):
    options = "-c lock_timeout=1234 -c TimeZone=America/Bogota"
    engine = open_database(with_options(postgresql_url, options))
    with engine.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "1234ms"
        assert connection.execute(text("SHOW TimeZone")).scalar_one() == "UTC"
    engine.dispose()


def test_a_current_schema_is_opened_without_a_lock_and_an_old_one_does_not_wait_forever(
    postgresql_server, engine, postgresql_url
):
    impatient = "-c lock_timeout=100"
    with transaction(engine) as connection:
        lock(connection, "migrations")
        open_database(with_options(postgresql_url, impatient)).dispose()
    with postgresql_server.database() as empty:
        with closing(psycopg.connect(make_conninfo(empty))) as other:
            other.execute("SELECT pg_advisory_xact_lock(hashtext('migrations'))")
            assert "lock timeout" in refusal(with_options(empty, impatient)).what
        open_database(empty).dispose()


def make_conninfo(url):
    parsed = make_url(url)
    return f"host={parsed.query['host']} user={parsed.username} dbname={parsed.database}"


def test_the_same_row_twice_is_a_conflict(engine):
    row = {"symbol": "USD/COP", "source": "vendor", "time": NOW, "confirmed_at": NOW}
    with pytest.raises(Conflict, match="same rows"), transaction(engine) as connection:
        connection.execute(insert(tables.absent_bars), [row, row])


def test_a_copied_row_that_is_there_already_is_a_conflict_and_nothing_is_written(engine):
    rows = pl.DataFrame([(NOW, 1.0, 2.0, 0.5, 1.5, 0.0, "v")] * 2, schema=BAR_SCHEMA, orient="row")

    def store_after_an_event():
        with transaction(engine) as connection:
            connection.execute(insert(tables.events), EVENT)
            bars.store(connection, rows, NOW)

    with pytest.raises(Conflict, match="same rows"):
        store_after_an_event()
    with engine.connect() as connection:
        assert bars.load(connection).is_empty()
        assert connection.execute(select(tables.events)).all() == []


def test_a_serialization_failure_is_a_conflict(engine):
    serializable = engine.execution_options(isolation_level="SERIALIZABLE")
    with transaction(engine) as connection:
        connection.execute(insert(tables.events), EVENT)

    def lose_the_race():
        change = text("UPDATE events SET subject = subject || 'x'")
        with transaction(serializable) as late:
            late.execute(select(tables.events)).all()
            with transaction(engine) as early:
                early.execute(change)
            late.execute(change)

    with pytest.raises(Conflict, match="changed the same rows"):
        lose_the_race()


def test_a_deadlock_is_a_conflict_for_one_and_nothing_for_the_other(engine):
    both_hold_one = threading.Barrier(2)
    found = []

    def take(first, second):
        try:
            with transaction(engine) as connection:
                lock(connection, first)
                both_hold_one.wait()
                lock(connection, second)
        except Conflict as error:
            found.append(error)

    threads = [threading.Thread(target=take, args=names) for names in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
    assert "deadlock" in found[0].what


def test_a_lock_held_too_long_is_a_source_error(engine, postgresql_url):
    impatient = open_database(with_options(postgresql_url, "-c lock_timeout=100"))
    with transaction(engine) as holder:
        lock(holder, "bars")
        with (
            pytest.raises(SourceError, match="lock timeout"),
            transaction(impatient) as connection,
        ):
            lock(connection, "bars")
    impatient.dispose()


def test_a_lost_connection_is_a_source_error_and_the_next_transaction_works(
    engine, postgresql_server
):
    def lose_the_server():
        with transaction(engine) as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            connection.execute(insert(tables.events), EVENT)
            postgresql_server.execute(f"SELECT pg_terminate_backend({pid})")
            connection.execute(insert(tables.events), EVENT)

    with pytest.raises(SourceError, match="Nothing was written"):
        lose_the_server()
    with transaction(engine) as connection:
        assert connection.execute(select(tables.events)).all() == []


def test_a_connection_lost_between_transactions_is_not_noticed(engine, postgresql_server):
    """Where it lay idle for more than a moment: one just used is not asked whether it is alive."""
    with transaction(engine) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    postgresql_server.execute(f"SELECT pg_terminate_backend({pid}, 10000)")
    threading.Event().wait(2 * FRESH_S)
    with transaction(engine) as connection:
        connection.execute(insert(tables.events), EVENT)


@pytest.fixture
def lost(postgresql_server, postgresql_url):
    """A context in which the database hangs up on everybody and takes no new connection."""
    name = make_url(postgresql_url).database

    @contextmanager
    def losing():
        postgresql_server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgresql_server.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            f"WHERE datname = '{name}'"
        )
        try:
            yield
        finally:
            postgresql_server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    return losing


@pytest.mark.parametrize("opened", [reading, transaction])
def test_a_server_that_takes_no_connection_is_a_source_error(engine, lost, opened):
    with lost(), pytest.raises(SourceError, match="not currently accepting") as caught:
        opened(engine).__enter__()
    assert "run the command again" in caught.value.remedy
    with opened(engine) as connection:
        assert connection.execute(select(tables.events)).all() == []


@pytest.mark.parametrize(
    "read",
    [lambda connection: connection.execute(select(tables.events)).all(), bars.load],
    ids=["through SQLAlchemy", "through the driver"],
)
def test_a_connection_lost_while_reading_is_a_source_error(engine, lost, read, caplog):
    def lose_the_server():
        with reading(engine) as connection:
            read(connection)
            with lost():
                read(connection)

    with pytest.raises(SourceError, match="could not be read"):
        lose_the_server()
    assert caplog.records == []
    with reading(engine) as connection:
        assert len(read(connection)) == 0


def test_who_reads_cannot_write_and_the_next_transaction_can(engine):
    with (
        pytest.raises(DBAPIError, match="read-only transaction"),
        reading(engine) as connection,
    ):
        connection.execute(insert(tables.events), EVENT)
    with transaction(engine) as connection:
        level = text("SHOW transaction_isolation")
        assert connection.execute(level).scalar_one() == "read committed"
        connection.execute(insert(tables.events), EVENT)


def test_watching_outlives_a_lost_server(engine, lost, tmp_path):
    """The first poll succeeds, the next two find no database, the fourth goes on."""
    clock = Clock(datetime(2024, 7, 9, 15, 0, 3, tzinfo=UTC))
    outage = ExitStack()
    seen = []

    def note(poll, following):
        seen.append(poll)
        if len(seen) == 1:
            outage.enter_context(lost())
        elif len(seen) == 3:
            outage.close()
        elif len(seen) == 4:
            raise KeyboardInterrupt

    with outage, FakeTwelveData(market(date(2024, 7, 8), date(2024, 7, 9)), now=clock) as fake:
        config = fake.config(timeout_s=5.0, attempts=1)
        with (
            stamina.set_testing(True, attempts=1),
            product(engine, tmp_path, fake, clock, config) as resources,
            pytest.raises(KeyboardInterrupt),
        ):
            watch(resources, note)
    assert [type(poll) for poll in seen] == [PollReport, SourceError, SourceError, PollReport]
    assert seen[3].behind == 0


def test_a_test_server_ends_when_its_run_is_killed():
    script = (
        "import sys; from tests.services import postgresql\n"
        "with postgresql() as server:\n    print(server.folder, flush=True); sys.stdin.read()"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with run:
        folder = run.stdout.readline().strip()
        with closing(psycopg.connect(f"host={folder} user=postgres", autocommit=True)) as witness:
            os.kill(run.pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                list(witness.notifies(timeout=20))


ROLE = "cambio_app"


@pytest.fixture
def application(engine, postgresql_server, postgresql_url):
    """The URL for a second role that may run the product."""
    postgresql_server.execute(f"DROP ROLE IF EXISTS {ROLE}")
    postgresql_server.execute(f"CREATE ROLE {ROLE} LOGIN")
    with transaction(engine) as connection:
        grant_application(connection, ROLE)
    yield with_(postgresql_url, username=ROLE)
    with transaction(engine) as connection:
        connection.execute(text(f"DROP OWNED BY {ROLE}"))
    postgresql_server.execute(f"DROP ROLE {ROLE}")


@pytest.fixture
def voted(application, tmp_path):
    """The engine of that role, through which two models were registered and one approved."""
    opened = open_database(application)
    product = ballots.resources(opened, tmp_path)
    ballots.publish_models(product)
    ballots.propose(product, "p1")
    votes.approve(ballots.by(product, "ana"), "p1", "Looks right.")
    yield opened
    opened.dispose()


def test_the_applications_role_runs_a_whole_vote(voted, application):
    ana = Token("ana", Role.APPROVER, "os:root", NOW, None, None)
    with transaction(voted) as connection:
        assert models.champion(connection)["model_id"] == "random-s0"
        accounts.add(connection, "secret", ana)
        assert accounts.revoke(connection, "ana", "os:root", NOW) == 1
        report = audit.verify(connection)
    assert report.passed, report.findings
    assert report.rows == 7


def test_the_applications_role_writes_all_that_the_product_writes(voted):
    """A table that a later migration adds has to be granted too."""
    with transaction(voted) as connection:
        for table in tables.metadata.sorted_tables:
            connection.execute(select(table)).all()
        bars.store(connection, pl.DataFrame(schema=BAR_SCHEMA), NOW)
        connection.execute(insert(tables.events), EVENT)
        lock(connection, "bars")
    assert set(RIGHTS) == {*tables.metadata.tables, "alembic_version"}


@pytest.mark.parametrize(
    "statement",
    [
        *(
            f"{change} {table}{rest}"
            for table in ("approval_audit_log", "audit_seals")
            for change, rest in (
                ("UPDATE", " SET seq = 1"),
                ("DELETE FROM", ""),
                ("TRUNCATE", ""),
                ("ALTER TABLE", " DISABLE TRIGGER ALL"),
                ("ALTER TABLE", " OWNER TO current_user"),
                ("DROP TABLE", ""),
                ("CREATE TRIGGER mine BEFORE INSERT ON", " EXECUTE FUNCTION cambio_forbid()"),
            )
        ),
        "DROP TRIGGER approval_audit_log_forbid ON approval_audit_log",
        "DROP TRIGGER model_registry_audit ON model_registry",
        "ALTER TABLE model_registry DISABLE TRIGGER model_registry_audit",
        "DROP FUNCTION cambio_audit_model_registry() CASCADE",
        "DROP INDEX one_active_production_model",
        "SET session_replication_role = replica",
        "DELETE FROM model_registry",
        "DELETE FROM promotion_proposals",
        "DELETE FROM trial_ledger",
        "UPDATE trial_ledger SET sharpe_per_session = 9",
        "UPDATE api_tokens SET role = 'approver'",
        "INSERT INTO audit_actor VALUES ('somebody')",
        "CREATE TABLE mine (x integer)",
        "CREATE FUNCTION cambio_forbid() RETURNS trigger LANGUAGE sql AS ''",
    ],
)
def test_the_applications_role_cannot_touch_the_record(application, statement):
    with (
        closing(plain(application)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"permission denied|be owner"),
    ):
        connection.execute(statement)


def test_the_specifications_rollback_works_for_the_applications_role(voted, application):
    with closing(plain(application)) as connection:
        connection.execute(
            "UPDATE model_registry SET stage = 'archived' WHERE model_id = 'random-s0';"
        )
        connection.execute(
            "UPDATE model_registry SET stage = 'production', is_active = TRUE "
            "WHERE model_id = 'random-s1';"
        )
        connection.commit()
    with reading(voted) as connection:
        assert models.champion(connection)["model_id"] == "random-s1"
        promoted, retired, *_ = audit.entries(connection)
    assert (promoted.actor, promoted.action) == (f"sql:{ROLE}", "model:promoted")
    assert (retired.actor, retired.subject) == (f"sql:{ROLE}", "random-s0")


def test_who_may_only_change_the_registry_is_logged_all_the_same(engine, postgresql_server, voted):
    """The triggers write with the owner's rights, not with theirs who change something."""
    postgresql_server.execute("DROP ROLE IF EXISTS cambio_fixer")
    postgresql_server.execute("CREATE ROLE cambio_fixer LOGIN")
    with transaction(engine) as connection:
        connection.execute(text("GRANT SELECT, UPDATE ON model_registry TO cambio_fixer"))
    url = engine.url.set(username="cambio_fixer").render_as_string()
    with closing(plain(url)) as connection:
        connection.execute("UPDATE model_registry SET stage = 'archived' WHERE is_active")
        connection.commit()
    with transaction(engine) as connection:
        assert audit.entries(connection, limit=1)[0].actor == "sql:cambio_fixer"
        connection.execute(text("DROP OWNED BY cambio_fixer"))
    postgresql_server.execute("DROP ROLE cambio_fixer")


def plain(url):
    """A connection of the driver alone."""
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string())


@pytest.mark.parametrize(
    ("role", "words"), [("nobody_here", "There is no role"), ("postgres", "can do all")]
)
def test_rights_go_to_another_role_that_exists(engine, role, words):
    with pytest.raises(ConfigError, match=words), transaction(engine) as connection:
        grant_application(connection, role)


def test_sqlite_has_no_roles_to_give_rights_to(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'cambio.db'}")
    with pytest.raises(ConfigError, match="SQLite has no roles"), transaction(engine) as connection:
        grant_application(connection, ROLE)
    engine.dispose()


def test_who_logs_waits_so_that_rows_are_numbered_as_they_are_committed(engine):
    """The second one begins to write while the first has not committed."""
    first_wrote = threading.Event()
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    update_one = "UPDATE model_registry SET stage = 'archived' WHERE model_id = '{}'"
    with transaction(engine) as connection:
        for name in "ab":
            row = {**MODEL_ROW, "model_id": name}
            connection.execute(insert(tables.model_registry), row)

    def second():
        first_wrote.wait()
        with transaction(engine) as connection:
            connection.exec_driver_sql(update_one.format("b"))

    thread = threading.Thread(target=second)
    thread.start()
    with transaction(engine) as connection:
        connection.exec_driver_sql(update_one.format("a"))
        first_wrote.set()
        with engine.connect() as witness:
            while not witness.execute(waiting).scalar_one():
                pass
    thread.join()
    with reading(engine) as connection:
        assert [(e.seq, e.subject) for e in audit.entries(connection, limit=2)] == [
            (4, "b"),
            (3, "a"),
        ]


@pytest.fixture
def timescale_url():
    """The URL of a new database on a server with TimescaleDB."""
    url = make_url(os.environ["CAMBIO_TEST_TIMESCALE_URL"])
    admin = psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    )
    with closing(admin):
        admin.execute("DROP DATABASE IF EXISTS cambio_test WITH (FORCE)")
        admin.execute("CREATE DATABASE cambio_test")
        yield url.set(database="cambio_test").render_as_string(hide_password=False)
        admin.execute("DROP DATABASE cambio_test WITH (FORCE)")


@pytest.mark.timescale
def test_bars_become_a_hypertable_and_a_plain_table_again(timescale_url):
    engine = open_database(timescale_url)
    config = Config()
    config.set_main_option("script_location", str(Path(tables.__file__).with_name("migrations")))
    rows = pl.DataFrame(
        [(NOW + timedelta(days=400 * n), 1.0, 2.0, 0.5, 1.5, 0.0, "v") for n in range(5)],
        schema=BAR_SCHEMA,
        orient="row",
    )
    chunks = text("SELECT count(*) FROM timescaledb_information.chunks")
    with transaction(engine) as connection:
        config.attributes["connection"] = connection
        bars.store(connection, rows, NOW)
        assert connection.execute(chunks).scalar_one() == 5
        command.downgrade(config, "0002")
        assert bars.load(connection).equals(rows)
        assert connection.execute(chunks).scalar_one() == 0
        command.upgrade(config, "head")
        assert bars.load(connection).equals(rows)
        assert connection.execute(chunks).scalar_one() == 5
    engine.dispose()
