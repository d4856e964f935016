"""Signals, trades and decisions as they leave the process."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from cambio.contracts.trading import Action, Decision, Reason, RiskVerdict, Signal, Trade

NOW = datetime(2025, 7, 8, 13, 5, tzinfo=UTC)


def test_actions_have_the_specifications_numbers():
    assert [action.name for action in map(Action, range(3))] == ["SELL", "HOLD", "BUY"]


def test_a_decisions_target_is_what_risk_allowed():
    verdict = RiskVerdict(requested=1, allowed=0, blocked_by=(Reason.KILL_SWITCH,))
    decision = Decision(NOW, Action.BUY, 0.9, 4000.0, 1, 1e4, verdict, None, None)
    assert decision.target == 0


def test_a_signal_is_plain_json_with_names_for_numbers():
    reasons = (Reason.CONFIDENCE, Reason.TRADING_HOURS)
    signal = Signal(
        NOW,
        "m1",
        "champion",
        Action.SELL,
        0.5,
        4000.0,
        -1,
        0,
        1,
        1e4,
        reasons,
        late=False,
        observation=None,
    )
    found = json.loads(json.dumps(signal.to_dict()))
    assert found["action"] == "SELL"
    assert found["blocked_by"] == ["confidence", "trading_hours"]
    assert datetime.fromisoformat(found["timestamp"]) == NOW


def test_a_trade_is_plain_json_with_times_in_utc():
    trade = Trade(-1, NOW, NOW, 4000.0, 3990.0, 12.5)
    found = json.loads(json.dumps(trade.to_dict()))
    assert found["entry_time"] == "2025-07-08T13:05:00+00:00"
    assert found["is_open"] is False
