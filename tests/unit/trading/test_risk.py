"""Each risk check alone; what a block may stop, and what it must never stop."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import combinations, product

import numpy as np
import pytest

from cambio.calendar import BOGOTA
from cambio.contracts.trading import Reason, RiskVerdict
from cambio.trading import ledger
from cambio.trading.risk import CHECKS, RiskFacts, RiskLimits, RiskManager, RiskState

LIMITS = RiskLimits(
    confidence_threshold=0.4,
    max_daily_loss=0.02,
    max_drawdown=0.15,
    max_consecutive_losses=3,
    cooldown_minutes=60,
    max_trades_per_session=4,
    max_position=1,
)
DAY = 19_912  # 2024-07-08


def clock(text: str) -> int:
    return int(datetime.fromisoformat(f"2024-07-08 {text}").replace(tzinfo=BOGOTA).timestamp())


NOON = clock("12:00")


def facts(requested: int = 1, position: int = 0, **changed) -> RiskFacts:
    known = {"confidence": 0.9, "day": DAY, "now_s": NOON, **changed}
    return RiskFacts(requested, position, **known)


def manager(limits: RiskLimits = LIMITS, **state) -> RiskManager:
    return RiskManager(limits, RiskState(day=DAY, **state))


def limits(**changed) -> RiskLimits:
    return LIMITS.model_copy(update=changed)


def book(equity: float, *, peak: float = 100.0, session: float = 100.0) -> np.ndarray:
    kept = ledger.new_book(peak)
    kept[ledger.EQUITY], kept[ledger.SESSION_EQUITY] = equity, session
    return kept


def observe(risk: RiskManager, equity: float = 100.0, result: float = np.nan, **changed) -> None:
    known = {"day": DAY, "now_s": NOON, "filled": False, "peak": 100.0, "session": 100.0, **changed}
    kept = book(equity, peak=known["peak"], session=known["session"])
    risk.observe(kept, known["day"], known["now_s"], result, filled=known["filled"])


ALONE = (*CHECKS, Reason.KILL_SWITCH, Reason.STALE_DATA)
OUTSIDE = {Reason.KILL_SWITCH, Reason.STALE_DATA}
"""What a book is told; it can't know by itself."""
FLATTENING = [Reason.DAILY_LOSS, Reason.DRAWDOWN, Reason.KILL_SWITCH]
BLOCKING = [reason for reason in ALONE if reason not in FLATTENING]


def objected(*reasons: Reason) -> tuple[RiskManager, dict[str, float]]:
    """A manager and the facts of a request, to which exactly these checks object."""
    risk = manager(
        limits(max_position=int(Reason.POSITION_LIMIT not in reasons)),
        loss_day=DAY if Reason.DAILY_LOSS in reasons else -1,
        drawdown_breached=Reason.DRAWDOWN in reasons,
        breaker_until_s=NOON + 86_400 * (Reason.CIRCUIT_BREAKER in reasons),
        trades_today=4 * (Reason.MAX_TRADES in reasons),
    )
    confidence = 0.1 if Reason.CONFIDENCE in reasons else 0.9
    now_s = clock("13:00") if Reason.TRADING_HOURS in reasons else NOON
    told = tuple(reason for reason in reasons if reason in OUTSIDE)
    return risk, {"confidence": confidence, "now_s": now_s, "objections": told}


def verdict(reason: Reason, requested: int, position: int) -> RiskVerdict:
    risk, known = objected(reason)
    return risk.check(facts(requested, position, **known))


@pytest.mark.parametrize("requested", [-1, 0, 1])
@pytest.mark.parametrize("position", [-1, 0, 1])
def test_without_objections_a_request_passes(requested, position):
    found = manager().check(facts(requested, position))
    assert found == RiskVerdict(requested, requested)


@pytest.mark.parametrize("reason", ALONE)
@pytest.mark.parametrize("requested", [-1, 1])
def test_each_check_stops_new_risk_and_says_so(reason, requested):
    assert verdict(reason, requested, 0) == RiskVerdict(requested, 0, (reason,))


