import gzip
import itertools
import json
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stamina
from pydantic import HttpUrl, SecretStr
from sqlalchemy import Engine, select
from tests.fakes.server import Reply, Request, Server

from cambio.acquisition.providers import Breaker, RateLimit, SourceConfig
from cambio.errors import CambioError, ConfigError, SourceError
from cambio.sources.http import (
    LONGEST_PAUSE_S,
    MAX_BYTES,
    MAX_TEXT,
    PATIENCE_S,
    Answer,
    Client,
    SourceResting,
    Transient,
)
from cambio.store import tables
from cambio.store.requests import DatabaseRequestLog

START = datetime(2024, 7, 8, 13, 0, 30, tzinfo=UTC)
KEY = "s3cr+t/key="
GOOD = Reply(b'{"value": 1}')
STALL = Reply(b"", stall_s=30.0)
DROPPED = Reply(b'{"value": 1}', cut=5)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self, time: datetime = START) -> None:
        self.time = time
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def no_growing_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=99, cap=True):
        yield


Connect = Callable[..., Client]


@pytest.fixture
def connect(engine: Engine, clock: Clock) -> Iterator[Connect]:
    """Give a function that makes a client of a server, all on one database."""
    clients: list[Client] = []

    def make(server: Server, *, name: str = "fred", key: str = KEY, **config: Any) -> Client:
        settings = SourceConfig(
            **({"url": HttpUrl(server.url), "timeout_s": 1.5, "attempts": 4} | config)
        )
        secret = ("api_key", SecretStr(key)) if key else None
        log = DatabaseRequestLog(engine)
        client = Client(name, settings, log, now=clock.now, sleep=clock.sleep, key=secret)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


def playing(replies: Iterable[Reply]) -> Server:
    """Give a server that answers in this order, and then well."""
    queue = iter(replies)
    return Server(lambda _: next(queue, GOOD))


def value(answer: Answer) -> int:
    """Read an answer as the clients do: 401 is a matter of the key, the body is JSON."""
    if answer.status == 401:
        raise ConfigError(f"the key is refused: {answer.shown()}")
    number: int = answer.json()["value"]
    return number


def requests(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(tables.source_requests)).mappings())


