"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, replacing what was there; a reader never sees half of it.

    The file is on the disk when this returns, so that a crash right after loses nothing.

    Raises:
        OSError: it can't be written; what was there before is still there.
    """
    staged = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with staged.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        staged.replace(path)
    except OSError as error:
        error.filename = str(path)  # writing names none
        raise
    finally:
        staged.unlink(missing_ok=True)


def publish_folder(folder: Path, files: Mapping[str, bytes], last: str) -> Path:
    """Put a folder in place with all its files at once; where it stands already, mend it.

    A folder that stands is never missing: its files are replaced one by one, each whole at every
    moment, and those that are right already are left alone. Others in it stay.

    Args:
        folder: is named after what made it, so that its files go together whoever wrote them.
        files: content by path below it.
        last: the file that says what the folder holds; it is replaced after the others.

    Raises:
        OSError: it can't be written.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".publishing-") as scratch:
        staged = Path(scratch) / folder.name
        for name, content in files.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(staged / name, content)
        if not put_folder(staged, folder):
            for name in sorted(files, key=lambda name: name == last):
                _mend(folder / name, staged / name)
    return folder


def put_folder(staged: Path, folder: Path) -> bool:
    """Put a finished folder in place at once; tell whether it was new.

    Of two that put the same folder one wins. Where it stands already, nothing happens.

    Raises:
        OSError: it can't be written.
    """
    try:
        staged.rename(folder)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        return False
    return True


def _mend(path: Path, staged: Path) -> None:
    """Put ``staged`` at ``path`` unless it holds the same bytes."""
    if path.is_file() and path.read_bytes() == staged.read_bytes():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(path)
