"""Opening the product for one command, and closing it after."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cambio.app.resources import Resources
    from cambio.settings import Settings

OPENED: Final = ExitStack()
"""What this process has opened; `main` closes it."""


def open_product(home: Path | None = None) -> tuple[Settings, Resources]:
    """Read the settings and connect what they name."""
    from cambio.cli.console import ConsoleProgress
    from cambio.settings import load_settings
    from cambio.telemetry import configure_logging
    from cambio.wiring import connect

    configure_logging(json=not sys.stderr.isatty())
    settings = load_settings(home)
    resources = connect(settings, ConsoleProgress())
    OPENED.callback(resources.engine.dispose)
    return settings, resources
