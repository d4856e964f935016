"""Cells in parallel processes: one thread each, one bar for all, and nobody left behind."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cambio.app.processes import CONTEXT, POLL_S, STOPPED, Quiet, pool_of, unheard
from cambio.app.walkforward_cell import CellResult, run_cell
from cambio.errors import CambioError, ConfigError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.queues import SimpleQueue

    from cambio.app.resources import Progress, Resources, Stage
    from cambio.app.training import Train
    from cambio.app.walkforward_cell import Cell

    Message = tuple[int, int, int, str]


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that ended in an error."""

    cell: Cell
    error: CambioError


def run_cells(
    resources: Resources, cells: Sequence[Cell], workers: int, board: Board, train: Train
) -> tuple[list[CellResult], list[Failure]]:
    """Run ``cells`` in ``workers`` processes; one that fails doesn't stop the others.

    Each process opens the product anew. A stop of this process stops them all. When the system
    ends one of them, for example because memory ran out, the cells that were begun have failed,
    and those that were not are neither among the results nor among the failures.

    Raises:
        Exception: what a cell raised that is neither `CambioError` nor `OSError`, once the others
            are done.
    """
    channel: SimpleQueue[Message] = CONTEXT.SimpleQueue()
    outcomes: dict[int, CellResult | BaseException] = {}
    begun: set[int] = set()
    with pool_of(workers, _begin, (resources.reopen, channel)) as pool:
        with unheard(signal.SIGINT):  # the processes inherit this: a Ctrl-C is for us alone
            futures = {
                pool.submit(_work, number, cell, train): number for number, cell in enumerate(cells)
            }
        waiting: set[Future[CellResult]] = set(futures)
        while waiting:
            done, waiting = wait(waiting, POLL_S, FIRST_COMPLETED)
            while not channel.empty():
                message = channel.get()
                begun.add(message[0])
                board.hear(*message)
            for future in done:
                number, error = futures[future], future.exception()
                outcomes[number] = error or future.result()
                if number in begun:
                    board.finish(number, failed=error is not None)
    return sorted_out(cells, outcomes, begun)


def sorted_out(
    cells: Sequence[Cell], outcomes: Mapping[int, CellResult | BaseException], begun: set[int]
) -> tuple[list[CellResult], list[Failure]]:
    """Tell results from failures, in the order of the cells.

    Args:
        cells: what was to be run.
        outcomes: of each cell, by its number.
        begun: the numbers of those that a process took up.
    """
    results: list[CellResult] = []
    failures: list[Failure] = []
    left: list[Cell] = []
    for number, outcome in sorted(outcomes.items()):
        cell = cells[number]
        match outcome:
            case CellResult():
                results.append(outcome)
            case CambioError():
                failures.append(Failure(cell, outcome))
            case OSError():
                failures.append(Failure(cell, _of_the_disk(outcome)))
            case BrokenProcessPool():
                if number in begun:
                    failures.append(Failure(cell, _ended()))
                else:
                    left.append(cell)
            case _:
                outcome.add_note(f"in {cell.name}")
                raise outcome
    if left and not failures:  # it ended between two cells
        failures.append(Failure(left[0], _ended()))
    return results, failures


def _of_the_disk(error: OSError) -> SourceError:
    return SourceError(
        f"{error.filename or 'A file'} can't be read or written: {error.strerror or error}.",
        remedy="Free space or mend permissions.",
    )


def _ended() -> ConfigError:
    return ConfigError(
        "The system ended one of the processes; its memory may have run out.",
        remedy="Let fewer run at once (--workers 1).",
    )


class Board:
    """Many cells on one bar, which counts the training steps of all.

    Args:
        stage: the bar.
        cells: those that run.
        before: how many others were finished before.
    """

    def __init__(self, stage: Stage, cells: Sequence[Cell], before: int) -> None:
        self._stage = stage
        self._cells = cells
        self._steps = [cell.config.training.steps for cell in cells]
        self._done = [0.0] * len(cells)
        self._before = before * max(self._steps, default=1)
        self._finished = before
        self._of = before + len(cells)
        self._show("")

    def hear(self, number: int, done: int, total: int, note: str) -> None:
        """Take a cell's progress in."""
        self._done[number] = self._steps[number] * done / max(total, 1)
        self._show(f"{self._cells[number].name}: {note}" if note else "")

    def finish(self, number: int, *, failed: bool) -> None:
        """Count a cell as done, however few steps it took."""
        self._done[number] = self._steps[number]
        self._finished += not failed
        self._show(f"{self._cells[number].name} {'failed' if failed else 'finished'}")

    def _show(self, note: str) -> None:
        counted = f"{self._finished} of {self._of} cells"
        done = round(self._before + sum(self._done))
        total = self._before + sum(self._steps)
        self._stage.update(done, max(total, 1), f"{note} · {counted}" if note else counted)


# In the worker's process


class _Relay:
    """A cell's stage: passes on what it hears, a few times a second."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._told = -POLL_S

    def update(self, done: int, total: int, note: str = "") -> None:
        now = time.monotonic()
        if now - self._told >= POLL_S:
            self._told = now
            _CHANNEL.put((self._number, done, total, note))


_REOPEN: Callable[[Progress], Resources]
_CHANNEL: SimpleQueue[Message]


def _begin(reopen: Callable[[Progress], Resources], channel: SimpleQueue[Message]) -> None:
    global _REOPEN, _CHANNEL
    _REOPEN, _CHANNEL = reopen, channel


def _work(number: int, cell: Cell, train: Train) -> CellResult:
    _CHANNEL.put((number, 0, 1, ""))  # so that the parent knows what was begun
    resources = _REOPEN(Quiet())
    try:
        return run_cell(resources, cell, _Relay(number), train)
    except SystemExit:
        os._exit(STOPPED)  # the pool would take it for a result, and go on
    finally:
        resources.engine.dispose()
