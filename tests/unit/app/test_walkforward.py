"""Cells that are done once, survive each other's failures, and end with their parent."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete
from tests.models import write_model
from tests.unit.dataset.market import END, START

from cambio.acquisition.simulator import SimulationConfig
from cambio.app import evaluate, research_records
from cambio.app.experiment_config import load, parse_overrides
from cambio.app.pool import Board, sorted_out
from cambio.app.processes import usable_cpus
from cambio.app.simulation import simulate_market
from cambio.app.walkforward import Place, cells, one_cell, run
from cambio.app.walkforward_cell import judge, judging_sources, run_cell, stored
from cambio.app.walkforward_report import settings_of
from cambio.cli import console, render_walkforward
from cambio.contracts.handoffs import L3Output
from cambio.contracts.lineage import file_hash
from cambio.errors import ConfigError, Conflict, DataQualityError, NotFound, SourceError
from cambio.features.spec import FeatureSpec
from cambio.settings import load_settings
from cambio.store import models, tables, trials
from cambio.store.database import reading, transaction
from cambio.trading.costs import CostModel
from cambio.trading.gate import ProductionContract
from cambio.trading.step import TradingTerms
from cambio.validation.metrics import trades_of
from cambio.validation.random_record import random_record
from cambio.validation.replay import BacktestEngine
from cambio.wiring import connect

QUICK = {
    "protocol": "walk_forward",
    "walk_forward": {
        "first_test": "2024-05-01",
        "test_months": 1,
        "validation_months": 1,
        "training_months": 3,
    },
    "seeds": [1, 2],
    "features.zscore_window": 60,
    "quality": {"min_training_years": 0.1, "min_coverage": 0.5},
    "training.total_timesteps": 512,
    "training.n_steps": 256,
    "training.n_envs": 4,
    "training.batch_size": 64,
    "training.n_epochs": 1,
    "training.eval_freq": 256,
    "training.checkpoint_freq": 256,
    "training.policy_layers": [8],
    "training.value_layers": [8],
}
ALL = ["fold-01-seed-1", "fold-01-seed-2", "fold-02-seed-1", "fold-02-seed-2"]


class Seen:
    """A progress that keeps the newest update of each stage, and may break one off."""

    def __init__(self, interrupt: bool = False) -> None:
        self.newest: tuple[int, int, str] | None = None
        self._interrupt = interrupt

    @contextmanager
    def stage(self, title):
        yield self

    def update(self, done, total, note=""):
        self.newest = (done, total, note)
        if self._interrupt and "waiting" in note:
            raise KeyboardInterrupt


def config_of(settings, **changed):
    return load(settings.config_folder, "demo_ppo_v1", settings.ssot(), {**QUICK, **changed})


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMBIO_TRACKING_URI", "")
    return load_settings(tmp_path / "var")


@pytest.fixture
def product(settings):
    resources = connect(settings, Seen())
    simulate_market(resources, SimulationConfig(start=START, end=END))
    yield resources
    resources.engine.dispose()


def untrained(resources, config, overrides, dataset, seed, *, stage, resume) -> L3Output:
    """A registered random policy, not a trained one; keeps a record of having been asked."""
    with (resources.home / "asked").open("a") as asked:
        asked.write(f"{config.date_ranges.test.start:%m}-{seed}\n")
    stage.update(1, 2, "validation +1.2")
    spec = FeatureSpec(bar_range="as_is", zscore_window=60, zscore_ddof=1, staleness_days=5)
    folder = resources.models / f"random-{dataset.dataset_hash[:8]}-{seed}"
    if not folder.exists():
        write_model(folder, spec, seed, model_id=folder.name)
    output = L3Output(
        model_id=folder.name,
        model_path=str(folder),
        model_hash=file_hash(folder / "policy.onnx"),
        model_version="1.0.0",
        metrics={"best_validation_reward": 1.5},
        training_run_id="",
        experiment_name=config.name,
        norm_stats_path=str(folder / "norm_stats.json"),
        config_hash="",
        feature_order_hash="",
        feature_spec_hash=spec.hash(),
    )
    lineage = json.loads((folder / "metadata.json").read_text())["lineage"]
    with transaction(resources.engine) as connection:
        models.register(connection, output, lineage, resources.now())
    return output


def failing(resources, config, overrides, dataset, seed, *, stage, resume) -> L3Output:
    """Seed 2 can't be trained; says on how many threads it would have been."""
    (resources.home / "threads").write_text(os.environ.get("OMP_NUM_THREADS", "all"))
    if seed == 2:
        raise SourceError("The weather is bad.", remedy="Wait.")
    return untrained(resources, config, overrides, dataset, seed, stage=stage, resume=resume)


