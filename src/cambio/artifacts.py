"""Object storage for what is made here: datasets, models, bundles and reports.

What lies below the home is kept under the same name elsewhere, for other machines and other days:

    blobs/0a1b…                  the bytes of one file, by their SHA-256
    lists/models/x.json          the files of `models/x`: their names below it, hashes and sizes

A blob is written once and read as what it was, or refused. A list is written last and at once, so
that what it names is whole; a stopped upload goes on where it was, because its blobs are there.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog
from pydantic import BaseModel, ConfigDict

from cambio.errors import ConfigError, ContractMismatch, SourceError
from cambio.files import put_folder, write_whole
from cambio.trading.bundle import FileEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import ObjectStore

ALONE: Final = "."
"""Name of a file in the list that is of this file alone."""
RETRIES: Final = 5
PATIENCE: Final = timedelta(seconds=60)
"""For one request with all its retries."""


class FileList(BaseModel):
    """What is kept of a folder, or of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: dict[str, FileEntry]
    """By path below the folder, with slashes; of a file alone, `ALONE`."""


class Artifacts:
    """Keeps files and folders below the home in object storage, and brings them back.

    Args:
        home: what names are relative to.
        url: `s3://BUCKET/PREFIX`, or another that obstore knows; empty: there is no storage, and
            every method does nothing. S3's keys, region and endpoint come from `AWS_…` variables.
    """

    def __init__(self, home: Path, url: str) -> None:
        self._home, self._url = home, url

    @property
    def is_configured(self) -> bool:
        """Tell whether there is a storage."""
        return bool(self._url)

    def keep(self, path: Path) -> None:
        """Store a file, or a folder that no longer changes. Twice is as good as once.

        Raises:
            SourceError: the storage failed. What was uploaded so far makes no half artefact, and is
                not uploaded again.
        """
        if not self._url:
            return
        folder = path.is_dir()
        found = sorted(each for each in path.rglob("*") if each.is_file()) if folder else [path]
        files: dict[str, FileEntry] = {}
        for each in found:
            content = each.read_bytes()
            blob = FileEntry.of(content)
            files[each.relative_to(path).as_posix()] = blob
            if self._size(_key(blob)) != blob.size:
                self._put(_key(blob), content)
        self._put(self._list_of(path), FileList(files=files).model_dump_json().encode())

    def bring(self, path: Path) -> Path:
        """Give a path below the home, brought from the storage where it is not here.

        A folder that is here stays as it is. A file may have been made anew elsewhere, so it is
        replaced by what the storage has; where that can't be asked, the one here is given.

        Raises:
            SourceError: the storage failed.
            ContractMismatch: the storage gave other bytes than were stored.
        """
        if not self._url or path.is_dir():
            return path
        try:
            wanted = self._read_list(path)
        except SourceError as error:
            if not path.is_file():
                raise
            structlog.get_logger().warning("artifacts_not_asked", path=str(path), error=error.what)
            return path
        if wanted is None:
            return path
        if ALONE in wanted.files:
            blob = wanted.files[ALONE]
            if not path.is_file() or FileEntry.of(path.read_bytes()) != blob:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, self._read(blob, path))
            return path
        staged = path.with_name(f".{path.name}.{os.getpid()}.partial")
        try:
            for name, blob in wanted.files.items():
                (staged / name).parent.mkdir(parents=True, exist_ok=True)
                write_whole(staged / name, self._read(blob, path / name))
            put_folder(staged, path)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        return path

    def names(self, folder: Path) -> list[str]:
        """Name what is kept of a folder's entries, sorted.

        Raises:
            SourceError: the storage failed.
        """
        if not self._url:
            return []
        prefix = f"lists/{self._name(folder)}/"
        below = (key.removeprefix(prefix) for key in self._keys(prefix))
        return sorted(key.removesuffix(".json") for key in below if "/" not in key)

    def verify(self) -> Iterator[tuple[str, str]]:
        """Read all that is kept; give each file's name, and what is wrong with it or nothing.

        Raises:
            SourceError: the storage failed.
        """
        for name in self._keys("lists/"):
            path = self._home / name.removeprefix("lists/").removesuffix(".json")
            wanted = self._read_list(path)
            for file, blob in wanted.files.items() if wanted else ():
                told = self._name(path if file == ALONE else path / file)
                try:
                    self._read(blob, self._home / told)
                except ContractMismatch as error:
                    yield told, error.what
                else:
                    yield told, ""

    def _keys(self, prefix: str) -> list[str]:
        with self._told("read"):
            return [one["path"] for page in self._obs.list(self._store, prefix) for one in page]
        return []

    def _read_list(self, path: Path) -> FileList | None:
        content = self._get(self._list_of(path))
        if content is None:
            return None
        try:
            return FileList.model_validate_json(content)
        except ValueError as error:
            raise ContractMismatch(
                f"{self._list_of(path)} in {self._url} is no list of files.",
                remedy="Keep it anew from the machine that has it: `cambio artifacts keep`.",
            ) from error

    def _read(self, blob: FileEntry, path: Path) -> bytes:
        """Give a blob's bytes, if they are what was stored."""
        content = self._get(_key(blob))
        found = "missing" if content is None else FileEntry.of(content).sha256
        if content is None or found != blob.sha256:
            raise ContractMismatch(
                f"{self._name(path)} in {self._url} is {found}; kept was {blob.sha256}.",
                remedy=f"Delete {_key(blob)} there, and keep it anew from the machine that has it: "
                "`cambio artifacts keep`.",
                expected=blob.sha256,
                found=found,
            )
        return content

    def _name(self, path: Path) -> str:
        return path.relative_to(self._home).as_posix()

    def _list_of(self, path: Path) -> str:
        return f"lists/{self._name(path)}.json"

    def _get(self, key: str) -> bytes | None:
        with self._told("read"):
            try:
                return bytes(self._obs.get(self._store, key).bytes())
            except FileNotFoundError:
                return None
        return None

    def _put(self, key: str, content: bytes) -> None:
        """Upload at once or in parts; whoever reads meanwhile sees all of it or none."""
        with self._told("written"):
            self._obs.put(self._store, key, content)

    def _size(self, key: str) -> int | None:
        with self._told("read"):
            try:
                return int(self._obs.head(self._store, key)["size"])
            except FileNotFoundError:
                return None
        return None

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        """Turn the storage's errors into ours; its own text may hold an access key."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError) as error:
            why = str(error).partition("\n")[0].partition(": <?xml")[0]
            raise SourceError(
                f"{self._url} cannot be {done}: {why}.",
                remedy="Try again: nothing is half-written, and what is there is not sent again.",
            ) from error

    @cached_property
    def _obs(self) -> Any:
        try:
            import obstore
        except ImportError as error:
            raise ConfigError(
                "CAMBIO_ARTIFACTS_URL needs the package obstore.",
                remedy="Install the extra `s3`: pip install -e '.[s3]' in the checkout.",
            ) from error
        return obstore

    @cached_property
    def _store(self) -> ObjectStore:
        from obstore.exceptions import BaseError

        retries: Any = {"max_retries": RETRIES, "retry_timeout": PATIENCE}
        try:
            store: ObjectStore = self._obs.store.from_url(self._url, retry_config=retries)
        except (BaseError, ValueError) as error:
            why = str(error).partition("\n")[0]
            raise ConfigError(
                f"CAMBIO_ARTIFACTS_URL is no address of a storage: {why}.",
                remedy="Write s3://BUCKET/PREFIX; S3's keys, AWS_REGION and, for MinIO, "
                "AWS_ENDPOINT_URL come from the environment.",
            ) from error
        return store


def _key(blob: FileEntry) -> str:
    """Give where the bytes of a file lie in the storage."""
    return f"blobs/{blob.sha256}"
