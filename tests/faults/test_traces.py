"""A bar is one trace, sent where a standard variable says; whoever takes them can stop nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from tests.faults.test_commands import started

from cambio import traces
from cambio.errors import ConfigError
from cambio.settings import TRACES_ENDPOINT

LIVE = ("live", "--json", "--feed", "simulated://?seed=3&speed=0&sessions=1")


@pytest.fixture
def collector(monkeypatch):
    """Takes traces over HTTP, and keeps them by their id."""
    spans = defaultdict(list)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = ExportTraceServiceRequest()
            request.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
            for resource in request.resource_spans:
                named = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
                assert named["service.name"] == "cambio"
                for span in (one for scope in resource.scope_spans for one in scope.spans):
                    spans[span.trace_id.hex()].append(span)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv(TRACES_ENDPOINT, f"http://127.0.0.1:{server.server_port}")
        yield spans
        server.shutdown()


def test_a_bar_is_followed_through_its_parts(home, collector):
    _, err = started(home, *LIVE).communicate(timeout=60)
    lines = [line for line in map(json.loads, err.splitlines()) if line["event"] == "bar_committed"]
    assert len(lines) == 60
    assert sorted(collector) == sorted(line["trace_id"] for line in lines)
    for line in lines:
        root, *parts = sorted(collector[line["trace_id"]], key=lambda span: span.name != "bar")
        told = {pair.key: pair.value for pair in root.attributes}
        assert told["cambio.bar"].string_value == line["bar"]
        ids = [one.string_value for one in told["cambio.signals"].array_value.values]
        assert ids == line["signals"]
        assert not root.parent_span_id
        parts.sort(key=lambda span: span.start_time_unix_nano)
        assert [span.name for span in parts] == ["read", "decide", "commit", "publish"]
        assert {span.parent_span_id for span in parts} == {root.span_id}
        begins = [span.start_time_unix_nano for span in parts]
        ends = [span.end_time_unix_nano for span in parts]
        assert begins[1:] == ends[:-1]
        assert (begins[0], ends[-1]) == (root.start_time_unix_nano, root.end_time_unix_nano)
        assert begins < ends


def test_a_collector_that_is_down_stops_nothing(home, monkeypatch):
    monkeypatch.setenv(TRACES_ENDPOINT, "http://127.0.0.1:9")
    process = started(home, *LIVE)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert len(out.splitlines()) == 60


def test_without_the_variable_nothing_of_it_is_loaded(home):
    code = (
        "import sys\n"
        "from cambio.cli import app\n"
        "from typer.main import get_command\n"
        f"get_command(app).main({LIVE!r}, standalone_mode=False)\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry.sdk')]\n"
        "assert 'cambio.traces' not in sys.modules"
    )
    environment = {"CAMBIO_HOME": str(home), "CAMBIO_TRACKING_URI": ""}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigError, match="OpenTelemetry is not installed") as error:
        traces.start_traces()
    assert "`otel`" in error.value.remedy
