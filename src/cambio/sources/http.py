"""One way out: a request waits for its turn, is repeated where that helps, and is recorded.

Foreign errors become ours here. `Transient` failures (time-outs, dropped connections, 429, 5xx, an
answer that is cut off or of another kind) are worth another try; all others are not.
"""

from __future__ import annotations

import json
import logging
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

import httpx
import stamina
import stamina.instrumentation

from cambio.errors import CambioError, ConfigError, SourceError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr

    from cambio.acquisition.providers import RequestLog, SourceConfig

T = TypeVar("T")

USER_AGENT: Final = "cambio (USD/COP research)"
SHOWN: Final = 80
"""Characters of a strange answer that an error quotes."""
PATIENCE_S: Final = 300.0
"""Longest pause that is waited for; a provider that wants a longer one is left alone."""

for _name in ("httpx", "httpcore"):  # they log URLs at INFO and the answers' headers at DEBUG
    logging.getLogger(_name).setLevel(logging.WARNING)
stamina.instrumentation.set_on_retry_hooks(())  # by default it prints each retry to stdout


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
        self._secrets = _spellings(key[1].get_secret_value()) if key else ()
        self._not_before = datetime.min.replace(tzinfo=UTC)
        self._last_failure = ""
        transport: httpx.BaseTransport = httpx.HTTPTransport(verify=_tls())
        if key is not None:
            transport = _KeyTransport(transport, *key)
        self._http = httpx.Client(
            base_url=str(config.url),
            transport=transport,
            timeout=config.timeout_s,
            headers={"User-Agent": USER_AGENT},
            follow_redirects=key is None,  # a key goes to no other host
        )
        weakref.finalize(self, self._http.close)

    def get(
        self,
        path: str,
        params: Mapping[str, str | int],
        read: Callable[[Answer], T],
        explain: Callable[[Answer], None] | None = None,
    ) -> T:
        """Ask until there is an answer that ``read`` accepts.

        Args:
            path: below the source's URL.
            params: of the query, without the key.
            read: makes the result of an answer of any status below 500 but 429; raises
                `Transient` where asking again may help, another `CambioError` where it can't.
            explain: looks at an answer of 429 or from 500 on, and raises what its body tells;
                else it is a `Transient` by its status.

        Raises:
            SourceError: all attempts failed, the source rests (`SourceResting`), or it takes no
                request for longer than `PATIENCE_S`.
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
                return self._once(path, params, read, explain)
        raise AssertionError  # the last attempt returns or raises

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _once(
        self,
        path: str,
        params: Mapping[str, str | int],
        read: Callable[[Answer], T],
        explain: Callable[[Answer], None] | None,
    ) -> T:
        request_id = self._book()
        started = self._now()
        ok, note = False, "interrupted"
        try:
            result = read(self._ask(path, params, explain))
            ok, note = True, ""
        except ConfigError as error:
            ok, note = True, error.what  # the source is well: it was asked wrongly
            raise
        except CambioError as error:
            note = self._last_failure = error.what
            if isinstance(error, Transient) and error.wait_s is not None:
                self._not_before = self._now() + timedelta(seconds=error.wait_s)
            raise
        finally:
            elapsed_s = (self._now() - started).total_seconds()
            self._log.end(request_id, ok=ok, note=note, elapsed_s=elapsed_s)
        return result

    def _book(self) -> int:
        self._wait((self._not_before - self._now()).total_seconds())
        while True:
            booking = self._log.begin(self.name, self._config, self._now())
            if booking.request_id is not None:
                return booking.request_id
            if booking.resting:
                last = f" (last: {self._last_failure})" if self._last_failure else ""
                raise SourceResting(
                    f"{self.name} failed too often and rests for {booking.wait_s:.0f} s{last}.",
                    remedy="Run the command again afterwards; nothing was lost.",
                    source=self.name,
                )
            self._wait(booking.wait_s)

    def _wait(self, seconds: float) -> None:
        if seconds > PATIENCE_S:
            raise SourceError(
                f"{self.name} may not be asked for another {seconds:.0f} s: its requests are "
                "used up.",
                remedy="Run the command again afterwards; nothing was lost.",
                source=self.name,
            )
        if seconds > 0:
            self._sleep(seconds)

    def _ask(
        self,
        path: str,
        params: Mapping[str, str | int],
        explain: Callable[[Answer], None] | None,
    ) -> Answer:
        response = self._send(path, params)
        body = response.content
        for secret in self._secrets:
            body = body.replace(secret, b"***")
        answer = Answer(
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            body=body,
            served_at=_http_date(response.headers.get("date", "")),
        )
        busy = answer.status == httpx.codes.TOO_MANY_REQUESTS
        if explain and (busy or response.is_server_error):
            explain(answer)
        if busy:
            raise Transient(
                f"{self.name} wants fewer requests (429).",
                wait_s=_retry_after(response.headers.get("retry-after", ""), self._now()),
            )
        if response.is_server_error:
            raise Transient(f"{self.name} failed ({answer.status}): {answer.shown()}.")
        if response.has_redirect_location:
            raise SourceError(
                f"{self.name} has moved ({answer.status}), and a key goes to no other address.",
                remedy="Set its new URL in config/sources.yaml.",
                source=self.name,
            )
        return answer

    def _send(self, path: str, params: Mapping[str, str | int]) -> httpx.Response:
        try:
            return self._http.get(path, params=dict(params))
        except httpx.TimeoutException:
            raise Transient(
                f"{self.name} did not answer in {self._config.timeout_s:g} s."
            ) from None
        except httpx.HTTPError as error:
            kind, text = type(error).__name__, str(error).rstrip(".")
            raise Transient(f"{self.name} can't be reached ({kind}): {text}.") from None


def _another_attempt(error: Exception) -> bool | float:
    """Tell whether to ask again, and after which pause if not the growing one."""
    if not isinstance(error, Transient):
        return False
    return True if error.wait_s is None else 0.0  # `_book` waits as long as the provider asked


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # 20 ms, the same for all


def _spellings(secret: str) -> tuple[bytes, ...]:
    """Give the ways in which an answer may quote the key."""
    return tuple({secret.encode(), quote(secret, safe="").encode()})


def _http_date(header: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(header)
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _retry_after(header: str, now: datetime) -> float | None:
    """Give the seconds to wait: the header holds them, or a date."""
    if header.isdecimal():
        return float(header)
    date = _http_date(header)
    return None if date is None else max(0.0, (date - now).total_seconds())
