"""The audit log: written whoever changes what, append-only, and a chain that shows every change."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest
from sqlalchemy import insert, make_url, text
from sqlalchemy.exc import DBAPIError
from tests.unit.store.test_models import LINEAGE, MODEL, OTHER
from tests.unit.store.test_proposals import PROPOSAL

from cambio.contracts.accounts import Role, Token
from cambio.contracts.audit import Flaw, Head
from cambio.contracts.handoffs import ProposalStatus
from cambio.errors import ConfigError, Conflict
from cambio.store import accounts, audit, models, proposals, tables, triggers
from cambio.store.audit_chain import GENESIS, seal_of
from cambio.store.database import open_database, reading, transaction

NOW = datetime(2025, 12, 1, 18, tzinfo=UTC)
TOKEN = Token("ana", Role.APPROVER, "os:root", NOW, None, None)
LOG = tables.approval_audit_log
PROMOTE = "UPDATE model_registry SET stage = 'production', is_active = TRUE"


def is_server(engine):
    return engine.dialect.name == "postgresql"


def sql(engine, *statements):
    """Run SQL as somebody at a prompt would: past the application."""
    with engine.execution_options(cambio_writes=True).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def told(engine):
    """Actor, action and subject of every row, oldest first."""
    with reading(engine) as connection:
        entries = audit.entries(connection)[::-1]
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    return [(entry.actor, entry.action, entry.subject) for entry in entries]


def newest(engine):
    with reading(engine) as connection:
        return audit.entries(connection, limit=1)[0]


def flaws(engine, kept=None):
    with reading(engine) as connection:
        report = audit.verify(connection, kept)
    return [(finding.flaw, finding.seq) for finding in report.findings]


def outsider(engine):
    return "sql:postgres" if is_server(engine) else "sql"


@pytest.fixture
def filled(engine):
    """A log of three rows: two models and a proposal."""
    with transaction(engine) as connection:
        models.register(connection, MODEL, LINEAGE, NOW)
        models.register(connection, OTHER, LINEAGE, NOW, by="olga")
        proposals.store(connection, PROPOSAL)
    return engine


# What is written


def test_what_the_application_does_is_logged_under_the_accounts_name(filled):
    assert told(filled) == [
        ("cambio", "model:registered", "m1"),
        ("olga", "model:registered", "m2"),
        ("olga", "proposal:created", "p1"),
    ]
    assert flaws(filled) == []


def test_what_sql_does_is_logged_too(filled):
    sql(
        filled,
        f"{PROMOTE} WHERE model_id = 'm1'",
        "UPDATE model_registry SET stage = 'archived' WHERE model_id = 'm1'",
        "UPDATE model_registry SET approved_by = 'me' WHERE model_id = 'm2'",
        "UPDATE model_registry SET model_hash = 'evil' WHERE model_id = 'm2'",
        "UPDATE promotion_proposals SET recommendation = 'PROMOTE'",
        "UPDATE promotion_proposals SET created_by = 'somebody'",
        "UPDATE promotion_proposals SET status = 'EXPIRED'",
        "UPDATE promotion_proposals SET status = 'PENDING_APPROVAL'",
        "UPDATE promotion_proposals SET status = 'APPROVED', reviewer = 'me'",
        "DELETE FROM promotion_proposals",
        "DELETE FROM model_registry WHERE model_id = 'm1'",
        "INSERT INTO model_registry SELECT 'm3', experiment_name, model_path, model_hash, stage, "
        "is_active, approved_by, approved_at, promoted_at, metrics, lineage, created_at "
        "FROM model_registry",
    )
    who = outsider(filled)
    assert told(filled)[3:] == [
        (who, "model:promoted", "m1"),
        (who, "model:retired", "m1"),
        (who, "model:changed", "m2"),
        (who, "model:changed", "m2"),
        (who, "proposal:changed", "p1"),
        (who, "proposal:changed", "p1"),
        (who, "proposal:expired", "p1"),
        (who, "proposal:reopened", "p1"),
        (who, "proposal:approved", "p1"),
        (who, "proposal:deleted", "p1"),
        (who, "model:deleted", "m1"),
        (who, "model:registered", "m3"),
    ]


def test_what_changes_nothing_that_matters_is_not_logged(filled):
    with transaction(filled) as connection:
        models.add_metrics(connection, "m1", {"sharpe_ratio": 1.0})
        proposals.store(connection, replace(PROPOSAL, confidence=0.1))
    sql(filled, "UPDATE model_registry SET stage = stage")
    assert len(told(filled)) == 3


def test_a_row_tells_before_and_after(filled):
    sql(filled, f"{PROMOTE} WHERE model_id = 'm1'")
    entry = newest(filled)
    before = {
        "model_id": "m1",
        "experiment_name": "e1",
        "model_path": "/models/m1",
        "model_hash": "a" * 64,
        "stage": "staging",
        "active": False,
        "approved_by": None,
    }
    after = {**before, "stage": "production", "active": True}
    assert entry.data == {"before": before, "after": after}
    assert not entry.sealed


def test_a_vote_by_hand_is_logged_with_its_words(filled):
    vote = "status = 'REJECTED', reviewer = 'ana', comment = 'No \"edge\"; costs'"
    sql(filled, f"UPDATE promotion_proposals SET {vote} WHERE proposal_id = 'p1'")
    after = newest(filled).data["after"]
    assert after == {
        "proposal_id": "p1",
        "model_id": "m1",
        "experiment_name": "e1",
        "recommendation": "REVIEW",
        "against": "flat",
        "status": "REJECTED",
        "created_by": "olga",
        "reviewer": "ana",
        "comment": 'No "edge"; costs',
        "reviewed_at": None,
        "expires_at": "2025-12-08 18:00:00.000000",
    }


def test_tokens_are_logged_without_their_hash(engine):
    with transaction(engine) as connection:
        accounts.add(connection, "secret", TOKEN)
        accounts.revoke(connection, "ana", "os:carl", NOW)
    sql(engine, "UPDATE api_tokens SET role = 'viewer'", "DELETE FROM api_tokens")
    assert told(engine) == [
        ("os:root", "token:created", "ana"),
        ("os:carl", "token:revoked", "ana"),
        (outsider(engine), "token:changed", "ana"),
        (outsider(engine), "token:deleted", "ana"),
    ]
    with reading(engine) as connection:
        assert all(len(str(e.data)) < 400 for e in audit.entries(connection))
        assert accounts._hash("secret") not in str(audit.entries(connection))


def test_what_is_rolled_back_leaves_no_row(filled):
    def fail():
        with transaction(filled) as connection:
            models.register(connection, replace(MODEL, model_id="m3"), LINEAGE, NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert len(told(filled)) == 3
    sql(filled, "DELETE FROM promotion_proposals")
    assert newest(filled).actor == outsider(filled)


@pytest.mark.parametrize("in_order", [True, False])
def test_the_specifications_rollback_works_at_a_prompt(filled, url, in_order):
    """Verbatim, through the drivers themselves."""
    rename = "UPDATE model_registry SET model_id = '{}' WHERE model_id = '{}'"
    sql(
        filled,
        rename.format("champion", "m1"),
        rename.format("challenger", "m2"),
        f"{PROMOTE} WHERE model_id = 'challenger'",
    )
    rollback = [
        "UPDATE model_registry SET stage = 'archived' WHERE model_id = 'challenger';",
        f"{PROMOTE} WHERE model_id = 'champion';",
    ]
    with closing(prompt(url)) as connection:
        if not in_order:
            with pytest.raises((sqlite3.IntegrityError, psycopg.errors.UniqueViolation)):
                connection.execute(rollback[1])
            return
        for statement in rollback:
            connection.execute(statement)
        connection.commit()
        query = (
            "SELECT model_id, stage, metrics, promoted_at FROM model_registry "
            "WHERE stage = 'production' AND is_active = TRUE;"
        )
        [row] = connection.execute(query).fetchall()
    assert row[0] == "champion"
    assert told(filled)[-2:] == [
        (outsider(filled), "model:retired", "challenger"),
        (outsider(filled), "model:promoted", "champion"),
    ]


def prompt(url):
    """A connection of the driver alone."""
    parsed = make_url(url)
    if parsed.drivername == "sqlite":
        return sqlite3.connect(parsed.database)
    return psycopg.connect(parsed.set(drivername="postgresql").render_as_string())


# What cannot be done


CHANGES = ["UPDATE {} SET seq = seq", "DELETE FROM {}", "DELETE FROM {} WHERE seq = 3"]
OUT_OF_TURN = "INSERT INTO {0} SELECT * FROM {0} WHERE seq = 1"
REPLACING = "INSERT OR REPLACE INTO {0} SELECT * FROM {0} WHERE seq = 1"
"""Which on SQLite deletes a row without a delete."""


@pytest.mark.parametrize("table", ["approval_audit_log", "audit_seals"])
def test_the_log_is_append_only_even_for_its_owner(filled, table):
    more = ["TRUNCATE {}"] if is_server(filled) else [OUT_OF_TURN, REPLACING]
    for statement in [*CHANGES, *more]:
        with pytest.raises(DBAPIError):
            sql(filled, statement.format(table))
    assert flaws(filled) == []


def test_on_a_server_a_row_is_numbered_whatever_number_it_brings(postgresql_url):
    engine = open_database(postgresql_url)
    with transaction(engine) as connection:
        models.register(connection, MODEL, LINEAGE, NOW)
    sql(engine, OUT_OF_TURN.format("approval_audit_log"))
    assert flaws(engine) == [(Flaw.UNSEALED, 2)]
    engine.dispose()


@pytest.mark.parametrize("table", ["model_registry", "promotion_proposals", "api_tokens"])
def test_a_table_whose_rows_are_logged_is_not_emptied_at_once(table, postgresql_url):
    engine = open_database(postgresql_url)
    with pytest.raises(DBAPIError, match="does not allow TRUNCATE"):
        sql(engine, f"TRUNCATE {table}")
    engine.dispose()


# Adoption


def test_rows_written_past_the_application_are_flagged_until_the_next_write_adopts_them(filled):
    sql(filled, "DELETE FROM promotion_proposals", "DELETE FROM model_registry")
    assert flaws(filled) == [(Flaw.UNSEALED, seq) for seq in (4, 5, 6)]
    with transaction(filled) as connection:
        models.register(connection, MODEL, LINEAGE, NOW, by="olga")
    assert flaws(filled) == []
    with reading(filled) as connection:
        registered, adopted, *_ = audit.entries(connection)
    assert (registered.actor, registered.action) == ("olga", "model:registered")
    assert (adopted.actor, adopted.action) == ("olga", "audit:adopted")
    assert adopted.data == {"rows": [4, 5, 6], "comment": ""}


def test_rows_can_be_adopted_deliberately(filled):
    sql(filled, "DELETE FROM promotion_proposals")
    with transaction(filled) as connection:
        assert audit.adopt(connection, "ana", "Removed by me, ticket 7.") == [4]
    assert newest(filled).data == {"rows": [4], "comment": "Removed by me, ticket 7."}
    assert newest(filled).actor == "ana"
    assert flaws(filled) == []
    with pytest.raises(Conflict, match="sealed already"), transaction(filled) as connection:
        audit.adopt(connection, "ana", "Again.")


def test_the_rows_of_one_subject_can_be_listed(filled):
    with reading(filled) as connection:
        [entry] = audit.entries(connection, "p1")
    assert (entry.seq, entry.action, entry.sealed) == (3, "proposal:created", True)


# The chain


def test_a_seal_covers_its_row_and_all_before(filled):
    """By hand: SHA-256 over the last seal and the row as JSON."""
    import hashlib
    import json

    with reading(filled) as connection:
        rows = list(audit._rows(connection, 0).items())
        seals = (
            connection.execute(text("SELECT hash FROM audit_seals ORDER BY seq")).scalars().all()
        )
    previous = ""
    for (seq, content), seal in zip(rows, seals, strict=True):
        plain = json.dumps([seq, *content], separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256((previous + plain).encode()).hexdigest()
        assert seal == previous


def test_a_head_that_was_kept_finds_a_chain_that_was_rewritten_or_cut_off(filled):
    with reading(filled) as connection:
        head = audit.verify(connection).head
    assert Head.parse(str(head)) == head
    assert flaws(filled, head) == []
    with transaction(filled) as connection:
        models.register(connection, replace(MODEL, model_id="m3"), LINEAGE, NOW)
    assert flaws(filled, head) == []
    assert flaws(filled, replace(head, hash="0" * 64)) == [(Flaw.HEAD, 3)]
    assert flaws(filled, replace(head, seq=9)) == [(Flaw.HEAD, 9)]


# Tampering, past triggers that were dropped


class Tampered:
    """A connection on which triggers are gone; all of it is rolled back."""

    def __init__(self, connection):
        self.connection = connection

    def run(self, statement, **values):
        assert self.connection.execute(text(statement), values).rowcount

    def flaws(self):
        found = audit.verify(self.connection).findings
        return [(f.flaw, f.seq) for f in found if f.flaw is not Flaw.GUARD]


@contextmanager
def unguarded(engine):
    with engine.execution_options(cambio_writes=True).connect() as connection:
        for statement in triggers.removal(engine.dialect.name):
            connection.exec_driver_sql(statement)
        yield Tampered(connection)
        connection.rollback()


def fill(engine, count):
    """Write a long log at once, with its seals."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    with unguarded(engine) as tampered:
        connection = tampered.connection
        rows = [
            {
                "seq": seq,
                "time": start + timedelta(minutes=seq),
                "actor": ("ana", "bob")[seq % 2],
                "action": "proposal:changed",
                "subject": f"p{seq % 97}",
                "data": {"before": {"confidence": seq}, "after": {"confidence": seq + 1}},
            }
            for seq in range(1, count + 1)
        ]
        connection.execute(insert(LOG), rows)
        previous, seals = GENESIS, []
        for seq, content in audit._rows(connection, 0).items():
            previous = seal_of(previous, seq, content)
            seals.append({"seq": seq, "hash": previous})
        connection.execute(insert(tables.audit_seals), seals)
        for statement in triggers.creation(engine.dialect.name, "public"):
            connection.exec_driver_sql(statement)
        connection.commit()