@pytest.mark.parametrize("reason", BLOCKING)
@pytest.mark.parametrize("position", [-1, 1])
def test_a_block_lets_a_position_be_closed(reason, position):
    assert verdict(reason, 0, position) == RiskVerdict(0, 0)


@pytest.mark.parametrize("reason", BLOCKING)
@pytest.mark.parametrize("position", [-1, 1])
def test_a_block_lets_a_position_be_kept(reason, position):
    assert verdict(reason, position, position) == RiskVerdict(position, position)


@pytest.mark.parametrize("reason", BLOCKING)
@pytest.mark.parametrize("position", [-1, 1])
def test_of_a_reversal_the_closing_half_passes(reason, position):
    assert verdict(reason, -position, position) == RiskVerdict(-position, 0, (reason,))


@pytest.mark.parametrize("reason", FLATTENING)
@pytest.mark.parametrize("requested", [-1, 0, 1])
@pytest.mark.parametrize("position", [-1, 1])
def test_losses_and_the_kill_switch_flatten_whatever_is_asked(reason, requested, position):
    assert verdict(reason, requested, position) == RiskVerdict(requested, 0, (reason,))


def test_no_combination_of_objections_adds_risk_or_traps_a_position():
    for count in range(1, len(ALONE) + 1):
        for reasons in combinations(ALONE, count):
            risk, known = objected(*reasons)
            for requested, position in product((-1, 0, 1), repeat=2):
                keeps = requested == position and set(FLATTENING).isdisjoint(reasons)
                found = risk.check(facts(requested, position, **known))
                assert found.allowed == (position if keeps else 0), (reasons, requested, position)


def test_every_objection_is_named():
    risk = manager(trades_today=9)
    asked = facts(confidence=0.1, objections=(Reason.KILL_SWITCH,))
    found = risk.check(asked).blocked_by
    assert set(found) == {Reason.CONFIDENCE, Reason.MAX_TRADES, Reason.KILL_SWITCH}


def test_confidence_at_the_threshold_is_enough():
    assert manager().check(facts(confidence=0.4)).allowed == 1


def test_a_confidence_that_is_no_number_is_not_enough():
    """A network that answers NaN must not open a position."""
    found = manager().check(facts(confidence=float("nan")))
    assert found == RiskVerdict(1, 0, (Reason.CONFIDENCE,))


@pytest.mark.parametrize(
    ("closes", "allowed"),
    [("07:55", 0), ("08:00", 1), ("08:05", 1), ("12:55", 1), ("13:00", 0), ("13:05", 0)],
)
def test_new_risk_needs_a_bar_of_this_session_to_be_filled_on(closes, allowed):
    """The 12:50 bar closes at 12:55 and fills on the last bar; the 12:55 bar has no next one."""
    assert manager().check(facts(now_s=clock(closes))).allowed == allowed


@pytest.mark.parametrize(("equity", "stopped"), [(98.01, False), (98.0, True), (97.0, True)])
def test_a_loss_of_two_percent_of_the_day_flattens(equity, stopped):
    risk = manager()
    observe(risk, equity)
    assert (risk.check(facts(1, 1)).allowed == 0) == stopped


def test_a_days_loss_is_measured_from_the_sessions_start_not_from_the_peak():
    risk = manager()
    observe(risk, 89.0, session=90.0)
    assert risk.check(facts()).allowed == 1


def test_after_a_days_loss_nothing_opens_until_the_next_session():
    risk = manager()
    observe(risk, 97.0)
    observe(risk, 99.5)
    assert risk.check(facts()).blocked_by == (Reason.DAILY_LOSS,)
    observe(risk, 97.0, day=DAY + 1, session=97.0)
    assert risk.check(facts(day=DAY + 1)).allowed == 1


@pytest.mark.parametrize(("equity", "stopped"), [(85.01, False), (85.0, True)])
def test_a_drawdown_of_fifteen_percent_flattens(equity, stopped):
    risk = manager()
    observe(risk, equity, session=equity)
    assert (risk.check(facts(1, 1)).allowed == 0) == stopped


