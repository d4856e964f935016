"""What a backup brings back, and what is never taken for one."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import polars as pl
import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Float,
    Integer,
    LargeBinary,
    insert,
    make_url,
    select,
    text,
)
from tests.faults.conftest import BARS
from tests.faults.killed_backup import FILES, Stepped
from tests.faults.market import Scripted, opened
from tests.faults.test_faults import same_run, trade

from cambio.app import accounts, backups
from cambio.app.trading_loop import Loop
from cambio.contracts.accounts import Role
from cambio.errors import ConfigError, Conflict, ContractMismatch, NotAllowed, NotFound
from cambio.store import audit, dump, tables
from cambio.store.database import open_database, reading, transaction
from cambio.store.roles import grant_application

ROOT = Path(__file__).parents[2]


def dumped(engine) -> dict[str, pl.DataFrame]:
    """Every table, bit for bit."""
    with reading(engine) as connection:
        return {name: pl.concat(dump.frames(connection, t)) for name, t in dump.TABLES.items()}


def verified(engine) -> None:
    with reading(engine) as connection:
        assert audit.verify(connection).findings == ()


@pytest.fixture
def saved(resources, tmp_path) -> Path:
    """A backup of the seeded home."""
    return backups.create(resources, tmp_path / "backups")[0]


@pytest.fixture
def empty(tmp_path):
    """The product in an empty home."""
    with opened(tmp_path / "empty") as found:
        yield found


def test_the_engine_resumes_on_an_empty_machine_and_in_the_other_database(
    home, steady, postgresql_url, tmp_path
):
    """SQLite, then PostgreSQL, then SQLite again, a third of the run on each."""
    places = [(home, ""), (tmp_path / "second", postgresql_url), (tmp_path / "third", "")]
    backup = None
    for where, url in places:
        with opened(where, url) as resources:
            if backup is not None:
                backups.restore(resources, backup)
                verified(resources.engine)
            Loop(resources, Scripted(resources, BARS // 3)).run(Event())
            verified(resources.engine)
            backup = backups.create(resources, tmp_path / "backups")[0]
            if where == places[-1][0]:
                same_run(resources, steady)


VALUES = (
    (tables.UtcDateTime, lambda n: datetime(2025, 6, 2, 13, n, 7, 123456, UTC)),
    (Date, lambda n: date(2025, 6, 2) + timedelta(n)),
    (Boolean, bool),
    (Integer, lambda n: 2**30 + n),
    (Float, lambda n: 0.1 + 0.2 + n),
    (LargeBinary, lambda n: bytes(range(256)) + bytes([n])),
    (JSON, lambda n: {"b": n, "a": [0.1, None, "Bogotá"]}),
)


def row_of(table, n: int) -> dict:
    """A row with a value in every column; of the second, every column that may is null."""

    def value(column):
        if column.nullable and n:
            return None
        return next((v(n) for t, v in VALUES if isinstance(column.type, t)), f"é{n}")

    return {column.name: value(column) for column in table.columns}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_table_comes_back_bit_for_bit_from_either_database(
    kind, empty, postgresql_url, postgresql_server, migrated, tmp_path
):
    with postgresql_server.database(migrated) as other:
        with opened(tmp_path / "source", "" if kind == "sqlite" else postgresql_url) as source:
            with transaction(source.engine) as connection, audit.recording(connection, "test"):
                for name in dump.TABLES.keys() - {"approval_audit_log", "audit_seals"}:
                    table = tables.metadata.tables[name]
                    connection.execute(insert(table), [row_of(table, n) for n in (0, 1)])
            expected = dumped(source.engine)
            assert all(frame.height >= 2 for frame in expected.values())
            folder = backups.create(source, tmp_path / "backups")[0]
        for place, url in (("lite", ""), ("server", other)):
            with opened(tmp_path / place, url) as found:
                backups.restore(found, folder)
                for name, frame in dumped(found.engine).items():
                    assert frame.equals(expected[name]), name
                verified(found.engine)


def test_new_events_are_numbered_behind_the_restored_ones_and_behind_what_was_read(
    resources, postgresql_url, tmp_path
):
    with transaction(resources.engine) as connection:
        for table in (tables.events, tables.event_cursors):
            connection.execute(insert(table), row_of(table, 0))
        connection.execute(text("UPDATE event_cursors SET event_id = event_id + 5"))
    with opened(tmp_path / "server", postgresql_url) as server:
        backups.restore(server, backups.create(resources, tmp_path / "backups")[0])
        new = {k: v for k, v in row_of(tables.events, 1).items() if k != "id"}
        with transaction(server.engine) as connection:
            connection.execute(insert(tables.events), new)
            ids = connection.execute(select(tables.events.c.id)).scalars().all()
    assert sorted(ids)[-2:] == [2**30, 2**30 + 6]


def test_tokens_work_again_and_their_revocation_is_logged(resources, empty, tmp_path):
    token = accounts.create_token(resources, "ana", Role.APPROVER)
    backups.restore(empty, backups.create(resources, tmp_path / "backups")[0])
    assert token.startswith("cambio_")
    accounts.revoke_token(empty, "ana")
    with reading(empty.engine) as connection:
        assert audit.entries(connection, limit=1)[0].action == "token:revoked"
    verified(empty.engine)


def test_the_restored_log_is_append_only(empty, saved):
    backups.restore(empty, saved)
    with pytest.raises(Exception, match="append-only"), empty.engine.begin() as c:
        c.execute(text("DELETE FROM approval_audit_log"))


def test_a_backup_is_of_one_moment_though_the_engine_trades_meanwhile(resources, empty, tmp_path):
    trade(resources, bars=3)
    before = dumped(resources.engine)
    meanwhile = Stepped("inference_signals", lambda: trade(resources, bars=2))
    busy = replace(resources, progress=meanwhile)
    folder = backups.create(busy, tmp_path / "backups")[0]
    assert dumped(resources.engine)["account_marks"].height == 5
    backups.restore(empty, folder)
    for name, frame in dumped(empty.engine).items():
        assert frame.equals(before[name]), name


def test_all_but_secrets_is_in_it(home, saved):
    secret = (home / "keys" / "signing.pem").read_bytes()
    manifest = backups.require_whole(saved)
    for path in saved.rglob("*"):
        assert path.is_dir() or secret not in path.read_bytes()
    kept = {str(p.relative_to(home)) for p in home.rglob("*") if p.is_file()}
    left_out = {name for name in kept - manifest.home().keys() if not name.endswith("/.lock")}
    assert {name for name in left_out if not name.startswith("cambio.db")} == {"keys/signing.pem"}


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


FAULTS = {
    "hash differs": lambda folder: damage(next(folder.glob("home/models/*/policy.onnx"))),
    "is missing": lambda folder: (folder / "tables/fills.0.parquet").unlink(),
    "none of the backup's": lambda folder: (folder / "home/models/strange").write_text("x"),
    "manifest.json is damaged": lambda folder: damage(folder / "manifest.json"),
    "no manifest.json": lambda folder: (folder / "manifest.json").unlink(),
}


@pytest.mark.parametrize("words", FAULTS)
def test_a_damaged_backup_is_found_and_nothing_of_it_is_restored(words, saved, empty):
    backups.require_whole(saved)
    FAULTS[words](saved)
    assert any(words in flaw for flaw in backups.flaws(saved))
    with pytest.raises((ContractMismatch, NotFound), match=words):
        backups.restore(empty, saved)
    assert not (empty.home / "models").exists()
    with reading(empty.engine) as connection:
        assert dump.filled(connection) == []


def forge(folder: Path, name: str, change) -> None:
    """Change a table's file, and the hashes with it."""
    path = folder / name
    frame = change(pl.read_parquet(path))
    frame.write_parquet(path)
    manifest = backups.Manifest.read(folder)
    entry = backups._entry(path).model_copy(update={"rows": frame.height})
    manifest.model_copy(update={"files": {**manifest.files, name: entry}}).write(folder)


