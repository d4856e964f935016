"""A database with something of everything that the API shows, and the API on it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from fastapi import FastAPI
from sqlalchemy import insert
from tests.api.served import MARKET, Silent, store_market
from tests.unit.app import ballots
from tests.unit.app.ballots import NOW

from cambio.api.application import create_app
from cambio.api.limits import Rate
from cambio.api.options import ApiOptions, Limits
from cambio.app import accounts
from cambio.app.paper import trade_on_paper
from cambio.app.resources import Resources
from cambio.contracts.accounts import Role as AccountRole
from cambio.contracts.deployment import Role
from cambio.contracts.events import Notice, NoticeEvent, SignalEvent, SignalMark
from cambio.contracts.features import MARKET_FEATURES
from cambio.contracts.handoffs import ProposalStatus
from cambio.contracts.market import DateRange
from cambio.contracts.trading import Action, Fill, Reason, Signal
from cambio.features.spec import FeatureSpec
from cambio.store import (
    audit,
    controls,
    deployments,
    events,
    models,
    quarantine,
    signals,
    tables,
    trials,
    watches,
)
from cambio.store.controls import Control
from cambio.store.database import open_database, transaction
from cambio.trading import ledger
from cambio.trading.risk import RiskState

__all__ = [
    "CHAMPION",
    "MARKET",
    "NOW",
    "OTHER",
    "Seeded",
    "Silent",
    "seed",
    "serve",
    "store_market",
]

CHAMPION, OTHER = ballots.MODELS
OPEN, CLOSED = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
"""Proposals."""
SPEC = FeatureSpec()
FIRST_BAR = datetime(2024, 3, 22, 13, tzinfo=UTC)
BAR = timedelta(minutes=5)
LIVE_BARS = 12
SIDES = (0, 1, 1, -1, -1, -1, 0, 0, 1, 1, 0, 0)
"""What the champion's book holds at each live bar: long, reversed, flat, long, flat."""
UNLIMITED = Limits(address=Rate(1e9, 10**9), account=Rate(1e9, 10**9), failures=Rate(1e9, 10**9))


def time_of(bar: int) -> datetime:
    """Open of a live bar."""
    return FIRST_BAR + bar * BAR


def seed(home: Path) -> None:
    """Make a home with a database in it."""
    resources = _open(home)
    store_market(resources)
    ballots.publish_models(resources)
    trade_on_paper(resources, OTHER, 1)
    with transaction(resources.engine) as connection, audit.recording(connection, "ada"):
        models.promote(connection, models.Succession(CHAMPION, None), "ada", NOW)
    against = {"against": CHAMPION, "is_improvement": True}
    ballots.propose(resources, OPEN, model_id=OTHER, vs_baseline=against)
    ballots.propose(resources, CLOSED, status=ProposalStatus.EXPIRED, created_at=NOW - 2 * BAR)
    _trade_live(resources)
    _watch(resources)
    _refuse_rows(resources)
    resources.engine.dispose()


def _open(home: Path) -> Resources:
    database = open_database(f"sqlite:///{home / 'cambio.db'}")
    return replace(ballots.resources(database, home), progress=Silent())


def live_signal(bar: int, model_id: str = CHAMPION, role: str = "champion") -> Signal:
    """What a model decided on a live bar."""
    return Signal(
        timestamp=time_of(bar),
        model_id=model_id,
        role=role,
        action=Action.BUY,
        confidence=0.7,
        price=4000.0 + bar,
        requested=1,
        target=SIDES[bar],
        position=SIDES[bar],
        equity=10_000.0 + bar,
        blocked_by=(Reason.MAX_TRADES,) if bar % 4 == 3 else (),
        late=bar == 5,
        observation=None if bar == 0 else tuple(0.125 * i for i in range(15)),
    )


