"""What the use cases work with; `wiring` fills it in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cambio.contracts.market import MarketHistory
from cambio.store import bars as bar_queries
from cambio.store import macro as macro_queries
from cambio.store.database import reading
from cambio.trading.costs import CostConfig, CostModel
from cambio.trading.risk import RiskLimits
from cambio.trading.signing import FOLDER as KEYS_FOLDER
from cambio.trading.step import TradingTerms

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from cambio.acquisition.catalogue import Catalogue
    from cambio.acquisition.feed import BarFeed, MacroFeed
    from cambio.artifacts import Artifacts
    from cambio.bus import EventBus
    from cambio.contracts.accounts import Account
    from cambio.dataset.splits import DateRanges
    from cambio.inference.config import DeploymentConfig
    from cambio.tracking import Tracker


class Stage(Protocol):
    """One stage of long work, as its user sees it."""

    def update(self, done: int, total: int, note: str = "") -> None:
        """Tell how far it has come, with the figure that matters."""
        ...


class Progress(Protocol):
    """Where use cases report their progress."""

    def stage(self, title: str) -> AbstractContextManager[Stage]:
        """Open a stage; it is done when the context closes."""
        ...


@dataclass(frozen=True, slots=True)
class Resources:
    """Database, folders, configuration, tracker, clock and progress."""

    engine: Engine
    home: Path
    config: Path
    """Folder of the YAML files; the experiments lie below it."""
    catalogue: Catalogue
    ranges: DateRanges
    costs: CostConfig
    limits: RiskLimits
    capital: float
    deployment: DeploymentConfig
    bus: EventBus
    artifacts: Artifacts
    tracker: Tracker
    progress: Progress
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    bar_feed: Callable[[], BarFeed]
    """Raises `ConfigError` where the provider's key is missing."""
    macro_feed: Callable[[str], MacroFeed]
    """Of a source of the catalogue; raises `ConfigError` where its key is missing."""
    account: Callable[[], Account]
    """Who acts, by token or login; raises `NotAllowed` where the token isn't accepted."""
    reopen: Callable[[Progress], Resources]
    """Opens the same anew in another process, with a progress of its own; can be pickled."""

    @property
    def terms(self) -> TradingTerms:
        """The terms on which books trade."""
        return TradingTerms(CostModel(self.costs), self.limits, self.capital)

    def ssot(self) -> dict[str, Any]:
        """Give the sections that every experiment stands on, as plain YAML types."""
        return {
            "date_ranges": self.ranges.model_dump(mode="json"),
            "initial_capital": self.capital,
            "costs": self.costs.model_dump(mode="json"),
            "risk": self.limits.model_dump(mode="json"),
        }

    @property
    def datasets(self) -> Path:
        """Folder of the built datasets."""
        return self.home / "datasets"

    @property
    def models(self) -> Path:
        """Folder of the trained models."""
        return self.home / "models"

    def model_folder(self, model_path: str) -> Path:
        """Give the folder of a registered model, brought from the storage if it isn't here.

        Args:
            model_path: as the registry has it.

        Raises:
            SourceError: the storage failed.
            ContractMismatch: the storage gave other bytes than were stored.
        """
        return self.artifacts.bring(self.home / model_path)

    @property
    def keys(self) -> Path:
        """Folder of the key that signs bundles, and of those that are trusted."""
        return self.home / KEYS_FOLDER

    @property
    def bundles(self) -> Path:
        """Folder of the signed bundles that trade."""
        return self.home / "bundles"

    @property
    def reports(self) -> Path:
        """Folder of the HTML reports."""
        return self.home / "reports"

    def history(self) -> MarketHistory:
        """Read every stored bar and macro observation."""
        with reading(self.engine) as connection:
            return MarketHistory(bar_queries.load(connection), macro_queries.load(connection))
