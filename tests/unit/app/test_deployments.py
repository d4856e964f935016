"""Champion, challenger and shadows, on both databases."""

# ruff: noqa: F811 (fixtures that are imported)

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, text
from tests.unit.app.ballots import MODELS, NOW, at, by, canary, champion, propose, together
from tests.unit.app.electorate import challenge, challenged, on_sqlite, product, template  # noqa: F401

from cambio.app import deployments, transitions, votes
from cambio.app.canary import Paired, evaluate_session, evidence_of, paired_returns
from cambio.app.sealing import bundle_path, load_for_trading, sealed
from cambio.calendar import session_open, trading_days
from cambio.contracts.accounts import Role
from cambio.contracts.deployment import Deployment, Status
from cambio.contracts.deployment import Role as Deployed
from cambio.contracts.trading import Action, Signal
from cambio.errors import ConfigError, Conflict, ContractMismatch, NotAllowed, NotFound
from cambio.inference.config import CanaryConfig
from cambio.inference.deployment import DeploymentManager, Move
from cambio.store import audit, events, models, tables
from cambio.store import deployments as stored
from cambio.store.database import reading, transaction
from cambio.store.deployments import SessionMark
from cambio.store.signals import row_of
from cambio.trading import signing

ROOT = Path(__file__).parents[3]
FIRST, SECOND = MODELS
BAR = timedelta(minutes=5)
LAST_BAR = 59 * BAR
DAYS = trading_days(date(2025, 12, 2), date(2026, 1, 20))


@pytest.fixture
def ana(product):
    return by(product, "ana")


def row(resources, model_id):
    with reading(resources.engine) as connection:
        return models.get(connection, model_id)


def running(resources):
    with reading(resources.engine) as connection:
        return [(one.model_id, str(one.role), one.share) for one in stored.running(connection)]


def ended(resources):
    with reading(resources.engine) as connection:
        return [
            (one.model_id, str(one.status), one.ended_by) for one in stored.ended(connection, 9)
        ]


def notices(resources):
    with reading(resources.engine) as connection:
        found = events.after(connection, 0, 99)
    return [(event.type, event.subject) for event in found if event.type != "proposal"]


def sealed_log(resources):
    with reading(resources.engine) as connection:
        return audit.verify(connection).passed


def sql(resources, *statements):
    with transaction(resources.engine) as connection:
        for statement in statements:
            connection.execute(text(statement))


def trade(resources, model_id, role, returns, days=DAYS, equity=10_000.0, decided=None):
    """Mark a live book at the first and the last bar of each day, decided on when they closed."""
    rows = []
    for day, change in zip(days, returns, strict=False):
        for time, worth in ((0, equity), (1, equity * (1.0 + change))):
            signal = Signal(
                timestamp=session_open(day) + time * LAST_BAR,
                model_id=model_id,
                role=role,
                action=Action.HOLD,
                confidence=0.9,
                price=4000.0,
                requested=0,
                target=0,
                position=0,
                equity=worth,
                blocked_by=(),
                late=False,
                observation=None,
            )
            rows.append(row_of(signal, (decided or signal.timestamp) + BAR))
        equity *= 1.0 + change
    with transaction(resources.engine) as connection:
        connection.execute(insert(tables.inference_signals), rows)


def after(sessions):
    """When so many sessions are over."""
    return session_open(DAYS[sessions - 1]) + timedelta(hours=5)


NOISE = [0.004, -0.003, 0.002, -0.004, 0.003, -0.001] * 4
BETTER = [0.004 + 0.0003 * change / 0.004 for change in NOISE]
WORSE = [-change for change in BETTER]


# After a session


def test_a_challenger_that_is_better_gets_more_and_in_the_end_all(challenged):
    trade(challenged, FIRST, "champion", NOISE)
    trade(challenged, SECOND, "challenger", BETTER)
    assert evaluate_session(challenged, after(4)) is None
    outcome = evaluate_session(challenged, after(8))
    assert (outcome.model_id, outcome.move, outcome.share) == (SECOND, Move.STEP, 0.5)
    assert running(challenged) == [(SECOND, "challenger", 0.5)]
    assert evaluate_session(challenged, after(12)) is None
    assert evaluate_session(challenged, after(16)).move is Move.PROMOTE
    assert champion(challenged) == SECOND
    assert (running(challenged), ended(challenged)) == ([], [(SECOND, "PROMOTED", "cambio")])
    assert row(challenged, SECOND)["approved_by"] == "ana"
    assert row(challenged, FIRST)["stage"] == "archived"
    assert notices(challenged)[-2:] == [("promotion", SECOND)] * 2
    assert sealed_log(challenged)


