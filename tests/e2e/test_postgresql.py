"""The whole way on PostgreSQL gives what it gives on SQLite."""

from __future__ import annotations

import gc

import pytest

from cambio.store import bars, macro
from cambio.store.database import open_database

QUICK = [
    word
    for setting in (
        "total_timesteps=2048",
        "n_steps=2048",
        "n_epochs=2",
        "policy_layers=[8]",
        "value_layers=[8]",
    )
    for word in ("--set", f"training.{setting}")
]


def whole_way(cambio):
    steps = {
        "simulate": ("simulate", "--edge", "planted"),
        "refresh": ("features", "refresh"),
        "report": ("data", "report", "--json"),
        "run": ("experiment", "run", "demo_ppo_v1", *QUICK, "--json"),
    }
    answers = {name: cambio(*step) for name, step in steps.items()}
    model = answers["run"].json()["model_id"]
    answers["backtest"] = cambio("backtest", model, "--json")
    answers["paper"] = cambio("paper", model, "--sessions", 2, "--json")
    answers["again"] = cambio("paper", model, "--sessions", 2, "--json")
    assert {name: answer.code for name, answer in answers.items() if answer.code} == {}
    return {name: answers[name].json() for name in ("report", "run", "backtest", "paper", "again")}


def stored(url):
    engine = open_database(url)
    with engine.connect() as connection:
        history = bars.load(connection), macro.load(connection)
    engine.dispose()
    return history


@pytest.fixture
def on_both(cambio, home, postgresql_url, monkeypatch):
    """The answers of both, and what both stored.

    A command ends with its process and leaves its connections to that; here the process goes on.
    """
    urls = {"sqlite": f"sqlite:///{home / 'cambio.db'}", "postgresql": postgresql_url}
    answers = {}
    for name, url in urls.items():
        monkeypatch.setenv("CAMBIO_HOME", str(home.with_name(name)))
        monkeypatch.setenv("CAMBIO_DATABASE_URL", url)
        answers[name] = whole_way(cambio)
    gc.collect()
    return answers, [stored(url) for url in urls.values()]


def test_both_engines_give_the_same_dataset_trades_and_paper_books(on_both):
    answers, ((bars_1, macro_1), (bars_2, macro_2)) = on_both
    sqlite, postgresql = answers["sqlite"], answers["postgresql"]
    assert bars_1.equals(bars_2)
    assert macro_1.equals(macro_2)
    assert sqlite["report"]["bars"] == postgresql["report"]["bars"]
    datasets = [found["run"]["dataset"]["dataset_hash"] for found in (sqlite, postgresql)]
    assert datasets[0] == datasets[1]
    assert sqlite["run"]["model_id"] == postgresql["run"]["model_id"]
    assert sqlite["backtest"]["trades_hash"] == postgresql["backtest"]["trades_hash"]
    assert sqlite["backtest"]["metrics"] == postgresql["backtest"]["metrics"]
    assert sqlite["paper"]["equity"] == postgresql["paper"]["equity"]
    assert (postgresql["paper"]["signals_stored"], postgresql["again"]["signals_stored"]) == (
        120,
        0,
    )
