"""What goes wrong around the engine, and what is left when it is over."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
import redis
from sqlalchemy import event, func, select, text, update
from tests.faults.conftest import BARS
from tests.faults.market import CHALLENGER, CHAMPION, SHADOW, Scripted, left, opened, seed
from tests.services import postgresql

from cambio.app.trading_loop import Loop
from cambio.contracts.trading import Reason
from cambio.errors import Conflict, SourceError
from cambio.store import bars, deployments, tables
from cambio.store.database import reading, transaction

QUICK = {"fsync": "off", "full_page_writes": "off"}


def trade(resources, script=None, *, bars=BARS, feed=None) -> Scripted:
    feed = feed or Scripted(resources, bars, script)
    Loop(resources, feed).run(Event())
    return feed


def same_run(resources, steady) -> None:
    found = left(resources)
    for name, rows in steady.items():
        assert found[name] == rows, name


def told(resources, kind: str) -> list[dict]:
    return [row["data"] for row in left(resources)["events"] if row["type"] == kind]


def signals_of(resources, model_id: str) -> list[dict]:
    return [row for row in left(resources)["inference_signals"] if row["model_id"] == model_id]


def test_an_undisturbed_run_trades(steady):
    """Else the comparisons below could not fail."""
    assert len(steady["account_marks"]) == BARS
    assert len(steady["inference_signals"]) == 3 * BARS
    assert len(steady["fills"]) > 10


def test_redis_is_down_for_ten_bars_and_every_signal_arrives_once_and_in_order(
    home, redis_server, redis_url, steady
):
    with opened(home, bus=redis_url) as resources:
        trade(resources, {20: redis_server.stop, 30: redis_server.start})
        same_run(resources, steady)
    entries = redis.from_url(redis_url, decode_responses=True).xrange("trading:signals:live")
    expected = [row["data"]["signal_id"] for row in steady["events"] if row["type"] == "signal"]
    assert [fields["signal_id"] for _, fields in entries] == expected


def test_postgresql_restarts_in_the_middle_of_a_bar(tmp_path, seeded_home, steady):
    """Once before the bar's commit and once after: the connection is lost at either."""
    with postgresql(QUICK) as server, server.database() as url:
        home = tmp_path / "home"
        with opened(home, url) as resources:
            seed(resources)
            inserted = 0

            def cut(_connection, _cursor, statement, *_):
                nonlocal inserted
                if statement.startswith("INSERT INTO inference_signals"):
                    inserted += 1
                    if inserted in (15, 40):
                        server.restart()

            event.listen(resources.engine, "after_cursor_execute", cut)
            trade(resources)
            assert inserted == BARS + 2, "no bar was decided on again: nothing was cut"
            same_run(resources, steady)


def test_a_database_that_refuses_for_a_while_changes_nothing(resources, steady):
    refused = 0

    def refuse(_connection, _cursor, statement, *_):
        nonlocal refused
        if statement.startswith("INSERT INTO account_marks") and refused < 2:
            refused += 1
            raise SourceError("The disk is full.")

    event.listen(resources.engine, "before_cursor_execute", refuse)
    trade(resources)
    assert refused == 2
    same_run(resources, steady)


def test_a_full_disk_loses_nothing(home, steady):
    """SQLite may not grow for a while; the engine waits, and goes on where it was."""
    with opened(home) as resources:
        full = {"on": False, "failures": 0}

        def limit(connection, _record, _proxy):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages if full['on'] else 2**30}")

        def fills_up():
            full["on"] = True
            resources.engine.dispose()

        event.listen(resources.engine, "checkout", limit)
        loop = Loop(resources, feed := Scripted(resources, BARS, {30: fills_up}))
        attempt = loop._attempt

        def freed(what, doing):
            done = attempt(what, doing)
            if not done:
                full["failures"] += 1
                if full["failures"] == 2:
                    full["on"] = False
            return done

        loop._attempt = freed
        loop.run(Event())
        assert full["failures"] >= 2, "the disk was never full"
        assert feed.stored >= BARS
        same_run(resources, steady)


