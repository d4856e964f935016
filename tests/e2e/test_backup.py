"""`cambio backup`, and the way from the public predecessor's table."""

from __future__ import annotations

import gzip
from contextlib import closing
from datetime import date

import psycopg
import pytest
from sqlalchemy import make_url

DAYS = [date(2024, 7, day) for day in (8, 9, 10)]
PREDECESSOR = """
CREATE TABLE usdcop_m5_ohlcv (
    time timestamptz NOT NULL, symbol text NOT NULL DEFAULT 'USD/COP',
    open numeric(12,6), high numeric(12,6), low numeric(12,6), close numeric(12,6),
    volume bigint DEFAULT 0, source text DEFAULT 'twelvedata',
    created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
    PRIMARY KEY (time, symbol))"""
FILL = "INSERT INTO usdcop_m5_ohlcv (time, open, high, low, close) VALUES (%s, %s, %s, %s, %s)"


def test_create_verify_and_restore(cambio, home, tmp_path, monkeypatch, write_csv, session_rows):
    cambio("import", "ohlcv", write_csv(session_rows(DAYS)), "--source-timezone", "America/Bogota")
    (home / "reports").mkdir()
    (home / "reports" / "page.html").write_text("a report")
    made = cambio("backup", "create", tmp_path / "backups", "--json").json()
    assert (made["database"], made["files"] > 20, made["removed"]) == ("sqlite", True, [])
    answer = cambio("backup", "verify", made["folder"])
    assert answer.code == 0
    assert "Whole backup" in answer.out
    stored = cambio("data", "report", "--json").json()["bars"]
    monkeypatch.setenv("CAMBIO_HOME", str(tmp_path / "new"))
    answer = cambio("backup", "restore", made["folder"])
    assert answer.code == 0
    assert "keys/signing.pem" in answer.out
    assert cambio("data", "report", "--json").json()["bars"] == stored
    assert (tmp_path / "new" / "reports" / "page.html").read_text() == "a report"
    again = cambio("backup", "restore", made["folder"])
    assert again.code == 8
    assert "database is not empty" in again.err


def test_every_flaw_is_told(cambio, tmp_path):
    folder = tmp_path / "backups"
    made = cambio("backup", "create", folder, "--keep", "1", "--json").json()["folder"]
    second = cambio("backup", "create", folder, "--keep", "1", "--json").json()
    assert second["removed"] == [made]
    where = next(folder.glob("cambio-*"))
    for name in ("fills", "events"):
        (where / "tables" / f"{name}.0.parquet").unlink()
    answer = cambio("backup", "verify", where)
    assert answer.code == 6
    assert "tables/fills.0.parquet is missing" in answer.err
    assert "tables/events.0.parquet is missing" in answer.err
    answer = cambio("backup", "verify", folder)
    assert answer.code == 7
    assert "no backup" in answer.err


@pytest.mark.parametrize("zone", ["UTC", "America/Bogota"])
def test_the_predecessors_dump_is_imported_as_postgresql_wrote_it(
    cambio, postgresql_server, tmp_path, session_rows, zone
):
    dump = tmp_path / "usdcop_m5_ohlcv_20240711_120000.csv.gz"
    with postgresql_server.database() as url:
        parsed = make_url(url)
        info = f"host={parsed.query['host']} user={parsed.username} dbname={parsed.database}"
        with (
            closing(psycopg.connect(info, autocommit=True)) as connection,
            connection.cursor() as cursor,
            gzip.open(dump, "wb") as written,
        ):
            cursor.execute(f"SET TimeZone = '{zone}'")
            cursor.execute(PREDECESSOR)
            cursor.executemany(FILL, session_rows(DAYS, zone))
            copied = "COPY usdcop_m5_ohlcv TO STDOUT (FORMAT csv, HEADER)"
            with cursor.copy(copied) as copy:
                for block in copy:
                    written.write(block)
    offset = {"UTC": b"13:00:00+00", "America/Bogota": b"08:00:00-05"}[zone]
    assert offset in gzip.decompress(dump.read_bytes())
    report = cambio("import", "ohlcv", dump, "--source-timezone", zone, "--json")
    assert report.code == 0, report.err
    found = report.json()
    assert (found["inserted"], found["quarantined"], found["warnings"]) == (180, {}, [])
    assert found["first"] == "2024-07-08T13:00:00+00:00"
    assert found["last"] == "2024-07-10T17:55:00+00:00"
