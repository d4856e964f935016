"""A/B tests: two experiments, trained alike, on the same sessions, compared as often as one likes.

A variant is all of its seeds, in equal parts, so that a lucky one decides nothing. `traffic` is
a share of the capital: each variant trades a book of its own, and no coin is tossed for a bar.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.app import datasets
from cambio.app.accounts import require_role
from cambio.app.backtests import record_trial
from cambio.app.evaluate import evaluate
from cambio.app.records import BOOTSTRAP_SEED, LEVEL, Figure, figures
from cambio.app.training import train_seed, trained_or_resumed
from cambio.calendar import sessions_per_year, trading_days
from cambio.contracts.accounts import Role
from cambio.contracts.market import DateRange
from cambio.dataset.splits import newest_session
from cambio.errors import Conflict
from cambio.store import trials
from cambio.store.database import reading, transaction
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.step import TradingTerms
from cambio.validation.bootstrap import PairedComparison, compare_paired
from cambio.validation.metrics import BacktestMetrics, json_number
from cambio.validation.sequential import (
    BURN_IN,
    EXPECTED_SESSIONS,
    Arm,
    sharpe_difference_sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from cambio.app.ab_config import AbPlan, Variant
    from cambio.app.experiment_config import ExperimentConfig
    from cambio.app.resources import Resources
    from cambio.app.training import Train
    from cambio.contracts.handoffs import L2Output
    from cambio.contracts.market import MarketHistory
    from cambio.validation.sequential import ConfidenceSequence

ALPHA: Final = 0.05
"""Chance that the test ever names a winner where there is none."""
FEW_SEEDS: Final = 3
"""Fewer say more about the seeds than about the experiments."""


@dataclass(frozen=True, slots=True, eq=False)
class SeedRun:
    """One seed of a variant on the test's sessions."""

    seed: int
    model_id: str
    days: NDArray[np.datetime64]
    """`(n,) datetime64[D]`."""
    returns: NDArray[np.float64]
    """Of each session, `(n,)`."""
    metrics: BacktestMetrics
    lineage: Mapping[str, Any]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Secondary:
    """A metric that is shown and decides nothing."""

    name: str
    figure: Figure
    of_sessions: bool
    """Whether the interval is a block bootstrap of the sessions; else the value is the mean of
    the seeds, and its interval their lowest and highest."""