def test_a_challenger_that_is_worse_loses_its_capital(challenged):
    trade(challenged, FIRST, "champion", NOISE)
    trade(challenged, SECOND, "challenger", WORSE)
    outcome = evaluate_session(challenged, after(8))
    assert outcome.move is Move.ROLL_BACK
    assert "differs by -" in outcome.reason
    assert (champion(challenged), running(challenged)) == (FIRST, [])
    assert (row(challenged, SECOND)["stage"], ended(challenged)[0][1]) == (
        "archived",
        "ROLLED_BACK",
    )
    assert notices(challenged)[-1] == ("rollback", SECOND)
    assert evaluate_session(challenged, after(8)) is None


@on_sqlite
def test_of_two_losers_the_better_one_gets_more(challenged):
    """A ratio of the two Sharpe ratios would say the opposite."""
    trade(challenged, FIRST, "champion", [-0.008 + change for change in NOISE])
    trade(challenged, SECOND, "challenger", [-0.001 + change for change in NOISE])
    assert evaluate_session(challenged, after(20)).move is Move.STEP


@on_sqlite
def test_a_session_that_is_not_over_does_not_count(challenged):
    trade(challenged, FIRST, "champion", NOISE)
    trade(challenged, SECOND, "challenger", BETTER)
    found = deployments.status(at(challenged, after(3) - timedelta(seconds=1)))
    assert found.challenger.evidence.sessions == 2


@pytest.mark.parametrize("years", [-3, 3])
@on_sqlite
def test_a_market_with_another_clock_is_judged_all_the_same(challenged, years):
    days = trading_days(date(2025 + years, 3, 3), date(2025 + years, 4, 15))
    trade(challenged, FIRST, "champion", NOISE, days, decided=NOW)
    trade(challenged, SECOND, "challenger", BETTER, days, decided=NOW)
    newest = "(SELECT max(timestamp) FROM inference_signals)"
    sql(challenged, f"DELETE FROM inference_signals WHERE timestamp = {newest}")
    found = deployments.status(at(challenged, NOW + timedelta(hours=1)))
    assert found.challenger.evidence.sessions == len(NOISE) - 1  # the last one goes on
    assert evaluate_session(challenged, NOW + timedelta(hours=1)).move is Move.STEP
    again = at(challenged, NOW + timedelta(hours=2))
    assert deployments.status(again).challenger.evidence.sessions == 0


@on_sqlite
def test_a_session_in_which_the_challenger_got_its_share_does_not_count(challenged):
    approved = session_open(DAYS[1]) + 3 * BAR
    with transaction(challenged.engine) as connection, audit.recording(connection, "ana"):
        (one,) = stored.running(connection)
        stored.step(connection, one.deployment_id, 0.1, approved)
    trade(challenged, FIRST, "champion", NOISE)
    trade(challenged, SECOND, "challenger", BETTER)
    found = deployments.status(at(challenged, after(4)))
    assert found.challenger.evidence.sessions == 2


def test_two_books_that_trade_alike_are_never_told_apart():
    """Their returns differ by the rounding of another equity, and by nothing else."""
    growth = np.cumprod(1.0 + np.random.default_rng(0).normal(0.0003, 0.005, 61))
    ours, theirs = (equity * growth for equity in (10_000.0, 13_700.0123))
    one, other = (np.diff(equity) / equity[:-1] for equity in (ours, theirs))
    assert 0.0 < np.abs(one - other).max() < 1e-15
    days = tuple(trading_days(date(2025, 12, 2), date(2026, 3, 31))[:60])
    config = CanaryConfig(steps=(0.1, 1.0), min_sessions=20, confidence=0.95, max_drawdown=0.05)
    challenger = Deployment(
        1, SECOND, Deployed.CHALLENGER, 0.1, Status.RUNNING, "ana", NOW, NOW, None, None, None
    )
    moves = set()
    for n in range(20, 61):
        evidence = evidence_of(Paired(days[:n], one[:n], other[:n]), config)
        moves.add(DeploymentManager(config).decide(challenger, evidence).move)
    assert moves == {Move.KEEP}


