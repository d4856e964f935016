"""`cambio serve`: the API, and the link by which a browser logs in."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cambio.cli.session import is_loopback, open_product
from cambio.errors import ConfigError, NotAllowed

if TYPE_CHECKING:
    from fastapi import FastAPI
    from pydantic import SecretStr

    from cambio.api.options import ApiOptions
    from cambio.app.resources import Resources

PORT: Final = 8003
LOOPBACK: Final = "127.0.0.1"
GRACE_S: Final = 5
"""How long answers that have begun may take when the server stops."""
MOST_CONNECTIONS: Final = 500
ANY: Final = ("0.0.0.0", "::")  # noqa: S104  # compared with, not listened on
"""Addresses that mean all of this machine's; nobody goes to a page there."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Of TCP; 0 takes a free one.")
    ] = PORT,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = LOOPBACK,
    host_name: Annotated[
        list[str] | None,
        typer.Option(help="A name by which browsers reach it, besides loopback's. Repeatable."),
    ] = None,
    https: Annotated[
        bool, typer.Option("--https", help="Browsers come by https, through a proxy that ends it.")
    ] = False,
    expose: Annotated[
        bool, typer.Option("--expose", help="Allow an address that other machines can reach.")
    ] = False,
) -> None:
    """Serve the API and the dashboard until interrupted; prints a link to log in with, once."""
    from cambio.api.dashboard import bundle
    from cambio.api.options import ApiOptions

    if not (expose or is_loopback(host)):
        raise NotAllowed(
            f"Other machines could reach {host}: whoever can may try tokens, and without TLS read "
            "those that others send.",
            remedy="Leave --host out and put a proxy with TLS in front (--https, --host-name), or "
            "say --expose.",
        )
    settings, resources = open_product()
    names = (*(host_name or ()), *(() if host in ANY else (host,)))
    options = ApiOptions(host_names=names, https=https, static=bundle())
    serve_on((host, port), resources, options, settings.token)


def serve_on(
    address: tuple[str, int],
    resources: Resources,
    options: ApiOptions,
    token: SecretStr | None = None,
) -> None:
    """Serve on an address until interrupted, and print the link to log in with.

    Args:
        address: host and port of TCP; port 0 takes a free one.
        resources: of the product.
        options: of the API.
        token: of the account that the link logs in; None: the login's.

    Raises:
        ConfigError: the port is taken.
    """
    from cambio.api.application import create_app
    from cambio.cli import console

    app = create_app(resources, options=options)
    with _listen(*address) as listener:
        link = _login_link(app, options, token, listener)
        if options.static is None:
            console.out.print("There is no dashboard here: `make dashboard` builds it.")
        console.out.print("Log in, once and within 5 minutes:", highlight=False)
        console.out.print(f"  {link}", highlight=False, soft_wrap=True)
        _run(app, listener)


def _listen(host: str, port: int) -> socket.socket:
    """Open the port.

    Raises:
        ConfigError: it is taken, or the address isn't this machine's.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        raise ConfigError(
            f"The API cannot be served on {host}:{port}: {error.strerror}.",
            remedy="Choose another --port, or end the process that holds this one.",
            port=port,
        ) from error


def _login_link(
    app: FastAPI, options: ApiOptions, token: SecretStr | None, listener: socket.socket
) -> str:
    """Give a link for whoever runs this: the account of CAMBIO_TOKEN, or the login."""
    from cambio.api.sessions import Identity

    account = app.state.resources.account()
    code = app.state.security.codes.issue(Identity(account, token))
    host, port = listener.getsockname()[:2]
    host = LOOPBACK if host in ANY else f"[{host}]" if ":" in host else host
    place = options.host_names[0] if options.https else f"{host}:{port}"
    return f"{options.scheme}://{place}/login?code={code}"


def _run(app: FastAPI, listener: socket.socket) -> None:
    import structlog
    import uvicorn

    from cambio.api.options import HEAD
    from cambio.api.patience import PatientProtocol
    from cambio.api.sse import end_streams

    class Server(uvicorn.Server):
        """Ends the streams first when it stops: they have no end of their own."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            end_streams(app)
            app.state.resources.bus.close()
            await super().shutdown(sockets)
            structlog.get_logger().info("api_stopped")

    logging.basicConfig(handlers=[_ToStructlog()], level=logging.WARNING, force=True)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # our own tells no queries
        proxy_headers=False,  # whoever asks could write them
        server_header=False,
        http=PatientProtocol,  # of h11, which bounds a request's headers; the faster parser doesn't
        h11_max_incomplete_event_size=HEAD,
        ws="none",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_S,
    )
    host, port = listener.getsockname()[:2]
    structlog.get_logger().info("api_started", host=host, port=port)
    Server(config).run([listener])


class _ToStructlog(logging.Handler):
    """Passes on what libraries log by themselves."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record as structured event."""
        import structlog

        structlog.get_logger().log(
            record.levelno, "library_logged", library=record.name, text=record.getMessage()
        )
