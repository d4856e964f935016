"""The whole way on a simulated market, which says of itself that it is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.acquisition.catalogue import critical_series
from cambio.acquisition.simulator import SIMULATED, simulate
from cambio.app import experiments, features, paper
from cambio.errors import Conflict
from cambio.store import bars, macro
from cambio.store.database import transaction

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


def simulate_market(resources: Resources, config: SimulationConfig) -> tuple[int, int]:
    """Simulate and store; give the numbers of bars and macro observations.

    Simulating the same market again changes nothing.
    """
    with resources.progress.stage("L0 simulated market") as stage:
        market = simulate(config, resources.catalogue)
        now = resources.now()
        with transaction(resources.engine) as connection:
            counts = bars.store(connection, market.bars, now)
            sources = bars.sources(connection) | macro.sources(connection)
            if counts.revised or sources != {SIMULATED}:
                raise Conflict(
                    f"The database in {resources.home} holds another market; simulated bars are "
                    "never mixed with it.",
                    remedy="Choose an empty CAMBIO_HOME for this simulation.",
                )
            macro.store(connection, market.macro, now)
            macro.rebuild_daily(connection, critical_series(resources.catalogue), now)
        stage.update(1, 1, f"{market.bars.height:,} bars, {market.macro.height:,} macro values")
    return market.bars.height, market.macro.height


def run(
    resources: Resources, market: SimulationConfig, config: ExperimentConfig
) -> tuple[ExperimentResult, PaperReport]:
    """Run L0 to L5 and give what came out."""
    simulate_market(resources, market)
    features.refresh(resources, config.features)
    result = experiments.run(resources, config, {}, notices=[NOTICES[market.edge]])
    return result, paper.trade_on_paper(resources, result.proposal.model_id, PAPER_SESSIONS)
