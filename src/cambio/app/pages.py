"""Puts a report's page where its reader wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.errors import SourceError
from cambio.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path


def write_page(path: Path, page: str, remedy: str = "Choose another file.") -> Path:
    """Write a page; it appears whole or not at all.

    Args:
        path: where; its folder is made.
        page: HTML.
        remedy: what to do where that fails.

    Raises:
        SourceError: the file cannot be written; an older one stays as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, page.encode())
    except OSError as error:
        raise SourceError(f"{path} cannot be written: {error.strerror}.", remedy=remedy) from error
    return path
