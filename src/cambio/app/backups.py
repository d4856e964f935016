"""Backups: all but secrets in a folder that counts once it is whole, checked, and put back.

cambio-20261123T160000.000000Z/
    manifest.json            every other file with its hash, and the audit log's head
    tables/NAME.N.parquet    every table, of one moment
    home/...                 the folders below CAMBIO_HOME
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from cambio import __version__
from cambio.contracts.audit import Flaw
from cambio.contracts.lineage import file_hash, hash_of
from cambio.errors import ConfigError, Conflict, ContractMismatch, NotFound
from cambio.files import put_folder, write_whole
from cambio.store import audit, dump
from cambio.store.database import reading, transaction
from cambio.store.database import revision as revision_of
from cambio.trading import signing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from cambio.app.resources import Resources, Stage

MANIFEST: Final = "manifest.json"
TABLES: Final = "tables"
HOME: Final = "home"
TRUSTED: Final = f"{signing.FOLDER}/{signing.TRUSTED}"
FOLDERS: Final = (
    *("models", "bundles", "datasets", "reports", "records", "runs", "mlruns"),
    TRUSTED,
)
"""Below CAMBIO_HOME, what is kept; named one by one, so that no secret gets in by accident."""
TRACKING: Final = "mlflow.db"
NAME: Final = "cambio-%Y%m%dT%H%M%S.%fZ"
FINISHED: Final = "cambio-*Z"
STAGED: Final = ".backup-"
LOCK: Final = ".lock"
PRIVATE: Final = 0o700
CHUNK_BYTES: Final = 1 << 20


class Entry(BaseModel):
    """A file of a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    size: int
    rows: int | None = None
    """Of a table's part."""