LENGTHS = {"sqlite": 10_000, "postgresql": 300}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def long_log(request, tmp_path_factory):
    """A log of 10,000 rows; on the server a shorter one."""
    if request.param == "sqlite":
        blank = request.getfixturevalue("blank")
        engine = open_database(f"sqlite:///{shutil.copy(blank, tmp_path_factory.mktemp('log'))}")
        fill(engine, LENGTHS["sqlite"])
        yield engine
        engine.dispose()
        return
    migrated = request.getfixturevalue("migrated")
    with request.getfixturevalue("postgresql_server").database(migrated) as url:
        engine = open_database(url)
        fill(engine, LENGTHS["postgresql"])
        yield engine
        engine.dispose()


def places(engine):
    """The first, a middle, the last and a random row."""
    last = LENGTHS[engine.dialect.name]
    rng = np.random.default_rng(7)
    return [1, last // 2, last, *map(int, rng.integers(2, last - 1, 1))]


EDITS = {
    "time": "'2025-06-01 12:00:00.000001'",
    "actor": "'carl'",
    "action": "'proposal:approved'",
    "subject": "'p98'",
    "data": "'{\"before\": 1}'",
}


def test_an_untouched_long_log_passes_with_its_head(long_log):
    with reading(long_log) as connection:
        report = audit.verify(connection)
    assert report.passed, report.findings
    assert report.rows == report.head.seq == LENGTHS[long_log.dialect.name]


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_row_is_found_and_named(long_log, column):
    for seq in places(long_log):
        with unguarded(long_log) as tampered:
            change = f"UPDATE approval_audit_log SET {column} = {EDITS[column]} WHERE seq = :seq"
            tampered.run(change, seq=seq)
            assert tampered.flaws() == [(Flaw.EDITED, seq)]


def test_json_that_says_the_same_in_other_words_is_an_edit_too(long_log):
    with unguarded(long_log) as tampered:
        spaces = "CAST(replace(CAST(data AS TEXT), ':', ' :') AS {})"
        spaces = spaces.format("JSON" if is_server(long_log) else "TEXT")
        tampered.run(f"UPDATE approval_audit_log SET data = {spaces} WHERE seq = 5")
        assert tampered.flaws() == [(Flaw.EDITED, 5)]


def test_a_deleted_row_is_found_and_named_with_or_without_its_seal(long_log):
    last = LENGTHS[long_log.dialect.name]
    for seq in places(long_log):
        with unguarded(long_log) as tampered:
            tampered.run("DELETE FROM approval_audit_log WHERE seq = :seq", seq=seq)
            assert tampered.flaws() == [(Flaw.DELETED, seq)]
            tampered.run("DELETE FROM audit_seals WHERE seq = :seq", seq=seq)
            gone = [] if seq == last else [(Flaw.DELETED, seq), (Flaw.EDITED, seq + 1)]
            assert tampered.flaws() == gone  # the last one: only a head that was kept finds it


def test_two_rows_that_changed_places_are_found_and_named(long_log):
    last = LENGTHS[long_log.dialect.name]
    for one in places(long_log):
        other = one - 1 if one == last else one + (1 if one % 2 else last // 3 - 1)
        if other > last:
            other = 2
        with unguarded(long_log) as tampered:
            for old, new in ((one, 0), (other, one), (0, other)):
                tampered.run(
                    "UPDATE approval_audit_log SET seq = :new WHERE seq = :old", old=old, new=new
                )
            assert tampered.flaws() == sorted(
                [(Flaw.REORDERED, one), (Flaw.REORDERED, other)], key=lambda found: found[1]
            )


ROW = (
    "INSERT INTO approval_audit_log SELECT :seq, time, 'carl', action, subject, data "
    "FROM approval_audit_log ORDER BY seq LIMIT 1"
)


def test_a_row_behind_or_before_all_others_is_found_and_named(long_log):
    last = LENGTHS[long_log.dialect.name]
    with unguarded(long_log) as tampered:
        tampered.run(ROW, seq=last + 1)
        tampered.run(ROW, seq=-1)
        assert tampered.flaws() == [(Flaw.INSERTED, -1), (Flaw.UNSEALED, last + 1)]


def test_a_row_put_between_others_is_found_and_named(long_log):
    """All behind it move on by one."""
    last = LENGTHS[long_log.dialect.name]
    for seq in places(long_log):
        with unguarded(long_log) as tampered:
            move(tampered, seq, last, +1)
            tampered.run(ROW, seq=seq)
            found = tampered.flaws()
            assert found[0] == (Flaw.INSERTED, seq)
            assert set(found[1:]) == {(Flaw.REORDERED, n) for n in range(seq + 1, last + 2)}


def test_a_row_taken_from_between_others_is_found_and_named(long_log):
    """All behind it move up by one."""
    last = LENGTHS[long_log.dialect.name]
    for seq in places(long_log)[:2]:
        with unguarded(long_log) as tampered:
            tampered.run("DELETE FROM approval_audit_log WHERE seq = :seq", seq=seq)
            move(tampered, seq + 1, last, -1)
            found = tampered.flaws()
            assert [one for one in found if one[0] is not Flaw.REORDERED] == [(Flaw.DELETED, seq)]


def move(tampered, first, last, step):
    """Renumber rows, by way of numbers that nobody has."""
    values = {"first": first, "last": last, "far": 1_000_000, "step": step}
    tampered.run(
        "UPDATE approval_audit_log SET seq = seq + :far WHERE seq BETWEEN :first AND :last",
        **{key: values[key] for key in ("far", "first", "last")},
    )
    tampered.run(
        "UPDATE approval_audit_log SET seq = seq - :far + :step WHERE seq > :far",
        far=values["far"],
        step=step,
    )


def test_a_seal_that_was_changed_or_removed_is_found_and_told_from_its_row(long_log):
    for seq in places(long_log)[:2]:
        with unguarded(long_log) as tampered:
            tampered.run("UPDATE audit_seals SET hash = 'x' WHERE seq = :seq", seq=seq)
            assert tampered.flaws() == [(Flaw.SEAL, seq)]
            tampered.run("DELETE FROM audit_seals WHERE seq = :seq", seq=seq)
            assert tampered.flaws() == [(Flaw.SEAL, seq)]


def test_an_edit_that_is_sealed_again_breaks_the_next_row(long_log):
    with unguarded(long_log) as tampered:
        tampered.run("UPDATE approval_audit_log SET actor = 'carl' WHERE seq = 50")
        connection = tampered.connection
        previous = connection.execute(text("SELECT hash FROM audit_seals WHERE seq = 49")).scalar()
        forged = seal_of(previous, 50, audit._rows(connection, 49)[50])
        tampered.run("UPDATE audit_seals SET hash = :forged WHERE seq = 50", forged=forged)
        assert tampered.flaws() == [(Flaw.EDITED, 51)]


@pytest.fixture
def file(blank, tmp_path):
    """A SQLite database with a log of three rows, where a column can hold anything."""
    engine = open_database(f"sqlite:///{shutil.copy(blank, tmp_path)}")
    fill(engine, 3)
    yield engine
    engine.dispose()


ODD = ["CAST(x'ff00' AS TEXT)", "CAST({} AS BLOB)", "x'ff'", "'{{'", "5"]
"""No UTF-8; the same bytes, but no text; no text; neither a time nor JSON; and a number."""


@pytest.mark.parametrize("column", EDITS)
def test_what_is_no_text_is_found_and_can_be_listed(file, column):
    for odd in ODD:
        with unguarded(file) as tampered:
            change = f"UPDATE approval_audit_log SET {column} = {odd.format(column)} WHERE seq = 2"
            tampered.run(change)
            assert tampered.flaws() == [(Flaw.EDITED, 2)]
            assert [entry.seq for entry in audit.entries(tampered.connection)] == [3, 2, 1]


@pytest.mark.parametrize("odd", ODD)
def test_a_seal_that_is_no_text_is_found(file, odd):
    with unguarded(file) as tampered:
        tampered.run(f"UPDATE audit_seals SET hash = {odd.format('hash')} WHERE seq = 2")
        assert tampered.flaws() == [(Flaw.SEAL, 2)]


def test_bytes_are_not_taken_for_the_text_that_shows_them(file):
    with unguarded(file) as tampered:
        write = "INSERT INTO approval_audit_log VALUES (4, {}, 'sql', 'a:b', '\\xff', '{{}}')"
        now = "'2025-12-01 18:00:00.000000'"
        tampered.connection.exec_driver_sql(write.format(now))
        audit._seal(tampered.connection)
        assert tampered.flaws() == []
        tampered.run("UPDATE approval_audit_log SET subject = CAST(x'ff' AS TEXT) WHERE seq = 4")
        assert tampered.flaws() == [(Flaw.EDITED, 4)]


@pytest.mark.parametrize(
    ("seq", "found"),
    [
        (-(2**63), [(Flaw.INSERTED, -(2**63))]),
        (0, [(Flaw.INSERTED, 0)]),
        (9, [(Flaw.UNSEALED, 9)]),
        (2**63 - 1, [(Flaw.UNSEALED, 2**63 - 1)]),
    ],
)
def test_no_number_hides_a_row(file, seq, found):
    with unguarded(file) as tampered:
        tampered.run(ROW, seq=seq)
        assert tampered.flaws() == found


def test_a_row_before_the_first_is_found_even_with_a_seal_that_fits(file):
    with unguarded(file) as tampered:
        tampered.run(ROW, seq=0)
        seal = seal_of(GENESIS, 0, audit._rows(tampered.connection, 0)[0])
        tampered.run("INSERT INTO audit_seals VALUES (0, :seal)", seal=seal)
        assert tampered.flaws() == [(Flaw.SEAL, 0), (Flaw.INSERTED, 0)]


@pytest.mark.parametrize("seq", [-(2**63), 0, 4, 2**63 - 1])
def test_a_seal_without_a_row_is_found_wherever_it_is(file, seq):
    with unguarded(file) as tampered:
        tampered.run("INSERT INTO audit_seals SELECT :seq, hash FROM audit_seals LIMIT 1", seq=seq)
        flaw = Flaw.SEAL if seq < 1 else Flaw.DELETED
        assert (flaw, seq) in tampered.flaws()


# Changes while the triggers were away


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (f"{PROMOTE} WHERE model_id = 'm1'", "model m1 stage is production, where the log says"),
        ("UPDATE model_registry SET model_hash = 'evil' WHERE model_id = 'm2'", "model m2 model_h"),
        ("DELETE FROM model_registry WHERE model_id = 'm2'", "model m2 is gone"),
        ("UPDATE promotion_proposals SET reviewed_at = created_at", "proposal p1 reviewed_at is"),
        ("UPDATE promotion_proposals SET created_by = 'evil'", "proposal p1 created_by is evil"),
        ("UPDATE api_tokens SET role = 'approver'", "role is approver, where the log says viewer"),
    ],
)
def test_a_change_that_nothing_wrote_down_is_found(filled, change, said):
    with transaction(filled) as connection:
        accounts.add(connection, "secret", replace(TOKEN, role=Role.VIEWER))
    with unguarded(filled) as tampered:
        tampered.run(change)
        found = audit.verify(tampered.connection).findings
    [what] = [finding.what for finding in found if finding.flaw is Flaw.STATE]
    assert said in what


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE promotion_proposals SET vs_baseline = '{'",
        "UPDATE promotion_proposals SET comment = CAST(x'ff' AS TEXT)",
        "UPDATE model_registry SET model_hash = x'ff'",
    ],
)
def test_a_table_that_cannot_be_read_any_more_is_a_finding(blank, tmp_path, change):
    engine = open_database(f"sqlite:///{shutil.copy(blank, tmp_path)}")
    with transaction(engine) as connection:
        models.register(connection, MODEL, LINEAGE, NOW)
        proposals.store(connection, PROPOSAL)
    with unguarded(engine) as tampered:
        tampered.run(change)
        assert tampered.flaws() == [(Flaw.STATE, None)]
    engine.dispose()


