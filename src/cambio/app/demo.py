"""The whole way on a simulated market, which says of itself that it is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.app import experiments, features, paper
from cambio.app.simulation import simulate_market

if TYPE_CHECKING:
    from cambio.acquisition.simulator import SimulationConfig
    from cambio.app.experiment_config import ExperimentConfig
    from cambio.app.experiments import ExperimentResult
    from cambio.app.paper import PaperReport
    from cambio.app.resources import Resources

PAPER_SESSIONS = 5
NOTICES = {
    "planted": "This market is simulated and an edge was planted in it: yesterday's macro values "
    "move today's price. What is earned here says that the machinery works, nothing about "
    "USD/COP.",
    "none": "This market is simulated and holds no edge: whatever a policy earns here is luck, and "
    "a recommendation to trade it would be a mistake.",
}


def run(
    resources: Resources, market: SimulationConfig, config: ExperimentConfig
) -> tuple[ExperimentResult, PaperReport]:
    """Run L0 to L5 and give what came out."""
    simulate_market(resources, market)
    features.refresh(resources, config.features)
    result = experiments.run(resources, config, {}, notices=[NOTICES[market.edge]])
    return result, paper.trade_on_paper(resources, result.proposal.model_id, PAPER_SESSIONS)
