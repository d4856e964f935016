"""Opening the product for one command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cambio.app.resources import Resources
    from cambio.settings import Settings


def open_product(home: Path | None = None) -> tuple[Settings, Resources]:
    """Read the settings and connect what they name."""
    from cambio.cli.console import ConsoleProgress
    from cambio.settings import load_settings
    from cambio.wiring import connect

    settings = load_settings(home)
    return settings, connect(settings, ConsoleProgress())