def test_a_row_that_comes_back_is_found(filled):
    with unguarded(filled) as tampered:
        tampered.connection.exec_driver_sql("CREATE TABLE kept AS SELECT * FROM model_registry")
        for statement in triggers.creation(filled.dialect.name, "public"):
            tampered.connection.exec_driver_sql(statement)
        tampered.run("DELETE FROM model_registry WHERE model_id = 'm1'")
        for statement in triggers.removal(filled.dialect.name):
            tampered.connection.exec_driver_sql(statement)
        assert (Flaw.STATE, None) not in tampered.flaws()
        tampered.run("INSERT INTO model_registry SELECT * FROM kept WHERE model_id = 'm1'")
        assert (Flaw.STATE, None) in tampered.flaws()


def test_what_is_older_than_the_log_passes(engine):
    with unguarded(engine) as tampered:
        row = "'m0', 'e', '/m', 'h', 'staging', FALSE, NULL, NULL, NULL, '{}', '{}'"
        tampered.run(f"INSERT INTO model_registry VALUES ({row}, CURRENT_TIMESTAMP)")
        assert tampered.flaws() == []


# The guards themselves


def test_every_trigger_that_is_missing_is_named(filled):
    names = triggers.sqlite_triggers() if not is_server(filled) else triggers.postgresql_triggers()
    with unguarded(filled) as tampered:
        found = audit.verify(tampered.connection).findings
    assert all(any(f" {name} " in finding.what for finding in found) for name in names)
    assert len(found) == len(names)