def test_a_provider_is_silent_for_thirty_minutes(resources, steady):
    """Six bars come with the seventh: features catch up, nothing new is risked, then it goes on."""
    feed = Scripted(resources, BARS)
    feed.held = set(range(20, 26))
    trade(resources, feed=feed)
    found, expected = left(resources), steady
    assert found["feature_cache"] == expected["feature_cache"]
    marks = found["account_marks"]
    assert [i for i, mark in enumerate(marks) if mark["late"]] == list(range(20, 26))
    champion = signals_of(resources, CHAMPION)
    assert champion[19]["target"] != 0, "it held nothing to close: a weak test"
    for row in champion[20:26]:
        assert Reason.STALE_DATA in row["blocked_by"] or row["requested"] == row["position"]
        assert abs(row["target"]) <= abs(row["position"]), "new risk on a bar that came late"
    assert champion[25]["target"] == 0, "still invested after half an hour without a bar"
    assert Reason.STALE_DATA not in champion[26]["blocked_by"]
    texts = [notice["text"] for notice in told(resources, "data")]
    assert len(texts) == 2
    assert texts[1] == "Bars come in time again, after 6 that did not."
    assert found["inference_signals"][: 3 * 20] == expected["inference_signals"][: 3 * 20]


def test_a_clock_that_jumps_ahead_takes_no_new_risk_until_it_is_right_again(resources, steady):
    feed = Scripted(resources, BARS)

    def jump(hours):
        feed.ahead = timedelta(hours=hours)

    feed._script = {
        20: lambda: jump(1),
        23: lambda: jump(0),
        40: lambda: jump(-1),
        45: lambda: jump(0),
    }
    trade(resources, feed=feed)
    found = left(resources)
    assert [i for i, mark in enumerate(found["account_marks"]) if mark["late"]] == [20, 21, 22]
    assert found["feature_cache"] == steady["feature_cache"]
    for row in signals_of(resources, CHAMPION)[20:23]:
        assert abs(row["target"]) <= abs(row["position"])


def test_a_bar_that_comes_twice_is_one_bar(resources, steady):
    def again():
        with reading(resources.engine) as connection:
            stored = bars.load(connection)[-3:]
        with transaction(resources.engine) as connection:
            counts = bars.store(connection, stored, resources.now())
        assert counts.unchanged == 3

    trade(resources, {10: again, 11: again, 50: again})
    same_run(resources, steady)


def test_a_bar_that_comes_after_its_successors_is_not_traded_and_is_told(resources):
    """The session's parity check finds it; the next session has its features right."""
    missing = []

    def withhold():
        time = feed.inner._following()
        missing.append(feed.inner._coming.pop())
        feed.inner._newest = time

    def deliver():
        with transaction(resources.engine) as connection:
            bars.add(connection, missing[0], "simulated", resources.now())

    feed = Scripted(resources, 80, {20: withhold, 30: deliver})
    trade(resources, feed=feed)
    times = [mark["timestamp"] for mark in left(resources)["account_marks"]]
    assert missing[0].time not in times
    (notice,) = told(resources, "parity")
    assert missing[0].time.strftime("%H:%M") in notice["text"] + str(notice["details"])
    with reading(resources.engine) as connection:
        checks = connection.execute(select(tables.parity_checks)).all()
    assert len(checks) == 1
    assert any("revised or came late" in notice["text"] for notice in told(resources, "data"))


def test_a_challenger_with_a_damaged_bundle_loses_its_capital_to_the_champion(resources):
    damage(resources, CHALLENGER)
    trade(resources, bars=5)
    marks = left(resources)["account_marks"]
    assert marks[-1]["shares"] == {CHAMPION: 1.0}
    decided = {row["model_id"] for row in left(resources)["inference_signals"]}
    assert decided == {CHAMPION, SHADOW}
    assert len(told(resources, "load_gate")) == 1
    with reading(resources.engine) as connection:
        assert [d.model_id for d in deployments.running(connection)] == [SHADOW]