TROUBLES = {
    "429": Reply(b"{}", status=429),
    "500": Reply(b"{}", status=500),
    "503 with a page": Reply(b"<html>busy</html>", status=503, content_type="text/html"),
    "time-out": STALL,
    "dropped": DROPPED,
    "cut JSON": Reply(b'{"value":'),
    "page instead of JSON": Reply(b"<!DOCTYPE html>", content_type="text/html"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_what_may_pass_is_asked_again(trouble: Reply, connect: Connect) -> None:
    with playing([trouble, trouble]) as server:
        assert connect(server).get("data", {"id": "x"}, value) == 1
        assert len(server.requests) == 3


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_the_last_attempt_says_what_failed(trouble: Reply, connect: Connect) -> None:
    with playing([trouble] * 9) as server:
        with pytest.raises(Transient, match=r"fred|JSON") as error:
            connect(server, attempts=2).get("data", {}, value)
        assert len(server.requests) == 2
    assert error.value.remedy


def test_a_refused_key_is_not_asked_again(connect: Connect) -> None:
    with playing([Reply(b"{}", status=401)] * 9) as server:
        with pytest.raises(ConfigError):
            connect(server).get("data", {}, value)
        assert len(server.requests) == 1


def test_a_source_that_is_not_there_is_unreachable(connect: Connect) -> None:
    with playing([]) as server:
        client = connect(server, attempts=2)
    with pytest.raises(Transient, match=r"fred can't be reached \(ConnectError\)"):
        client.get("data", {}, value)


@pytest.fixture
def pauses() -> Iterator[list[float]]:
    """Let the pauses happen, and give them."""
    waits: list[float] = []
    hooks = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks([lambda details: waits.append(details.wait_for)])
    with stamina.set_testing(False):
        yield waits
    stamina.instrumentation.set_on_retry_hooks(hooks)


def test_the_pause_between_attempts_grows(connect: Connect, pauses: list[float]) -> None:
    with playing([TROUBLES["500"]] * 3) as server:
        connect(server, wait_initial_s=0.001).get("data", {}, value)
    assert len(pauses) == 3
    for n, pause in enumerate(pauses):
        assert 0.001 * 2**n <= pause <= 0.001 * 2**n + 0.001  # the jitter is one first pause


def test_no_growing_pause_adds_to_one_that_the_provider_names(
    connect: Connect, clock: Clock, pauses: list[float]
) -> None:
    with playing([Reply(b"", status=429, headers={"Retry-After": "7"})]) as server:
        connect(server, wait_initial_s=0.001).get("data", {}, value)
    assert (clock.slept, pauses) == ([7.0], [0.0])


def test_a_pause_that_the_provider_names_is_kept(connect: Connect, clock: Clock) -> None:
    with playing([Reply(b"", status=429, headers={"Retry-After": "7"})]) as server:
        connect(server).get("data", {}, value)
    assert clock.slept == [7.0]


def test_a_pause_until_a_date_is_kept(connect: Connect, clock: Clock) -> None:
    until = {"Retry-After": "Mon, 08 Jul 2024 13:01:12 GMT"}  # it is 13:00:30
    with playing([Reply(b"", status=429, headers=until)]) as server:
        connect(server).get("data", {}, value)
    assert clock.slept == [42.0]


def test_no_pause_follows_the_last_attempt_but_the_next_request_keeps_it(
    connect: Connect, clock: Clock
) -> None:
    with playing([Reply(b"", status=429, headers={"Retry-After": "7"})]) as server:
        client = connect(server, attempts=1)
        with pytest.raises(Transient):
            client.get("data", {}, value)
        assert clock.slept == []
        assert client.get("data", {}, value) == 1
    assert clock.slept == [7.0]


def test_a_provider_that_wants_hours_is_left_alone(connect: Connect, clock: Clock) -> None:
    hours = {"Retry-After": f"{PATIENCE_S + 1:.0f}"}
    with playing([Reply(b"", status=429, headers=hours)]) as server:
        client = connect(server)
        for _ in range(2):
            with pytest.raises(SourceError, match="may not be asked for another 301 s"):
                client.get("data", {}, value)
        assert len(server.requests) == 1
    assert clock.slept == []


def test_a_limit_that_lasts_for_hours_is_not_waited_for(connect: Connect, clock: Clock) -> None:
    with playing([]) as server:
        client = connect(server, limits=(RateLimit(requests=1, per_s=86_400),))
        client.get("data", {}, value)
        with pytest.raises(SourceError, match="may not be asked for another 86400 s"):
            client.get("data", {}, value)
        assert len(server.requests) == 1
    assert clock.slept == []


def test_the_body_of_a_failure_may_explain_it(connect: Connect) -> None:
    def explain(answer: Answer) -> None:
        raise SourceError(f"closed: {answer.body.decode()}")

    with playing([Reply(b"for the day", status=429)]) as server:
        with pytest.raises(SourceError, match="closed: for the day"):
            connect(server).get("data", {}, value, explain)
        assert len(server.requests) == 1


def test_the_providers_clock_is_told_in_utc(connect: Connect) -> None:
    stamp = datetime(2024, 7, 8, 13, 5, tzinfo=UTC)
    replies = [Reply(b"", date=stamp.timestamp()), Reply(b"", dated=False)]
    with playing(replies) as server:
        client = connect(server)
        assert client.get("data", {}, lambda answer: answer.served_at) == stamp
        assert client.get("data", {}, lambda answer: answer.served_at) is None


def test_every_attempt_is_recorded(connect: Connect, engine: Engine) -> None:
    with playing([TROUBLES["500"]]) as server:
        connect(server).get("data", {}, value)
    failed, well = requests(engine)
    assert (failed["source"], failed["time"], failed["ok"]) == ("fred", START, False)
    assert failed["note"] == "fred failed (500): '{}'."
    assert (well["ok"], well["note"], well["elapsed_s"]) == (True, "", 0.0)


def test_a_request_that_our_own_fault_ends_is_recorded_as_interrupted(
    connect: Connect, engine: Engine
) -> None:
    with playing([]) as server, pytest.raises(KeyError):
        connect(server).get("data", {}, lambda answer: answer.json()["nothing"])
    assert [(row["ok"], row["note"]) for row in requests(engine)] == [(False, "interrupted")]


# The key


def echo(request: Request) -> Reply:
    """Answer as a provider that quotes the key in whatever it says."""
    told = f'{{"message": "{KEY} is no key, see ?api_key=s3cr%2Bt%2Fkey%3D"}}'.encode()
    status = {"/500": 500, "/429": 429, "/401": 401}.get(request.path, 200)
    return Reply(told, status=status)


def fails(client: Client, path: str) -> CambioError:
    def refuse(answer: Answer) -> None:
        raise ConfigError(f"refused: {answer.json()['message']}", remedy=answer.shown())

    with pytest.raises(CambioError) as error:
        client.get(path, {"id": "x"}, refuse)
    return error.value


def texts(error: BaseException | None) -> Iterator[str]:
    """Give everything that an error and what lies under it say."""
    while error is not None:
        yield from (str(error), repr(error), repr(error.args), repr(vars(error)))
        yield from traceback.format_exception(error)
        request = getattr(error, "_request", None)
        yield repr(request and request.url)
        error = error.__cause__ or error.__context__


def test_the_key_is_sent_and_shown_nowhere(
    connect: Connect, engine: Engine, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "stamina"):
        caplog.set_level(logging.DEBUG, logger=name)
    said: list[str] = []
    with Server(echo) as server:
        client = connect(server, attempts=2)
        for path in ("500", "429", "401", "200"):
            said += texts(fails(client, path))
        assert {request.query["api_key"] for request in server.requests} == {KEY}
    with playing([STALL, STALL, DROPPED, DROPPED]) as server:
        client = connect(server, attempts=2)
        said += itertools.chain(*(texts(fails(client, "data")) for _ in range(2)))
    said += texts(fails(client, "data"))  # the server has gone
    said += [repr(row) for row in requests(engine)]
    said += [record.getMessage() + repr(vars(record)) for record in caplog.records]
    said += capfd.readouterr()
    assert any("HTTP Request: GET http" in text for text in said)  # the logs were looked at
    assert any("receive_response_headers" in text for text in said)
    for secret in (KEY, "s3cr%2Bt%2Fkey%3D", "s3cr"):
        assert not [text for text in said if secret in text]


ESCAPED = json.dumps({"message": f"no key: {KEY}"}).replace("/", "\\/").replace("+", "\\u002B")
ECHOES: dict[str, Callable[[str], bytes]] = {
    "as the status line": lambda line: f"{line}\r\n\r\n".encode(),
    "as the reason": lambda line: f"HTTP/1.1 {line}\r\n\r\n".encode(),
    "as a header's name": lambda line: f"HTTP/1.1 200 OK\r\n{line}: x\r\n\r\n".encode(),
    "as a chunk's length": lambda line: (
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{line}\r\n".encode()
    ),
    "in small letters": lambda line: f"HTTP/1.1 500 No\r\n\r\n{line.lower()}".encode(),
    "escaped twice": lambda line: f"HTTP/1.1 500 No\r\n\r\n{line.replace('%', '%25')}".encode(),
    "as HTML": lambda _: (
        f"HTTP/1.1 500 No\r\n\r\n{KEY.replace('/', '&#x2F;').replace('+', '&#43;')}".encode()
    ),
    "as JSON": lambda _: f"HTTP/1.1 200 OK\r\n\r\n{ESCAPED}".encode(),
    "as JSON after the first page": lambda _: (
        f"HTTP/1.1 200 OK\r\n\r\n{' ' * 99_999}{ESCAPED}".encode()
    ),
}


@pytest.mark.parametrize("told", ECHOES.values(), ids=ECHOES)
def test_a_key_that_is_echoed_in_whatever_form_is_shown_nowhere(
    connect: Connect, engine: Engine, told: Callable[[str], bytes]
) -> None:
    with Server(lambda request: Reply(b"", raw=told(request.line))) as server:
        error = fails(connect(server, attempts=2), "data")
        assert "s3cr%2Bt%2Fkey" in server.requests[0].line
    said = [*texts(error), *map(repr, requests(engine))]
    assert not [text for text in said if "s3cr" in text.casefold()]
    assert any("***" in text for text in said)


def test_no_reader_sees_the_key(connect: Connect) -> None:
    for told in (ESCAPED, f"no key: {KEY}", "no key: s3cr%2bt%2Fkey%3d", " " * 70 + KEY):
        with playing([Reply(told.encode())]) as server:
            body, shown = connect(server).get(
                "data", {}, lambda answer: (answer.body, answer.shown())
            )
        assert b"***" in body
        assert "s3c" not in repr(body) + shown


def test_the_key_is_blanked_in_all_that_an_error_says(connect: Connect, engine: Engine) -> None:
    def refuse(_: Answer) -> None:
        try:
            int(KEY)
        except ValueError as error:
            raise SourceError(f"no {KEY}", remedy=f"not {KEY}", key=KEY, count=1) from error

    with playing([]) as server, pytest.raises(SourceError) as caught:
        connect(server).get("data", {}, refuse)
    assert str(caught.value) == "no *** not ***"
    assert caught.value.fields == {"key": "***", "count": 1}
    assert [row["note"] for row in requests(engine)] == ["no ***"]
    assert not any("s3cr" in text for text in texts(caught.value))


def test_an_error_is_as_long_and_as_plain_as_the_database_and_a_terminal_bear(
    connect: Connect, engine: Engine
) -> None:
    def refuse(answer: Answer) -> None:
        raise SourceError(answer.json()["message"])

    told = json.dumps({"message": "\0\x1b[2J\ud800é" + "x" * 2 * MAX_TEXT})
    with playing([Reply(told.encode())]) as server, pytest.raises(SourceError) as caught:
        connect(server).get("data", {}, refuse)
    assert caught.value.what == "��[2J�é" + "x" * (MAX_TEXT - 7) + "…"
    assert [row["note"] for row in requests(engine)] == [caught.value.what]


# Answers that are no answers


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5_000])
def test_json_that_python_cannot_hold_is_no_json(connect: Connect, body: bytes) -> None:
    with (
        playing([Reply(body)] * 2) as server,
        pytest.raises(Transient, match="answered with no JSON"),
    ):
        connect(server, attempts=2).get("data", {}, value)


