"""A way to a server over loopback that a test can cut, and mend."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

CHUNK = 65_536


class Relay:
    """Passes on what comes, both ways, until it is cut.

    Args:
        port: of the server.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_cut = False
        self._most: int | None = None
        self.passed = 0
        """Bytes, both ways."""
        self.port: int = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Hang up on everybody, and on whoever calls from now on."""
        self._is_cut = True
        for one in list(self._open):
            _hang_up(one)

    def cut_after(self, count: int) -> None:
        """Hang up once so many more bytes have passed."""
        self.passed, self._most = 0, count

    def mend(self) -> None:
        """Pass on again."""
        self._is_cut, self._most = False, None

    def close(self) -> None:
        """Hang up for good."""
        self.cut()
        _hang_up(self._listener)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._is_cut:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._port))
                self._open |= {client, server}
                for ends in ((client, server), (server, client)):
                    Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self.passed += len(data)
                if self._most is not None and self.passed > self._most:
                    self.cut()
                sink.sendall(data)
        for one in (source, sink):
            self._open.discard(one)
            _hang_up(one)


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def relayed(port: int) -> Iterator[Relay]:
    """Give a relay to a server's port."""
    relay = Relay(port)
    try:
        yield relay
    finally:
        relay.close()