def test_without_a_champion_that_passes_the_account_is_flat_until_it_is_mended(resources, home):
    trade(resources, bars=30)
    bundle = resources.bundles / f"{CHAMPION}.cambio"
    kept = bundle.read_bytes()
    damage(resources, CHAMPION)

    def mend():
        bundle.write_bytes(kept)

    with opened(home) as restarted:
        trade(restarted, {5: mend}, bars=12)
        found = left(restarted)
        champion = [r["timestamp"] for r in signals_of(restarted, CHAMPION)]
        marks = found["account_marks"]
        times = [mark["timestamp"] for mark in marks]
        without = [mark for mark in marks if mark["timestamp"] not in champion]
        assert 4 <= len(without) <= 6
        assert all(CHAMPION not in mark["shares"] for mark in without)
        assert champion[-1] == times[-1], "it did not come back"
        assert [n["text"].split(":")[0] for n in told(restarted, "load_gate")] == [
            f"{CHAMPION} does not trade",
            f"{CHAMPION} passes the load gate again.",
        ]


def test_a_model_that_the_registry_retires_is_flat_within_a_bar(resources):
    """The specification's manual rollback, by SQL, while the engine trades."""

    def sql():
        table = tables.model_registry
        with transaction(resources.engine) as connection:
            former, present = table.c.model_id == CHAMPION, table.c.model_id == SHADOW
            connection.execute(update(table).where(former).values(stage="archived"))
            values = {"stage": "production", "is_active": True}
            connection.execute(update(table).where(present).values(values))

    trade(resources, {10: sql}, bars=20)
    found = left(resources)
    roles = {
        i: {
            r["model_id"]: r["role"]
            for r in found["inference_signals"]
            if r["timestamp"] == m["timestamp"]
        }
        for i, m in enumerate(found["account_marks"])
    }
    assert roles[9][CHAMPION] == "champion"
    assert roles[11] == {SHADOW: "champion", CHALLENGER: "challenger"}
    assert found["account_marks"][12]["shares"] == {SHADOW: 0.9, CHALLENGER: 0.1}


@pytest.mark.parametrize(
    ("change", "shares"),
    [
        (f"share = 2.0 WHERE model_id = '{CHALLENGER}'", {CHAMPION: 1.0}),
        (f"share = -0.5 WHERE model_id = '{CHALLENGER}'", {CHAMPION: 1.0}),
        (f"share = 0.5 WHERE model_id = '{CHALLENGER}'", {CHAMPION: 0.5, CHALLENGER: 0.5}),
        (f"share = 0.5 WHERE model_id = '{SHADOW}'", {CHAMPION: 0.9, CHALLENGER: 0.1}),
        (f"status = 'ROLLED_BACK' WHERE model_id = '{CHALLENGER}'", {CHAMPION: 1.0}),
    ],
)
def test_no_share_that_sql_gives_is_more_than_the_capital(resources, change, shares):
    def sql():
        with transaction(resources.engine) as connection:
            connection.execute(text(f"UPDATE deployments SET {change}"))

    trade(resources, {3: sql}, bars=8)
    assert left(resources)["account_marks"][-1]["shares"] == shares
    assert all(
        0.0 <= share <= 1.0
        for mark in left(resources)["account_marks"]
        for share in mark["shares"].values()
    )


def test_two_engines_on_one_database_do_not_both_trade(resources, home, steady):
    with opened(home) as other:
        feed = Scripted(resources, BARS)

        def intrude():
            rival = Scripted(other, 2)
            Loop(other, rival).run(Event())

        feed._script = {5: intrude}
        with pytest.raises(Conflict, match="Another engine"):
            trade(resources, feed=feed)
        with reading(resources.engine) as connection:
            signals = connection.execute(select(func.count()).select_from(tables.inference_signals))
            marks = connection.execute(select(func.count()).select_from(tables.account_marks))
            assert signals.scalar_one() == 3 * marks.scalar_one()


def damage(resources, model_id: str) -> None:
    path = resources.bundles / f"{model_id}.cambio"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