def live_fills() -> list[Fill]:
    """The changes of `SIDES`; the trades earn −10 and a multiple of ten more."""
    found, result = [], None
    for bar in range(1, LIVE_BARS):
        before, after = SIDES[bar - 1], SIDES[bar]
        if before != after:
            result = None if before == 0 else 10.0 * len(found) - 20.0
            found.append(Fill(time_of(bar), before, after, 4000.0 + bar, 1.5, result))
    return found


def _trade_live(resources: Resources) -> None:
    """A champion and a shadow over `LIVE_BARS` bars."""
    fills = {fill.time: fill for fill in live_fills()}
    for bar in range(LIVE_BARS):
        time = time_of(bar)
        decided = [live_signal(bar), live_signal(bar, OTHER, "shadow")]
        filled = [(CHAMPION, fills[time])] if time in fills else []
        mark = {
            "timestamp": time,
            "price": 4000.0 + bar,
            "equity": 20_000.0 + bar,
            "exposure": float(SIDES[bar]),
            "shares": {CHAMPION: 1.0},
            "late": bar == 5,
        }
        rows = {
            tables.inference_signals: [signals.row_of(s, NOW, latency_ms=1.5) for s in decided],
            tables.fills: signals.fill_rows(filled),
            tables.feature_cache: [_features(bar)],
            tables.account_marks: [mark],
        }
        told = [(s.model_id, SignalEvent(data=SignalMark(**s.to_dict()))) for s in decided]
        with transaction(resources.engine) as connection:
            for table, content in rows.items():
                if content:
                    connection.execute(insert(table), content)
            events.append(connection, time, told)
    with transaction(resources.engine) as connection:
        state = {"id": 1, "version": LIVE_BARS, "last_bar": time_of(LIVE_BARS - 1)}
        values = {**state, "state": _state(), "updated_at": NOW}
        connection.execute(insert(tables.engine_state), values)
        with audit.recording(connection, "olga"):
            deployments.start(connection, OTHER, Role.SHADOW, 0.0, "olga", NOW)
        notice = Notice(subject=CHAMPION, text="It lost too much.", details={"equity": 9_000.0})
        events.append(connection, NOW, [(CHAMPION, NoticeEvent(type="breach", data=notice))])
    with transaction(resources.engine) as connection:
        off = Control(controls.KILL_SWITCH, controls.OFF, "All is calm.", "olga", NOW)
        controls.put(connection, off)


def _features(bar: int) -> dict[str, Any]:
    return {
        "timestamp": time_of(bar),
        "feature_spec_hash": SPEC.hash(),
        "features": dict.fromkeys(MARKET_FEATURES, 0.5 * bar) | {"vix_z": None},
        "kernel_state": b"",
        "builder_version": "1.0.0",
        "feature_order_hash": "ddc9d7cdba81ab3d",
        "computed_at": NOW,
    }


def book_of(capital: float, risk: RiskState, **slots: float) -> dict[str, Any]:
    """The state of a book with some of the ledger's slots set."""
    book = ledger.new_book(capital)
    for name, value in slots.items():
        book[getattr(ledger, name)] = value
    return {"ledger": book.tolist(), "risk": risk.to_dict()}


def _state() -> dict[str, Any]:
    """A champion after a drawdown of a tenth and a loss of a fifth of it today; a fresh shadow."""
    day = (time_of(0).date() - date(1970, 1, 1)).days
    pause_s = int(time_of(LIVE_BARS + 6).timestamp())
    worn = RiskState(day, 3, 2, pause_s, day, drawdown_breached=False)
    champion = book_of(10_000.0, worn, EQUITY=9_000.0, SESSION_EQUITY=9_375.0, POSITION=-1.0)
    account = book_of(10_000.0, RiskState(day, drawdown_breached=True), EQUITY=8_000.0)
    return {
        "engine": {
            "kernels": {},
            "books": {CHAMPION: champion, OTHER: book_of(10_000.0, RiskState())},
            "leaving": {},
            "parked": {},
            "account": account | {"holdings": {CHAMPION: [1.0, 0.9]}, "divide": False},
        },
        "loop": {},
    }


