"""Who was refused what: lines in the log, and notices in `events` that can't be flooded."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from starlette.background import BackgroundTask

from cambio.api.limits import Buckets, Rate, network
from cambio.contracts.events import Notice, NoticeEvent
from cambio.errors import CambioError
from cambio.store import events
from cambio.store.database import transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Scope

    from cambio.api.errors import Kind
    from cambio.app.resources import Resources

EACH: Final = Rate(per_s=1 / 60, burst=1)
"""Notices of one kind about one account or address; those between are counted in the next."""
ALL: Final = Rate(per_s=1 / 6, burst=20)
"""Notices altogether."""


LONGEST_METHOD: Final = 16
LONGEST_PATH: Final = 200
"""That is logged; longer than all of ours."""


class Refusals:
    """The record of what was refused.

    Args:
        resources: database and wall clock.
        clock: seconds that only grow.
    """

    def __init__(self, resources: Resources, clock: Callable[[], float]) -> None:
        self._resources = resources
        self._each = Buckets(EACH, clock)
        self._all = Buckets(ALL, clock)
        self._unnoticed = 0

    def refused(self, scope: Scope, kind: Kind, why: str) -> BackgroundTask | None:
        """Log a refusal; give what remains to do after the answer, unless enough was noticed.

        Args:
            scope: of the request.
            kind: of the problem.
            why: it was refused, without any secret.
        """
        client, state = scope.get("client"), scope["state"]
        known = {
            "kind": kind.slug,
            "account": state.get("account"),
            "address": network(client[0]) if client else "unknown",
            "method": scope["method"][:LONGEST_METHOD],
            "path": path_of(scope),
            "request_id": state["request_id"],
        }
        subject = str(known["account"] or known["address"])
        looked = _is_first_visit(scope, kind)
        untold = looked or self._each.take(f"{kind.slug} {subject}") or self._all.take("")
        if not untold or kind.status != HTTPStatus.TOO_MANY_REQUESTS:  # those could flood the log
            structlog.get_logger().warning("request_refused", why=why, **known)
        state["refused"] = True
        if untold:
            self._unnoticed += not looked
            return None
        details, self._unnoticed = known | {"since_last": self._unnoticed}, 0
        text = f"A request was refused ({kind.slug}): {why}"
        return BackgroundTask(self.store, Notice(subject=subject, text=text, details=details))

    def store(self, notice: Notice) -> None:
        """Append a notice to `events`; where the database refuses, the log says so."""
        event = NoticeEvent(type="access", data=notice)
        try:
            with transaction(self._resources.engine) as connection:
                events.append(connection, self._resources.now(), [(notice.subject[:120], event)])
        except CambioError as error:
            structlog.get_logger().error("refusal_not_stored", error=error.what)


def _is_first_visit(scope: Scope, kind: Kind) -> bool:
    """Tell whether somebody only looked, and claimed to be nobody: so every log-in begins."""
    claims = any(name in (b"authorization", b"cookie") for name, _ in scope["headers"])
    return kind.status == HTTPStatus.UNAUTHORIZED and scope["method"] == "GET" and not claims


def path_of(scope: Scope) -> str:
    """Give the path as it was sent, percent-encoded, without its query, cut if it is long."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    path = raw.partition(b"?")[0].decode("ascii", "backslashreplace")
    return path if len(path) <= LONGEST_PATH else f"{path[:LONGEST_PATH]}…"
