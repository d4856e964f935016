"""One way out: a request waits for its turn, is repeated where that helps, and is recorded.

Foreign errors become ours here. `Transient` failures (time-outs, dropped connections, 429, 5xx, an
answer that is cut off or of another kind) are worth another try; all others are not.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx
import stamina

from cambio.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr

    from cambio.acquisition.providers import RequestLog, SourceConfig

T = TypeVar("T")

USER_AGENT: Final = "cambio (USD/COP research)"
SHOWN: Final = 80
"""Characters of a strange answer that an error quotes."""

logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every URL at INFO


class Transient(SourceError):
    """The source failed in a way that another attempt may cure.

    Args:
        what: what happened.
        wait_s: pause that the provider asks for; None leaves it to the client.
    """

    def __init__(self, what: str, *, wait_s: float | None = None) -> None:
        super().__init__(what, remedy="Run the command again later; nothing was lost.")
        self.wait_s = wait_s


class SourceResting(SourceError):
    """The source failed too often in a row and is left alone for a while."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    body: bytes
    served_at: datetime | None
    """The provider's own clock (the Date header), UTC; it may be late where a cache answered."""

    def json(self) -> Any:
        """Parse the body.

        Raises:
            Transient: it is no JSON: cut off, or a page for people.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            raise Transient(f"answered with no JSON: {self.shown()}") from None

    def shown(self) -> str:
        """Give the beginning of the body, for errors."""
        text = " ".join(self.body[: 4 * SHOWN].decode(errors="replace").split())
        return f"{text[:SHOWN]!r}{'…' if len(text) > SHOWN else ''}"


class _KeyTransport(httpx.BaseTransport):
    """Adds the key below everything that logs or raises with a URL."""

    def __init__(self, inner: httpx.BaseTransport, parameter: str, key: SecretStr) -> None:
        self._inner = inner
        self._parameter = parameter
        self._key = key

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_merge_params({self._parameter: self._key.get_secret_value()})
        with_key = httpx.Request(
            request.method,
            url,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return self._inner.handle_request(with_key)

    def close(self) -> None:
        self._inner.close()


class Client:
    """Asks one provider.

    Args:
        name: of the source, as in `config/sources.yaml`.
        config: URL, limits, time-outs and attempts.
        log: where requests are booked.
        now: the clock.
        sleep: waits so many seconds.
        key: name of the query parameter, and the secret; None if the source needs none.
    """

    def __init__(
        self,
        name: str,
        config: SourceConfig,
        log: RequestLog,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        key: tuple[str, SecretStr] | None = None,
    ) -> None:
        self.name = name
        self._config = config
        self._log = log
        self._now = now
        self._sleep = sleep
        self._secret = key[1].get_secret_value().encode() if key else b""
        transport: httpx.BaseTransport = httpx.HTTPTransport()
        if key is not None:
            transport = _KeyTransport(transport, *key)
        self._http = httpx.Client(
            base_url=str(config.url),
            transport=transport,
            timeout=config.timeout_s,
            headers={"User-Agent": USER_AGENT},
            follow_redirects=key is None,  # a key goes to no other host
        )

    def get(self, path: str, params: Mapping[str, str | int], read: Callable[[Answer], T]) -> T:
        """Ask until there is an answer that ``read`` accepts.

        Args:
            path: below the source's URL.
            params: of the query, without the key.
            read: makes the result of an answer of any status below 500 but 429; raises
                `Transient` where asking again may help, another `CambioError` where it can't.

        Raises:
            SourceError: all attempts failed, or the source rests (`SourceResting`).
        """
        retries = stamina.retry_context(
            on=_another_attempt,
            attempts=self._config.attempts,
            timeout=None,
            wait_initial=self._config.wait_initial_s,
            wait_max=self._config.wait_max_s,
            wait_jitter=self._config.wait_initial_s,
        )
        for attempt in retries:
            with attempt:
                return self._once(path, params, read)
        raise AssertionError  # the last attempt returns or raises

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _once(self, path: str, params: Mapping[str, str | int], read: Callable[[Answer], T]) -> T:
        request_id = self._book()
        started = self._now()
        note = "interrupted"
        try:
            result = read(self._ask(path, params))
            note = ""
        except (SourceError, ConfigError) as error:
            note = error.what
            raise
        finally:
            elapsed_s = (self._now() - started).total_seconds()
            self._log.end(request_id, ok=not note, note=note, elapsed_s=elapsed_s)
        return result

    def _book(self) -> int:
        while True:
            booking = self._log.begin(self.name, self._config, self._now())
            if booking.request_id is not None:
                return booking.request_id
            if booking.resting:
                raise SourceResting(
                    f"{self.name} failed too often and rests for {booking.wait_s:.0f} s.",
                    remedy="Run the command again afterwards; nothing was lost.",
                    source=self.name,
                )
            self._sleep(booking.wait_s)

    def _ask(self, path: str, params: Mapping[str, str | int]) -> Answer:
        try:
            response = self._http.get(path, params=dict(params))
        except httpx.TimeoutException:
            raise Transient(
                f"{self.name} did not answer in {self._config.timeout_s:g} s."
            ) from None
        except httpx.HTTPError as error:
            kind = type(error).__name__
            raise Transient(f"{self.name} can't be reached ({kind}): {error}.") from None
        answer = Answer(
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            body=response.content.replace(self._secret, b"***")
            if self._secret
            else response.content,
            served_at=_http_date(response.headers.get("date")),
        )
        if answer.status == httpx.codes.TOO_MANY_REQUESTS:
            raise Transient(
                f"{self.name} wants fewer requests (429).", wait_s=_retry_after(response)
            )
        if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Transient(f"{self.name} failed ({answer.status}): {answer.shown()}.")
        return answer


def _another_attempt(error: Exception) -> bool | float:
    if not isinstance(error, Transient):
        return False
    return True if error.wait_s is None else error.wait_s


def _http_date(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC) if header else None
    except ValueError:
        return None


def _retry_after(response: httpx.Response) -> float | None:
    header = response.headers.get("retry-after", "")
    return float(header) if header.isdigit() else None
