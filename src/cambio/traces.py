"""Traces of live bars for OpenTelemetry.

A bar is one trace: a span `bar`, and below it one for each part, with the times that the loop took
on its way. They are sent in the background, so that a collector that is down delays no bar.
"""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from time import perf_counter_ns, time_ns
from typing import TYPE_CHECKING, Any, Final

from cambio.contracts.trading import bar_id
from cambio.errors import ConfigError

if TYPE_CHECKING:
    from cambio.inference.live import LiveStep

PATIENCE_S: Final = 2
"""For a collector to take a batch."""


def start_traces() -> Traces:
    """Give what traces go to.

    Raises:
        ConfigError: the packages are missing.
    """
    try:
        return Traces()
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"Traces are asked for, and OpenTelemetry is not installed ({error.name}).",
            remedy="Install the extra `otel`, or unset OTEL_EXPORTER_OTLP_ENDPOINT.",
        ) from error


class Traces:
    """Sends what became of each bar; the exporter reads the standard `OTEL_` variables."""

    def __init__(self) -> None:
        self._api: Any = import_module("opentelemetry.trace")
        sdk: Any = import_module("opentelemetry.sdk.trace")
        export: Any = import_module("opentelemetry.sdk.trace.export")
        otlp: Any = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        resources: Any = import_module("opentelemetry.sdk.resources")
        resource = resources.Resource.create({"service.name": "cambio"})
        provider = sdk.TracerProvider(resource=resource)  # sends what is left when we exit
        exporter = otlp.OTLPSpanExporter(timeout=PATIENCE_S)
        provider.add_span_processor(export.BatchSpanProcessor(exporter))
        self._tracer = provider.get_tracer("cambio.live")

    def bar(self, step: LiveStep) -> str:
        """Send a bar that was committed and told; give the id of its trace."""
        since = time_ns() - perf_counter_ns()
        (_, began), *_, (_, ended) = step.marks
        attributes = {
            "cambio.bar": bar_id(step.bar.time),
            "cambio.late": step.late,
            "cambio.signals": [signal.signal_id for signal in step.signals],
        }
        root = self._tracer.start_span(
            "bar", context={}, attributes=attributes, start_time=since + began
        )
        within = self._api.set_span_in_context(root)
        for (_, begins), (name, ends) in pairwise(step.marks):
            part = self._tracer.start_span(name, context=within, start_time=since + begins)
            part.end(since + ends)
        root.end(since + ended)
        return f"{root.get_span_context().trace_id:032x}"