class AuditState(BaseModel):
    """The audit log as it was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    head: str | None
    findings: tuple[str, ...]
    """What its verification found in the log and the tables, if anything."""


class Manifest(BaseModel):
    """What a backup holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    created_at: datetime
    version: str
    """Of cambio."""
    revision: str
    """Of the schema."""
    database: str
    audit: AuditState
    files: dict[str, Entry]
    """By path below the backup, with slashes."""

    @property
    def rows(self) -> int:
        """How many rows all tables have."""
        return sum(entry.rows or 0 for entry in self.files.values())

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.files.values())

    def parts(self, table: str) -> list[str]:
        """Give the files of a table in their order."""
        names = [name for name in self.files if name.startswith(f"{TABLES}/{table}.")]
        return sorted(names, key=lambda name: int(name.split(".")[1]))

    def home(self) -> dict[str, Entry]:
        """Give the files that lie below CAMBIO_HOME, by their path there."""
        start = f"{HOME}/"
        return {n.removeprefix(start): e for n, e in self.files.items() if n.startswith(start)}

    def write(self, folder: Path) -> None:
        """Write it, with a hash of its own."""
        body = self.model_dump(mode="json")
        text = json.dumps({"hash": hash_of(body), **body}, indent=1)
        write_whole(folder / MANIFEST, text.encode())

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read what `write` wrote.

        Raises:
            NotFound: there is none, so the folder is no backup.
            ContractMismatch: it is damaged, or of another version.
        """
        path = folder / MANIFEST
        if not path.is_file():
            raise NotFound(
                f"{folder} is no backup: it holds no {MANIFEST}.",
                remedy="Name one folder that `cambio backup create` made, as cambio-…Z.",
            )
        try:
            body = json.loads(path.read_bytes())
            told = body.pop("hash")
            manifest = cls.model_validate(body)
        except (ValueError, KeyError, AttributeError, TypeError, ValidationError) as error:
            raise ContractMismatch(f"{path} is damaged: {error}.", remedy=OTHER) from error
        if told != hash_of(body):
            raise ContractMismatch(f"{path} is damaged: its hash differs.", remedy=OTHER)
        return manifest


OTHER: Final = "Use another backup. `cambio backup verify FOLDER` shows all that is wrong with one."


def create(
    resources: Resources, to: Path, keep: int | None = None
) -> tuple[Path, Manifest, list[Path]]:
    """Back up the database and the home while they are in use.

    Args:
        resources: what to back up.
        to: folder of the backups, best on another disk; it is made where it is missing.
        keep: how many whole backups stay, the newest ones; None: all.

    Returns:
        The backup's folder and manifest, and the older ones that were removed.

    Raises:
        ConfigError: ``to`` is a folder that is backed up itself.
        Conflict: another process makes one in ``to``.
        SourceError: the database cannot be read.
        DataQualityError: a table holds what is not of its column's type.
        ContractMismatch: what was written does not read back.
        OSError: it can't be written. No half of a backup is left.
    """
    to = to.absolute()
    inside = next((name for name in FOLDERS if to.is_relative_to(resources.home / name)), None)
    if inside:
        raise ConfigError(
            f"{to} lies in {inside} of CAMBIO_HOME, which is backed up itself.",
            remedy="Choose a folder elsewhere, best on another disk.",
        )
    to.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    with _alone(to):
        for left in to.glob(f"{STAGED}*"):
            shutil.rmtree(left)  # of a process that was killed
        now = resources.now()
        folder = to / now.strftime(NAME)
        with tempfile.TemporaryDirectory(dir=to, prefix=STAGED) as scratch:
            staged = Path(scratch) / folder.name
            staged.mkdir(mode=PRIVATE)
            with resources.progress.stage("backup") as stage:
                manifest = _fill(resources, staged, now, stage)
            require_whole(staged)
            if not put_folder(staged, folder):
                raise Conflict(f"{folder} exists already.", remedy="Run the command again.")
        _to_disk(to)
        removed = [] if keep is None else _prune(to, keep)
    return folder, manifest, removed


@contextmanager
def _alone(to: Path) -> Iterator[None]:
    """Let one process at a time make backups in a folder; the lock goes with the process."""
    import fcntl  # here, because Windows has none

    with (to / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                f"Another process makes a backup in {to}.", remedy="Wait until it is done."
            ) from error
        yield


def _fill(resources: Resources, folder: Path, now: datetime, stage: Stage) -> Manifest:
    """Write tables first: what their rows name is there by then, and is copied after."""
    files: dict[str, Entry] = {}
    (folder / TABLES).mkdir()
    with reading(resources.engine) as connection:
        revision = revision_of(connection)
        state = _audit_state(connection)
        for done, (name, table) in enumerate(dump.TABLES.items()):
            stage.update(done, len(dump.TABLES) + 1, name)
            for number, frame in enumerate(dump.frames(connection, table)):
                path = folder / TABLES / f"{name}.{number}.parquet"
                content = BytesIO()  # polars has errors of its own for a full disk
                frame.write_parquet(content)
                write_whole(path, content.getvalue())
                entry = _entry(path).model_copy(update={"rows": frame.height})
                files[f"{TABLES}/{path.name}"] = entry
    stage.update(len(dump.TABLES), len(dump.TABLES) + 1, "files")
    for name in _kept(resources.home):
        try:
            _copy(resources.home / name, folder / HOME / name)
        except FileNotFoundError:
            if (resources.home / name).exists():
                raise
            continue  # it was removed meanwhile
        files[f"{HOME}/{name}"] = _entry(folder / HOME / name)
    if (resources.home / TRACKING).is_file():
        _copy_sqlite(resources.home / TRACKING, folder / HOME / TRACKING)
        files[f"{HOME}/{TRACKING}"] = _entry(folder / HOME / TRACKING)
    manifest = Manifest(
        created_at=now,
        version=__version__,
        revision=revision,
        database=resources.engine.dialect.name,
        audit=state,
        files=files,
    )
    manifest.write(folder)
    return manifest


def _audit_state(connection: Connection) -> AuditState:
    report = audit.verify(connection)
    found = tuple(f.what for f in report.findings if f.flaw is not Flaw.GUARD)
    head = None if report.head is None else str(report.head)
    return AuditState(rows=report.rows, head=head, findings=found)


def _kept(home: Path) -> list[str]:
    """Give the files below a home that are kept; hidden ones are somebody's unfinished work."""
    return [f"{name}/{path}" for name in FOLDERS for path in _files(home / name)]


def _files(folder: Path) -> list[str]:
    """Give the paths of the files below a folder; none where there is no folder."""
    found = []
    for where, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        below = Path(where).relative_to(folder)
        found += [(below / name).as_posix() for name in names if not name.startswith(".")]
    return sorted(found)


