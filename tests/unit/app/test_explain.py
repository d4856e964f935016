"""What a capsule proves: each change of it, or of its row, is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update
from tests.faults.market import CHAMPION, Scripted, opened, seed

from cambio.app.explain import explain
from cambio.app.resources import Resources
from cambio.app.trading_loop import Loop
from cambio.contracts.trading import signal_id
from cambio.errors import ContractMismatch
from cambio.store import tables
from cambio.store.controls import KILL_SWITCH
from cambio.store.database import reading, transaction

TABLE = tables.inference_signals
MINE = TABLE.c.model_id == CHAMPION
LATE, KILLED = 4, 6
"""Bars, counted from 0: one comes too late, and from one on the kill switch is thrown."""


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("explained") / "home"
    with opened(home) as resources:
        seed(resources)
        feed = Scripted(resources, 8)

        def kill() -> None:
            row = {
                "name": KILL_SWITCH,
                "value": "on",
                "changed_at": resources.now(),
                "changed_by": "test",
                "comment": "x",
            }
            with transaction(resources.engine) as connection:
                connection.execute(tables.trading_controls.insert().values(row))

        feed.held = {LATE}
        feed._script = {KILLED: kill}
        Loop(resources, feed).run(Event())
    return home


@pytest.fixture
def resources(traded: Path, tmp_path: Path) -> Iterator[Resources]:
    with opened(Path(shutil.copytree(traded, tmp_path / "home"))) as found:
        yield found


def rows(resources: Resources) -> list[Any]:
    with reading(resources.engine) as connection:
        return list(connection.execute(select(TABLE).where(MINE).order_by(TABLE.c.timestamp)))


def scaled(kernel: str) -> str:
    return (np.frombuffer(bytes.fromhex(kernel)) * 1.01).tobytes().hex()


def explained(resources: Resources, bar: int) -> Any:
    return explain(resources, signal_id(CHAMPION, rows(resources)[bar].timestamp))


def changed(resources: Resources, bar: int, **values: Any) -> None:
    time = rows(resources)[bar].timestamp
    with transaction(resources.engine) as connection:
        connection.execute(update(TABLE).where(MINE, TABLE.c.timestamp == time).values(values))


def test_what_nobody_touched_is_decided_again_to_the_same_bits(resources):
    assert [explained(resources, bar).differences for bar in range(8)] == [[]] * 8


@pytest.mark.parametrize(
    "tamper",
    [
        lambda c: c["bar"].__setitem__(4, c["bar"][4] * 1.01),
        lambda c: c["macro"].__setitem__(0, 9.0),
        lambda c: c["book"]["ledger"].__setitem__(0, c["book"]["ledger"][0] + 1.0),
        lambda c: c["objections"].append("kill_switch"),
        lambda c: c["outcome"].__setitem__("confidence", 0.987),
        lambda c: c["outcome"].__setitem__("target", 7),
        lambda c: c.__setitem__("kernel", scaled(c["kernel"])),
    ],
    ids=["close", "macro", "book", "objection", "confidence", "target", "kernel"],
)
def test_a_changed_capsule_is_told(resources, tamper: Callable[[dict[str, Any]], None]):
    capsule = rows(resources)[2].capsule
    tamper(capsule)
    changed(resources, 2, capsule=capsule)
    assert not explained(resources, 2).same


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("confidence", 0.987),
        ("price", 1.0),
        ("equity", 1.0),
        ("blocked_by", ["drawdown"]),
        ("observation", None),
    ],
)
def test_a_changed_row_is_told(resources, column, value):
    changed(resources, 2, **{column: value})
    (difference,) = explained(resources, 2).differences
    assert difference.startswith(f"stored {column}:")


def test_another_model_than_decided_is_refused(resources):
    capsule = rows(resources)[2].capsule
    capsule["hashes"]["model_hash"] = "0" * 64
    changed(resources, 2, capsule=capsule)
    with pytest.raises(ContractMismatch, match="model_hash"):
        explained(resources, 2)


def test_a_late_bar_says_so(resources):
    found = [explained(resources, bar) for bar in range(KILLED)]
    stored = [row.late for row in rows(resources)][:KILLED]
    assert stored == [bar == LATE for bar in range(KILLED)]
    told = [any("came too late" in why for why in one.because) for one in found]
    requested = [one.outcome["requested"] != one.outcome["position"] for one in found]
    assert told[LATE] == requested[LATE]


def test_the_kill_switch_is_named(resources):
    found = explained(resources, KILLED)
    assert found.same
    assert "the kill switch was on (kill_switch)" in found.because
    assert found.outcome["target"] == 0
