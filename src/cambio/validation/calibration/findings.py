"""What a calibration found: every run, and the rates that the runs amount to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np

from cambio.validation.calibration.judging import SCORE, Outcome
from cambio.validation.calibration.rates import Rate
from cambio.validation.criteria import Gate

K = TypeVar("K")


class Study(StrEnum):
    """What a run is a run of."""

    NO_EDGE = "no edge"
    BREAK_EVEN = "break even"
    CAMPAIGN = "campaign"
    POWER = "power"
    REPLAY = "replay"


class Pace(StrEnum):
    """How long a policy with a planted edge holds."""

    SESSION = "a session"
    FAST = "a third of a session"


RULES: Final = "rules"
BREAK_EVEN: Final = "break-even"
PPO, EAGER_PPO = "ppo", "ppo, trained without costs"
EDGES: Final = (0.0, 0.5, 1.0, 2.0, 3.0)
"""Annual Sharpe ratios after costs that are planted; at 0 the policy earns just its costs."""
LOOKS: Final = (1, 10)
"""As which look at the window a planted edge is judged."""
STOPS: Final = (
    *(str(gate) for gate in Gate if gate not in {Gate.LOOK_AHEAD, Gate.CONFIGURED_TERMS}),
    SCORE,
)
"""What can stop a candidate here, in the gate's order. No champion is in the way, so its gate is
never asked."""


@dataclass(frozen=True, slots=True)
class Run:
    """One vote."""

    study: Study
    family: str
    market: str
    sessions: int
    """Of the window."""
    outcome: Outcome
    edge: float = 0.0
    """Annual Sharpe ratio that was planted; 0 where nothing or just the costs were."""
    pace: Pace | None = None
    look: int = 1
    """How many trials were on record, this one included."""
    group: int = 0
    """Which campaign, or which policy; unique within study, family, market and sessions."""
    replayed: Outcome | None = None
    """Of a run that went the whole way too: what the gate said then."""


@dataclass(frozen=True, slots=True)
class FalsePromotions:
    """How often policies without edge were promoted."""

    name: str
    every: Rate
    traded_enough: Rate
    """Of those alone that made as many trades as the gate asks for."""
    decides: bool
    """Whether the criterion is asked of this row, not only of a cut of it."""


@dataclass(frozen=True, slots=True)
class CampaignRates:
    """What a researcher sees who judges many policies without edge on one window."""

    family: str
    sessions: int
    length: int
    """Proposals of a campaign."""
    proposals: Rate
    first: Rate
    """Of the first proposals alone."""
    last: Rate
    """Of the last ones."""
    campaigns: Rate
    """With at least one promotion."""


@dataclass(frozen=True, slots=True)
class Power:
    """How often a planted edge was promoted."""

    pace: Pace
    sessions: int
    look: int
    edge: float
    rate: Rate
    realised: float
    """Mean of the annual Sharpe ratios."""
    error: float
    """Standard error of that mean."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Rules run by themselves against rules that went through the whole replay."""

    runs: int
    same: int
    """With the same recommendation."""
    promoted: int
    """By themselves."""
    promoted_replayed: int
    difference: float
    """Median of how far the annual Sharpe ratios are apart."""


