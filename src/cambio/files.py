"""Files that appear whole or not at all."""

from __future__ import annotations

import os
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
