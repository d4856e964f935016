"""Connections whose clients take their time, on the protocol that `cambio serve` speaks."""

from __future__ import annotations

from collections.abc import Iterator
from socket import create_connection
from threading import Thread

import anyio
import pytest
import uvicorn
from tests.api.served import PATIENCE_S, until

from cambio.api.patience import PatientProtocol

WHOLE = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


class Hasty(PatientProtocol):
    """Waits for a fifth of a second."""

    head_s = 0.2


async def slow(scope, receive, send):
    """Answers after longer than a request may take to come."""
    await anyio.sleep(0.4)
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    config = uvicorn.Config(slow, port=0, http=Hasty, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    thread.join(PATIENCE_S)


@pytest.mark.parametrize("sent", [b"", WHOLE[:-2]], ids=["nothing", "half of the headers"])
def test_who_does_not_say_what_he_wants_is_let_go(address, sent):
    with create_connection(address, PATIENCE_S) as client:
        client.sendall(sent)
        assert client.recv(100) == b""


def test_who_waits_for_an_answer_is_not_let_go(address):
    with create_connection(address, PATIENCE_S) as client:
        for _ in range(2):
            client.sendall(WHOLE)
            answer = b""
            while not answer.endswith(b"ok"):
                part = client.recv(1000)
                assert part, "let go"
                answer += part


def test_the_next_request_has_to_come_in_time_too(address):
    with create_connection(address, PATIENCE_S) as client:
        client.sendall(WHOLE)
        answer = b""
        while not answer.endswith(b"ok"):
            answer += client.recv(1000)
        client.sendall(WHOLE[:-2])
        assert client.recv(100) == b""
