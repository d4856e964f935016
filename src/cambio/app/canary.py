"""How the challenger does: paired session returns, and what follows after each session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import compress
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.app import transitions
from cambio.app.transitions import Word
from cambio.calendar import BAR_S, BARS_PER_SESSION, session_open, sessions_per_year
from cambio.contracts.deployment import Deployment, Role
from cambio.errors import Conflict, NotFound
from cambio.inference.deployment import DeploymentManager, Evidence, Move, Verdict
from cambio.store import audit, deployments, models
from cambio.store.database import reading, transaction
from cambio.validation.metrics import json_number
from cambio.validation.sequential import sharpe_difference_sequence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from cambio.app.resources import Resources
    from cambio.inference.config import CanaryConfig
    from cambio.store.deployments import SessionMark

EXPECTED_SESSIONS: Final = 100
"""After so many the interval is as narrow as it can be."""
BAR: Final = timedelta(seconds=BAR_S)
SESSION: Final = BARS_PER_SESSION * BAR

Span = tuple["datetime", "datetime"]


@dataclass(frozen=True, slots=True)
class Paired:
    """Returns of the sessions in which champion and challenger both traded throughout."""

    days: tuple[date, ...]
    """Ascending."""
    champion: NDArray[np.float64]
    """Simple return of each session, `(n,)`."""
    challenger: NDArray[np.float64]

    def of(self, wanted: Sequence[bool]) -> Paired:
        """Give the sessions that are wanted."""
        mask = np.array(wanted, dtype=np.bool_)
        days = tuple(compress(self.days, wanted))
        return Paired(days, self.champion[mask], self.challenger[mask])


@dataclass(frozen=True, slots=True)
class Standing:
    """How the challenger stands at its present share."""

    challenger: Deployment
    champion: str | None
    """What it is compared with."""
    evidence: Evidence
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain JSON types; None stands for infinity."""
        return {
            **self.challenger.to_dict(),
            "sessions": self.evidence.sessions,
            "sharpe_difference": self.evidence.difference,
            "low": json_number(self.evidence.low),
            "high": json_number(self.evidence.high),
            "move": str(self.verdict.move),
            "next_share": self.verdict.share,
            "verdict": self.verdict.reason,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an evaluation has changed."""

    model_id: str
    move: Move
    share: float
    """Of the capital, from now on."""
    reason: str


def evaluate_session(resources: Resources, now: datetime) -> Outcome | None:
    """Judge the challenger after a session and act on it; None where nothing changes.

    Whoever calls it twice changes nothing twice: a share that was just given has no sessions yet.

    Args:
        resources: with the database and the canary's configuration.
        now: when; a session that is not over by then does not count.

    Raises:
        SourceError: the database cannot be read or written; nothing was changed.
    """
    config, capital = resources.deployment.canary, resources.capital
    with reading(resources.engine) as connection:
        found = standing(connection, config, capital, now)
    if found is None or found.verdict.move is Move.KEEP:
        return None
    verdict = found.verdict
    word = Word(audit.PRODUCT, verdict.reason, now)
    try:
        with transaction(resources.engine) as connection:
            challenger, champion = transitions.claim_challenger(connection, found.challenger)
            if found.champion is not None and (champion or {}).get("model_id") != found.champion:
                return None  # the figures are about another champion
            if verdict.move is Move.ROLL_BACK:
                transitions.roll_back(connection, challenger, word.by, word.comment, now)
            elif verdict.move is Move.STEP:
                transitions.step_up(connection, challenger, verdict.share, word)
            else:
                transitions.promote_challenger(connection, challenger, champion, word)
    except (Conflict, NotFound):  # a person was faster, and is obeyed
        return None
    return Outcome(challenger.model_id, verdict.move, verdict.share, verdict.reason)


def standing(
    connection: Connection, config: CanaryConfig, capital: float, now: datetime
) -> Standing | None:
    """Tell how the challenger stands; None where none runs.

    Args:
        connection: to read on.
        config: of the canary.
        capital: that every book begins with.
        now: when.
    """
    challenger = deployments.challenger(connection)
    if challenger is None:
        return None
    champion = models.champion(connection)
    if champion is None:
        missing = Evidence(0, None, -np.inf, np.inf)
        told = "There is no champion to compare it with."
        return Standing(challenger, None, missing, Verdict(Move.KEEP, challenger.share, told))
    marks = deployments.session_marks(connection, challenger.model_id)
    ours = deployments.session_marks(connection, champion["model_id"])
    paired = paired_returns(ours, marks, capital)
    counted = {mark.first.date() for mark in marks if _counts(mark, challenger, now)}
    evidence = evidence_of(paired.of([day in counted for day in paired.days]), config)
    verdict = DeploymentManager(config).decide(challenger, evidence)
    return Standing(challenger, champion["model_id"], evidence, verdict)


def _counts(mark: SessionMark, challenger: Deployment, now: datetime) -> bool:
    """Tell whether a session is over, and began after the challenger got its present share.

    It began when its first bar was decided on, and is over with its last bar, or when that should
    have come. Not by the bars' clock: a simulated market's is another one.
    """
    last_bar = session_open(mark.first.date()) + SESSION - BAR
    over = mark.marked_at <= now if mark.last >= last_bar else mark.decided_at + SESSION <= now
    return over and challenger.stepped_at <= mark.decided_at


def paired_returns(
    champion: Sequence[SessionMark], challenger: Sequence[SessionMark], capital: float
) -> Paired:
    """Give the returns of the sessions on which both books were marked over the same bars.

    Args:
        champion: sessions of the champion's book, ascending.
        challenger: of the challenger's.
        capital: what a book begins with.
    """
    first, second = (
        _returns(champion, Role.CHAMPION, capital),
        _returns(challenger, Role.CHALLENGER, capital),
    )
    both = sorted(
        span for span in first.keys() & second.keys() if _alike(first[span], second[span])
    )
    return Paired(
        tuple(opened.date() for opened, _ in both),
        np.array([first[span][1] for span in both], dtype=np.float64),
        np.array([second[span][1] for span in both], dtype=np.float64),
    )


def _returns(
    marks: Sequence[SessionMark], role: Role, capital: float
) -> dict[Span, tuple[datetime | None, float]]:
    """Give, by first and last bar, the bar that each session is set against, and its return."""
    found: dict[Span, tuple[datetime | None, float]] = {}
    at, before = None, capital
    for mark in marks:
        whole = at is not None or mark.first == session_open(mark.first.date())
        if mark.role == role and whole:
            change = mark.equity / before - 1.0 if before > 0.0 else 0.0  # a ruined book rests
            found[mark.first, mark.last] = at, change
        at, before = mark.last, mark.equity
    return found


def _alike(one: tuple[datetime | None, float], other: tuple[datetime | None, float]) -> bool:
    """Tell whether two returns begin at the same mark; a new book begins with its capital."""
    return one[0] == other[0] or one[0] is None or other[0] is None


def evidence_of(paired: Paired, config: CanaryConfig) -> Evidence:
    """Give the difference of the annual Sharpe ratios and its interval after the last session."""
    n = len(paired.days)
    if n == 0:
        return Evidence(0, None, -np.inf, np.inf)
    sequence = sharpe_difference_sequence(
        paired.champion,
        paired.challenger,
        sessions_per_year(paired.days[0], paired.days[-1]),
        alpha=1.0 - config.confidence,
        burn_in=config.min_sessions,
        expected_sessions=EXPECTED_SESSIONS,
    )
    difference = json_number(float(sequence.difference[-1]))
    return Evidence(n, difference, float(sequence.low[-1]), float(sequence.high[-1]))