def endless(resources, config, overrides, dataset, seed, *, stage, resume) -> L3Output:
    stage.update(1, 2, "waiting")
    threading.Event().wait()
    raise AssertionError


def killed(resources, config, overrides, dataset, seed, *, stage, resume) -> L3Output:
    """The system takes the process away."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def spoiled(resources, config, overrides, dataset, seed, *, stage, resume) -> L3Output:
    """There is a checkpoint, and it is of no use."""
    if resume:
        raise DataQualityError("The checkpoint can't be read.", checkpoint="checkpoint.zip")
    return untrained(resources, config, overrides, dataset, seed, stage=stage, resume=resume)


def diverging(resources, config, overrides, dataset, seed, *, stage, resume) -> L3Output:
    asked = resources.home / "asked"
    asked.write_text(f"{asked.read_text() if asked.exists() else ''}once ")
    raise DataQualityError("The training diverged.")


def asked(product) -> list[str]:
    path = product.home / "asked"
    return sorted(path.read_text().split()) if path.exists() else []


def kept(product) -> list[str]:
    return sorted(path.stem for path in (product.home / "runs").rglob("cells/*.json"))


@pytest.fixture
def prepared(product, settings):
    """The cells of the quick walk-forward: two folds, two seeds."""
    return cells(product, config_of(settings), {})


def test_cells_come_by_fold_then_by_seed_each_with_its_own_dataset(prepared, product):
    assert [cell.name for cell in prepared] == [
        f"fold {fold} of 2, seed {seed}" for fold in (1, 2) for seed in (1, 2)
    ]
    assert [cell.path(product.home).stem for cell in prepared] == ALL
    assert len({cell.dataset.dataset_hash for cell in prepared}) == 2
    assert [str(cell.config.date_ranges.training.end) for cell in prepared[::2]] == [
        "2024-03-31",
        "2024-04-30",
    ]


def test_a_cell_is_done_once_and_gives_the_same_again(prepared, product):
    cell = prepared[0]
    first = run_cell(product, cell, Seen(), untrained)
    again = run_cell(product, cell, Seen(), untrained)
    assert asked(product) == ["05-1"]
    assert again.to_json(cell.inputs_hash) == first.to_json(cell.inputs_hash)
    assert first.record.days[0].astype(str) == "2024-05-02"
    assert set(first.record.returns) == {0.0, 1.0, 2.0, 3.0}


def test_a_damaged_result_is_no_result(prepared, product):
    cell = prepared[0]
    run_cell(product, cell, Seen(), untrained)
    path = cell.path(product.home)
    path.write_bytes(path.read_bytes()[:-10])
    assert stored(cell, product.home) is None
    assert stored(prepared[1], product.home) is None


def test_a_result_of_other_inputs_is_no_result(prepared, product):
    run_cell(product, prepared[0], Seen(), untrained)
    overridden = replace(prepared[0], overrides={"training.gamma": 0.9})
    assert stored(overridden, product.home) is None
    more_seeds = replace(prepared[0], overrides={"seeds": [1, 2, 3]})
    assert stored(more_seeds, product.home) is not None


def test_more_seeds_later_use_what_is_there(product, settings):
    fewer, more = (cells(product, config_of(settings, seeds=s), {}) for s in ([1], [1, 2]))
    run_cell(product, fewer[0], Seen(), untrained)
    assert [stored(cell, product.home) is not None for cell in more] == [True, False, False, False]


def test_a_cell_refuses_data_that_its_folds_were_not_cut_from(prepared, product):
    with pytest.raises(Conflict, match="changed since the folds were cut"):
        run_cell(product, replace(prepared[0], source_data_hash="other"), Seen(), untrained)
    assert asked(product) == []


def test_each_cell_is_one_look_in_the_trial_ledger(prepared, product):
    for cell in (*prepared[:2], prepared[0]):
        run_cell(product, cell, Seen(), untrained)
    with reading(product.engine) as connection:
        looks = trials.looks(connection, prepared[0].fold.test)
    assert len(looks.sharpes) == 2


def known(product, cell) -> tuple[int, int]:
    """How many looks and models the database holds."""
    with reading(product.engine) as connection:
        looks = trials.looks(connection, cell.fold.test)
        return len(looks.sharpes), len(models.every(connection))


def forget(product) -> None:
    with transaction(product.engine) as connection:
        connection.exec_driver_sql("DROP TRIGGER trial_ledger_delete")
        connection.execute(delete(tables.trial_ledger))
        connection.execute(delete(tables.model_registry))


def test_a_cell_that_is_done_is_told_to_a_database_that_lost_it(prepared, product):
    run_cell(product, prepared[0], Seen(), untrained)
    forget(product)
    run_cell(product, prepared[0], Seen(), untrained)
    assert known(product, prepared[0]) == (1, 1)


def test_a_walk_forward_that_is_done_is_told_to_a_database_that_lost_it(product, settings):
    config = config_of(settings, seeds=[1])
    every = cells(product, config, {})
    for cell in every:
        run_cell(product, cell, Seen(), untrained)
    forget(product)
    product.reports.write_text("in the way")  # of drawing it, which takes seconds
    with pytest.raises(ConfigError, match="2 of 2 cells are done and kept"):
        run(product, config, {}, 1, untrained)
    assert known(product, every[0]) == (1, 2)
    assert known(product, every[1]) == (1, 2)


def test_a_checkpoint_of_no_use_begins_the_training_anew_and_the_notes_say_so(prepared, product):
    seen = Seen()
    run_cell(product, prepared[0], seen, spoiled)
    assert kept(product) == ALL[:1]
    assert seen.newest[2] == "validation +1.2 · begun anew, its checkpoint was of no use"


def test_bad_data_that_is_no_checkpoint_is_told_at_once(prepared, product):
    with pytest.raises(DataQualityError, match="diverged"):
        run_cell(product, prepared[0], Seen(), diverging)
    assert asked(product) == ["once"]


def test_a_cell_is_judged_at_the_costs_as_they_are(prepared, product):
    """Costs run into the daily loss limit, so that twice the costs trade other trades."""
    cell = prepared[0]
    output = untrained(product, cell.config, {}, cell.dataset, 3, stage=Seen(), resume=True)
    model = ProductionContract.validate_and_load(Path(output.model_path))
    costs = cell.config.costs.model_copy(update={"multiplier": 20.0})
    risk = cell.config.risk.model_copy(update={"max_daily_loss": 0.002})
    terms = TradingTerms(CostModel(costs), risk, 1e4)
    history = product.history()
    replays = BacktestEngine(history, terms).run_at_costs(model, cell.fold.test, (1.0, 2.0))
    one, two = replays[1.0], replays[2.0]
    found = judge(model, history, cell, terms)
    rng = np.random.default_rng(evaluate.RANDOM_SEED)
    by_hand = random_record(one.market, one.targets, 1e4, rng)
    assert len(trades_of(one.decisions)) != len(trades_of(two.decisions))
    assert found.trades == len(trades_of(one.decisions))
    assert found.random.mean.tolist() == by_hand.mean.tolist()


def test_the_code_version_covers_all_that_judges():
    names = {path.name for path in judging_sources()}
    assert Path(evaluate.__file__) in judging_sources()
    assert {"walkforward_cell.py", "random_record.py", "replay.py", "metrics.py"} <= names


def test_an_experiment_of_one_split_is_no_walk_forward(product, settings):
    single = config_of(settings, protocol="single_split", walk_forward=None)
    with pytest.raises(ConfigError, match="no walk-forward"):
        cells(product, single, {})


def test_data_unfit_for_a_fold_names_the_fold(product, settings):
    strict = config_of(settings, **{"quality.min_training_years": 2.0})
    with pytest.raises(DataQualityError, match=r"Fold 1 \(training 2024-01-01 to 2024-03-31\)"):
        cells(product, strict, {})


def test_a_failing_cell_loses_nothing_and_the_next_run_does_the_rest(
    product, settings, monkeypatch
):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    config = config_of(settings)
    with pytest.raises(SourceError, match="2 of 4 cells failed") as failed:
        run(product, config, {}, 1, failing)
    assert "fold 2 of 2, seed 2: The weather is bad." in failed.value.what
    assert failed.value.remedy == (
        "Wait. 2 of 4 cells are done and kept; the same command goes on from there."
    )
    assert kept(product) == [ALL[0], ALL[2]]
    assert (product.home / "threads").read_text() == "1"
    for cell in cells(product, config, {}):
        run_cell(product, cell, Seen(), untrained)
    assert asked(product) == ["05-1", "05-2", "06-1", "06-2"]
    found = run(product, config, {}, 1, failing)  # with nothing left to train
    assert [(c.record.fold, c.record.seed) for c in found.cells] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert found.findings.shares.cells == 4


def test_cells_run_apart_are_those_of_one_run(product, settings):
    config = config_of(settings, seeds=[1])
    listed = cells(product, config, {})
    for cell in listed:
        place = Place(cell.fold.index, cell.seed, cell.run)
        found = one_cell(product, config, {}, place, untrained)
        assert (found.record.fold, found.record.seed) == (place.fold, place.seed)
        assert stored(cell, product.home) is not None
    before = asked(product)
    concluded = run(product, config, {}, 1, untrained)
    assert asked(product) == before == ["05-1", "06-1"]
    assert len(concluded.cells) == 2


def test_a_cell_of_another_run_is_refused_before_anything_is_trained(product, settings):
    config = config_of(settings)
    with pytest.raises(Conflict, match=r"changed since run 0123456789abcdef was listed"):
        one_cell(product, config, {}, Place(1, 1, "0123456789abcdef"), untrained)
    assert asked(product) == []


@pytest.mark.parametrize("place", [Place(3, 1, ""), Place(1, 3, "")], ids=["fold", "seed"])
def test_a_cell_that_is_not_there_is_told(product, settings, place):
    with pytest.raises(NotFound, match=f"no fold {place.fold} with seed {place.seed}"):
        one_cell(product, config_of(settings), {}, place, untrained)


def test_an_interrupt_ends_every_process_and_says_how_to_go_on(product, settings, capsys):
    children = set(active_children())
    interrupted = replace(product, progress=Seen(interrupt=True))
    with pytest.raises(KeyboardInterrupt), console.telling_notes():
        run(interrupted, config_of(settings), {}, 1, endless)
    assert set(active_children()) == children
    assert capsys.readouterr().err == (
        "→ 0 of 4 cells are done and kept; the same command goes on from there.\n"
    )


def test_what_the_system_ended_has_failed_and_the_rest_was_not_begun(product, settings):
    with pytest.raises(ConfigError, match=r"1 of 4 cells failed, 3 were not begun\. fold 1 of 2"):
        run(product, config_of(settings), {}, 1, killed)


def test_a_process_that_ends_between_two_cells_is_told_too(prepared):
    ended = {1: BrokenProcessPool(), 2: BrokenProcessPool()}
    results, failures = sorted_out(prepared, ended, set())
    assert (results, [each.task.name for each in failures]) == ([], ["fold 1 of 2, seed 2"])


def test_a_disk_error_is_one_failure_among_the_others(prepared):
    outcomes = {0: SourceError("The weather is bad."), 1: OSError(28, "No space left", "/x/y")}
    _, failures = sorted_out(prepared, outcomes, {0, 1})
    assert [type(each.error) for each in failures] == [SourceError, SourceError]
    assert failures[1].error.what == "/x/y can't be read or written: No space left."


def test_whatever_ends_a_walk_forward_says_how_to_go_on(product, settings, capsys):
    class Broken(Seen):
        def update(self, done, total, note=""):
            if "cells" in note:
                raise OSError(28, "No space left")

    broken = replace(product, progress=Broken())
    with pytest.raises(OSError, match="No space"), console.telling_notes():
        run(broken, config_of(settings, seeds=[1]), {}, 1, untrained)
    assert "0 of 2 cells are done and kept" in capsys.readouterr().err


PARENT = """
from multiprocessing import get_context