def _watch(resources: Resources) -> None:
    """Drift readings of two sessions, a parity check that passed and one that did not."""
    sessions = date(2024, 3, 21), date(2024, 3, 22)
    looked = trials.Trial(
        model_id=OTHER,
        model_hash="a" * 64,
        experiment_name="random",
        window=DateRange(date(2024, 2, 1), date(2024, 2, 2)),
        terms_hash="b" * 64,
        sharpe_per_session=0.1,
        sessions=2,
        days=np.array(["2024-02-01", "2024-02-02"], "datetime64[D]"),
        returns=np.array([0.001, 0.002]),
    )
    with transaction(resources.engine) as connection:
        for session in sessions:
            readings = [("rsi_9", 0.02, 0.9, False), ("vix_z", 0.4, 0.001, True)]
            watches.store_drift(connection, (session, CHAMPION), 20, readings, NOW)
            difference = {"bar": "2024-03-21T13:05:00+00:00"} if session == sessions[0] else None
            row = {
                "session": session,
                "feature_spec_hash": SPEC.hash(),
                "bars": 60,
                "difference": difference,
                "checked_at": NOW,
            }
            watches.store_parity(connection, row)
        trials.record(connection, looked, NOW)
        trials.record(connection, replace(looked, model_hash="c" * 64), NOW + BAR)


def _refuse_rows(resources: Resources) -> None:
    """A macro value that can be released, one for the same place, and a bar that has none."""
    value = {"series": "VIX", "period": "2024-03-25", "value": 171.0}
    base = {"kind": "macro", "detail": "far off", "payload": value, "source_file": "/data/vix.csv"}
    with transaction(resources.engine) as connection:
        quarantine.store(
            connection,
            [
                {**base, "key": "VIX 2024-03-25", "reason": "outside_range", "content": value},
                {**base, "key": "VIX 2024-03-25", "reason": "unit_jump", "content": value},
                {
                    "kind": "ohlcv",
                    "key": "2024-03-26T23:00:00Z",
                    "reason": "outside_session",
                    "detail": "night",
                    "payload": {"time": "2024-03-26T23:00:00Z"},
                    "content": None,
                    "source_file": "bars.csv",
                },
            ],
            NOW,
        )


@dataclass(frozen=True)
class Client:
    """Asks an application in process."""

    app: FastAPI
    headers: dict[str, str]

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1", headers=self.headers
            ) as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())

    def get(self, path: str, **query: Any) -> Any:
        """The content of an answer that has to succeed."""
        answer = self("GET", path, params=query)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()


@dataclass(frozen=True)
class Seeded:
    """The API on a seeded database, and who may ask it what."""

    resources: Resources
    app: FastAPI
    tokens: dict[AccountRole, str]

    def client(self, role: AccountRole | None = AccountRole.VIEWER) -> Client:
        """A client with a role's token, or without any."""
        told = {} if role is None else {"Authorization": f"Bearer {self.tokens[role]}"}
        return Client(self.app, told)


def template(base: Path) -> Path:
    """A seeded home below the folder that a test run has for itself, made once."""
    home = base / "seeded"
    if not home.exists():
        home.mkdir()
        seed(home)
    return home


@contextmanager
def serve(template: Path, home: Path) -> Iterator[Seeded]:
    """The API on a copy of a seeded home. Nobody made the tokens of who votes and who ran."""
    shutil.copytree(template, home, dirs_exist_ok=True)
    resources = _open(home)
    tokens = {role: accounts.create_token(resources, f"the-{role}", role) for role in AccountRole}
    options = ApiOptions(host_names=("testserver",), limits=UNLIMITED)
    app = create_app(resources, options=options)
    yield Seeded(resources, app, tokens)
    resources.engine.dispose()