def marks(*spans, role="champion"):
    """Session marks of (day, first bar, last bar, equity); bars counted from 0."""
    return [
        SessionMark(
            role,
            session_open(DAYS[day]) + timedelta(minutes=5 * first),
            session_open(DAYS[day]) + timedelta(minutes=5 * last),
            equity,
            NOW,
            NOW,
        )
        for day, first, last, equity in spans
    ]


def test_returns_are_paired_over_the_same_bars():
    ours = marks((0, 0, 59, 110.0), (1, 0, 59, 99.0), (2, 0, 58, 198.0))
    theirs = marks((0, 0, 59, 90.0), (1, 0, 59, 99.0), (2, 0, 58, 49.5), role="challenger")
    paired = paired_returns(ours, theirs, 100.0)
    assert paired.days == tuple(DAYS[:3])
    assert paired.champion.tolist() == pytest.approx([0.1, -0.1, 1.0])
    assert paired.challenger.tolist() == pytest.approx([-0.1, 0.1, -0.5])


@pytest.mark.parametrize(
    ("theirs", "counted"),
    [
        ([(0, 0, 59, 100.0), (1, 5, 59, 100.0), (2, 0, 59, 100.0)], [0, 2]),  # came late
        ([(0, 0, 59, 100.0), (1, 0, 40, 100.0), (2, 0, 59, 100.0)], [0]),  # ended early
        ([(0, 0, 59, 100.0), (2, 0, 59, 100.0)], [0]),  # 2 would begin at another mark
        ([(1, 30, 59, 100.0), (2, 0, 59, 100.0)], [2]),  # began within a session
        ([(1, 0, 59, 100.0), (2, 0, 59, 100.0)], [1, 2]),  # a new book begins with its capital
    ],
)
def test_only_sessions_in_which_both_traded_throughout_count(theirs, counted):
    ours = marks((0, 0, 59, 101.0), (1, 0, 59, 102.0), (2, 0, 59, 103.0))
    paired = paired_returns(ours, marks(*theirs, role="challenger"), 100.0)
    assert paired.days == tuple(DAYS[n] for n in counted)


def test_sessions_in_another_role_do_not_count():
    ours = marks((0, 0, 59, 101.0), (1, 0, 59, 102.0))
    theirs = [*marks((0, 0, 59, 90.0), role="shadow"), *marks((1, 0, 59, 99.0), role="challenger")]
    paired = paired_returns(ours, theirs, 100.0)
    assert (paired.days, paired.challenger.tolist()) == ((DAYS[1],), pytest.approx([0.1]))


# People


def test_an_approver_promotes_the_challenger_at_once(challenged):
    with pytest.raises(NotAllowed, match="promoting the challenger takes the role approver"):
        deployments.promote(by(challenged, "olga", Role.OPERATOR), "Now.")
    assert deployments.promote(by(challenged, "bob"), "Now.") == SECOND
    assert (champion(challenged), running(challenged)) == (SECOND, [])
    assert ended(challenged) == [(SECOND, "PROMOTED", "bob")]
    assert notices(challenged)[-1] == ("promotion", SECOND)


def test_a_rollback_ends_the_challenger_and_another_brings_back_the_former_champion(challenged):
    olga = by(challenged, "olga", Role.OPERATOR)
    deployments.promote(by(challenged, "bob"), "Now.")
    assert deployments.rollback(olga, "It loses.") == FIRST
    assert (row(challenged, FIRST)["stage"], row(challenged, SECOND)["stage"]) == (
        "production",
        "archived",
    )
    deployments.start(olga, SECOND, shadow=False, comment="Once more.")
    assert deployments.rollback(olga, "No.") == FIRST
    assert (champion(challenged), running(challenged)) == (FIRST, [])
    assert row(challenged, SECOND)["stage"] == "archived"
    assert [kind for kind, _ in notices(challenged)][-3:] == ["rollback", "deployment", "rollback"]
    assert sealed_log(challenged)