def test_a_trigger_that_does_nothing_is_not_ours(filled):
    name = "approval_audit_log_delete"
    statements = [
        f"DROP TRIGGER {name}",
        f"CREATE TRIGGER {name} BEFORE DELETE ON approval_audit_log BEGIN SELECT 1; END",
    ]
    if is_server(filled):
        name = "approval_audit_log_forbid"
        function, body = "cambio_retire_model", "BEGIN RETURN NULL; END"
        statements = [
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS '{body}'",
            f"ALTER TABLE approval_audit_log DISABLE TRIGGER {name}",
        ]
    sql(filled, *statements)
    with reading(filled) as connection:
        found = [finding.what for finding in audit.verify(connection).findings]
    assert any(name in what for what in found)
    assert len(found) == len(statements) - (not is_server(filled))


@pytest.mark.parametrize("table", ["approval_audit_log", "model_registry", "trial_ledger"])
def test_a_trigger_or_rule_that_was_added_is_found(filled, table):
    """It could swallow what ours write."""
    what = [f"The trigger added on {table} is missing or not ours."]
    if is_server(filled):
        sql(
            filled,
            f"CREATE TRIGGER added BEFORE INSERT ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            f"CREATE RULE quiet AS ON INSERT TO {table} DO INSTEAD NOTHING",
        )
        what.append(f"The rule quiet on {table} is missing or not ours.")
    else:
        ignore = "BEGIN SELECT RAISE(IGNORE); END"
        sql(filled, f"CREATE TRIGGER added BEFORE INSERT ON {table} {ignore}")
    with reading(filled) as connection:
        assert [finding.what for finding in audit.verify(connection).findings] == what