def _entry(path: Path) -> Entry:
    return Entry(sha256=file_hash(path), size=path.stat().st_size)


def _copy(source: Path, target: Path) -> str:
    """Put a copy of a file in place, whole or not at all; give its hash."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_name(f".{target.name}.{os.getpid()}.partial")
    digest = hashlib.sha256()
    try:
        with source.open("rb") as read, staged.open("wb") as written:
            while chunk := read.read(CHUNK_BYTES):
                digest.update(chunk)
                written.write(chunk)
            written.flush()
            os.fsync(written.fileno())
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    return digest.hexdigest()


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite file in which somebody may be writing: one state of it."""
    where = f"file:{source}?mode=ro"
    with closing(sqlite3.connect(where, uri=True)) as read, closing(sqlite3.connect(target)) as to:
        read.backup(to)
    _to_disk(target)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prune(to: Path, keep: int) -> list[Path]:
    """Remove backups older than the newest ``keep`` whole ones.

    A damaged one doesn't count among them, so that no whole one is removed in its favour.
    """
    whole, removed = 0, []
    for folder in sorted(to.glob(FINISHED), reverse=True):
        if whole >= keep:
            shutil.rmtree(folder)
            removed.append(folder)
        elif not flaws(folder):
            whole += 1
    return removed


def require_whole(folder: Path) -> Manifest:
    """Give a backup's manifest once every file was read again and is what it was.

    Raises:
        NotFound: the folder is no backup.
        ContractMismatch: a file is missing, damaged or one too many, or the log's chain is broken.
    """
    manifest = Manifest.read(folder)
    found = flaws(folder)
    if found:
        more = f" And {len(found) - 1} more." if len(found) > 1 else ""
        raise ContractMismatch(
            f"The backup {folder} is damaged: {found[0]}{more}", remedy=OTHER, flaws=found
        )
    return manifest


def flaws(folder: Path) -> list[str]:
    """Give all that is wrong with a backup, a sentence each."""
    try:
        manifest = Manifest.read(folder)
    except (NotFound, ContractMismatch) as error:
        return [error.what]
    there = {*_files(folder)} - {MANIFEST}
    found = [f"{name} is none of the backup's." for name in sorted(there - manifest.files.keys())]
    for name, entry in manifest.files.items():
        if not _belongs(name):
            found.append(f"{name} can't be a file of a backup.")
        elif name not in there:
            found.append(f"{name} is missing.")
        elif _entry(folder / name) != entry.model_copy(update={"rows": None}):
            found.append(f"{name} is not what was written: its hash differs.")
    return found or _table_flaws(folder, manifest)


def _belongs(name: str) -> bool:
    """Tell whether a file may be in a backup; what a manifest says is written nowhere else."""
    path = PurePosixPath(name)
    if ".." in path.parts or path.is_absolute():
        return False
    kept = (*(f"{HOME}/{folder}/" for folder in FOLDERS), f"{TABLES}/")
    return name.startswith(kept) or name == f"{HOME}/{TRACKING}"


def _table_flaws(folder: Path, manifest: Manifest) -> list[str]:
    found = [f"The table {name} is missing." for name in dump.TABLES if not manifest.parts(name)]
    try:
        for name in manifest.files:
            rows = manifest.files[name].rows
            if rows is not None and _height(folder / name) != rows:
                found.append(f"{name} does not hold {rows} rows.")
        if not found:
            found = _log_flaws(folder, manifest)
    except (pl.exceptions.PolarsError, OSError) as error:
        found.append(f"A table can't be read: {error}.")
    return found


def _height(path: Path) -> int:
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def _log_flaws(folder: Path, manifest: Manifest) -> list[str]:
    """Compare the dumped audit log with its seals, and its end with the manifest."""
    log, seals = (
        pl.concat([pl.read_parquet(folder / part) for part in manifest.parts(name)])
        for name in ("approval_audit_log", "audit_seals")
    )
    known = set(manifest.audit.findings)
    found = [f.what for f in dump.sealed_log(log, seals) if f.what not in known]
    newest = seals.sort("seq").tail(1).rows()
    head = f"{newest[0][0]}:{newest[0][1]}" if newest else None
    if head != manifest.audit.head:
        found.append(
            f"The audit log ends at {head}, where the manifest says {manifest.audit.head}."
        )
    return found