def test_the_champion_that_retired_last_comes_back_whoever_was_promoted_last(challenged):
    """The second was promoted last, but the first retired last: by SQL it came back between."""
    ana = by(challenged, "ana")
    deployments.promote(at(ana, NOW + timedelta(hours=1)), "Now.")
    sql(
        challenged,
        f"UPDATE model_registry SET stage = 'archived' WHERE model_id = '{SECOND}'",
        f"UPDATE model_registry SET stage = 'production', is_active = TRUE "
        f"WHERE model_id = '{FIRST}'",
    )
    sql(challenged, f"UPDATE model_registry SET stage = 'archived' WHERE model_id = '{FIRST}'")
    assert deployments.rollback(ana, "Somebody has to trade.") == FIRST


@on_sqlite
def test_without_anything_to_roll_back_to_the_kill_switch_is_named(product):
    with pytest.raises(Conflict, match="kill-switch on"):
        deployments.rollback(by(product, "olga"), "Stop.")


def test_a_shadow_runs_beside_without_a_vote_and_becomes_the_challenger_by_one(product, ana):
    votes.approve(ana, "p1", "Looks right.")
    olga = by(product, "olga", Role.OPERATOR)
    deployments.start(olga, SECOND, shadow=True, comment="Let us look.")
    assert running(product) == [(SECOND, "shadow", 0.0)]
    assert row(product, SECOND)["stage"] == "staging"
    with pytest.raises(Conflict, match="is a shadow already"):
        deployments.start(olga, SECOND, shadow=True, comment="Again.")
    propose(product, "p2", model_id=SECOND, vs_baseline={"against": FIRST})
    votes.approve(ana, "p2", "Better.")
    assert running(product) == [(SECOND, "challenger", 0.1)]
    assert ended(product) == [(SECOND, "STOPPED", "ana")]


@on_sqlite
def test_a_shadow_is_stopped_and_a_challenger_is_not(challenged):
    olga = by(challenged, "olga", Role.OPERATOR)
    with pytest.raises(NotFound, match=r"is no shadow\. It is the challenger"):
        deployments.stop(olga, SECOND, "Enough.")
    deployments.rollback(olga, "Enough.")
    deployments.start(olga, SECOND, shadow=True, comment="Watch it.")
    assert deployments.stop(olga, SECOND, "Enough.").status is Status.STOPPED
    assert running(challenged) == []


@on_sqlite
@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        ([], "Nobody is champion"),
        (["approve"], "No proposal of random-s1 was approved"),
        (["approve", "one step"], "has one step"),
    ],
)
def test_a_challenger_takes_a_champion_a_vote_and_a_canary(product, ana, prepare, told):
    if "approve" in prepare:
        votes.approve(ana, "p1", "Looks right.")
    if "one step" in prepare:
        ana = canary(ana, steps=(1.0,))
    with pytest.raises(Conflict, match=told):
        deployments.start(ana, SECOND, shadow=False, comment="Go.")
    assert running(product) == []


def test_a_challenger_whose_model_was_deleted_is_rolled_back_all_the_same(challenged):
    sql(challenged, f"DELETE FROM model_registry WHERE model_id = '{SECOND}'")
    assert deployments.rollback(by(challenged, "rita", Role.OPERATOR), "It is gone.") == FIRST
    assert (running(challenged), ended(challenged)) == ([], [(SECOND, "ROLLED_BACK", "rita")])


@on_sqlite
def test_who_was_rolled_back_may_try_again(challenged):
    deployments.rollback(by(challenged, "rita", Role.OPERATOR), "Odd fills.")
    again = by(challenged, "rita", Role.OPERATOR)
    assert deployments.start(again, SECOND, shadow=False, comment="Mended.").share == 0.1


@on_sqlite
@pytest.mark.parametrize("later", ["rejected", "another hash"])
def test_an_approval_holds_for_one_hash_and_until_a_rejection(challenged, later):
    deployments.rollback(by(challenged, "rita", Role.OPERATOR), "Odd fills.")
    if later == "rejected":
        propose(challenged, "p3", model_id=SECOND, vs_baseline={"against": FIRST})
        votes.reject(at(by(challenged, "ana"), NOW + timedelta(hours=1)), "p3", "It overtrades.")
    else:
        sql(challenged, f"UPDATE model_registry SET model_hash = 'f' WHERE model_id = '{SECOND}'")
    with pytest.raises(Conflict, match=r"rejected it|was approved"):
        deployments.start(
            by(challenged, "rita", Role.OPERATOR), SECOND, shadow=False, comment="Go on."
        )
    assert running(challenged) == []


