"""Policies that go the whole way of a backtest: rules as a check, and trained PPO policies."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.app import datasets
from cambio.app.calibration_units import HALF_YEAR, TWO_YEARS
from cambio.app.training import train_seed
from cambio.calendar import session_days, trading_days
from cambio.contracts.features import FEATURE_ORDER, FEATURE_ORDER_HASH
from cambio.contracts.market import DateRange, MarketHistory
from cambio.contracts.trading import Action
from cambio.dataset.splits import DateRanges, newest_session
from cambio.features.macro import EPOCH
from cambio.features.spec import FeatureSpec
from cambio.store.database import open_database
from cambio.tracking import Tracker
from cambio.trading.gate import LoadedModel, ProductionContract
from cambio.trading.observation import FeatureStats, NormStats
from cambio.trading.step import TradingTerms
from cambio.validation.calibration.findings import EAGER_PPO, PPO, Run, Study
from cambio.validation.calibration.judging import Candidate, Window
from cambio.validation.calibration.policies import FAMILIES
from cambio.validation.metrics import Account
from cambio.validation.replay import BacktestEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from cambio.app.calibration_units import Ground, Unit
    from cambio.app.experiment_config import ExperimentConfig
    from cambio.app.resources import Resources
    from cambio.trading.policy import OnnxPolicy
    from cambio.trading.risk import RiskLimits
    from cambio.validation.replay import Replay

WARM_UP_DAYS: Final = 21
"""Calendar days of bars before a window."""
TEST_START: Final = date(2024, 7, 1)
TRAINING_DAYS: Final = 730
VALIDATION_DAYS: Final = 182
FAMILY: Final = (PPO, EAGER_PPO)
STRANGE_MARKETS: Final = (HALF_YEAR, HALF_YEAR, HALF_YEAR, HALF_YEAR, TWO_YEARS)
"""Windows of markets that a PPO policy never saw, and is judged on beside its own test period."""


class Scripted:
    """A policy that says what to hold bar after bar, whatever it observes.

    It knows the bar by how often it was asked, so it serves one book alone. No action asks for
    flat: where the script holds nothing, it says HOLD.

    Args:
        targets: the position wanted after each bar, `(n,)`.
    """

    def __init__(self, targets: NDArray[np.int64]) -> None:
        self._answers = np.eye(len(Action), dtype=np.float32)[targets + 1]
        self.asked = 0

    def probabilities(self, observation: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: ARG002
        """Give the next answer."""
        self.asked += 1
        answer: NDArray[np.float32] = self._answers[self.asked - 1]
        return answer


def always_holding(targets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the positions that actions can bring about: flat, once left, is never asked for."""
    newest = np.maximum.accumulate(np.where(targets != 0, np.arange(len(targets)), 0))
    return targets[newest]


def replays(ground: Ground, unit: Unit, limits: RiskLimits) -> list[Run]:
    """Judge rules by themselves, and again as policies that risk limits watch in a backtest."""
    rng = np.random.default_rng(unit.seeds(ground.seed))
    history, window = market_and_window(ground, HALF_YEAR, rng)
    terms = TradingTerms(ground.costs, limits, ground.terms.capital)
    found = []
    for family in ("random", "trend"):
        bars = _closes(history, window)
        targets = always_holding(FAMILIES[family](bars, rng))
        seeds = unit.seeds(ground.seed).spawn(2)
        replayed = replay(
            (history, window), terms, ground, targets, np.random.default_rng(seeds[0])
        )
        alone = replayed.window.candidate(targets, np.random.default_rng(seeds[1]))
        found.append(
            Run(
                Study.REPLAY,
                family,
                unit.market,
                HALF_YEAR,
                alone.judged(),
                replayed=replayed.judged(),
            )
        )
    return found


def replay(
    field: tuple[MarketHistory, DateRange],
    terms: TradingTerms,
    ground: Ground,
    targets: NDArray[np.int64],
    rng: Generator,
) -> Candidate:
    """Give what a script comes to on the whole path, its positions as the risk limits left them."""
    history, window = field
    engine = BacktestEngine(history, terms)
    found = {}
    for multiple in (1.0, ground.terms.gates.cost_multiple):
        script = Scripted(targets)
        found[multiple] = engine.run_at_costs(_as_model(script), window, (multiple,))[multiple]
        if script.asked != len(targets):
            raise ValueError(f"asked at {script.asked} of {len(targets)} bars")
    return _candidate(found, terms, ground, rng)


def _candidate(
    replays: Mapping[float, Replay], terms: TradingTerms, ground: Ground, rng: Generator
) -> Candidate:
    accounts = {m: Account.of(r.decisions, r.book, terms.capital) for m, r in replays.items()}
    stressed = accounts[ground.terms.gates.cost_multiple]
    return Candidate(
        Window.of(replays[1.0].market, ground.terms),
        accounts[1.0],
        stressed_return=float(stressed.equity[-1] / terms.capital - 1.0),
        targets=replays[1.0].targets,
        rng=rng,
    )


