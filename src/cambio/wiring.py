"""Settings -> Resources: the only composition root."""

from __future__ import annotations

import getpass
import os
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from cambio.app import accounts
from cambio.app.resources import Resources
from cambio.artifacts import Artifacts
from cambio.bus.memory import MemoryBus
from cambio.errors import ConfigError
from cambio.store.database import open_database
from cambio.store.requests import DatabaseRequestLog
from cambio.tracking import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr
    from sqlalchemy import Engine

    from cambio.acquisition.feed import BarFeed, MacroFeed
    from cambio.acquisition.providers import SourceConfig
    from cambio.app.resources import Progress
    from cambio.bus import EventBus
    from cambio.settings import Settings
    from cambio.sources.http import Client


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
    engine = open_database(settings.database_url.get_secret_value())
    providers = Providers(settings, engine)
    return Resources(
        engine=engine,
        home=settings.home,
        config=settings.config_folder,
        catalogue=settings.catalogue,
        ranges=settings.ranges,
        costs=settings.trading.costs,
        limits=settings.risk,
        capital=settings.trading.initial_capital,
        deployment=settings.deployment,
        bus=open_bus(settings),
        artifacts=Artifacts(settings.home, settings.artifacts_url),
        tracker=Tracker(settings.tracking_uri.get_secret_value(), settings.home / "mlruns"),
        progress=progress,
        now=now,
        sleep=time.sleep,
        bar_feed=providers.bars,
        macro_feed=providers.macro,
        account=lambda: accounts.current(engine, settings.token, login(), now()),
        reopen=partial(connect, settings),
    )


def open_bus(settings: Settings) -> EventBus:
    """Give the bus that the settings name.

    Raises:
        ConfigError: the URL names none.
    """
    url = settings.bus_url.get_secret_value()
    if url.startswith("memory://"):
        return MemoryBus()
    if url.startswith(("redis://", "rediss://", "unix://")):
        from cambio.bus.redis import RedisBus

        return RedisBus(url, settings.deployment.outputs)
    raise ConfigError(
        "CAMBIO_BUS_URL is neither memory:// nor the redis:// URL of a server.",
        remedy="Write redis://USER:PASSWORD@HOST:6379/0, rediss:// for TLS, or leave it out.",
    )


def now() -> datetime:
    """Give the time: the only clock of the product."""
    return datetime.now(UTC)


def login() -> str:
    """Give the name of the operating system's user; environment variables can't change it."""
    if not hasattr(os, "getuid"):  # Windows
        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without an entry
        return str(os.getuid())


class Providers:
    """The clients of the data providers, made when they are first needed."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings = settings
        self._log = DatabaseRequestLog(engine)

    def bars(self) -> BarFeed:
        """Give the provider of bars."""
        from cambio.sources.twelvedata import TwelveData

        return TwelveData(self._client("twelvedata", "apikey", self._settings.keys.twelvedata))

    def macro(self, source: str) -> MacroFeed:
        """Give the provider of macro series that the catalogue calls ``source``."""
        from cambio.sources import banrep, bcrp, dane, fred, socrata

        makers: dict[str, Callable[[], MacroFeed]] = {
            "fred": lambda: fred.Fred(self._client("fred", "api_key", self._settings.keys.fred)),
            "banrep": lambda: banrep.Banrep(self._client("banrep"), now),
            "bcrp": lambda: bcrp.Bcrp(self._client("bcrp"), now),
            "socrata": lambda: socrata.Socrata(self._client("socrata"), now),
            "dane": lambda: dane.Dane(self._client("dane"), now),
        }
        return makers[source]()

    def _client(self, name: str, parameter: str = "", key: SecretStr | None = None) -> Client:
        from cambio.sources.http import Client

        if parameter and key is None:
            raise ConfigError(
                f"{name} asks for a key.",
                remedy=f"Set CAMBIO_{name.upper()}_API_KEY; a free one is given to who registers.",
                source=name,
            )
        config: SourceConfig = getattr(self._settings.sources, name)
        secret = (parameter, key) if key else None
        return Client(name, config, self._log, now=now, sleep=time.sleep, key=secret)
