"""The experiment: dataset, training, backtest on the test period, first vote, proposal."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cambio.app import datasets, evidence, votes
from cambio.app.accounts import require_role
from cambio.app.backtests import case_of, evidence_of, record_trial
from cambio.app.evaluate import BOOTSTRAP_SEED, Evaluation, evaluate
from cambio.app.experiment_config import ExperimentConfig
from cambio.app.experiment_report import write_report
from cambio.app.training import built_as, train_seeds, trained_or_resumed
from cambio.contracts.accounts import Role
from cambio.contracts.handoffs import L2Output, L3Output, PromotionProposal, ProposalStatus
from cambio.contracts.market import DateRange
from cambio.dataset.manifest import read_manifest
from cambio.dataset.splits import newest_session
from cambio.store import models
from cambio.store.database import reading, transaction
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.step import TradingTerms
from cambio.validation import promotion
from cambio.validation.bootstrap import compare_paired
from cambio.validation.criteria import CHAMPION
from cambio.validation.metrics import Account, compute_metrics
from cambio.validation.remedies import Needs, remedies
from cambio.validation.replay import BacktestEngine
from cambio.validation.vote import first_vote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cambio.app.resources import Resources
    from cambio.contracts.market import MarketHistory
    from cambio.validation.promotion import BaselineComparison

PROPOSAL_LIFE: Final = timedelta(days=14)
JUDGING_TERMS: Final = (
    *("costs", "risk", "gates", "success_criteria", "initial_capital"),
    "date_ranges.test",
)
"""What decides how a model is judged; a run that overrides one can't be promoted. The test period
is one of them, since looks are counted where windows overlap, and another one may have none."""


@dataclass(frozen=True, slots=True, eq=False)
class ExperimentResult:
    """All that an experiment made."""

    dataset: L2Output
    trained: list[L3Output]
    evaluation: Evaluation
    proposal: PromotionProposal
    report_path: Path

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain JSON types."""
        proposal = self.proposal.to_dict()
        return {
            "experiment": self.proposal.experiment_name,
            "model_id": self.proposal.model_id,
            "recommendation": str(self.proposal.recommendation),
            "reason": self.proposal.reason,
            "dataset": asdict(self.dataset),
            "trained": [asdict(output) for output in self.trained],
            "backtest": self.evaluation.to_dict(),
            "proposal": proposal,
            "lineage": proposal["lineage"],
            "report": str(self.report_path),
        }


def run(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    notices: Sequence[str] = (),
    folder: Path | None = None,
    workers: int | None = None,
) -> ExperimentResult:
    """Run an experiment from the stored data to a stored proposal.

    With several seeds the validation split chooses one; only that one looks at the test period.
    Run again, it does again only what is not there or is damaged: a dataset is verified, a model
    that was trained is loaded, a stopped training goes on from its checkpoint, a known look at the
    test period is no new trial, and the proposal keeps its id.

    Args:
        resources: the database and the folders.
        config: the experiment.
        overrides: what the run set for itself.
        notices: shown on the report instead of the evaluation's own.
        folder: of a dataset that was built before. Its ranges and features rule, whatever the
            experiment says.
        workers: trains several seeds in so many processes at most; None for one on each CPU that
            may be used.

    Raises:
        ConfigError: the costs name a rate that the catalogue does not have.
        DataQualityError: the data is not fit for training, or a file of the dataset is not what
            its manifest says.
        NotAllowed: the account is a viewer.
    """
    require_role(resources.account(), Role.OPERATOR, "running an experiment")
    terms = TradingTerms(CostModel(config.costs), config.risk, config.initial_capital)
    history = resources.history()
    if folder is None:
        dataset = datasets.build(resources, config, history)
        window = config.date_ranges.resolve(newest_session(history))["test"]
    else:
        dataset, config = datasets.verified(folder), built_as(config, folder)
        window = DateRange(*read_manifest(folder).ranges["test"])
    trained = train_seeds(resources, config, overrides, dataset, trained_or_resumed, workers)
    best = max(trained, key=lambda output: output.metrics["best_validation_reward"])
    model = ProductionContract.validate_and_load(Path(best.model_path))
    evaluation = evaluate(
        model, history, window, terms, resources.progress, config.gates.cost_multiple
    )
    rival = _compare(resources, history, evaluation, terms)
    proposal = _propose(resources, config, overrides, evaluation, rival)
    votes.mirror(resources)
    path = resources.reports / f"{model.model_id}.html"
    commands = [f"cambio backtest {model.model_id}", "cambio proposals list"]
    told = notices or evaluation.notices
    write_report(path, config, (dataset, best), evaluation, proposal, told, commands)
    grounds = evidence.path_of(resources, proposal)
    if proposal.status is ProposalStatus.PENDING or not grounds.exists():  # voters saw it
        manifest = json.loads(Path(dataset.manifest_path).read_bytes())
        evidence.write(grounds, evaluation, rival.account, proposal, manifest, history.macro)
        resources.artifacts.keep(grounds)
    resources.artifacts.keep(path)
    return ExperimentResult(dataset, trained, evaluation, proposal, path)


