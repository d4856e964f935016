"""The experiment: dataset, training, backtest on the test period, first vote, proposal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cambio.app import datasets
from cambio.app.backtests import record_trial
from cambio.app.evaluate import Evaluation, evaluate
from cambio.app.experiment_config import ExperimentConfig
from cambio.app.experiment_report import write_report
from cambio.app.training import train_seeds
from cambio.contracts.handoffs import L2Output, L3Output, PromotionProposal, Recommendation
from cambio.dataset.splits import newest_session
from cambio.errors import ConfigError
from cambio.store import models, proposals
from cambio.store.database import reading, transaction
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.step import TradingTerms
from cambio.validation import criteria, promotion
from cambio.validation.metrics import Account, compute_metrics
from cambio.validation.replay import BacktestEngine
from cambio.validation.statistics import SharpeEstimate, deflated_sharpe_ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cambio.app.resources import Resources
    from cambio.contracts.market import MarketHistory
    from cambio.validation.promotion import BaselineComparison

PROPOSAL_LIFE: Final = timedelta(days=14)
JUDGING_TERMS: Final = ("costs", "risk", "gates", "success_criteria", "initial_capital")
"""Sections that decide how a model is judged; a run that overrides one can't be promoted."""


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
    *,
    resume: bool = False,
) -> ExperimentResult:
    """Run an experiment from the stored data to a stored proposal.

    With several seeds the validation split chooses one; only that one looks at the test period.

    Raises:
        DataQualityError: the data is not fit for training.
    """
    _require_known_rates(resources, config)
    terms = TradingTerms(CostModel(config.costs), config.risk, config.initial_capital)
    history = resources.history()
    dataset = datasets.build(resources, config, history)
    trained = train_seeds(resources, config, overrides, dataset, resume=resume)
    best = max(trained, key=lambda output: output.metrics["best_validation_reward"])
    model = ProductionContract.validate_and_load(Path(best.model_path))
    window = config.date_ranges.resolve(newest_session(history))["test"]
    evaluation = evaluate(
        model, history, window, terms, resources.progress, config.gates.cost_multiple
    )
    comparison = _compare(resources, history, evaluation, terms)
    proposal = _propose(resources, config, overrides, evaluation, comparison)
    _mirror(resources)
    path = resources.reports / f"{model.model_id}.html"
    commands = [f"cambio backtest {model.model_id}", "cambio proposals list"]
    told = notices or evaluation.notices
    write_report(path, config, (dataset, best), evaluation, proposal, told, commands)
    return ExperimentResult(dataset, trained, evaluation, proposal, path)


def _require_known_rates(resources: Resources, config: ExperimentConfig) -> None:
    for series in (config.costs.local_rate_series, config.costs.foreign_rate_series):
        if series not in resources.catalogue:
            raise ConfigError(
                f"costs: {series} is no series of the catalogue, so no night could be priced.",
                remedy="Name a policy rate of config/macro_series.yaml.",
            )


def _propose(
    resources: Resources,
    config: ExperimentConfig,
    overrides: Mapping[str, Any],
    evaluation: Evaluation,
    comparison: BaselineComparison,
) -> PromotionProposal:
    """Record the look at the test period, take the first vote, store the proposal."""
    now = resources.now()
    model = evaluation.model
    metrics = evaluation.metrics
    with transaction(resources.engine) as connection:
        looks = record_trial(connection, config.name, evaluation, now)
        estimate = SharpeEstimate.of(evaluation.account.session_returns)
        deflated = deflated_sharpe_ratio(estimate, looks.sharpes, looks.sessions)
        evidence = criteria.Evidence(
            total_trades=metrics.total_trades,
            sharpe_ratio=metrics.sharpe_ratio,
            deflated_sharpe=deflated,
            trials=len(looks.sharpes),
            stressed_return=evaluation.at_costs[config.gates.cost_multiple].total_return,
            random_percentile=evaluation.random.percentile(evaluation.sharpe_per_session),
            overridden_terms=[key for key in overrides if key.split(".")[0] in JUDGING_TERMS],
            baseline_sharpes={n: m.sharpe_ratio for n, m in evaluation.baselines.items()},
        )
        vote = promotion.recommend(
            criteria.evaluate(config.success_criteria, metrics),
            criteria.evaluate_gates(config.gates, evidence),
            deflated,
        )
        proposal = promotion.propose(
            promotion.Candidate(model.model_id, config.name, evaluation.window, model.lineage),
            vote,
            metrics.to_dict(),
            comparison,
            created_at=now,
            expires_at=now + PROPOSAL_LIFE,
        )
        models.add_metrics(connection, model.model_id, metrics.to_dict())
        return proposals.store(connection, proposal)


def _compare(
    resources: Resources, history: MarketHistory, evaluation: Evaluation, terms: TradingTerms
) -> BaselineComparison:
    """Hold the policy against the production model on the same window, or against flat."""
    with reading(resources.engine) as connection:
        champion = models.champion(connection)
    if champion is None:
        return promotion.compare_with_champion(evaluation.metrics, None)
    folder = resources.home / champion["model_path"]
    model = ProductionContract.validate_and_load(folder, champion)
    replay = BacktestEngine(history, terms).run(model, evaluation.window)
    account = Account.of(replay.decisions, replay.book, terms.capital)
    metrics = compute_metrics(account, evaluation.metrics.periods_per_year)
    return promotion.compare_with_champion(evaluation.metrics, metrics, model.model_id)


def _mirror(resources: Resources) -> None:
    """Show in the tracking store who trades, and whose proposal waits for a reviewer."""
    with reading(resources.engine) as connection:
        champion = models.champion(connection)
        waiting = [
            proposal.model_id
            for proposal in proposals.every(connection, promotion.PENDING)
            if proposal.recommendation is not Recommendation.REJECT
        ]
    resources.tracker.aliases(
        champion=None if champion is None else champion["model_id"],
        challenger=next(iter(waiting), None),
    )
