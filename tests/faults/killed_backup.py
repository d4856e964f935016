"""A backup that dies: `python -m tests.faults.killed_backup HOME TO STEP`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.faults.market import opened

from cambio.app import backups

FILES: Final = "files"
"""The step at which all tables are written, or read, and no file is."""


class Stepped:
    """Progress that does something when a step begins."""

    def __init__(self, step: str, then: Callable[[], None]) -> None:
        self._step, self._then = step, then

    @contextmanager
    def stage(self, title: str) -> Iterator[Stepped]:
        yield self

    def update(self, done: int, total: int, note: str = "") -> None:
        if note == self._step:
            self._then()


def main() -> None:
    home, to, step = sys.argv[1:]

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with opened(Path(home)) as resources:
        backups.create(replace(resources, progress=Stepped(step, die)), Path(to))


if __name__ == "__main__":
    main()