ACTS = {
    "start": lambda who, why: deployments.start(who, SECOND, shadow=True, comment=why),
    "promote": deployments.promote,
    "rollback": deployments.rollback,
    "stop": lambda who, why: deployments.stop(who, SECOND, why),
}


@on_sqlite
@pytest.mark.parametrize("act", ACTS)
def test_viewers_and_the_silent_change_nothing(challenged, act):
    with pytest.raises(NotAllowed):
        ACTS[act](by(challenged, "vic", Role.VIEWER), "Why not.")
    with pytest.raises(ConfigError, match="needs a comment"):
        ACTS[act](by(challenged, "ana"), " ")
    assert running(challenged) == [(SECOND, "challenger", 0.1)]


def test_the_status_tells_who_trades_with_what_and_what_is_missing(challenged):
    trade(challenged, FIRST, "champion", NOISE[:3])
    trade(challenged, SECOND, "challenger", BETTER[:3])
    found = deployments.status(at(challenged, after(3))).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["champion"]["model_id"] == FIRST
    assert found["champion"]["share"] == pytest.approx(0.9)
    assert (found["challenger"]["sessions"], found["challenger"]["low"]) == (3, None)
    assert found["challenger"]["verdict"] == "3 of 5 sessions at 10% of the capital: too few."


# By SQL


def reconciled(resources):
    with transaction(resources.engine) as connection:
        return [(d.model_id, str(d.status)) for d in transitions.reconcile(connection, NOW)]


ARCHIVE = "UPDATE model_registry SET stage = 'archived' WHERE model_id = '{}'"
CROWN = "UPDATE model_registry SET stage = 'production', is_active = TRUE WHERE model_id = '{}'"


@pytest.mark.parametrize(
    ("statements", "status"),
    [
        ([ARCHIVE.format(SECOND)], "ROLLED_BACK"),
        ([ARCHIVE.format(FIRST), CROWN.format(SECOND)], "PROMOTED"),
        (["UPDATE deployments SET share = 7"], "ROLLED_BACK"),
        ([f"DELETE FROM model_registry WHERE model_id = '{SECOND}'"], "ROLLED_BACK"),
    ],
)
def test_what_sql_does_to_the_challenger_is_obeyed(challenged, statements, status):
    assert reconciled(challenged) == []
    sql(challenged, *statements)
    assert reconciled(challenged) == [(SECOND, status)]
    assert (running(challenged), reconciled(challenged)) == ([], [])
    kind = "promotion" if status == "PROMOTED" else "rollback"
    assert notices(challenged)[-1] == (kind, SECOND)
    assert sealed_log(challenged)


def test_a_deployment_that_sql_ends_archives_its_model(challenged):
    sql(challenged, "UPDATE deployments SET status = 'ROLLED_BACK'")
    assert reconciled(challenged) == []
    assert row(challenged, SECOND)["stage"] == "archived"


def test_a_shadow_that_sql_makes_champion_or_gives_capital_ends(product, ana):
    votes.approve(ana, "p1", "Looks right.")
    deployments.start(ana, SECOND, shadow=True, comment="Watch it.")
    sql(product, "UPDATE deployments SET share = 0.5")
    assert reconciled(product) == [(SECOND, "STOPPED")]
    deployments.start(ana, SECOND, shadow=True, comment="Watch it.")
    sql(product, ARCHIVE.format(FIRST), CROWN.format(SECOND))
    assert reconciled(product) == [(SECOND, "STOPPED")]


def test_the_engine_rolls_back_once(challenged):
    with reading(challenged.engine) as connection:
        [one] = stored.running(connection)
    told = []
    for _ in range(2):
        with transaction(challenged.engine) as connection:
            told.append(transitions.roll_back(connection, one, "cambio", "It fell.", NOW))
    assert told == [True, False]
    assert [kind for kind, _ in notices(challenged)].count("rollback") == 1


# The bundles that trade


@on_sqlite
def test_a_bundle_that_was_changed_does_not_load_and_is_sealed_anew(challenged):
    path, found = bundle_path(challenged, SECOND), row(challenged, SECOND)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    with pytest.raises(ContractMismatch):
        load_for_trading(challenged, found)
    assert sealed(challenged, found).read_bytes() == content