@pytest.mark.parametrize("error", [RecursionError, OverflowError])
def test_what_overflows_a_reader_is_an_error_of_the_source(
    connect: Connect, engine: Engine, error: type[Exception]
) -> None:
    def read(_: Answer) -> None:
        raise error("too much")

    with playing([]) as server:
        with pytest.raises(SourceError, match=rf"fred .* can't be read \({error.__name__}\)"):
            connect(server).get("data", {}, read)
        assert len(server.requests) == 1
    assert [row["ok"] for row in requests(engine)] == [False]


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_larger_than_any_is_not_read_to_its_end(connect: Connect, packed: bool) -> None:
    body = b" " * (MAX_BYTES + 1)
    reply = Reply(body)
    if packed:
        reply = Reply(gzip.compress(body, 1), headers={"Content-Encoding": "gzip"})
    with playing([reply]) as server:
        with pytest.raises(SourceError, match="fred answered with more than 64 MB") as caught:
            connect(server, timeout_s=60).get("data", {}, value)
        assert len(server.requests) == 1
    assert not isinstance(caught.value, Transient)


@pytest.mark.parametrize(
    "pause", ["1000000000000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"], ids=len
)
def test_a_provider_that_wants_more_than_a_day_is_asked_again_after_a_day(
    connect: Connect, clock: Clock, pause: str
) -> None:
    with playing([Reply(b"", status=429, headers={"Retry-After": pause})]) as server:
        client = connect(server)
        with pytest.raises(SourceError, match="may not be asked for another 86400 s"):
            client.get("data", {}, value)
        clock.time += timedelta(seconds=LONGEST_PAUSE_S)
        assert client.get("data", {}, value) == 1