@dataclass(frozen=True)
class Findings:
    """Every run, and what they come to."""

    runs: Sequence[Run]

    def of(self, study: Study) -> list[Run]:
        """Give the runs of one study."""
        return [run for run in self.runs if run.study is study]

    @cached_property
    def false_promotions(self) -> list[FalsePromotions]:
        """Rates overall, then by family, by market and by window."""
        runs = self.of(Study.NO_EDGE)
        rows = [_false("all", runs, decides=True)] if runs else []
        families = sorted(_by(runs, lambda run: run.family).items())
        rows += [_false(name, part, decides=True) for name, part in families]
        cuts: tuple[Callable[[Run], str], ...] = (
            lambda run: run.market,
            lambda run: f"{run.sessions} sessions",
        )
        for cut in cuts:
            rows += [_false(name, part) for name, part in sorted(_by(runs, cut).items())]
        return rows

    @cached_property
    def break_even(self) -> list[FalsePromotions]:
        """The same of policies that earn just their costs: at the very edge of having none."""
        power = [run for run in self.of(Study.POWER) if run.edge == 0.0 and run.look == 1]
        runs = [*self.of(Study.BREAK_EVEN), *power]
        return [
            _false(f"{BREAK_EVEN}, {name}", part, decides=True)
            for name, part in _by(runs, lambda run: f"{run.sessions} sessions").items()
        ]

    @property
    def holds(self) -> bool:
        """Whether overall, and in each family, so few are promoted as they should be."""
        asked = [row for row in self.false_promotions if row.decides]
        return bool(asked) and all(row.every.holds for row in asked)

    @cached_property
    def campaigns(self) -> list[CampaignRates]:
        """Rates of campaigns, by family and window."""
        found = []
        cells = _by(self.of(Study.CAMPAIGN), lambda run: (run.family, run.sessions))
        for (family, sessions), runs in cells.items():
            groups = _by(runs, lambda run: (run.market, run.group))
            length = max(run.look for run in runs)
            seen = [any(run.outcome.promoted for run in group) for group in groups.values()]
            first, last = ([r for r in runs if r.look == look] for look in (1, length))
            found.append(
                CampaignRates(
                    family,
                    sessions,
                    length,
                    proposals=_promoted(runs),
                    first=_promoted(first),
                    last=_promoted(last),
                    campaigns=Rate(sum(seen), len(seen)),
                )
            )
        return found

    @cached_property
    def power(self) -> list[Power]:
        """Rates of planted edges."""
        found = []
        cells = _by(self.of(Study.POWER), lambda r: (str(r.pace), r.sessions, r.look, r.edge))
        for (pace, sessions, look, edge), runs in cells.items():
            sharpes = np.array([run.outcome.sharpe for run in runs])
            error = float(sharpes.std(ddof=1)) / len(runs) ** 0.5 if len(runs) > 1 else 0.0
            mean = float(sharpes.mean())
            found.append(Power(Pace(pace), sessions, look, edge, _promoted(runs), mean, error))
        return found

    @cached_property
    def stops(self) -> dict[str, dict[str, Rate]]:
        """Of each family without edge, how many failed each gate: of those that it was asked of."""
        found = {}
        for family, runs in sorted(_by(self.of(Study.NO_EDGE), lambda run: run.family).items()):
            failed = Counter(name for run in runs for name in run.outcome.failed)
            asked = sum(run.outcome.asked_random for run in runs)
            found[family] = {
                name: Rate(failed[name], asked if name == Gate.RANDOM_TRADERS else len(runs))
                for name in STOPS
                if name != Gate.BEATS_CHAMPION
            }
        return found

    @cached_property
    def agreement(self) -> Agreement:
        """Whether rules are judged alike with and without risk limits."""
        pairs = [(r.outcome, r.replayed) for r in self.of(Study.REPLAY) if r.replayed is not None]
        return Agreement(
            runs=len(pairs),
            same=sum(one.recommendation is other.recommendation for one, other in pairs),
            promoted=sum(one.promoted for one, _ in pairs),
            promoted_replayed=sum(other.promoted for _, other in pairs),
            difference=float(
                np.median([abs(one.sharpe - other.sharpe) for one, other in pairs] or [0.0])
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the rates as plain JSON types."""
        agreement = self.agreement
        return {
            "holds": self.holds,
            "false_promotions": [_row(row) for row in self.false_promotions],
            "break_even": [_row(row) for row in self.break_even],
            "campaigns": [
                {
                    "family": row.family,
                    "sessions": row.sessions,
                    "length": row.length,
                    "proposals": row.proposals.to_dict(),
                    "first": row.first.to_dict(),
                    "last": row.last.to_dict(),
                    "campaigns": row.campaigns.to_dict(),
                }
                for row in self.campaigns
            ],
            "power": [
                {
                    "holds_for": str(row.pace),
                    "sessions": row.sessions,
                    "look": row.look,
                    "edge": row.edge,
                    "promoted": row.rate.to_dict(),
                    "realised_sharpe": row.realised,
                    "standard_error": row.error,
                }
                for row in self.power
            ],
            "stopped_by": {
                family: {name: rate.to_dict() for name, rate in rates.items()}
                for family, rates in self.stops.items()
            },
            "replayed": {
                "runs": agreement.runs,
                "same": agreement.same,
                "promoted": agreement.promoted,
                "promoted_replayed": agreement.promoted_replayed,
                "median_sharpe_difference": agreement.difference,
            },
        }


def _row(row: FalsePromotions) -> Mapping[str, Any]:
    return {
        "name": row.name,
        "promoted": row.every.to_dict(),
        "promoted_of_those_that_traded_enough": row.traded_enough.to_dict(),
    }


def _false(name: str, runs: Sequence[Run], *, decides: bool = False) -> FalsePromotions:
    busy = [run for run in runs if run.outcome.traded_enough]
    return FalsePromotions(name, _promoted(runs), _promoted(busy), decides)


def _promoted(runs: Sequence[Run]) -> Rate:
    return Rate(sum(run.outcome.promoted for run in runs), len(runs))


def _by(runs: Iterable[Run], key: Callable[[Run], K]) -> dict[K, list[Run]]:
    """Group, in the order of first appearance."""
    found: dict[K, list[Run]] = {}
    for run in runs:
        found.setdefault(key(run), []).append(run)
    return found