def test_an_edited_log_is_found_though_every_hash_is_right(saved):
    other = pl.when(pl.col("seq") == 2).then(pl.lit("eve")).otherwise("actor").alias("actor")
    forge(saved, "tables/approval_audit_log.0.parquet", lambda log: log.with_columns(other))
    assert backups.flaws(saved) == ["Row 2 was edited."]


def test_a_table_that_does_not_fit_the_log_is_not_restored(saved, empty):
    forge(
        saved,
        "tables/model_registry.0.parquet",
        lambda models: models.with_columns(approved_by=pl.lit("eve")),
    )
    assert backups.flaws(saved) == []
    with pytest.raises(ContractMismatch, match="approved_by is eve, where the log says"):
        backups.restore(empty, saved)
    with reading(empty.engine) as connection:
        assert dump.filled(connection) == []


def test_a_manifest_that_names_a_place_outside_is_refused(saved):
    manifest = backups.Manifest.read(saved)
    files = {**manifest.files, "home/models/../../x": manifest.files["tables/fills.0.parquet"]}
    manifest.model_copy(update={"files": files}).write(saved)
    assert backups.flaws(saved) == ["home/models/../../x can't be a file of a backup."]


def test_flaws_that_the_log_had_already_do_not_keep_it_from_being_saved(resources, empty, tmp_path):
    """A manual rollback by SQL waits unsealed until somebody adopts it."""
    with resources.engine.begin() as connection:
        connection.execute(text("UPDATE model_registry SET approved_by = 'sql'"))
    folder, manifest, _ = backups.create(resources, tmp_path / "backups")
    assert "past the application" in manifest.audit.findings[0]
    backups.restore(empty, folder)
    with reading(empty.engine) as connection:
        found = audit.verify(connection).findings
    assert tuple(finding.what for finding in found) == manifest.audit.findings