def test_a_clock_that_is_set_back_does_not_prolong_a_pause(connect: Connect, clock: Clock) -> None:
    with playing([Reply(b"", status=429, headers={"Retry-After": "7"})]) as server:
        client = connect(server, attempts=1)
        with pytest.raises(Transient):
            client.get("data", {}, value)
        clock.time -= timedelta(hours=1)
        assert client.get("data", {}, value) == 1
    assert clock.slept == [7.0]


def test_the_key_goes_to_no_other_address(connect: Connect) -> None:
    with playing([]) as elsewhere:
        moved = Reply(b"", status=302, headers={"Location": f"{elsewhere.url}/?api_key={KEY}"})
        with playing([moved]) as server:
            with pytest.raises(SourceError, match="has moved") as error:
                connect(server).get("data", {}, value)
            assert len(server.requests) == 1
        assert elsewhere.requests == []
    assert not any("s3cr" in text for text in texts(error.value))


def test_a_source_without_a_key_may_move(connect: Connect) -> None:
    with playing([]) as elsewhere:
        moved = Reply(b"", status=302, headers={"Location": f"{elsewhere.url}/there"})
        with playing([moved]) as server:
            assert connect(server, key="").get("data", {}, value) == 1
        assert [request.path for request in elsewhere.requests] == ["/there"]


