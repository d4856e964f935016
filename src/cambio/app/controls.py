"""What people tell the engine while it trades: the kill switch, and to go on after a drawdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.app import transitions
from cambio.app.accounts import require_role
from cambio.app.risk_report import stopped_by_drawdown
from cambio.app.transitions import Word, require_comment
from cambio.contracts.accounts import Role
from cambio.contracts.events import ACCOUNT
from cambio.errors import Conflict, NotFound
from cambio.store import controls as stored
from cambio.store import deployments, models
from cambio.store.controls import Control
from cambio.store.database import reading, transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cambio.app.resources import Resources


def kill_switch(resources: Resources, *, on: bool, comment: str) -> Control:
    """Throw the kill switch, or release it; give it as it is.

    From the next bar on every position is closed and none is opened. Whoever throws it again
    changes nothing, and gets the word of who was first.

    Raises:
        NotAllowed: the account is a viewer.
        ConfigError: the comment is blank.
    """
    state = stored.ON if on else stored.OFF
    by = _acting(resources, comment, "throwing the kill switch")
    with transaction(resources.engine) as connection:
        now = resources.now()
        if stored.put(connection, Control(stored.KILL_SWITCH, state, comment, by, now)):
            told = "All trading stops." if on else "Trading goes on."
            word = Word(by, comment, now)
            transitions.tell(
                connection, "kill_switch", stored.KILL_SWITCH, f"{told} {comment}", word, on=on
            )
        found = stored.get(connection, stored.KILL_SWITCH)
    return found or Control(stored.KILL_SWITCH, state, comment, by, now)


def resume(resources: Resources, book: str, comment: str) -> Control:
    """Let a book trade again that its drawdown has stopped; its peak is then what it has.

    Args:
        resources: with the account that acts.
        book: a model that trades, or `account`, which stands behind all of them.
        comment: why.

    Raises:
        NotAllowed: the account is a viewer.
        ConfigError: the comment is blank.
        NotFound: no such book trades; with those that do.
        Conflict: its drawdown has not stopped it.
    """
    by = _acting(resources, comment, "resuming after a drawdown")
    stopped = stopped_by_drawdown(resources)
    with transaction(resources.engine) as connection:
        known = books(connection)
        if book not in known:
            raise NotFound(
                f"{book!r} has no book that trades.", remedy=f"Books: {', '.join(known)}."
            )
        if book not in stopped:  # its peak would be forgotten for nothing
            raise Conflict(
                f"No drawdown has stopped {book}.",
                remedy="`cambio risk status` shows what was breached. A day's loss and losing "
                "trades in a row end by themselves, the kill switch by `cambio kill-switch off`.",
            )
        now = resources.now()
        control = Control(f"{stored.RESUME}{book}", stored.ON, comment, by, now)
        stored.put(connection, control)
        told = f"{book} may trade again. {comment}"
        transitions.tell(connection, "resume", book, told, Word(by, comment, now))
    return control


def controls(resources: Resources) -> dict[str, Control]:
    """Give all controls by name, as they were set last."""
    with reading(resources.engine) as connection:
        return stored.every(connection)


def books(connection: Connection) -> list[str]:
    """Give the books that trade: the account's, the champion's, and those beside it."""
    champion = models.champion(connection)
    names = [] if champion is None else [str(champion["model_id"])]
    beside = [one.model_id for one in deployments.running(connection)]
    return list(dict.fromkeys([ACCOUNT, *names, *beside]))


def _acting(resources: Resources, comment: str, doing: str) -> str:
    account = resources.account()
    require_role(account, Role.OPERATOR, doing)
    require_comment(comment, doing.capitalize())
    return account.name