def restore(resources: Resources, folder: Path) -> Manifest:
    """Put a backup into an empty database and an empty home: all of it, or it can be run again.

    Files come first and the database's one transaction last, so that what was stopped in between
    leaves an empty database, and files that the next run finds right.

    Args:
        resources: where to; of either kind of database.
        folder: of the backup.

    Raises:
        NotFound: the folder is no backup.
        ContractMismatch: it is damaged, or the restored audit log does not verify as it did.
        ConfigError: it is of another version's schema.
        Conflict: the database or the home holds something else.
        NotAllowed: on PostgreSQL, this role does not own the tables.
        DataQualityError: the database can't hold a value.
        SourceError: the database refused.
        OSError: a file can't be written.
    """
    manifest = require_whole(folder)
    missing = _missing(resources.home, manifest)
    with transaction(resources.engine) as connection:
        _require_revision(revision_of(connection), manifest)
        with dump.untriggered(connection), resources.progress.stage("restore") as stage:
            _require_empty(connection)
            for done, (name, table) in enumerate(dump.TABLES.items()):
                stage.update(done, len(dump.TABLES) + 1, name)
                for part in manifest.parts(name):
                    dump.load(connection, table, pl.read_parquet(folder / part))
            dump.go_on_counting(connection)
            stage.update(len(dump.TABLES), len(dump.TABLES) + 1, "files")
            for name in missing:
                _put_back(resources.home, folder, name, manifest.files[f"{HOME}/{name}"])
        _require_the_same(_audit_state(connection), manifest.audit)
    return manifest


def _require_revision(found: str, manifest: Manifest) -> None:
    if found != manifest.revision:
        raise ConfigError(
            f"The backup is of schema {manifest.revision} (cambio {manifest.version}), and this "
            f"version's is {found}.",
            remedy=f"Restore it with cambio {manifest.version}; the first command of this version "
            "then migrates the database.",
            revision=manifest.revision,
        )


def _require_empty(connection: Connection) -> None:
    filled = dump.filled(connection)
    if filled:
        raise Conflict(
            f"The database is not empty: {', '.join(filled)} hold something.",
            remedy="A backup is never mixed with what is there. Name an empty database in "
            "CAMBIO_DATABASE_URL, or another CAMBIO_HOME.",
            tables=filled,
        )


def _missing(home: Path, manifest: Manifest) -> list[str]:
    """Give the files that a home lacks.

    Raises:
        Conflict: it holds others, or other content under their names.
    """
    wanted = manifest.home()
    there = {name for name in (*_kept(home), TRACKING) if (home / name).is_file()}
    right = {
        name for name in there & wanted.keys() if file_hash(home / name) == wanted[name].sha256
    }
    strange = sorted(there - right)
    if strange:
        raise Conflict(
            f"CAMBIO_HOME {home} is not empty: it holds {strange[0]}"
            f"{f' and {len(strange) - 1} more' if len(strange) > 1 else ''}.",
            remedy="A backup is never mixed with what is there. Choose another CAMBIO_HOME.",
            files=strange,
        )
    return sorted(wanted.keys() - right)


def _put_back(home: Path, folder: Path, name: str, entry: Entry) -> None:
    if name.startswith(f"{signing.FOLDER}/"):
        (home / signing.FOLDER).mkdir(mode=PRIVATE, exist_ok=True)
        (home / TRUSTED).mkdir(mode=PRIVATE, exist_ok=True)
    if _copy(folder / HOME / name, home / name) != entry.sha256:
        (home / name).unlink()
        raise ContractMismatch(f"{folder / HOME / name} changed while it was read.", remedy=OTHER)


def _require_the_same(found: AuditState, kept: AuditState) -> None:
    news = sorted(set(found.findings) - set(kept.findings))
    if found.head != kept.head or news:
        raise ContractMismatch(
            "The restored audit log does not verify as the saved one did: "
            f"{news[0] if news else f'it ends at {found.head}, not {kept.head}.'}",
            remedy=OTHER,
        )
