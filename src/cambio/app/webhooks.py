"""Webhooks: events are posted to whoever the deployment's file names, in order, at least once.

Each receiver is a reader of the `events` table with a cursor and a thread of its own, so one that
is slow or dead holds up neither the others nor trading. A receiver proves by the signature that
cambio wrote the request; `verify` shows how.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import random
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING, Final, NamedTuple

import httpx
import structlog

from cambio.contracts.events import Notice, NoticeEvent, NoticeType
from cambio.errors import CambioError, ConfigError
from cambio.store import events
from cambio.store.database import reading, transaction

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from datetime import datetime
    from threading import Event as Flag

    from cambio.app.resources import Resources
    from cambio.contracts.events import StoredEvent
    from cambio.inference.config import WebhookConfig

LOG: Final = structlog.get_logger()
BATCH: Final = 100
POLL_S: Final = 1.0
"""A delivery looks so often whether it is to stop, and for events that no bus told of."""
RETRIED: Final = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Besides 5xx. Every other answer but 2xx would be the same again."""
FAILED: Final[NoticeType] = "webhook_failed"
"""Type of the notice that an event could not be delivered."""
SUBJECT: Final = "webhook:"
"""Begins the cursors' names and the subjects of our notices, which are sent to nobody."""
SHORTEST_KEY: Final = 16
"""Characters of a signature's key."""
TOLERANCE_S: Final = 300
"""A receiver takes a request for a replay when its timestamp is further off."""

for _name in ("httpx", "httpcore"):  # they log URLs at INFO, and a URL may be a secret
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a receiver is waited for."""

    attempts: int = 12
    """For one event; with the pauses below 14 to 27 minutes."""
    first_s: float = 1.0
    """The pause after the first attempt, doubled after each; half of it is left to chance."""
    longest_s: float = 600.0
    """No pause is longer, whatever the receiver's Retry-After asks for."""
    timeout_s: float = 10.0
    """To connect, and for an answer."""


class Answer(NamedTuple):
    """What came of one attempt."""

    delivered: bool
    final: bool
    """Another attempt would help nothing."""
    reason: str
    retry_after: str = ""


class Delivery:
    """Tells one receiver of each event of its types.

    Args:
        resources: what to work with.
        hook: who is told, and of what.
        key: of the signature.
        stop: set to end it; its `wait` is what pauses.
        patience: with a receiver that fails.
    """

    def __init__(
        self,
        resources: Resources,
        hook: WebhookConfig,
        key: str,
        stop: Flag,
        patience: Patience = Patience(),
    ) -> None:
        self._resources = resources
        self._hook = hook
        self._key = key
        self._stop = stop
        self._patience = patience
        self._seen = 0
        self._http = httpx.Client(
            verify=_tls(),
            timeout=patience.timeout_s,
            follow_redirects=False,
            trust_env=False,
        )
        digest = hashlib.sha256(str(hook.url).encode()).hexdigest()
        self.reader = f"{SUBJECT}{digest[:16]}"
        """Name of the cursor. The URL is nobody's to see: its path may be a password."""

    def run(self, *, once: bool = False) -> None:
        """Deliver whatever comes until ``stop`` is set; a database that fails is asked again.

        Args:
            once: whether to end when nothing waits.
        """
        try:
            while not self._stop.is_set():
                try:
                    if not self.deliver_pending():
                        if once:
                            return
                        self._resources.bus.wait(self._seen, POLL_S)
                except CambioError as error:
                    LOG.warning("webhook_delivery_paused", webhook=self.reader, error=str(error))
                    self._stop.wait(self._patience.first_s)
        finally:
            self.close()

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    def deliver_pending(self) -> int:
        """Deliver what waits, up to a batch of it; give how many events were taken.

        A receiver that is new begins with what happens from now on. An event that can't be
        delivered is passed over, with a notice in its place.

        Raises:
            SourceError: the database can't be reached; an event may be delivered again.
        """
        with reading(self._resources.engine) as connection:
            self._seen = events.last_id(connection)
            cursor = events.cursor(connection, self.reader)
            batch = []
            if cursor is not None:
                batch = events.after(connection, cursor, BATCH, self._hook.types)
        if cursor is None:
            self._advance(self._seen)
        taken = 0
        for event in batch:
            failure = "" if event.subject.startswith(SUBJECT) else self._deliver(event)
            if failure and self._stop.is_set():
                return taken
            self._advance(event.id, failure and self._notice(event, failure))
            taken += 1
        if cursor is not None and len(batch) < BATCH and self._seen - cursor > BATCH:
            self._advance(self._seen)  # nobody shall search through them again
        return taken

    def _deliver(self, event: StoredEvent) -> str:
        """Attempt until it is delivered; give why it was not, or nothing."""
        pause_s = self._patience.first_s
        for attempt in range(1, self._patience.attempts + 1):
            answer = self._send(event)
            if answer.delivered:
                return ""
            LOG.info(
                "webhook_attempt_failed",
                webhook=self.reader,
                event_id=event.id,
                attempt=attempt,
                reason=answer.reason,
            )
            if answer.final or attempt == self._patience.attempts:
                break
            chance = random.SystemRandom().uniform(0.5, 1.0)
            asked_s = _seconds(answer.retry_after, self._resources.now())
            self._stop.wait(min(max(pause_s * chance, asked_s), self._patience.longest_s))
            pause_s = min(2 * pause_s, self._patience.longest_s)
            if self._stop.is_set():
                break
        return f"{answer.reason}, after {attempt} attempt{'s' * (attempt > 1)}"

    def _send(self, event: StoredEvent) -> Answer:
        content = body(event)
        timestamp = int(self._resources.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "cambio",
            "X-Cambio-Event-Id": str(event.id),
            "X-Cambio-Timestamp": str(timestamp),
            "X-Cambio-Signature": sign(self._key, timestamp, content),
        }
        request = self._http.build_request(
            "POST", str(self._hook.url), content=content, headers=headers
        )
        try:
            response = self._http.send(request, stream=True)
            response.close()  # what it says is of no interest, and may have no end
        except httpx.HTTPError as error:
            return Answer(False, False, type(error).__name__)
        status = response.status_code
        final = not (response.is_server_error or status in RETRIED)
        retry_after = response.headers.get("retry-after", "")
        return Answer(response.is_success, final, f"status {status}", retry_after)

    def _notice(self, event: StoredEvent, failure: str) -> NoticeEvent:
        details = {
            "webhook": self.reader,
            "event_id": event.id,
            "event_type": event.type,
            "reason": failure,
        }
        host = self._hook.url.host
        text = f"The webhook at {host} was not told of event {event.id} ({event.type}): {failure}."
        LOG.warning("webhook_failed", host=host, **details)
        return NoticeEvent(
            type=FAILED, data=Notice(subject=self.reader, text=text, details=details)
        )

    def _advance(self, event_id: int, notice: NoticeEvent | str | None = None) -> None:
        """Note that everything up to an event is done with; a notice goes with it or not at all."""
        now = self._resources.now()
        with transaction(self._resources.engine) as connection:
            events.advance(connection, self.reader, event_id, now)
            if isinstance(notice, NoticeEvent):
                events.append(connection, now, [(self.reader, notice)])


