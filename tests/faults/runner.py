"""Runs of the engine that kill themselves: `python -m tests.faults.runner PLAN.json`.

One process imports the product and forks for each run, before anything that has threads is used.
The plan names home, database, bus, the number of bars, and after how many steps each run dies; the
last one lives. A step is the moment before or after a write, a commit or a publication.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import psycopg  # noqa: F401 - imported once, for all runs
from sqlalchemy import event
from tests.faults.market import Scripted, opened

import cambio.bus.redis  # noqa: F401 - so is this
from cambio.app.trading_loop import Loop
from cambio.calendar import trading_days
from cambio.contracts.features import MARKET_FEATURES_COUNT
from cambio.features import kernels
from cambio.trading import ledger

WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")


class Countdown:
    """Kills this process at the n-th step."""

    def __init__(self, steps: int) -> None:
        self.left = steps
        self.armed = False

    def step(self) -> None:
        if self.armed:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: Any) -> None:
        """Count each statement that writes, and each commit, before and after."""

        def statement(_c: Any, _cursor: Any, sql: str, *_: Any) -> None:
            if sql.lstrip().upper().startswith(WRITES):
                self.step()

        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "after_cursor_execute", statement)
        commit = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            self.step()
            commit(connection)
            self.step()

        engine.dialect.do_commit = do_commit


class Watched:
    """A bus that counts before and after each publication."""

    def __init__(self, bus: Any, countdown: Countdown) -> None:
        self._bus, self._countdown = bus, countdown

    def publish(self, events: Any) -> None:
        self._countdown.step()
        self._bus.publish(events)
        self._countdown.step()

    def close(self) -> None:
        self._bus.close()


def run(plan: dict[str, Any], kill_after: int) -> None:
    """Trade until the plan's last bar, or die; 0 lives."""
    with opened(Path(plan["home"]), plan["url"], plan["bus"]) as resources:
        countdown = Countdown(kill_after)
        if kill_after:
            countdown.watch(resources.engine)
            resources = replace(resources, bus=Watched(resources.bus, countdown))
        feed = Scripted(resources, sys.maxsize)
        stop = Event()
        until = plan["until"]
        poll = feed.poll

        def armed() -> None:
            countdown.armed = True
            poll()

        feed.poll = armed  # type: ignore[method-assign]

        def on_step(step: Any) -> None:
            if step.bar.time.isoformat() >= until:
                stop.set()

        Loop(resources, feed, on_step).run(stop)


def warm_up() -> None:
    """Load compiled functions and holidays once, for all runs; nothing here starts a thread."""
    trading_days(date(2025, 1, 1), date(2025, 12, 31))
    features = np.empty(MARKET_FEATURES_COUNT)
    kernels.update(kernels.new_state(), 1.0, 1.0, 1.0, features)
    columns = np.ones((3, 2))
    kernels.fold(kernels.new_state(), *columns, np.empty((2, MARKET_FEATURES_COUNT)))
    ledger.advance(ledger.new_book(1.0), 1, 1.0, 1.0, 0.0, 0.0, 0.0)
    ledger.target_of(1, 0)


def main() -> None:
    warm_up()
    plan = json.loads(Path(sys.argv[1]).read_text())
    outcomes = []
    for kill_after in [*plan["kills"], 0]:
        child = os.fork()
        if child == 0:
            run(plan, kill_after)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        outcomes.append(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main()