def test_a_drawdown_latches_beyond_recovery_and_sessions():
    risk = manager()
    observe(risk, 84.0, session=84.0)
    observe(risk, 100.0, day=DAY + 1)
    assert risk.check(facts(day=DAY + 1)).blocked_by == (Reason.DRAWDOWN,)


def test_an_equity_that_is_no_number_flattens():
    """A bad price must not switch the loss limits off."""
    risk = manager()
    observe(risk, float("nan"))
    found = risk.check(facts(1, 1))
    assert (found.allowed, found.blocked_by) == (0, (Reason.DAILY_LOSS, Reason.DRAWDOWN))


def losses(risk: RiskManager, *results: float, now_s: int = NOON) -> None:
    for result in results:
        observe(risk, result=result, now_s=now_s)


@pytest.mark.parametrize(
    ("results", "broken"),
    [
        ((-1.0, -1.0), False),
        ((-1.0, -1.0, -1.0), True),
        ((-1.0, -1.0, 1.0, -1.0), False),
        ((-1.0, np.nan, -1.0, np.nan, -1.0), True),
        ((-1.0, -1.0, 0.0), True),
    ],
    ids=["two", "three in a row", "a gain between", "bars between", "nothing won is lost"],
)
def test_a_row_of_losses_breaks_the_circuit(results, broken):
    risk = manager()
    losses(risk, *results)
    assert (risk.check(facts()).allowed == 0) == broken


@pytest.mark.parametrize(("minutes", "allowed"), [(0, 0), (55, 0), (59, 0), (60, 1)])
def test_the_circuit_closes_after_the_cooldown_of_the_bars_clock(minutes, allowed):
    risk, broken_at = manager(), clock("09:00")
    losses(risk, -1.0, -1.0, -1.0, now_s=broken_at)
    assert risk.check(facts(now_s=broken_at + 60 * minutes)).allowed == allowed


def test_after_the_cooldown_the_count_starts_again():
    risk = manager()
    losses(risk, -1.0, -1.0, -1.0, now_s=clock("09:00"))
    losses(risk, -1.0, -1.0, now_s=clock("11:30"))
    assert risk.check(facts()).allowed == 1


def test_a_loss_in_one_session_counts_in_the_next():
    risk = manager()
    losses(risk, -1.0, -1.0)
    observe(risk, result=-1.0, day=DAY + 1, now_s=NOON + 86_400)
    found = risk.check(facts(day=DAY + 1, now_s=NOON + 86_400))
    assert found.blocked_by == (Reason.CIRCUIT_BREAKER,)


def test_the_fourth_trade_is_the_last_of_its_session():
    risk = manager()
    for _ in range(3):
        observe(risk, filled=True)
    assert risk.check(facts()).allowed == 1
    observe(risk, filled=True)
    assert risk.check(facts()).blocked_by == (Reason.MAX_TRADES,)


def test_the_next_session_counts_its_trades_anew():
    risk = manager(trades_today=4)
    observe(risk, day=DAY + 1)
    assert risk.check(facts(day=DAY + 1)).allowed == 1


def test_a_trade_filled_on_the_first_bar_counts_to_that_session():
    risk = manager(limits(max_trades_per_session=1))
    observe(risk, day=DAY + 1, filled=True)
    assert risk.check(facts(day=DAY + 1)).blocked_by == (Reason.MAX_TRADES,)


def test_a_bar_without_a_fill_is_no_trade():
    risk = manager(limits(max_trades_per_session=1))
    observe(risk)
    assert risk.check(facts()).allowed == 1


def test_checking_changes_nothing():
    risk = manager(trades_today=2)
    before = risk.state.to_dict()
    risk.check(facts())
    assert risk.state.to_dict() == before


def test_the_state_survives_a_restart_as_json():
    risk = manager()
    losses(risk, -1.0, -1.0)
    observe(risk, 84.0, filled=True)
    risk.state.loss_day = 7
    kept = json.loads(json.dumps(risk.state.to_dict()))
    assert RiskState(**kept) == risk.state


def test_two_managers_do_not_share_their_state():
    first, second = RiskManager(LIMITS), RiskManager(LIMITS)
    first.state.drawdown_breached = True
    assert second.check(facts()).allowed == 1
