"""`cambio live`, `cambio signals`, `cambio explain`, `cambio risk status`: L5."""

from __future__ import annotations

import signal
import time
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cambio.cli.session import is_loopback, open_product
from cambio.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Thread

    from cambio.app.resources import Resources
    from cambio.inference.live import LiveStep
    from cambio.settings import Settings
    from cambio.traces import Traces

TELLING_S: Final = 30.0
"""For webhooks, after `--once`; what they were not told of by then, the next run tells."""
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(live)
    app.command()(signals)
    app.command()(explain)


def live(
    feed: Annotated[
        str | None,
        typer.Option(help="simulated://?speed=60, twelvedata:// or database://; CAMBIO_FEED_URL."),
    ] = None,
    metrics_port: Annotated[
        int | None, typer.Option(help="Serve Prometheus metrics on this port.")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Take the stored bars and end. For a scheduler.")
    ] = False,
    metrics_host: Annotated[
        str, typer.Option(help="Address of the metrics; another than loopback's with --expose.")
    ] = "127.0.0.1",
    expose: Annotated[
        bool,
        typer.Option("--expose", help="Let others read the metrics, as another container does."),
    ] = False,
    json_: Annotated[
        bool, typer.Option("--json", help="Print each bar as a line of JSON.")
    ] = False,
) -> None:
    """Trade on paper as bars close, until interrupted: champion, challenger and shadows."""
    import structlog

    from cambio.app.feeds import open_feed
    from cambio.app.trading_loop import Loop
    from cambio.cli import console, render_live
    from cambio.store import engine

    if not (expose or is_loopback(metrics_host)):
        raise NotAllowed(
            f"Other machines could reach {metrics_host}, and the metrics here ask for no token.",
            remedy="Leave --metrics-host out, or say --expose within a private network.",
        )
    settings, resources = open_product()
    url = feed or settings.feed_url
    source = open_feed(resources, url)
    if metrics_port is not None:
        from cambio.app import metrics

        metrics.serve(resources, metrics_port, metrics_host)
        url_ = f"http://{metrics_host}:{metrics_port}"
        structlog.get_logger().info("metrics_served", url=url_)
    stop, tracing = Event(), _traces(settings)
    for number in () if once else (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with engine.only_one(resources.engine):
        if not json_:
            render_live.header(resources, url, once=once)
        show = render_live.json_line if json_ else render_live.line

        taken = 0

        def on_step(step: LiveStep) -> None:
            nonlocal taken
            taken += 1
            show(step)
            said: dict[str, Any] = {"signals": [signal.signal_id for signal in step.signals]}
            if tracing is not None:
                said["trace_id"] = tracing.bar(step)
            structlog.get_logger().debug("bar_committed", **said)  # for machines alone

        loop = Loop(resources, source, on_step)
        if once:
            loop.once()
            if not (taken or json_):
                console.out.print("No bar was waiting.")
            senders = _senders(settings, resources, stop, once=True)
            _join(senders, TELLING_S)
        else:
            senders = _senders(settings, resources, stop, once=False)
            loop.run(stop)
    stop.set()
    _join(senders, 5.0)


def _traces(settings: Settings) -> Traces | None:
    """Start them where OpenTelemetry is told of a collector; else nothing of it is loaded."""
    if not settings.traced:
        return None
    from cambio.traces import start_traces

    return start_traces()


def _senders(
    settings: Settings, resources: Resources, stop: Event, *, once: bool
) -> tuple[Thread, ...]:
    """Start what tells the webhooks; where there is none, what speaks HTTP is not even loaded."""
    if not resources.deployment.outputs.webhooks:
        return ()
    from cambio.app.webhooks import start_webhooks

    return start_webhooks(resources, settings.webhook_key, stop, once=once)


def _join(threads: Sequence[Thread], patience_s: float) -> None:
    ends = time.monotonic() + patience_s
    for thread in threads:
        thread.join(timeout=max(ends - time.monotonic(), 0.0))


def signals(
    model_id: Annotated[str | None, typer.Option("--model", help="Of one model only.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most to show.")] = 20,
    json_: Json = False,
) -> None:
    """List the newest signals."""
    from cambio.cli import console, render_live
    from cambio.store import signals as queries
    from cambio.store.database import reading

    _, resources = open_product()
    with reading(resources.engine) as connection:
        found = queries.newest(connection, limit, model_id=model_id)
    if json_:
        console.print_json([one.to_dict() | {"latency_ms": latency} for one, latency in found])
        return
    render_live.signals([one for one, _ in found])


def explain(
    signal_id: Annotated[str, typer.Argument(help="MODEL_ID@20240705T1305Z.")], json_: Json = False
) -> None:
    """Say why a signal is what it is, and prove it by deciding again."""
    from cambio.app.explain import explain as use_case
    from cambio.cli import console, render_live

    _, resources = open_product()
    found = use_case(resources, signal_id)
    if json_:
        console.print_json(found.to_dict())
    else:
        render_live.explanation(found)
    if not found.same:
        raise typer.Exit(1)