@pytest.mark.parametrize("step", ["events", FILES])
def test_a_backup_that_was_killed_does_not_count_and_the_next_one_removes_it(
    step, resources, home, tmp_path
):
    to = tmp_path / "backups"
    command = [sys.executable, "-m", "tests.faults.killed_backup", str(home), str(to), step]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == -9
    assert len(list(to.glob(".backup-*"))) == 1
    assert list(to.glob("cambio-*")) == []
    folder = backups.create(resources, to)[0]
    assert {path.name for path in to.iterdir()} == {folder.name, ".lock"}


@contextmanager
def full_disk(after_bytes: int):
    """Refuse as a full disk does: in the middle of a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("after_bytes", [2_000, 20_000])
def test_a_full_disk_leaves_no_half_of_a_backup(resources, tmp_path, after_bytes):
    """The first in a table, the second in the manifest, which all the rest precedes."""
    to = tmp_path / "backups"
    with full_disk(after_bytes), pytest.raises(OSError, match="File too large"):
        backups.create(resources, to)
    assert [path.name for path in to.iterdir()] == [".lock"]


def test_a_restore_that_a_full_disk_stopped_is_run_again(saved, empty):
    class Full:
        """The disk fills up between the database's rows and the files."""

        limit = None

        def __call__(self):
            self.limit = full_disk(1_000)
            self.limit.__enter__()

    full = Full()
    try:
        with pytest.raises(OSError, match="File too large"):
            backups.restore(replace(empty, progress=Stepped(FILES, full)), saved)
    finally:
        full.limit.__exit__(None, None, None)
    with reading(empty.engine) as connection:
        assert dump.filled(connection) == []
    backups.restore(empty, saved)
    verified(empty.engine)


def test_nothing_is_restored_into_a_database_that_holds_something(saved, resources, tmp_path):
    before = dumped(resources.engine)
    stranger = replace(resources, home=tmp_path / "other")
    with pytest.raises(Conflict, match="usdcop_m5_ohlcv"):
        backups.restore(stranger, saved)
    assert not stranger.home.exists()
    for name, frame in dumped(resources.engine).items():
        assert frame.equals(before[name]), name


@pytest.mark.parametrize("name", ["models/mine/policy.onnx", "mlflow.db", "reports/page.html"])
def test_nothing_is_restored_into_a_home_that_holds_something_else(saved, empty, name):
    path = empty.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    with pytest.raises(Conflict, match=name):
        backups.restore(empty, saved)
    assert path.read_text() == "mine"
    with reading(empty.engine) as connection:
        assert dump.filled(connection) == []


def test_only_the_owner_of_the_tables_restores_on_postgresql(saved, postgresql_server, tmp_path):
    postgresql_server.execute("CREATE ROLE restorer LOGIN")
    with postgresql_server.database() as url:
        owner = open_database(url)
        with transaction(owner) as connection:
            grant_application(connection, "restorer")
        owner.dispose()
        name = make_url(url).database
        with (
            opened(tmp_path / "app", postgresql_server.url(name, "restorer")) as resources,
            pytest.raises(NotAllowed, match="does not own the tables"),
        ):
            backups.restore(resources, saved)
    postgresql_server.execute("DROP ROLE restorer")


def test_a_backup_of_another_schema_names_the_version_that_restores_it(saved, empty):
    manifest = backups.Manifest.read(saved)
    manifest.model_copy(update={"revision": "0001", "version": "0.1"}).write(saved)
    with pytest.raises(ConfigError, match=r"schema 0001 \(cambio 0\.1\)"):
        backups.restore(empty, saved)


def test_the_newest_whole_ones_are_kept(resources, tmp_path):
    to = tmp_path / "backups"
    first, second, third = (backups.create(resources, to)[0] for _ in range(3))
    damage(third / "tables/fills.0.parquet")
    last, _, removed = backups.create(resources, to, keep=2)
    assert removed == [first]
    assert sorted(to.glob("cambio-*")) == [second, third, last]


def test_one_process_at_a_time_makes_backups_in_a_folder(resources, tmp_path):
    with backups._alone(tmp_path), pytest.raises(Conflict, match="Another process"):
        backups.create(resources, tmp_path)


def test_a_backup_never_lies_in_what_it_saves(resources):
    with pytest.raises(ConfigError, match="lies in models"):
        backups.create(resources, resources.models / "backups")


def test_the_tracking_store_is_saved_while_it_is_open(resources, empty, tmp_path):
    with sqlite3.connect(resources.home / "mlflow.db") as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE runs (id)")
        writer.execute("INSERT INTO runs VALUES (7)")
        writer.commit()  # it lies in the WAL
        folder = backups.create(resources, tmp_path / "backups")[0]
    writer.close()
    backups.restore(empty, folder)
    with sqlite3.connect(empty.home / "mlflow.db") as reader:
        assert reader.execute("SELECT id FROM runs").fetchall() == [(7,)]
    reader.close()


def test_a_home_without_anything_is_saved_too(tmp_path):
    """So that the nightly command does not fail on its first night."""
    with opened(tmp_path / "new") as new:
        _, manifest, _ = backups.create(new, tmp_path / "backups")
    assert (manifest.rows, manifest.home()) == (0, {})
