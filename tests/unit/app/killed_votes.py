"""Votes whose process is killed (SIGKILL) on the way: one consistent outcome, every time.

    python -m tests.unit.app.killed_votes URL HOME VOTES

A third of the votes die at a random statement, before or after it; a third in the last moments, in
which the commit lies; the others after a random time. Prints a JSON line that tells how they ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import event
from tests.unit.app import ballots

from cambio.app import votes
from cambio.contracts.handoffs import ProposalStatus
from cambio.store import audit, models, proposals
from cambio.store.database import open_database, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from cambio.app.resources import Resources

NEVER = -1
AROUND_COMMIT = 12
"""Moments from shortly before the commit to the end."""
WHY = "looks right"
UNVOTED = (None, None)
MOMENTS = ("before_cursor_execute", "after_cursor_execute", "commit", "checkin")


def counting(engine: Engine, deadly: int) -> Callable[[], int]:
    """Count the moments at which the database is spoken to; die at one of them."""
    seen = 0

    def moment(*_: object) -> None:
        nonlocal seen
        if seen == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1

    for name in MOMENTS:
        event.listen(engine, name, moment)
    return lambda: seen


def vote(resources: Resources, proposal_id: str, deadly: int) -> int:
    """Vote in a child process; give its id."""
    resources.engine.dispose()
    child = os.fork()
    if child:
        return child
    counting(resources.engine, deadly)
    votes.approve(ballots.by(resources, "ana"), proposal_id, WHY)
    os._exit(0)


def outcome(resources: Resources, proposal_id: str, model_id: str, before: str | None) -> bool:
    """Tell whether the vote landed; fail where it landed in part."""
    with transaction(resources.engine) as connection:  # waits for what the server still does
        _, champion = models.claim(connection, model_id)
        proposal = proposals.claim(connection, proposal_id)
        report = audit.verify(connection)
        archived = {row["model_id"] for row in models.every(connection, models.ARCHIVED)}
    now = champion and champion["model_id"]
    landed = proposal.status is ProposalStatus.APPROVED
    assert report.passed, report.findings
    assert now == (model_id if landed else before), (proposal, champion)
    assert (proposal.reviewer, proposal.comment) == (("ana", WHY) if landed else UNVOTED)
    assert before is None or (before in archived) == landed
    return landed


def main(url: str, home: Path, count: int) -> None:
    """Let votes die, and count how they ended."""
    resources = ballots.canary(ballots.resources(open_database(url), home), steps=(1.0,))
    ballots.publish_models(resources)
    rng = np.random.default_rng(20251201)
    told = {"killed": 0, "landed": 0, "undone": 0}
    moments, took = 0, 0.0
    for n in range(count + 1):
        before = ballots.champion(resources)
        model_id = ballots.MODELS[before == ballots.MODELS[0]]
        against = {"against": before or "flat"}
        proposal_id = f"p{n}"
        ballots.propose(resources, proposal_id, model_id=model_id, vs_baseline=against)
        if n == 0:  # it lives and is measured, and what it imports and compiles is there for all
            seen, started = counting(resources.engine, NEVER), time.perf_counter()
            votes.approve(ballots.by(resources, "ana"), proposal_id, WHY)
            moments, took = seen(), time.perf_counter() - started
            continue
        by_count = n % 3 > 0
        first = max(0, moments - AROUND_COMMIT) if n % 3 == 1 else 0
        deadly = int(rng.integers(first, moments)) if by_count else NEVER
        child = vote(resources, proposal_id, deadly)
        if not by_count:
            time.sleep(rng.uniform(0.0, took))
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        landed = outcome(resources, proposal_id, model_id, before)
        told["killed"] += os.WIFSIGNALED(status)
        told["landed" if landed else "undone"] += 1
    print(json.dumps(told | {"moments": moments}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
