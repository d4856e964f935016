"""Settings -> Resources: the only composition root."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cambio.app.resources import Resources
from cambio.errors import ConfigError
from cambio.store.database import open_database
from cambio.tracking import Tracker

if TYPE_CHECKING:
    from cambio.app.resources import Progress
    from cambio.settings import Settings


def connect(settings: Settings, progress: Progress) -> Resources:
    """Open what the settings name.

    Raises:
        ConfigError: the home is no folder, or the database cannot be opened.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"CAMBIO_HOME {settings.home} is no folder to write in: {error.strerror}."
        ) from error
    return Resources(
        engine=open_database(settings.database_url),
        home=settings.home,
        catalogue=settings.catalogue,
        ranges=settings.ranges,
        costs=settings.trading.costs,
        limits=settings.risk,
        capital=settings.trading.initial_capital,
        tracker=Tracker(settings.tracking_uri, settings.home / "mlruns"),
        progress=progress,
        now=lambda: datetime.now(UTC),
    )
