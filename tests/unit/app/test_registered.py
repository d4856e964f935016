"""A registered model is used as what was registered, and without what trained it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import update
from tests.models import publish
from tests.unit.app.macro_product import Silent

from cambio.acquisition.simulator import SimulationConfig
from cambio.app import experiments
from cambio.app.backtests import backtest
from cambio.app.paper import trade_on_paper
from cambio.app.resources import Resources
from cambio.app.simulation import simulate_market
from cambio.errors import ContractMismatch
from cambio.features.spec import FeatureSpec
from cambio.settings import load_settings
from cambio.store import tables
from cambio.store.database import transaction
from cambio.wiring import connect

SPEC = FeatureSpec(bar_range="as_is", zscore_window=60)
WINDOW = (date(2024, 5, 20), date(2024, 5, 31))
TRAINERS = ("torch", "jax", "flax", "sbx", "stable_baselines3", "gymnasium", "onnx")


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    """A short market, and three models; in the third's folder lies the second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAMBIO_TRACKING_URI", "")
        opened = connect(load_settings(tmp_path_factory.mktemp("home") / "var"), Silent())
        simulate_market(opened, SimulationConfig(start=date(2024, 1, 2), end=WINDOW[1]))
        for seed in (1, 2, 3):
            publish(opened, SPEC, seed)
        two, three = (opened.models / f"random-s{seed}" for seed in (2, 3))
        shutil.copytree(two, three, dirs_exist_ok=True)
        yield opened
        opened.engine.dispose()


def against_champion(resources: Resources) -> None:
    evaluation = backtest(resources, "random-s1", *WINDOW).evaluation
    mine = tables.model_registry.c.model_id == "random-s3"
    with transaction(resources.engine) as connection:
        row = {"stage": "production", "is_active": True}
        connection.execute(update(tables.model_registry).where(mine).values(**row))
    experiments._compare(resources, resources.history(), evaluation, resources.terms)


USES = {
    "backtest": lambda resources: backtest(resources, "random-s3", *WINDOW),
    "paper": lambda resources: trade_on_paper(resources, "random-s3", 1),
    "comparison with the champion": against_champion,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_another_model_in_a_registered_ones_folder_is_not_used(resources, use):
    with pytest.raises(ContractMismatch) as caught:
        use(resources)
    assert caught.value.fields == {"expected": "random-s3", "found": "random-s2"}


@pytest.mark.parametrize("content", ["", "[1]", "5", "a: [", "\x00"])
def test_a_configuration_that_cannot_be_read_is_told(resources, content):
    (resources.models / "random-s2" / "config.yaml").write_text(content)
    notices = backtest(resources, "random-s2", WINDOW[1], WINDOW[1]).evaluation.notices
    assert any("config.yaml cannot be read" in notice for notice in notices)


def test_what_trades_asks_for_nothing_that_trains(resources):
    program = f"""
import sys
sys.modules.update(dict.fromkeys({TRAINERS}))
from cambio import cli
for command in ("models verify", "backtest --from {WINDOW[0]} --to {WINDOW[1]}", "paper"):
    sys.argv = ["cambio", *command.split(), "random-s1"]
    sys.argv += ["--sessions", "1"] if command == "paper" else []
    try:
        cli.main()
    except SystemExit as stop:
        assert not stop.code, command
"""
    environment = {**os.environ, "CAMBIO_HOME": str(resources.home), "CAMBIO_TRACKING_URI": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
