"""Trainings in parallel processes: one thread each, one bar for all, and nobody left behind."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from cambio.app.processes import CONTEXT, POLL_S, STOPPED, Quiet, pool_of, unheard
from cambio.errors import CambioError, ConfigError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.queues import SimpleQueue

    from cambio.app.resources import Progress, Resources, Stage

    Message = tuple[int, int, int, str]

T = TypeVar("T", bound="Task")
R = TypeVar("R")


class Task(Protocol):
    """Something to do that can be pickled."""

    @property
    def name(self) -> str:
        """How a user knows it."""
        ...

    @property
    def steps(self) -> int:
        """How much work it is, in steps of training."""
        ...


@dataclass(frozen=True, slots=True)
class Failure(Generic[T]):
    """A task that ended in an error."""

    task: T
    error: CambioError


def run_tasks(
    resources: Resources,
    tasks: Sequence[T],
    workers: int,
    board: Board,
    work: Callable[[Resources, T, Stage], R],
) -> tuple[list[R], list[Failure[T]]]:
    """Do ``tasks`` in ``workers`` processes; one that fails doesn't stop the others.

    Each process opens the product anew. A stop of this process stops them all. When the system
    ends one of them, for example because memory ran out, the tasks that were begun have failed,
    and those that were not are neither among the results nor among the failures.

    Args:
        resources: how a process opens the product.
        tasks: are begun in this order.
        workers: so many processes.
        board: told the progress of all.
        work: does one; can be pickled.

    Raises:
        Exception: what a task raised that is neither `CambioError` nor `OSError`, once the others
            are done.
    """
    channel: SimpleQueue[Message] = CONTEXT.SimpleQueue()
    outcomes: dict[int, R | BaseException] = {}
    begun: set[int] = set()
    with pool_of(workers, _begin, (resources.reopen, channel)) as pool:
        with unheard(signal.SIGINT):  # the processes inherit this: a Ctrl-C is for us alone
            futures = {
                pool.submit(_work, number, task, work): number for number, task in enumerate(tasks)
            }
        waiting: set[Future[R]] = set(futures)
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
    return sorted_out(tasks, outcomes, begun)


def sorted_out(
    tasks: Sequence[T], outcomes: Mapping[int, R | BaseException], begun: set[int]
) -> tuple[list[R], list[Failure[T]]]:
    """Tell results from failures, in the order of the tasks.

    Args:
        tasks: what was to be done.
        outcomes: of each task, by its number.
        begun: the numbers of those that a process took up.
    """
    results: list[R] = []
    failures: list[Failure[T]] = []
    left: list[T] = []
    for number, outcome in sorted(outcomes.items()):
        task = tasks[number]
        match outcome:
            case CambioError():
                failures.append(Failure(task, outcome))
            case OSError():
                failures.append(Failure(task, _of_the_disk(outcome)))
            case BrokenProcessPool():
                if number in begun:
                    failures.append(Failure(task, _ended()))
                else:
                    left.append(task)
            case BaseException():
                outcome.add_note(f"in {task.name}")
                raise outcome
            case _:
                results.append(outcome)
    if left and not failures:  # it ended between two tasks
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
    """Many tasks on one bar, which counts the training steps of all.

    Args:
        stage: the bar.
        tasks: those that run.
        unit: what they are called.
        before: how many others were finished before.
    """

    def __init__(self, stage: Stage, tasks: Sequence[Task], unit: str, before: int = 0) -> None:
        self._stage = stage
        self._names = [task.name for task in tasks]
        self._steps = [task.steps for task in tasks]
        self._unit = unit
        self._done = [0.0] * len(tasks)
        self._before = before * max(self._steps, default=1)
        self._finished = before
        self._of = before + len(tasks)
        self._show("")

    def hear(self, number: int, done: int, total: int, note: str) -> None:
        """Take a task's progress in."""
        self._done[number] = self._steps[number] * done / max(total, 1)
        self._show(f"{self._names[number]}: {note}" if note else "")

    def finish(self, number: int, *, failed: bool) -> None:
        """Count a task as done, however few steps it took."""
        self._done[number] = self._steps[number]
        self._finished += not failed
        self._show(f"{self._names[number]} {'failed' if failed else 'finished'}")

    def _show(self, note: str) -> None:
        counted = f"{self._finished} of {self._of} {self._unit}"
        done = round(self._before + sum(self._done))
        total = self._before + sum(self._steps)
        self._stage.update(done, max(total, 1), f"{note} · {counted}" if note else counted)


# In the worker's process


class _Relay:
    """A task's stage: passes on what it hears, a few times a second."""

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


def _work(number: int, task: T, work: Callable[[Resources, T, Stage], R]) -> R:
    _CHANNEL.put((number, 0, 1, ""))  # so that the parent knows what was begun
    resources = _REOPEN(Quiet())
    try:
        return work(resources, task, _Relay(number))
    except SystemExit:
        os._exit(STOPPED)  # the pool would take it for a result, and go on
    finally:
        resources.engine.dispose()
