"""Experiments side by side, from what is recorded: nothing is trained, and no window looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.acquisition.simulator import SIMULATED
from cambio.app.evaluate import SIMULATED_NOTICE
from cambio.app.experiment_list import WALK_FORWARD, representative
from cambio.app.models import document
from cambio.app.parameters import differing
from cambio.app.records import BOOTSTRAP_SEED, LEVEL, Figure, figures
from cambio.calendar import sessions_per_year
from cambio.contracts.market import DateRange
from cambio.errors import ConfigError, NotFound
from cambio.store import bars, models, proposals, trials
from cambio.store.database import reading
from cambio.trading.costs import CostConfig, CostModel
from cambio.trading.risk import RiskLimits
from cambio.trading.step import TradingTerms
from cambio.validation.bootstrap import PairedComparison, compare_paired
from cambio.validation.overfitting import Overfitting, probability_of_overfitting
from cambio.yaml_files import validated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cambio.app.resources import Resources
    from cambio.contracts.handoffs import PromotionProposal
    from cambio.store.trials import RecordedTrial

BLOCKS: Final = 16
MIN_SESSIONS_A_BLOCK: Final = 4
"""With fewer, every half of the blocks holds too little to choose by."""
MIN_SESSIONS: Final = 2
OWN: Final = ("name", "description")
LINEAGE: Final = (
    *("source_data_hash", "dataset_hash", "norm_stats_hash", "feature_spec_hash"),
    *("feature_order_hash", "code_version"),
)
"""What two models should share, if their difference is to be that of their parameters."""
UNKNOWN: Final = "not the model's own, and not today's"


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """One experiment of a comparison, as its newest recorded run left it."""

    name: str
    trial: RecordedTrial
    returns: NDArray[np.float64]
    """On the common sessions, `(n,)`."""
    figures: Mapping[str, Figure]
    recommendation: str | None
    status: str | None
    lineage: Mapping[str, Any]
    """Empty where the model is in no registry."""
    parameters: Mapping[str, Any] | None
    """What it was trained with; None where it can't be read."""
    terms: str
    """Identifies the costs, limits and capital of the trial; `UNKNOWN` where they can't be told."""
    against_first: PairedComparison | None
    """None for the first itself."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; times stay datetimes."""
        paired = self.against_first
        return {
            "name": self.name,
            "model_id": self.trial.model_id,
            "window": {"start": self.trial.window.start, "end": self.trial.window.end},
            "evaluated_at": self.trial.created_at,
            "recommendation": self.recommendation,
            "status": self.status,
            "metrics": {name: found.to_dict() for name, found in self.figures.items()},
            "against_first": None if paired is None else paired.to_dict(),
            "lineage": dict(self.lineage),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Experiments on the sessions that all of them were judged on; the first is the reference."""

    contestants: tuple[Contestant, ...]
    days: NDArray[np.datetime64]
    """The common sessions, `(n,) datetime64[D]`."""
    parameters: Mapping[str, list[Any]]
    """Those that differ, by dotted key."""
    hashes: Mapping[str, list[Any]]
    """Those that differ."""
    overfitting: Overfitting | None
    """None where there are too few sessions."""
    looks: int
    """Trials on windows that overlap the common sessions, whoever took them."""
    notices: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; dates and times stay what they are."""
        found = self.overfitting
        return {
            "sessions": len(self.days),
            "first_session": str(self.days[0]),
            "last_session": str(self.days[-1]),
            "parameters": dict(self.parameters),
            "experiments": [each.to_dict() for each in self.contestants],
            "overfitting": None if found is None else found.to_dict(),
            "trials": self.looks,
            "hashes": dict(self.hashes),
            "notices": list(self.notices),
        }


def compare(resources: Resources, names: Sequence[str]) -> Comparison:
    """Compare the newest recorded run of each experiment on the sessions they share.

    Raises:
        ConfigError: fewer than two experiments, one given twice, a walk-forward, or none of
            their sessions is common.
        NotFound: an experiment has no recorded run whose returns were kept.
    """
    if len(names) < 2 or len(set(names)) < len(names):
        raise ConfigError("A comparison needs two different experiments or more.")
    with reading(resources.engine) as connection:
        looked, voted = trials.every(connection), proposals.every(connection)
        registered = {row["model_id"]: row for row in models.every(connection)}
    chosen = [_chosen(name, looked, voted) for name in names]
    days, table = common_returns(chosen)
    window = DateRange(days[0].item(), days[-1].item())
    with reading(resources.engine) as connection:
        looks = len(trials.looks(connection, window).sharpes)
        simulated = SIMULATED in bars.sources(connection)
    yearly = sessions_per_year(window.start, window.end)
    recorded = _Recorded(registered, voted)
    first, *others = (
        _contestant(resources, recorded, trial, np.ascontiguousarray(returns), yearly)
        for trial, returns in zip(chosen, table.T, strict=True)
    )
    _require_single_splits([first, *others])
    contestants = (first, *(_against(first, other, yearly) for other in others))
    enough = len(days) >= BLOCKS * MIN_SESSIONS_A_BLOCK
    readable = [each.parameters for each in contestants if each.parameters is not None]
    parameters = differing(readable) if len(readable) == len(contestants) else {}
    return Comparison(
        contestants=contestants,
        days=days,
        parameters={key: row for key, row in parameters.items() if key not in OWN},
        hashes=differing([{key: c.lineage.get(key) for key in LINEAGE} for c in contestants]),
        overfitting=probability_of_overfitting(table, blocks=BLOCKS) if enough else None,
        looks=looks,
        notices=(
            *((SIMULATED_NOTICE,) if simulated else ()),
            *_notices(contestants, days),
        ),
    )


def common_returns(
    chosen: Sequence[RecordedTrial],
) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Give the sessions that all trials have, `(n,)`, and the returns on them, `(n, trials)`.

    Raises:
        ConfigError: fewer than `MIN_SESSIONS` are common.
    """
    records = [(t.days, t.returns) for t in chosen if t.days is not None and t.returns is not None]
    days = records[0][0]
    for other, _ in records[1:]:
        days = np.intersect1d(days, other)
    if len(days) < MIN_SESSIONS:
        windows = ", ".join(
            f"{t.experiment_name} {t.window.start} to {t.window.end}" for t in chosen
        )
        raise ConfigError(
            f"The experiments were judged on sessions that are not the same: {windows}.",
            remedy="Run them again, on the same stored data.",
        )
    columns = [returns[np.isin(each, days)] for each, returns in records]
    return days, np.column_stack(columns)


def _chosen(
    name: str, looked: Sequence[RecordedTrial], voted: Sequence[PromotionProposal]
) -> RecordedTrial:
    kept = [trial for trial in looked if trial.returns is not None]
    found = representative(name, kept, voted)
    if found is not None:
        return found
    known = sorted({trial.experiment_name for trial in kept})
    older = any(trial.experiment_name == name for trial in looked)
    what = "no recorded run whose returns were kept" if older else "no recorded run"
    raise NotFound(
        f"{name} has {what}.",
        remedy=f"`cambio experiment run {name}` makes one; there are some of: "
        f"{', '.join(known) or 'none'}.",
    )


def _require_single_splits(contestants: Sequence[Contestant]) -> None:
    for each in contestants:
        if each.parameters is not None and each.parameters.get("protocol") == WALK_FORWARD:
            raise ConfigError(
                f"{each.name} is a walk-forward: one of its cells would stand for all of them.",
                remedy="Read its report, which shows every fold and seed.",
            )


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What the database knows of the models."""

    registered: Mapping[str, Mapping[str, Any]]
    voted: Sequence[PromotionProposal]

    def vote(self, model_id: str) -> PromotionProposal | None:
        mine = [proposal for proposal in self.voted if proposal.model_id == model_id]
        return max(mine, key=lambda proposal: proposal.created_at, default=None)


def _contestant(
    resources: Resources,
    recorded: _Recorded,
    trial: RecordedTrial,
    returns: NDArray[np.float64],
    yearly: float,
) -> Contestant:
    row = recorded.registered.get(trial.model_id)
    lineage = {} if row is None else row["lineage"]
    path = None if row is None else resources.model_folder(row["model_path"]) / "config.yaml"
    parameters = None if path is None else document(path)
    vote = recorded.vote(trial.model_id)
    return Contestant(
        name=trial.experiment_name,
        trial=trial,
        returns=returns,
        figures=figures(returns, yearly, np.random.default_rng(BOOTSTRAP_SEED)),
        recommendation=None if vote is None else str(vote.recommendation),
        status=None if vote is None else str(vote.status),
        lineage=lineage,
        parameters=parameters,
        terms=_terms(resources, trial, lineage, parameters),
        against_first=None,
    )


def _against(first: Contestant, other: Contestant, yearly: float) -> Contestant:
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    paired = compare_paired(other.returns, first.returns, yearly, rng, level=LEVEL)
    return replace(other, against_first=paired)


def _terms(
    resources: Resources,
    trial: RecordedTrial,
    lineage: Mapping[str, Any],
    parameters: Mapping[str, Any] | None,
) -> str:
    """Give the hash of the terms that the trial was judged on: its id tells which they were."""
    if trial.days is None or trial.returns is None:
        return UNKNOWN
    candidates = [resources.terms]
    if parameters is not None and {"costs", "risk", "initial_capital"} <= set(parameters):
        costs = validated(parameters["costs"], CostConfig, trial.model_id)
        limits = validated(parameters["risk"], RiskLimits, trial.model_id)
        own = TradingTerms(CostModel(costs), limits, parameters["initial_capital"])
        candidates.insert(0, own)
    for terms in candidates:
        supposed = trials.Trial(
            model_id=trial.model_id,
            model_hash=str(lineage.get("model_hash")),
            experiment_name=trial.experiment_name,
            window=trial.window,
            terms_hash=terms.hash(),
            sharpe_per_session=trial.sharpe_per_session,
            sessions=trial.sessions,
            days=trial.days,
            returns=trial.returns,
        )
        if supposed.trial_id == trial.trial_id:
            return terms.hash()
    return UNKNOWN


def _notices(contestants: Sequence[Contestant], days: NDArray[np.datetime64]) -> Iterator[str]:
    """Say what keeps a difference from being one of the parameters; the gravest first."""
    terms = {each.terms for each in contestants}
    if len(terms) > 1 or UNKNOWN in terms:
        yield (
            "The terms differ: these were not all judged at the same costs, limits and capital, "
            "so their returns are not comparable."
        )
    sources = {each.lineage.get("source_data_hash") for each in contestants}
    datasets = {each.lineage.get("dataset_hash") for each in contestants}
    if len(sources) > 1:
        yield (
            "The data differs: the models were trained on different stored bars or macro values, "
            "so a difference may be the data's. Run the older ones again."
        )
    elif len(datasets) > 1:
        yield (
            "The datasets differ: the same stored data was cut or prepared in different ways, so "
            "a difference may be the dataset's."
        )
    if len({each.lineage.get("code_version") for each in contestants}) > 1:
        yield "The code that trained them differs."
    unread = [each.name for each in contestants if each.parameters is None]
    if unread:
        yield (
            f"What {', '.join(unread)} was trained with can't be read, so the parameters that "
            "differ are not listed."
        )
    if len({(each.trial.window.start, each.trial.window.end) for each in contestants}) > 1:
        yield (
            f"The windows differ: everything here is of the {len(days):,} sessions that all of "
            "them were judged on."
        )
    if len(days) < BLOCKS * MIN_SESSIONS_A_BLOCK:
        yield (
            f"The probability of overfitting is left out: {len(days):,} common sessions are fewer "
            f"than the {BLOCKS * MIN_SESSIONS_A_BLOCK} that {BLOCKS} blocks need."
        )