@dataclass(frozen=True, slots=True, eq=False)
class VariantResult:
    """A variant: the equal-weight mean of its seeds."""

    variant: Variant
    seeds: tuple[SeedRun, ...]
    returns: NDArray[np.float64]
    """`(n,)`."""
    figures: Mapping[str, Figure]
    secondary: tuple[Secondary, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; None stands for NaN and infinity."""
        return {
            "name": self.variant.name,
            "experiment": self.variant.experiment,
            "traffic": self.variant.traffic,
            "metrics": {name: found.to_dict() for name, found in self.figures.items()},
            "secondary": {
                each.name: {
                    **each.figure.to_dict(),
                    "interval_of": "sessions" if each.of_sessions else "seeds",
                }
                for each in self.secondary
            },
            "seeds": [
                {
                    "seed": run.seed,
                    "model_id": run.model_id,
                    "sharpe_ratio": json_number(run.metrics.sharpe_ratio),
                    "total_return": json_number(run.metrics.total_return),
                }
                for run in self.seeds
            ],
        }


@dataclass(frozen=True, slots=True, eq=False)
class AbResult:
    """What an A/B test found."""

    plan: AbPlan
    window: DateRange
    days: NDArray[np.datetime64]
    control: VariantResult
    treatment: VariantResult
    sequence: ConfidenceSequence
    """Of the primary metric, treatment minus control."""
    paired: PairedComparison
    """The same difference by block bootstrap: right for who looks once, at the end."""
    account: Mapping[str, Figure]
    """Of the capital, split as `traffic` says."""
    account_returns: NDArray[np.float64]
    looks: int
    """Trials on overlapping windows that the ledger now holds."""
    notices: tuple[str, ...]

    @property
    def winner(self) -> VariantResult | None:
        """The better variant; None while no difference is shown."""
        arms = {Arm.CONTROL: self.control, Arm.TREATMENT: self.treatment}
        return None if self.sequence.winner is None else arms[self.sequence.winner]

    @property
    def verdict(self) -> str:
        """What was found, in a sentence."""
        at, winner = self.sequence.concluded_at, self.winner
        if at is None or winner is None:
            return f"No difference shown after {self.sequence.sessions:,} sessions."
        return (
            f"{winner.variant.name} has the higher Sharpe ratio: shown after {at + 1:,} of "
            f"{self.sequence.sessions:,} sessions, on {self.days[at]}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; dates stay what they are."""
        at = self.sequence.concluded_at
        return {
            "ab_test": self.plan.test.name,
            "window": {"start": self.window.start, "end": self.window.end},
            "sessions": self.sequence.sessions,
            "verdict": self.verdict,
            "winner": None if self.winner is None else self.winner.variant.name,
            "concluded_on": None if at is None else str(self.days[at]),
            "changes": dict(self.plan.changes),
            "variants": [self.control.to_dict(), self.treatment.to_dict()],
            "days": self.days.astype(str).tolist(),
            "sequence": self.sequence.to_dict(),
            "paired": self.paired.to_dict(),
            "account": {name: found.to_dict() for name, found in self.account.items()},
            "trials": self.looks,
            "notices": list(self.notices),
        }


def run(resources: Resources, plan: AbPlan, train: Train = train_seed) -> AbResult:
    """Train both variants with all seeds, replay each over the test's sessions, and compare.

    Models that were finished before are used again, and looks that were taken are not new ones.

    Args:
        resources: the database and the folders.
        plan: what to compare.
        train: trains one seed.

    Raises:
        DataQualityError: the data is not fit for training.
        Conflict: the two datasets are not the same.
    """
    require_role(resources.account(), Role.OPERATOR, "running an experiment")
    history = resources.history()
    window = window_of(plan, newest_session(history))
    with resources.progress.stage(f"A/B {plan.test.name}") as stage:
        built = [datasets.build(resources, config, history) for config in plan.experiments]
        _require_same_rows(built)
        stage.update(1, 1, f"{window.start} to {window.end}")
    found = []
    for variant, config, dataset in zip(plan.test.variants, plan.experiments, built, strict=True):
        seeds = [
            _seed(resources, config, dataset, seed, (history, window), train)
            for seed in config.seeds
        ]
        found.append(variant_of(variant, seeds, window, plan.test.metrics.secondary))
    with reading(resources.engine) as connection:
        looks = len(trials.looks(connection, window).sharpes)
    return compared(plan, window, found[0], found[1], looks)


def window_of(plan: AbPlan, newest: date) -> DateRange:
    """Give the sessions of the test: the first calendar days of the test period, or all of it."""
    period = plan.experiments[0].date_ranges.resolve(newest)["test"]
    days = plan.test.duration_days
    if days is None:
        return period
    return DateRange(period.start, min(period.end, period.start + timedelta(days=days - 1)))


def planned_sessions(plan: AbPlan) -> int:
    """Give for how many sessions the interval is made narrow, whatever is stored by now.

    A number that grew with the data would be chosen anew at every look, and then the intervals
    of all looks no longer hold together. So it is what the file and the test period say, and
    `EXPECTED_SESSIONS` where these leave the end open; never fewer than the burn-in.
    """
    period, days = plan.experiments[0].date_ranges.test, plan.test.duration_days
    ends = [] if period.end == "dynamic" else [period.end]
    if days is not None:
        ends.append(period.start + timedelta(days=days - 1))
    if not ends:
        return EXPECTED_SESSIONS
    return max(len(trading_days(period.start, min(ends))), BURN_IN)


def compared(
    plan: AbPlan, window: DateRange, control: VariantResult, treatment: VariantResult, looks: int
) -> AbResult:
    """Compare what two variants earned on the same sessions."""
    yearly = sessions_per_year(window.start, window.end)
    both = control.returns, treatment.returns
    sequence = sharpe_difference_sequence(
        *both, yearly, alpha=ALPHA, expected_sessions=planned_sessions(plan)
    )
    split = split_capital(both, [variant.traffic for variant in plan.test.variants])
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    return AbResult(
        plan=plan,
        window=window,
        days=control.seeds[0].days,
        control=control,
        treatment=treatment,
        sequence=sequence,
        paired=compare_paired(treatment.returns, control.returns, yearly, rng, level=LEVEL),
        account=figures(split, yearly, np.random.default_rng(BOOTSTRAP_SEED)),
        account_returns=split,
        looks=looks,
        notices=tuple(_notices(plan, sequence, control, treatment)),
    )


def split_capital(
    returns: Sequence[NDArray[np.float64]], shares: Sequence[float]
) -> NDArray[np.float64]:
    """Give the returns of one capital whose parts trade by themselves and are never evened out.

    >>> halves = split_capital([np.array([0.1, 0.0]), np.array([-0.1, 0.1])], [0.5, 0.5])
    >>> halves.round(12).tolist()
    [0.0, 0.045]
    """
    parts = [
        share * np.cumprod(1.0 + earned) for share, earned in zip(shares, returns, strict=True)
    ]
    marks = np.concatenate([[math.fsum(shares)], np.sum(parts, axis=0)])
    return np.asarray(marks[1:] / marks[:-1] - 1.0)


def _require_same_rows(built: Sequence[L2Output]) -> None:
    hashes = {dataset.dataset_hash for dataset in built}
    if len(hashes) > 1:
        raise Conflict(
            f"The variants' datasets differ: {', '.join(sorted(hashes))}.",
            remedy="Run the test again; the stored data changed while they were built.",
        )


def _seed(
    resources: Resources,
    config: ExperimentConfig,
    dataset: L2Output,
    seed: int,
    judged_on: tuple[MarketHistory, DateRange],
    train: Train,
) -> SeedRun:
    """Train a seed, or take what was trained; replay it, and record the look."""
    with resources.progress.stage(f"L3 {config.name}, seed {seed}") as stage:
        output = trained_or_resumed(resources, config, {}, dataset, seed, stage=stage, train=train)
    model = ProductionContract.validate_and_load(Path(output.model_path))
    terms = TradingTerms(CostModel(config.costs), config.risk, config.initial_capital)
    evaluation = evaluate(model, *judged_on, terms, resources.progress)
    with transaction(resources.engine) as connection:
        record_trial(connection, config.name, evaluation, resources.now())
    return SeedRun(
        seed=seed,
        model_id=model.model_id,
        days=evaluation.days,
        returns=evaluation.account.session_returns,
        metrics=evaluation.metrics,
        lineage=model.lineage,
        notices=evaluation.notices,
    )


def variant_of(
    variant: Variant, seeds: Sequence[SeedRun], window: DateRange, secondary: Sequence[str]
) -> VariantResult:
    """Give a variant: its seeds on the same sessions in equal parts, evened out each session."""
    returns = np.mean([run.returns for run in seeds], axis=0)
    yearly = sessions_per_year(window.start, window.end)
    found = figures(returns, yearly, np.random.default_rng(BOOTSTRAP_SEED))
    others = tuple(
        Secondary(name, found[name], of_sessions=True)
        if name in found
        else Secondary(name, _over_seeds(seeds, name), of_sessions=False)
        for name in secondary
    )
    return VariantResult(variant, tuple(seeds), returns, found, others)


def _over_seeds(seeds: Sequence[SeedRun], name: str) -> Figure:
    values = np.array([float(getattr(run.metrics, name)) for run in seeds])
    return Figure(float(values.mean()), float(values.min()), float(values.max()))


def _notices(plan: AbPlan, sequence: ConfidenceSequence, *variants: VariantResult) -> Iterator[str]:
    yield from dict.fromkeys(n for v in variants for run in v.seeds for n in run.notices)
    yield from _without_interval(plan, sequence, variants)
    fewest, most = sorted(len(variant.seeds) for variant in variants)
    if fewest < most:
        yield (
            f"The variants have {fewest} and {most} seeds: the mean of more seeds is steadier, "
            f"which flatters its Sharpe ratio. Give both as many with --seeds {most}."
        )
    if fewest < FEW_SEEDS:
        yield (
            f"A variant has {fewest} seed{'' if fewest == 1 else 's'}: what differs may be the "
            f"luck of the training. Ask for {FEW_SEEDS} or more with --seeds."
        )


def _without_interval(
    plan: AbPlan, sequence: ConfidenceSequence, variants: Sequence[VariantResult]
) -> Iterator[str]:
    """Say why a test could not name a winner, whatever happened."""
    sessions, days = sequence.sessions, plan.test.duration_days
    if sessions < BURN_IN:
        asked = f" ({days} calendar days)" if days is not None else ""
        yield (
            f"This test could not name a winner, whatever happened: {sessions:,} sessions{asked} "
            f"are fewer than the {BURN_IN} before its first interval."
        )
    elif not np.isfinite(sequence.low).any():
        moved = [int(np.count_nonzero(variant.returns)) for variant in variants]
        yield (
            f"This test could not name a winner: {plan.test.variants[int(np.argmin(moved))].name} "
            f"earned or lost something in {min(moved):,} sessions only, and an interval takes "
            f"{BURN_IN}."
        )
