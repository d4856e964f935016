"""Opening the product for one command, and closing it after."""

from __future__ import annotations

import gc
import sys
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cambio.app.resources import Resources
    from cambio.settings import Settings

OPENED: Final = ExitStack()
"""What this process has opened; `main` closes it."""
COLLECTIONS: Final = (50_000, 20, 20)
"""Thresholds of the garbage collector: a backtest keeps hundreds of thousands of decisions, none of
them in a cycle, and Python's own thresholds spend a quarter of its time looking through them."""


def is_loopback(host: str) -> bool:
    """Tell whether an address is this machine's alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def open_product(home: Path | None = None) -> tuple[Settings, Resources]:
    """Read the settings and connect what they name."""
    from cambio.cli.console import ConsoleProgress
    from cambio.settings import load_settings
    from cambio.telemetry import configure_logging
    from cambio.wiring import connect

    gc.set_threshold(*COLLECTIONS)
    configure_logging(json=not sys.stderr.isatty())
    settings = load_settings(home)
    resources = connect(settings, ConsoleProgress())
    OPENED.callback(resources.engine.dispose)
    return settings, resources