@pytest.mark.parametrize("change", ["SECURITY INVOKER", "SET search_path = evil", "RESET ALL"])
def test_a_function_that_runs_otherwise_is_not_ours(postgresql_url, change):
    engine = open_database(postgresql_url)
    sql(engine, f"ALTER FUNCTION cambio_keep_trial() {change}")
    with reading(engine) as connection:
        [found] = audit.verify(connection).findings
    assert "The trigger trial_ledger_update on trial_ledger" in found.what
    engine.dispose()


@pytest.mark.parametrize(
    "other", ["", "CREATE INDEX {} ON model_registry (stage)", "CREATE UNIQUE {} AND FALSE"]
)
def test_another_or_no_index_on_the_active_model_is_found(filled, other):
    name = triggers.ACTIVE_INDEX
    ours = f"INDEX {name} ON model_registry (stage) WHERE stage = 'production' AND is_active"
    create = other.format(ours if "UNIQUE" in other else name)
    sql(filled, *filter(None, (f"DROP INDEX {name}", create)))
    assert flaws(filled) == [(Flaw.GUARD, None)]


@pytest.mark.parametrize("text_", ["", "3", "3:xyz", f"3:{'0' * 63}", f"x:{'0' * 64}"])
def test_what_is_no_head_is_refused(text_):
    with pytest.raises(ConfigError, match="no head of the chain"):
        Head.parse(text_)


def test_statuses_are_what_the_triggers_know():
    """A status that the triggers have no action for would be logged as a mere change."""
    update = triggers.audited("sqlite")[1].actions[1]
    assert all(f"'{status}'" in update for status in ProposalStatus)