def start_webhooks(
    resources: Resources,
    secrets: Callable[[str], str | None],
    stop: Flag,
    *,
    once: bool = False,
) -> tuple[Thread, ...]:
    """Start to deliver to every webhook of the deployment; one process of a database does so.

    Args:
        resources: what to work with.
        secrets: gives the value of an environment variable, or None.
        stop: set to end the threads, within `POLL_S` or the time-out of a request.
        once: whether a thread ends when its receiver was told of everything.

    Returns:
        A thread for each webhook.

    Raises:
        ConfigError: a key is missing or too short; nothing was started.
    """
    deliveries = []
    for hook in resources.deployment.outputs.webhooks:
        key = secrets(hook.secret_env)
        if not key:
            raise ConfigError(
                f"The webhook at {hook.url.host} has no key for its signatures.",
                remedy=f"Set {hook.secret_env}, or change secret_env in config/deployment.yaml.",
                variable=hook.secret_env,
            )
        if len(key) < SHORTEST_KEY:
            raise ConfigError(
                f"The key in {hook.secret_env}, of the webhook at {hook.url.host}, has {len(key)} "
                f"characters; whoever sees one signature can guess a key of under {SHORTEST_KEY}.",
                remedy="Make one: python -c 'import secrets; print(secrets.token_urlsafe())'",
                variable=hook.secret_env,
            )
        deliveries.append(Delivery(resources, hook, key, stop))
    threads = tuple(
        Thread(target=one.run, kwargs={"once": once}, name=one.reader, daemon=True)
        for one in deliveries
    )
    for thread in threads:
        thread.start()
    return threads


def body(event: StoredEvent) -> bytes:
    """Give what is posted: id, time (UTC), type, subject and data, as JSON."""
    content = {
        "id": event.id,
        "time": event.time.isoformat(),
        "type": event.type,
        "subject": event.subject,
        "data": event.data,
    }
    return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()


def sign(key: str, timestamp: int, content: bytes) -> str:
    """Give the signature: HMAC-SHA256 of the timestamp, a full stop and the body.

    >>> sign("key", 1720184700, b"{}")[:12]
    'v1=d86b2957a'
    """
    signed = f"{timestamp}.".encode() + content
    return f"v1={hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()}"


def verify(key: str, timestamp: str, content: bytes, signature: str, now: float) -> bool:
    """Tell whether cambio has just written a request; in constant time.

    Args:
        key: of the signature.
        timestamp: the header `X-Cambio-Timestamp`.
        content: the body, as it came.
        signature: the header `X-Cambio-Signature`.
        now: the receiver's clock, in seconds since 1970.
    """
    if not re.fullmatch(r"[0-9]{1,15}", timestamp) or abs(now - int(timestamp)) > TOLERANCE_S:
        return False
    return hmac.compare_digest(sign(key, int(timestamp), content).encode(), signature.encode())


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)  # 20 ms, the same for all


def _seconds(retry_after: str, now: datetime) -> float:
    """Give the pause that a receiver asks for, in seconds or as a date; 0 where it doesn't."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return (parsedate_to_datetime(retry_after) - now).total_seconds()
    except (ValueError, OverflowError, TypeError):  # a date without a zone can't be compared
        return 0.0
