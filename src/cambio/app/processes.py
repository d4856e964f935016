"""Work in parallel processes: one thread each, and nobody left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, connection, get_context, parent_process
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cambio.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.process import BaseProcess

T = TypeVar("T")
R = TypeVar("R")

CONTEXT: Final = get_context("spawn")
ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}
"""So many processes as there are cores, and no library that starts threads beside them."""
POLL_S: Final = 0.2
GRACE_S: Final = 5.0
"""How long a process that is told to stop may take."""
STOPPED: Final = 143
"""Exit code of a process that was told to stop."""


def usable_cpus() -> int:
    """Give how many CPUs this process may use, where the system says; else all."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def in_processes(
    work: Callable[[T], R],
    tasks: Sequence[T],
    workers: int,
    watch: Callable[[int, int], None],
) -> list[R]:
    """Do every task in one of ``workers`` processes; give the results in the tasks' order.

    One worker is this process itself. A stop of this process, or an error of a task, stops all.

    Args:
        work: can be pickled, as the tasks and what it gives.
        tasks: are begun in this order.
        workers: processes at most.
        watch: told how many are done, of how many.

    Raises:
        ConfigError: the system ended one of the processes.
        Exception: what a task raised.
    """
    if workers == 1:
        return [_told(work(task), number, len(tasks), watch) for number, task in enumerate(tasks)]
    try:
        return _in_pool(work, tasks, workers, watch)
    except BrokenProcessPool as error:
        raise ConfigError(
            "The system ended one of the processes; its memory may have run out.",
            remedy="Let fewer run at once (--workers 1).",
        ) from error


def _told(result: R, number: int, total: int, watch: Callable[[int, int], None]) -> R:
    watch(number + 1, total)
    return result


def _in_pool(
    work: Callable[[T], R], tasks: Sequence[T], workers: int, watch: Callable[[int, int], None]
) -> list[R]:
    found: dict[int, R] = {}
    with pool_of(workers) as pool:
        with unheard(signal.SIGINT):  # the processes inherit this: a Ctrl-C is for us alone
            futures = {pool.submit(work, task): number for number, task in enumerate(tasks)}
        waiting: set[Future[R]] = set(futures)
        while waiting:
            done, waiting = wait(waiting, POLL_S, FIRST_COMPLETED)
            for future in done:
                found[futures[future]] = future.result()
            if done:
                watch(len(found), len(tasks))
    return [found[number] for number in range(len(tasks))]


@contextmanager
def pool_of(
    workers: int, begin: Callable[..., None] | None = None, arguments: tuple[Any, ...] = ()
) -> Iterator[ProcessPoolExecutor]:
    """Give a pool whose processes end at once when the block is left by an exception.

    They begin with the first tasks, each on one thread, with ``begin`` and its arguments: a pool
    hands things over to its tasks in no other way.
    """
    ours = set(active_children())
    pool = ProcessPoolExecutor(workers, CONTEXT, begin_worker, (begin, arguments))
    whole = False
    try:
        with _environment(ONE_THREAD):
            yield pool
        whole = True
    finally:
        if not whole:
            _end([child for child in active_children() if child not in ours])
        pool.shutdown(cancel_futures=not whole)


def _end(children: Sequence[BaseProcess]) -> None:
    """Tell processes to stop, and kill those that don't."""
    for child in children:
        child.terminate()
    left = list(children)
    deadline = time.monotonic() + GRACE_S
    while left and time.monotonic() < deadline:
        ended = connection.wait([child.sentinel for child in left], POLL_S)
        left = [child for child in left if child.sentinel not in ended]
    for child in left:
        child.kill()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set variables that processes started in this block inherit."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def unheard(number: signal.Signals) -> Iterator[None]:
    """Hold a signal back; processes started in this block never hear it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# In the worker's process


class Quiet:
    """A progress that nobody looks at."""

    @contextmanager
    def stage(self, title: str) -> Iterator[Quiet]:  # noqa: ARG002
        """Open a stage."""
        yield self

    def update(self, done: int, total: int, note: str = "") -> None:
        """Take no notice."""


def begin_worker(begin: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    """Prepare a fresh process: it ends when it is told to, and when its parent is gone."""
    if begin is not None:
        begin(*arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STOPPED))  # so that scratch is removed
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Stop when the parent is gone, however it went."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
