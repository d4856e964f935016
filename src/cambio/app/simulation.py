"""L0 use case: a simulated market in place of a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cambio.acquisition.catalogue import critical_series
from cambio.acquisition.simulator import SIMULATED, simulate
from cambio.errors import Conflict
from cambio.store import bars, macro
from cambio.store.database import transaction

if TYPE_CHECKING:
    from cambio.acquisition.simulator import SimulationConfig
    from cambio.app.resources import Resources


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
