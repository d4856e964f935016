"""The pieces of a calibration's work: each has randomness of its own, and runs anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.calendar import trading_days
from cambio.trading import ledger
from cambio.validation.calibration.findings import (
    BREAK_EVEN,
    EDGES,
    LOOKS,
    RULES,
    Pace,
    Run,
    Study,
)
from cambio.validation.calibration.judging import Window, campaign
from cambio.validation.calibration.markets import FIRST, LAST, market_of, windows
from cambio.validation.calibration.planted import plant
from cambio.validation.calibration.policies import FAMILIES, spells
from cambio.validation.metrics import session_returns, sharpe_per_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

    from cambio.acquisition.catalogue import Catalogue
    from cambio.trading.costs import CostModel
    from cambio.trading.ledger import Market
    from cambio.validation.calibration.judging import Candidate, Terms
    from cambio.validation.calibration.markets import RealSessions

HALF_YEAR, TWO_YEARS = 125, 480
"""Sessions of a window."""
SPAN: Final = 4 * TWO_YEARS
"""Sessions of a market that windows are cut from."""
WINDOWS: Final = 4
"""Windows of either length that a unit of campaigns or of power uses."""
CAMPAIGN: Final = 20
"""Proposals."""
PLANTED_FLAT: Final = 1.0 / 3.0
"""Share of the spells of a policy with a planted edge that hold nothing."""
MEAN_BARS: Final = {Pace.SESSION: 60.0, Pace.FAST: 20.0}


class MarketKind(StrEnum):
    """Where a market without edge comes from."""

    SIMULATED = "simulated"
    RESAMPLED = "resampled"


class Work(StrEnum):
    """What a unit does; the order is part of every seed."""

    PPO = "ppo"
    POWER = "power"
    REPLAY = "replay"
    CAMPAIGNS = "campaigns"
    RULES = "rules"


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of work."""

    work: Work
    market: MarketKind
    index: int

    def seeds(self, root: int) -> np.random.SeedSequence:
        """Give its own randomness, whoever else works and in whatever order."""
        place = list(Work).index(self.work), list(MarketKind).index(self.market), self.index
        return np.random.SeedSequence(root, spawn_key=place)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every unit stands on. Can be pickled."""

    seed: int
    terms: Terms
    costs: CostModel
    catalogue: Catalogue
    real: RealSessions | None


def span(ground: Ground, kind: MarketKind, rng: Generator, sessions: int = SPAN) -> Market:
    """Give a market without edge."""
    if kind is MarketKind.RESAMPLED:
        if ground.real is None:
            raise ValueError("there are no real sessions to draw from")
        time_s, close = ground.real.draw(sessions, rng)
        return market_of(time_s, close, close, ground.costs, close_only=True)
    config = SimulationConfig(
        seed=int(rng.integers(2**31)), start=FIRST, end=_end(sessions), edge="none"
    )
    bars = simulate(config, ground.catalogue).bars
    time_s, open_, close = (
        bars["time"].dt.epoch("s").to_numpy(),
        bars["open"].to_numpy(),
        bars["close"].to_numpy(),
    )
    return market_of(time_s, open_, close, ground.costs, close_only=False)


def _end(sessions: int) -> date:
    return trading_days(FIRST, LAST)[sessions - 1]


def rules(ground: Ground, unit: Unit) -> list[Run]:
    """Judge a policy of each family on each window, and one that breaks even, as first looks."""
    rng = np.random.default_rng(unit.seeds(ground.seed))
    market = span(ground, unit.market, rng)
    found = []
    for sessions in (HALF_YEAR, TWO_YEARS):
        for place, part in enumerate(windows(market, sessions)):
            window = Window.of(part, ground.terms)
            for family, rule in FAMILIES.items():
                outcome = window.candidate(rule(part.close, rng), rng).judged()
                found.append(Run(Study.NO_EDGE, family, unit.market, sessions, outcome))
            outcome = _breaking_even(window, rng, place).judged()
            found.append(Run(Study.BREAK_EVEN, BREAK_EVEN, unit.market, sessions, outcome))
    return found


def campaigns(ground: Ground, unit: Unit) -> list[Run]:
    """Judge 20 policies without edge one after the other, and 20 that earn just their costs."""
    rng = np.random.default_rng(unit.seeds(ground.seed))
    market = span(ground, unit.market, rng)
    found = []
    for sessions in (HALF_YEAR, TWO_YEARS):
        for place, part in enumerate(windows(market, sessions)[:WINDOWS]):
            window = Window.of(part, ground.terms)
            makers: dict[str, Callable[[int], Candidate]] = {
                RULES: partial(_ruled, window, rng),
                BREAK_EVEN: partial(_breaking_even, window, rng),
            }
            for family, make in makers.items():
                outcomes = campaign([partial(make, number) for number in range(CAMPAIGN)])
                found += [
                    Run(
                        Study.CAMPAIGN,
                        family,
                        unit.market,
                        sessions,
                        outcome,
                        look=look,
                        group=unit.index * WINDOWS + place,
                    )
                    for look, outcome in enumerate(outcomes, start=1)
                ]
    return found


def _ruled(window: Window, rng: Generator, number: int) -> Candidate:
    rule = list(FAMILIES.values())[number % len(FAMILIES)]
    return window.candidate(rule(window.market.close, rng), rng)


def _breaking_even(window: Window, rng: Generator, number: int) -> Candidate:
    pace = list(Pace)[number % len(Pace)]
    targets = spells(len(window.market.day), MEAN_BARS[pace], PLANTED_FLAT, rng)
    market = plant(window.market, targets, 0.0, window.yearly)
    return Window.of(market, window.terms).candidate(targets, rng)


def power(ground: Ground, unit: Unit) -> list[Run]:
    """Judge planted edges of each size on each window, as its first and as its tenth look."""
    rng = np.random.default_rng(unit.seeds(ground.seed))
    market = span(ground, unit.market, rng)
    found = []
    for sessions in (HALF_YEAR, TWO_YEARS):
        for part in windows(market, sessions)[:WINDOWS]:
            others = _other_looks(part, max(LOOKS) - 1, rng)
            yearly = Window.of(part, ground.terms).yearly
            for pace, mean_bars in MEAN_BARS.items():
                targets = spells(len(part.day), mean_bars, PLANTED_FLAT, rng)
                for edge in EDGES:
                    lifted = Window.of(plant(part, targets, edge, yearly), ground.terms)
                    candidate = lifted.candidate(targets, rng)
                    found += [
                        Run(
                            Study.POWER,
                            str(pace),
                            unit.market,
                            sessions,
                            candidate.judged(others[: look - 1]),
                            edge=edge,
                            pace=pace,
                            look=look,
                        )
                        for look in LOOKS
                    ]
    return found


def _other_looks(market: Market, count: int, rng: Generator) -> NDArray[np.float64]:
    """Give the Sharpe ratios per session of rules that were tried on the window before."""
    rules = list(FAMILIES.values())
    found = np.zeros(count)
    equity = np.empty(len(market.day))
    for i in range(count):
        ledger.run_targets(market, rules[i % len(rules)](market.close, rng), 1.0, equity)
        sharpe = sharpe_per_session(session_returns(market.day, equity, 1.0))
        found[i] = sharpe if np.isfinite(sharpe) else 0.0
    return found
