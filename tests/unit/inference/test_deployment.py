"""The canary's decisions, without database and clock."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from cambio.contracts.deployment import Deployment, Role, Status
from cambio.inference.config import CanaryConfig
from cambio.inference.deployment import DeploymentManager, Evidence, Move, hard_breach
from cambio.trading import ledger

NOW = datetime(2025, 12, 1, tzinfo=UTC)
CONFIG = CanaryConfig(steps=(0.1, 0.5, 1.0), min_sessions=20, confidence=0.95, max_drawdown=0.05)


def challenger(share=0.1):
    return Deployment(
        deployment_id=1,
        model_id="m2",
        role=Role.CHALLENGER,
        share=share,
        status=Status.RUNNING,
        started_by="ana",
        started_at=NOW,
        stepped_at=NOW,
        ended_by=None,
        ended_at=None,
        reason=None,
    )


def book(equity=100.0, peak=100.0, latched=False):
    slots = ledger.new_book(100.0).tolist()
    slots[ledger.EQUITY], slots[ledger.PEAK] = equity, peak
    return {"ledger": slots, "risk": {"drawdown_breached": latched}}


def decide(low, high, share=0.1, sessions=20, state=None):
    evidence = Evidence(sessions, (low + high) / 2, low, high)
    return DeploymentManager(CONFIG).decide(challenger(share), evidence, state)


def test_a_challenger_that_is_better_gets_the_next_share():
    verdict = decide(0.01, 3.0)
    assert (verdict.move, verdict.share) == (Move.STEP, 0.5)


def test_at_the_last_step_it_is_promoted():
    verdict = decide(0.01, 3.0, share=0.5)
    assert (verdict.move, verdict.share) == (Move.PROMOTE, 1.0)


def test_from_a_share_between_the_steps_it_goes_on_to_the_next():
    assert decide(0.01, 3.0, share=0.3).share == 0.5


def test_a_challenger_that_is_worse_is_rolled_back_and_told_why():
    verdict = decide(-3.0, -0.01)
    assert (verdict.move, verdict.share) == (Move.ROLL_BACK, 0.0)
    assert "over 20 paired sessions its annual Sharpe ratio differs by -1.50" in verdict.reason
    assert "95% interval -3.00 to -0.01" in verdict.reason


@pytest.mark.parametrize(("low", "high"), [(-1.0, 2.0), (0.0, 2.0), (-2.0, 0.0)])
def test_while_the_interval_holds_zero_it_stays(low, high):
    verdict = decide(low, high)
    assert (verdict.move, verdict.share) == (Move.KEEP, 0.1)


@pytest.mark.parametrize(("low", "high"), [(1.0, 2.0), (-2.0, -1.0)])
def test_too_few_sessions_decide_nothing(low, high):
    verdict = decide(low, high, sessions=19)
    assert verdict.move is Move.KEEP
    assert verdict.reason == "19 of 20 sessions at 10% of the capital: too few."


def test_an_interval_of_everything_decides_nothing():
    assert decide(-math.inf, math.inf).move is Move.KEEP


def test_a_breach_comes_before_good_figures():
    assert decide(1.0, 2.0, state=book(equity=94.0)).move is Move.ROLL_BACK


def test_with_one_step_there_is_no_canary():
    one = CONFIG.model_copy(update={"steps": (1.0,)})
    assert DeploymentManager(one).is_immediate
    assert not DeploymentManager(CONFIG).is_immediate


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (book(equity=94.99), "fell 5.01% from its peak of 100.00"),
        (book(equity=113.9, peak=120.0), "fell 5.08% from its peak of 120.00"),
        (book(latched=True), "hit the drawdown limit of all books"),
        (book(equity=math.nan), "fell nan%"),
    ],
)
def test_a_hard_breach_is_told_with_its_figures(state, told):
    assert told in hard_breach(CONFIG, "m2", state)


@pytest.mark.parametrize("state", [book(), book(equity=95.0), book(equity=114.0, peak=120.0)])
def test_a_drawdown_up_to_the_limit_is_no_breach(state):
    assert hard_breach(CONFIG, "m2", state) is None


def test_a_policy_that_answers_without_numbers_is_a_breach():
    assert "something else than numbers" in hard_breach(CONFIG, "m2", book(), answered=False)