def _propose(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    evaluation: Evaluation,
    rival: Rival,
) -> PromotionProposal:
    """Record the look at the test period, take the first vote, store the proposal."""
    now = resources.now()
    model = evaluation.model
    metrics = evaluation.metrics.to_dict()
    by = resources.account().name
    terms = terms_of_its_own(overrides)
    with transaction(resources.engine) as connection:
        looks = record_trial(connection, config.name, evaluation, now)
        case = case_of(evaluation, looks, rival.sharpes, terms)
        vote = first_vote(case, config.success_criteria, config.gates)
        proposal = promotion.propose(
            promotion.Candidate(model.model_id, config.name, evaluation.window, model.lineage, by),
            vote,
            promotion.Grounds(
                metrics,
                rival.comparison,
                evidence_of(evaluation, case),
                remedies(Needs(case, config.gates, _random_sharpe(evaluation, config)), vote),
            ),
            created_at=now,
            expires_at=now + PROPOSAL_LIFE,
        )
        models.add_metrics(connection, model.model_id, metrics)
        return votes.offer(connection, proposal)


def terms_of_its_own(overrides: Mapping[str, Any]) -> list[str]:
    """Give the overrides that decide how a model is judged: a term, a part of one, or its whole.

    >>> terms_of_its_own({"costs.multiplier": 2, "training.gamma": 0.9, "date_ranges.test.end": 1})
    ['costs.multiplier', 'date_ranges.test.end']
    """
    return [
        key
        for key in overrides
        if any(f"{key}.".startswith(f"{t}.") or t.startswith(f"{key}.") for t in JUDGING_TERMS)
    ]


def _random_sharpe(evaluation: Evaluation, config: ExperimentConfig) -> float:
    """Give the annual Sharpe ratio that the gate's share of the random traders stays below."""
    sharpe = float(np.percentile(evaluation.random.sharpe, config.gates.random_percentile))
    return sharpe * math.sqrt(evaluation.metrics.periods_per_year)


@dataclass(frozen=True, slots=True)
class Rival:
    """What the candidate has to beat: the production model, or doing nothing."""

    comparison: BaselineComparison
    sharpes: Mapping[str, float]
    """The champion's annual Sharpe ratio under its name; empty while there is none."""
    account: Account | None
    """The champion's, over the same sessions."""


def _compare(
    resources: Resources, history: MarketHistory, evaluation: Evaluation, terms: TradingTerms
) -> Rival:
    """Hold the policy against the production model on the same sessions, or against flat.

    The champion against itself is no rival.
    """
    with reading(resources.engine) as connection:
        champion = models.champion(connection)
    if champion is None or champion["model_id"] == evaluation.model.model_id:
        return Rival(promotion.compare_with_champion(evaluation.metrics, None), {}, None)
    folder = resources.model_folder(champion["model_path"])
    model = ProductionContract.validate_and_load(folder, champion)
    replay = BacktestEngine(history, terms).run(model, evaluation.window)
    account = Account.of(replay.decisions, replay.book, terms.capital)
    yearly = evaluation.metrics.periods_per_year
    metrics = compute_metrics(account, yearly)
    paired = compare_paired(
        evaluation.account.session_returns,
        account.session_returns,
        yearly,
        np.random.default_rng(BOOTSTRAP_SEED),
    )
    comparison = promotion.compare_with_champion(
        evaluation.metrics, metrics, model.model_id, paired
    )
    return Rival(comparison, {CHAMPION: metrics.sharpe_ratio}, account)