def market_and_window(
    ground: Ground, sessions: int, rng: Generator
) -> tuple[MarketHistory, DateRange]:
    """Give a simulated market without edge, and its last sessions as the window."""
    days = trading_days(TEST_START, TEST_START + timedelta(days=3 * 365))[:sessions]
    config = SimulationConfig(
        seed=int(rng.integers(2**31)),
        start=TEST_START - timedelta(days=WARM_UP_DAYS),
        end=days[-1],
        edge="none",
    )
    market = simulate(config, ground.catalogue)
    return MarketHistory(market.bars, market.macro), DateRange(days[0], days[-1])


def _closes(history: MarketHistory, window: DateRange) -> NDArray[np.float64]:
    days = session_days(history.bars["time"].dt.epoch("s").to_numpy())
    first = np.searchsorted(days, (window.start - EPOCH).days)
    return history.bars["close"].to_numpy()[first:]


def _as_model(script: Scripted) -> LoadedModel:
    """Give the script as a model that looks at no feature, and to which none looks strange."""
    spec = FeatureSpec(bar_range="as_is")
    entry = FeatureStats(mean=0.0, std=1e6, min=0.0, max=0.0, count=1)
    stats = NormStats(
        feature_order_hash=FEATURE_ORDER_HASH,
        feature_spec_hash=spec.hash(),
        row_count=1,
        features=dict.fromkeys(FEATURE_ORDER, entry),
    )
    policy = cast("OnnxPolicy", script)  # the path asks for a `Policy`; models hold graphs
    return LoadedModel("script", policy, stats, spec, {})


def trained(
    ground: Ground,
    unit: Unit,
    config: ExperimentConfig,
    resources: Resources,
    elsewhere: Sequence[int] = STRANGE_MARKETS,
) -> list[Run]:
    """Train a PPO policy where nothing can be learned, and judge it there and elsewhere.

    Where nothing can be earned, costs teach a policy not to trade; so every second one learns
    without them. All are judged at the configured ones.

    Everything that training writes goes into a folder that is gone afterwards.

    Args:
        ground: what it is judged by.
        unit: which policy.
        config: of the training.
        resources: of the product; its database is not used.
        elsewhere: sessions of each window of a market that the policy never saw.
    """
    rng = np.random.default_rng(unit.seeds(ground.seed))
    history, ranges = _training_market(ground, rng)
    seed = int(rng.integers(2**31))
    config = config.model_copy(update={"date_ranges": ranges, "seeds": (seed,)})
    family = FAMILY[unit.index % len(FAMILY)]
    if family == EAGER_PPO:
        config = config.model_copy(update={"costs": ground.costs.times(0.0).config})
    terms = TradingTerms(ground.costs, config.risk, ground.terms.capital)
    with _scratch(resources) as scratch:
        dataset = datasets.build(scratch, config, history)
        with scratch.progress.stage("") as stage:
            output = train_seed(scratch, config, {}, dataset, seed, stage=stage, resume=False)
        model = ProductionContract.validate_and_load(Path(output.model_path))
    test = ranges.resolve(newest_session(history))["test"]
    fields = [((history, test), HALF_YEAR)]
    fields += [(market_and_window(ground, sessions, rng), sessions) for sessions in elsewhere]
    found = []
    for place, ((past, window), sessions) in enumerate(fields):
        multiples = sorted({1.0, ground.terms.gates.cost_multiple})
        replays = BacktestEngine(past, terms).run_at_costs(model, window, multiples)
        candidate = _candidate(replays, terms, ground, rng)
        where = unit.market if place else f"{unit.market}, own test period"
        found.append(
            Run(Study.NO_EDGE, family, where, sessions, candidate.judged(), group=unit.index)
        )
    return found


def _training_market(ground: Ground, rng: Generator) -> tuple[MarketHistory, DateRanges]:
    """Give two and a half years to learn and choose from, and the test period behind them."""
    validation = TEST_START - timedelta(days=VALIDATION_DAYS)
    start = validation - timedelta(days=TRAINING_DAYS)
    end = trading_days(TEST_START, TEST_START + timedelta(days=365))[HALF_YEAR - 1]
    config = SimulationConfig(seed=int(rng.integers(2**31)), start=start, end=end, edge="none")
    market = simulate(config, ground.catalogue)
    day = timedelta(days=1)
    ranges = DateRanges.model_validate(
        {
            "data": {"start": start},
            "training": {"start": start, "end": validation - day},
            "validation": {"start": validation, "end": TEST_START - day},
            "test": {"start": TEST_START, "end": "dynamic"},
        }
    )
    return MarketHistory(market.bars, market.macro), ranges


@contextmanager
def _scratch(resources: Resources) -> Iterator[Resources]:
    """Give resources whose database and folders are gone afterwards, and that track nothing."""
    with tempfile.TemporaryDirectory(prefix="cambio-calibration-") as folder:
        home = Path(folder)
        engine = open_database(f"sqlite:///{home / 'cambio.db'}")
        try:
            yield replace(resources, engine=engine, home=home, tracker=Tracker("", home))
        finally:
            engine.dispose()
