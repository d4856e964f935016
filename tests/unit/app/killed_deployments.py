"""Deployments whose process is killed (SIGKILL) on the way: all or nothing, every time.

    python -m tests.unit.app.killed_deployments URL HOME COUNT

In turn a vote makes a challenger, and it is promoted or rolled back; each in a process that dies at
a random statement, half of them in the last moments, in which the commit lies. Prints a JSON line
that tells how they ended.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.unit.app import ballots
from tests.unit.app.killed_votes import AROUND_COMMIT, NEVER, counting

from cambio.app import deployments, votes
from cambio.store import audit, events, models
from cambio.store import deployments as stored
from cambio.store.database import lock, open_database, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from cambio.app.resources import Resources

    Act = Callable[[Resources], Any]

WHY = "looks right"


def state(resources: Resources) -> tuple[Any, ...]:
    """Who trades, what ended and what was told; fail where these do not fit together."""
    with transaction(resources.engine) as connection:
        lock(connection, models.LOCK)  # waits for what the server still does
        champion = models.champion(connection)
        canary = [row["model_id"] for row in models.every(connection, models.CANARY)]
        running = [one.model_id for one in stored.running(connection)]
        ended = [(one.model_id, one.status) for one in stored.ended(connection, 999)]
        told = len(events.after(connection, 0, 9_999))
        assert audit.verify(connection).passed
        assert canary == running
    return champion and champion["model_id"], running, ended, told


def acts(resources: Resources, n: int) -> Act:
    """What can be done now: end the challenger, or make one."""
    now, running, *_ = state(resources)
    if running and n % 2:
        return lambda r: deployments.promote(r, WHY)
    if running:
        return lambda r: deployments.rollback(r, WHY)
    other = ballots.MODELS[now == ballots.MODELS[0]]
    ballots.propose(resources, f"p{n}", model_id=other, vs_baseline={"against": now})
    return lambda r: votes.approve(r, f"p{n}", WHY)


def die(resources: Resources, act: Act, deadly: int) -> bool:
    """Act in a child process that dies at a moment; tell whether it did."""
    resources.engine.dispose()
    child = os.fork()
    if not child:
        counting(resources.engine, deadly)
        act(ballots.by(resources, "ana"))
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main(url: str, home: Path, count: int) -> None:
    """Let acts die, and count how they ended."""
    resources = ballots.resources(open_database(url), home)
    ballots.publish_models(resources)
    ballots.propose(resources, "first")
    votes.approve(ballots.by(resources, "ana"), "first", WHY)
    rng = np.random.default_rng(20251201)
    told = {"killed": 0, "landed": 0, "undone": 0}
    moments: dict[int, int] = {}
    for n in range(count):
        act, before = acts(resources, n), state(resources)
        kind = act.__code__.co_firstlineno
        if kind not in moments:  # the first of each kind lives and is measured
            seen = counting(resources.engine, NEVER)
            act(ballots.by(resources, "ana"))
            moments[kind] = seen()
            assert state(resources) != before
            continue
        first = max(0, moments[kind] - AROUND_COMMIT) if n % 4 > 1 else 0
        told["killed"] += die(resources, act, int(rng.integers(first, moments[kind])))
        changed = [a != b for a, b in zip(before, state(resources), strict=True)]
        assert changed[3] == any(changed), (before, state(resources))
        told["landed" if any(changed) else "undone"] += 1
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