@on_sqlite
def test_the_bundle_of_another_model_does_not_load(challenged):
    shutil.copy(bundle_path(challenged, FIRST), bundle_path(challenged, SECOND))
    with pytest.raises(ContractMismatch, match="model id of the registry"):
        load_for_trading(challenged, row(challenged, SECOND))


@on_sqlite
def test_a_model_that_was_never_sealed_says_how(product):
    with pytest.raises(NotFound, match=f"cambio deploy seal {FIRST}"):
        load_for_trading(product, row(product, FIRST))
    deployments.seal(by(product, "olga", Role.OPERATOR), FIRST)
    assert load_for_trading(product, row(product, FIRST)).model_id == FIRST


@on_sqlite
def test_where_others_sign_no_key_is_made_but_their_bundle_is_taken(challenged):
    path = bundle_path(challenged, SECOND)
    (challenged.keys / signing.SIGNING).unlink()
    content = path.read_bytes()
    assert sealed(challenged, row(challenged, SECOND)).read_bytes() == content
    path.unlink()
    with pytest.raises(ConfigError, match="none of them signs here"):
        sealed(challenged, row(challenged, SECOND))


@on_sqlite
@pytest.mark.parametrize("attempt", range(3))
def test_of_two_that_seal_first_one_makes_the_key(product, attempt):
    found = row(product, FIRST)
    assert len(set(together(*[lambda: sealed(product, found)] * 3))) == 1
    assert len(signing.trusted_keys(product.keys)) == 1
    assert load_for_trading(product, found).model_id == FIRST


# At the same moment, and killed


def test_of_promotion_and_rollback_at_the_same_moment_one_happens(challenged):
    answers = together(
        lambda: deployments.promote(by(challenged, "ana"), "Up."),
        lambda: deployments.rollback(by(challenged, "bob"), "Down."),
        lambda: deployments.rollback(by(challenged, "carl"), "Down."),
    )
    won = [answer for answer in answers if not isinstance(answer, Conflict)]
    assert len(won) >= 1
    [(model, status, who)] = ended(challenged)
    assert model == SECOND
    if status == "PROMOTED":  # a rollback that saw it afterwards brought the former one back
        assert champion(challenged) in MODELS
    else:
        assert (champion(challenged), who in ("bob", "carl")) == (FIRST, True)
    assert running(challenged) == []
    assert sealed_log(challenged)


def test_who_ends_a_challenger_that_is_gone_changes_nothing(challenged):
    with reading(challenged.engine) as connection:
        known = stored.challenger(connection)
    deployments.promote(by(challenged, "ana"), "Up.")
    deployments.start(by(challenged, "ana"), FIRST, shadow=False, comment="The old one again.")
    with (
        pytest.raises(Conflict, match="changed meanwhile"),
        transaction(challenged.engine) as connection,
    ):
        transitions.claim_challenger(connection, known)


@pytest.mark.parametrize("attempt", range(3))
def test_of_approval_and_rollback_at_the_same_moment_one_is_first(challenged, attempt):
    deployments.promote(by(challenged, "ana"), "Up.")
    propose(challenged, "p3", model_id=FIRST, vs_baseline={"against": SECOND})
    approved, rolled_back = together(
        lambda: votes.approve(by(challenged, "ana"), "p3", "Better still."),
        lambda: deployments.rollback(by(challenged, "bob"), "Down."),
    )
    if isinstance(approved, Conflict):
        assert (champion(challenged), rolled_back) == (FIRST, FIRST)
    else:  # the other one either learnt of it, or ended the new challenger
        assert champion(challenged) == SECOND
        assert len(running(challenged)) == isinstance(rolled_back, Conflict)
    assert sealed_log(challenged)


def test_what_is_killed_leaves_one_consistent_outcome(postgresql_url, tmp_path):
    urls = {"sqlite": f"sqlite:///{tmp_path / 'cambio.db'}", "postgresql": postgresql_url}
    script = [sys.executable, "-m", "tests.unit.app.killed_deployments"]
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    runs = [
        subprocess.Popen([*script, url, tmp_path / name, "24"], **piped)
        for name, url in urls.items()
    ]
    for run in runs:
        out, err = run.communicate()
        assert run.returncode == 0, err
        told = json.loads(out)
        assert told["killed"] >= 18
        assert min(told["landed"], told["undone"]) >= 4