WORKER = '''
import signal
from cambio.app.processes import begin_worker
begin_worker(None, ())
print("ready", flush=True)
signal.pause()
'''

if __name__ == "__main__":
    worker = get_context("spawn").Process(target=exec, args=(WORKER,))
    worker.start()
    worker.join()
"""


def test_a_worker_ends_with_its_killed_parent():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert parent.stdout.readline() == b"ready\n"
        parent.kill()
        assert parent.communicate(timeout=10)[0] == b""  # ends when nobody holds the pipe
    finally:
        with suppress(ProcessLookupError):
            os.killpg(parent.pid, signal.SIGKILL)


def test_there_are_as_many_workers_as_cpus_that_may_be_used():
    usable = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(usable)})
    try:
        assert usable_cpus() == 1
    finally:
        os.sched_setaffinity(0, usable)


def test_the_next_command_sets_what_this_run_set():
    overrides = {
        "training.learning_rate": 1e-05,
        "quality": {"min_coverage": 0.5, "note": "it's $HOME"},
        "walk_forward.first_test": "2024-05-01",
        "reward.strategy": "pnl",
    }
    words = shlex.split(settings_of({**overrides, "seeds": [1, 2]}))
    assert words[::2] == ["--set"] * 4
    assert parse_overrides(words[1::2]) == overrides


def test_the_bar_counts_the_steps_of_all_cells(prepared):
    seen = Seen()
    board = Board(seen, prepared[:3], "cells", before=1)
    board.hear(1, 256, 512, "validation +1.2")
    assert seen.newest == (512 + 256, 2048, "fold 1 of 2, seed 2: validation +1.2 · 1 of 4 cells")
    board.finish(1, failed=False)
    board.finish(0, failed=True)
    assert seen.newest == (3 * 512, 2048, "fold 1 of 2, seed 1 failed · 2 of 4 cells")


def test_a_walk_forward_goes_the_whole_way(product, settings, capsys):
    config = config_of(settings)
    found = run(product, config, {"costs.multiplier": 1.0}, 2, untrained)
    assert [cell.record.fold for cell in found.cells] == [1, 1, 2, 2]
    assert len({cell.model_id for cell in found.cells}) == 4
    assert found.looks == found.looks_here == 4 + 2  # each fold's seeds together are one more
    assert len(found.ensemble.models) == len(set(found.ensemble.models)) == 2
    assert all("ensemble2" in model for model in found.ensemble.models)
    sessions = sum(len(cell.record.days) for cell in found.cells) / 2
    assert found.ensemble.diagnosis.sessions == sessions
    assert not found.findings.verdict.edge  # two seeds are too few to claim one
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert document["shares"]["cells"] == 4
    assert any("costs.multiplier" in notice for notice in found.notices)
    page = Path(found.report_path).read_text()
    assert "No edge was found." in page
    assert "experiment run demo_ppo_v1 --seeds 7 --set costs.multiplier=1.0" in page
    assert "4 sessions at the ends of training and validation are left out" in page
    kind = research_records.Kind.WALK_FORWARD
    ((record,), _) = research_records.kept(product, kind)
    assert record.name == Path(found.report_path).stem
    assert [cell["model_id"] for cell in record.document["cells"]] == [
        cell.model_id for cell in found.cells
    ]
    render_walkforward.result(found)
    told = capsys.readouterr().out
    assert "No edge was found" in told
    assert "policy, 2 seeds" in told
    assert "The seeds together" in told
    assert "After 6 looks at windows that overlap" in " ".join(told.split())
    assert f"newest fold: {found.ensemble.models[1]}" in page
    before = asked(product)
    again = run(product, config, {"costs.multiplier": 1.0}, 2, untrained)
    assert asked(product) == before
    assert again.to_dict() == found.to_dict()


def test_without_a_cells_model_the_seeds_stand_alone_and_the_page_says_why(product, settings):
    config = config_of(settings)
    for cell in cells(product, config, {}):
        run_cell(product, cell, Seen(), untrained)
    gone = next(product.models.glob("random-*-2"))
    (gone / "policy.onnx").unlink()
    found = run(product, config, {}, 1, untrained)
    assert found.ensemble is None
    assert found.looks_here == 4
    assert any(gone.name in notice for notice in found.notices)
    page = Path(found.report_path).read_text()
    assert "ensembles are left out" in page
    assert "The seeds together" not in page
