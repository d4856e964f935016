"""One way out: a request waits for its turn, is repeated where that helps, and is recorded.

Foreign errors become ours here. `Transient` failures (time-outs, dropped connections, 429, 5xx, an
answer that is cut off or of another kind) are worth another try; all others are not.

A provider may repeat the key wherever it likes. It is blanked in each answer before that is read,
and once more in every error before that leaves, for a parser's error may spell it its own way.
"""

from __future__ import annotations

import html.entities
import json
import logging
import re
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

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
HEAD_BYTES: Final = 65_536
"""Of an answer are searched for the key: all of an error, and what an error quotes of data."""
SHOWN: Final = 80
"""Characters of a strange answer that an error quotes."""
PATIENCE_S: Final = 300.0
"""Longest pause that is waited for; a provider that wants a longer one is left alone."""
LONGEST_PAUSE_S: Final = 86_400.0
"""A provider that wants to be left alone for longer is asked again after so long."""
MAX_BYTES: Final = 64_000_000
"""Of an answer, unpacked. The largest real ones, FRED's pages, have some 10 million."""
MAX_TEXT: Final = 1_000
"""Characters of an error; what a provider says may be as long as it likes."""
UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that move a terminal's cursor, or that a database refuses."""

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
        except (ValueError, RecursionError):  # of "[[[[…"
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
        self._secret = _spellings(key[1].get_secret_value()) if key else None
        self._not_before = datetime.min.replace(tzinfo=UTC)
        self._pause_s = 0.0
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
            result = self._read(path, params, read, explain)
            ok, note = True, ""
        except CambioError as error:
            self._blank(error)
            ok, note = isinstance(error, ConfigError), error.what  # well, and asked wrongly
            if not ok:
                self._last_failure = note
            if isinstance(error, Transient) and error.wait_s is not None:
                self._pause_s = error.wait_s
                self._not_before = self._now() + timedelta(seconds=error.wait_s)
            raise
        finally:
            elapsed_s = (self._now() - started).total_seconds()
            self._log.end(request_id, ok=ok, note=note, elapsed_s=elapsed_s)
        return result

    def _blank(self, error: CambioError) -> None:
        """Take the key out of all that an error says, and what lies under it away."""
        error.what, error.remedy = self._plain(error.what), self._plain(error.remedy)
        error.args = (error.what,)
        for name, value in error.fields.items():
            if isinstance(value, str):
                error.fields[name] = self._plain(value)
        error.__cause__ = error.__context__ = None

    def _plain(self, text: str) -> str:
        if self._secret is not None:
            text = self._secret.sub("***", text)
        text = UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
        return f"{text[:MAX_TEXT]}…" if len(text) > MAX_TEXT else text

    def _book(self) -> int:
        pause_s = (self._not_before - self._now()).total_seconds()
        self._wait(min(pause_s, self._pause_s))  # more is left where the clock was set back
        while True:
            booking = self._log.begin(self.name, self._config, self._now)
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

    def _read(
        self,
        path: str,
        params: Mapping[str, str | int],
        read: Callable[[Answer], T],
        explain: Callable[[Answer], None] | None,
    ) -> T:
        try:
            return read(self._ask(path, params, explain))
        except (RecursionError, OverflowError) as error:
            kind = type(error).__name__
        raise SourceError(
            f"{self.name} answered with what can't be read ({kind}).",
            remedy="Nothing was taken; look at what the provider serves.",
            source=self.name,
        )

    def _ask(
        self,
        path: str,
        params: Mapping[str, str | int],
        explain: Callable[[Answer], None] | None,
    ) -> Answer:
        response, body = self._send(path, params)
        if self._secret is not None:  # Latin-1 has a character for each byte
            head = self._secret.sub("***", body[:HEAD_BYTES].decode("latin-1"))
            body = head.encode("latin-1") + body[HEAD_BYTES:]
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

    def _send(self, path: str, params: Mapping[str, str | int]) -> tuple[httpx.Response, bytes]:
        try:
            with self._http.stream("GET", path, params=dict(params)) as response:
                return response, self._body(response)
        except httpx.TimeoutException:
            failure = f"{self.name} did not answer in {self._config.timeout_s:g} s."
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            kind, text = type(error).__name__, str(error).rstrip(".")
            failure = f"{self.name} can't be reached ({kind}): {text}."
        raise Transient(failure)  # from outside: their error may hold the URL with the key

    def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > MAX_BYTES:
                raise SourceError(
                    f"{self.name} answered with more than {MAX_BYTES // 1_000_000} MB.",
                    remedy="Nothing was taken; look at what the provider serves.",
                    source=self.name,
                )
        return bytes(body)


def _another_attempt(error: Exception) -> bool | float:
    """Tell whether to ask again, and after which pause if not the growing one."""
    if not isinstance(error, Transient):
        return False
    return True if error.wait_s is None else 0.0  # `_book` waits as long as the provider asked


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # 20 ms, the same for all


def _spellings(secret: str) -> re.Pattern[str] | None:
    r"""Give what finds the key, be each of its characters written in whatever way; None if empty.

    >>> print(_spellings("k/+").sub("***", r"of k/+, K%2f%2B, k%252F%252B, k\/+, k\u002f&#43;."))
    of ***, ***, ***, ***, ***.
    """
    return re.compile("".join(map(_spelling, secret)), re.IGNORECASE) if secret else None


def _spelling(character: str) -> str:
    """Give a pattern of a character as it stands or as URLs, JSON, HTML and Python write it."""
    octets, code = character.encode(), ord(character)
    ways = [
        re.escape(character),
        re.escape(octets.decode("latin-1")),  # of an answer's bytes
        "".join(f"%(?:25){{0,4}}{octet:02x}" for octet in octets),
        "".join(rf"\\{{1,4}}x{octet:02x}" for octet in octets),
        rf"\\{{1,4}}u{code:04x}",
        f"&#0{{0,4}}{code};",
        f"&#x0{{0,4}}{code:x};",
    ]
    if code in html.entities.codepoint2name:
        ways.append(f"&{html.entities.codepoint2name[code]};")
    if character == " ":
        ways.append(r"\+")
    return rf"\\{{0,4}}(?:{'|'.join(ways)})"


def _http_date(header: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(header)
        return date.replace(tzinfo=date.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _retry_after(header: str, now: datetime) -> float | None:
    """Give the seconds to wait, `LONGEST_PAUSE_S` at most: the header holds them, or a date."""
    if header.isdecimal():
        return min(float(header), LONGEST_PAUSE_S)
    date = _http_date(header)
    if date is None:
        return None
    return min(max(0.0, (date - now).total_seconds()), LONGEST_PAUSE_S)