def test_retries_print_nothing(connect: Connect, capfd: pytest.CaptureFixture[str]) -> None:
    with playing([TROUBLES["500"]] * 2) as server:
        connect(server).get("data", {}, value)
        assert len(server.requests) == 3
    assert capfd.readouterr() == ("", "")


def test_urls_and_headers_are_not_logged_whatever_the_root_logger_takes() -> None:
    assert [logging.getLogger(name).level for name in ("httpx", "httpcore")] == [
        logging.WARNING
    ] * 2


# The limits that all keep to, and what rests


def test_two_clients_on_one_database_keep_a_limit_together(connect: Connect, clock: Clock) -> None:
    asked: list[datetime] = []

    def handle(_: Request) -> Reply:
        asked.append(clock.now())
        return GOOD

    with Server(handle) as server:
        limits = (RateLimit(requests=8, per_s=60), RateLimit(requests=20, per_s=150))
        clients = [connect(server, limits=limits) for _ in range(2)]
        for n in range(40):
            clients[n % 2].get("data", {}, value)
            clock.time += timedelta(seconds=1)
    for limit in limits:
        span = timedelta(seconds=limit.per_s)
        assert max(sum(t <= u < t + span for u in asked) for t in asked) == limit.requests
    # 8 at 0 s, 8 at 60 s and 4 at 120 s use both limits up; from 150 s on they begin anew
    assert asked[-1] - asked[0] < timedelta(seconds=300)


def test_a_source_rests_after_so_many_failures(
    connect: Connect, clock: Clock, engine: Engine
) -> None:
    breaker = Breaker(failures=3, rest_s=120)
    with playing([TROUBLES["500"]] * 4) as server:
        client = connect(server, breaker=breaker)
        with pytest.raises(SourceResting, match=r"rests for 120 s \(last: fred failed \(500\)"):
            client.get("data", {}, value)
        assert len(server.requests) == 3
        clock.time += timedelta(seconds=119)
        with pytest.raises(SourceResting, match="rests for 1 s"):
            connect(server, breaker=breaker).get("data", {}, value)
        assert len(server.requests) == 3

        clock.time += timedelta(seconds=1)
        with pytest.raises(SourceResting):  # one attempt, and it rests again
            client.get("data", {}, value)
        assert len(server.requests) == 4
        clock.time += timedelta(seconds=120)
        assert client.get("data", {}, value) == 1
    assert [row["ok"] for row in requests(engine)] == [False] * 4 + [True]


def test_a_resting_source_holds_up_no_other(connect: Connect) -> None:
    breaker = Breaker(failures=1, rest_s=120)
    with playing([TROUBLES["500"]]) as server:
        with pytest.raises(SourceResting):
            connect(server, name="fred", breaker=breaker).get("data", {}, value)
        assert connect(server, name="bcrp", breaker=breaker).get("data", {}, value) == 1


def test_questions_that_are_refused_put_no_source_to_rest(connect: Connect) -> None:
    breaker = Breaker(failures=2, rest_s=120)
    with playing([Reply(b"{}", status=401)] * 3) as server:
        client = connect(server, breaker=breaker)
        for _ in range(3):
            with pytest.raises(ConfigError):
                client.get("data", {}, value)
        assert client.get("data", {}, value) == 1


def test_a_booking_is_dated_when_its_turn_has_come(
    connect: Connect, clock: Clock, engine: Engine
) -> None:
    with playing([]) as server:
        client = connect(server, limits=(RateLimit(requests=1, per_s=60),))
        for _ in range(2):
            client.get("data", {}, value)
    assert [row["time"] for row in requests(engine)] == [START, START + timedelta(seconds=60)]
