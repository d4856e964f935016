"""`cambio live` as a process of its own, and the commands that tell what it did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.faults.market import CHAMPION

COMMAND = (sys.executable, "-c", "from cambio.cli import main; main()")


def started(home: Path, *arguments: str) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CAMBIO_")}
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=kept | {"CAMBIO_HOME": str(home), "CAMBIO_TRACKING_URI": "", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(home: Path, *arguments: str) -> str:
    process = started(home, *arguments)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def test_a_session_is_traded_and_told(home):
    feed = "simulated://?seed=3&speed=0&sessions=1"
    told = answer(home, "live", "--json", "--feed", feed)
    lines = [json.loads(line) for line in told.splitlines()]
    assert len(lines) == 60
    assert {len(line["signals"]) for line in lines} == {3}

    newest = json.loads(answer(home, "signals", "--json", "--limit", "3"))
    assert {one["signal_id"] for one in newest} == {
        one["signal_id"] for one in lines[-1]["signals"]
    }
    explained = json.loads(answer(home, "explain", newest[0]["signal_id"], "--json"))
    assert explained["same"] is True

    risk = json.loads(answer(home, "risk", "status", "--json"))
    assert risk["as_of"] == lines[-1]["timestamp"]
    assert risk["account"]["equity"] == lines[-1]["equity"]
    assert {book["model_id"] for book in risk["books"]} == {
        one["model_id"] for one in lines[-1]["signals"]
    }
    shown = answer(home, "risk", "status")
    assert f"{CHAMPION}, champion" in shown
    assert shown.count("drawdown") == 4
    assert max(map(len, shown.splitlines())) <= 80


def test_a_terminated_process_ends_cleanly(home):
    process = started(home, "live", "--json", "--feed", "simulated://?seed=3&speed=600")
    assert process.stdout is not None
    process.stdout.readline()  # it trades
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 0, err
