"""The test that the whole system exists for: an edge is found, and none is not invented."""

from __future__ import annotations

import sqlite3
from contextlib import closing


def run(cambio, edge: str) -> dict:
    assert cambio("simulate", "--edge", edge).code == 0
    answer = cambio("experiment", "run", "demo_ppo_v1", "--json")
    assert answer.code == 0, answer.err
    return answer.json()


def test_a_planted_edge_beats_the_random_traders_95th_percentile(cambio, home):
    found = run(cambio, "planted")
    assert found["backtest"]["random_traders_percentile"] >= 95.0
    assert found["recommendation"] == "PROMOTE"
    with closing(sqlite3.connect(home / "cambio.db")) as connection:
        told = connection.execute("SELECT type, subject FROM events").fetchall()
    assert told == [("proposal", found["proposal"]["proposal_id"])]


def test_without_an_edge_nothing_is_recommended(cambio):
    found = run(cambio, "none")
    assert found["recommendation"] != "PROMOTE"
