"""L5 use case: each closed bar decided on, and all that it led to committed in one transaction.

The database is the truth. What is in memory is a copy of what was committed; after any failure it
is thrown away and taken up again from there, so a crash at any moment loses and repeats nothing.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from cambio.app import sealing, transitions
from cambio.app.live_holes import missing_between, told_of
from cambio.app.outbox import Relay
from cambio.calendar import BAR_S, BOGOTA, is_trading_day, session_open
from cambio.contracts.deployment import Role
from cambio.contracts.events import ACCOUNT, Notice, NoticeEvent, NoticeType
from cambio.contracts.trading import Reason, bar_id
from cambio.errors import Conflict, ContractMismatch, DataQualityError, NotFound, SourceError
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.macro import EPOCH, MacroTable
from cambio.inference.deployment import hard_breach
from cambio.inference.drift import shelf_life_over
from cambio.inference.live import LiveEngine, LiveStep, Seat, World
from cambio.inference.outputs import events_of
from cambio.store import audit, controls, deployments, engine, events, trials
from cambio.store import bars as bar_queries
from cambio.store import macro as macro_queries
from cambio.store.database import reading, transaction
from cambio.store.engine import Appointed, EngineState, Orders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from cambio.app.resources import Resources
    from cambio.contracts.events import StoredEvent
    from cambio.contracts.market import Bar
    from cambio.features.spec import FeatureSpec
    from cambio.inference.config import LiveConfig
    from cambio.trading.gate import LoadedModel

ENGINE: Final = "engine"
"""What the engine's notices are about."""
UNDATED: Final = "1970-01-01"
"""When a model was trained that doesn't say so."""
BAR: Final = timedelta(seconds=BAR_S)
LOG: Final = structlog.get_logger()


class Trader:
    """Takes up what is stored, and takes each bar that is new.

    Args:
        resources: what to work with.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self.relay = Relay(resources)
        self._live: LiveEngine | None = None
        self._version = 0
        self._lost_at: int | None = None
        self._last_bar: datetime
        self._blind_bars = 0
        self._day: date | None = None
        self._macro: MacroTable
        self._models: dict[tuple[str, str], LoadedModel] = {}
        self._refused: dict[str, str] = {}
        self._seated: object = None
        self._orders: tuple[int, Orders] | None = None
        self._resumed: dict[str, str] = {}
        self._notices: list[NoticeEvent] = []

    @property
    def last_bar(self) -> datetime | None:
        """The bar (UTC) that was committed last; None before the state was taken up."""
        return self._last_bar if self._live is not None else None

    def prepare(self, now: datetime) -> None:
        """Take up the stored state, and what is known at the session's open.

        Features are taken anew from the stored bars and compared with the stored state; what
        differs is told, and the stored bars are believed.

        Args:
            now: the feed's clock.

        Raises:
            DataQualityError: no bar is stored.
            SourceError: the database cannot be read.
        """
        if self._live is None:
            self._take_up()
        day = _day_of(now)
        if day == self._day or not is_trading_day(day) or now < session_open(day):
            return
        self._read_macro()
        live = self._engine()
        differing = live.rewarm()
        if differing and self._day is not None:
            self._notice(
                "data",
                ENGINE,
                "Bars that live trading had seen before were revised or came late; the features "
                "are those of the stored bars now.",
                {"feature_specs": differing},
            )
        live.open_session((day - EPOCH).days)
        self._day = day
        self._models.clear()  # each session, every model passes the load gate anew
        with reading(self._resources.engine) as connection:
            orders = engine.orders(connection)
        live.seat(list(self._seats(orders)))
        self._seated, self._orders = _key(orders), None

    def catch_up(self, now: datetime) -> Iterator[LiveStep]:
        """Take the stored bars that are newer than the last one; each is committed, then given.

        A session's end is the end: the next one waits for another call, so that each can be closed.
        What each commit has to tell waits in `relay`.

        Args:
            now: the feed's clock.

        Raises:
            SourceError: the database refused; nothing of that bar was stored.
            Conflict: another engine trades on this database.
        """
        try:
            self.prepare(now)
        except BaseException:
            self._live = self._orders = None
            raise
        session: date | None = None
        while (step := self._take(now, time.perf_counter(), session)) is not None:
            session = _day_of(step.bar.time)
            yield step

    def _engine(self) -> LiveEngine:
        if self._live is None:
            raise RuntimeError("the stored state was not taken up")
        return self._live

    def _take_up(self) -> None:
        """Read the stored state, or begin behind the newest stored bar."""
        with transaction(self._resources.engine) as connection:
            transitions.reconcile(connection, self._resources.now())
            stored = engine.load(connection)
            newest = bar_queries.newest(connection)
            orders = engine.orders(connection)
        if newest is None:
            raise DataQualityError(
                "No bar is stored, so no feature can be computed.",
                remedy="Import bars (`cambio import ohlcv`), ask the provider for them "
                "(`cambio ohlcv backfill`), or simulate a market (`cambio simulate`).",
            )
        self._last_bar = newest if stored is None else stored.last_bar
        self._version = 0 if stored is None else stored.version
        if self._lost_at is not None:  # nothing of ours was written then
            engine.require_alone(self._version, self._lost_at)
        self._read_macro()
        live = LiveEngine(self._resources.terms, self._warm)
        memory = {} if stored is None else stored.state["loop"]
        self._blind_bars = memory.get("blind_bars", 0)
        self._resumed = dict(memory.get("resumed", {}))
        self._refused = dict(memory.get("refused", {}))
        self._notices = []
        self._models.clear()  # what was told of them may not have been stored
        live.seat(list(self._seats(orders)))
        if stored is not None and live.restore(stored.state["engine"]):
            self._notice(
                "data",
                ENGINE,
                "The features of the stored bars are not those that live trading ended with: bars "
                "were revised or came late. The stored bars are believed.",
            )
        self._live, self._seated = live, _key(orders)
        self._day = _day_of(self._last_bar)
        if stored is None:
            self._begin(live)

    def _begin(self, live: LiveEngine) -> None:
        """Store where trading begins, so that a crash before the first bar skips none."""
        with transaction(self._resources.engine) as connection:
            engine.begin(connection, self._state(live))

    def _read_macro(self) -> None:
        with reading(self._resources.engine) as connection:
            self._macro = MacroTable(macro_queries.load(connection))

    def _warm(self, spec: FeatureSpec) -> CanonicalFeatureBuilder:
        with reading(self._resources.engine) as connection:
            known = bar_queries.load(connection, end=self._last_bar)
        builder = CanonicalFeatureBuilder(spec, self._macro)
        builder.compute(known)
        return builder

    def _take(self, now: datetime, arrived: float, session: date | None) -> LiveStep | None:
        """Decide on the next bar, of ``session`` if there is one, and commit.

        Whatever fails, memory is taken up anew.
        """
        live, known = self._engine(), self._version
        try:
            with transaction(self._resources.engine) as connection:
                found = engine.following(connection, self._last_bar)
                if found is None or session not in (None, _day_of(found.bar.time)):
                    return None
                engine.require_alone(found.version, self._version)
                bar, orders = found.bar, self._ordered(connection, found.logged)
                structlog.contextvars.bind_contextvars(bar=bar_id(bar.time))
                if found.tried:
                    engine.make_room(connection, bar.time)
                late = self._is_late(bar, now)
                self._tell_of_hole(bar)
                self._resume(live, orders)
                world, began = World(late, self._objections(orders)), time.perf_counter_ns()
                step = live.on_bar(bar, world)
                decided = time.perf_counter_ns()
                step.decision_s = (decided - began) / 1e9
                step.marks = [("", int(arrived * 1e9)), ("read", began), ("decide", decided)]
                self._last_bar = bar.time
                self._obey(connection, live, orders, step)
                step.refused = dict(self._refused)
                self._version += 1
                told = self._write(connection, live, step, arrived)
        except BaseException as error:
            self._live = self._orders = None
            self._lost_at = known if isinstance(error, Conflict) else None
            raise
        step.marks.append(("commit", time.perf_counter_ns()))
        self._lost_at = None
        self.relay.hold(told)
        self._notices = []
        return step

    def _is_late(self, bar: Bar, now: datetime) -> bool:
        """Tell whether a bar came too late to be traded on, and when that begins and ends."""
        behind_s = (now - bar.time - BAR).total_seconds()
        late = behind_s > self._limits.stale_after_s
        if late and not self._blind_bars:
            text = (
                f"The bar of {bar.time:%Y-%m-%d %H:%M} UTC came {behind_s:,.0f} s after its close."
            )
            self._notice("data", ENGINE, f"{text} No new risk until bars come in time again.")
        if self._blind_bars and not late:
            text = f"Bars come in time again, after {self._blind_bars} that did not."
            self._notice("data", ENGINE, text, {"bars": self._blind_bars})
        self._blind_bars = self._blind_bars + 1 if late else 0
        return late

    def _tell_of_hole(self, bar: Bar) -> None:
        """Tell where so many bars are not stored that a book would be flat had they come late."""
        missing = missing_between(self._last_bar, bar.time)
        if missing * BAR_S / 60 >= self._limits.flatten_after_minutes:
            text = told_of(missing, self._last_bar, bar.time)
            self._notice("data", ENGINE, text, {"missing": missing})

    @property
    def _limits(self) -> LiveConfig:
        return self._resources.deployment.live

    def _objections(self, orders: Orders) -> tuple[Reason, ...]:
        """Give what speaks against new risk of every model."""
        switch = orders.controls.get(controls.KILL_SWITCH)
        killed = switch is not None and switch.value == controls.ON
        blind_minutes = self._blind_bars * BAR_S / 60
        lost = blind_minutes >= self._limits.flatten_after_minutes
        return (Reason.KILL_SWITCH,) * killed + (Reason.DATA_LOST,) * lost

    def _resume(self, live: LiveEngine, orders: Orders) -> None:
        """Let books trade again that an operator has looked at after their drawdown."""
        for control in orders.controls.values():
            name = control.name.removeprefix(controls.RESUME)
            at = control.changed_at.isoformat()
            if name == control.name or self._resumed.get(name) == at:
                continue
            if name == ACCOUNT:
                live.account.risk.resume(live.account.book)
            elif any(seat.model.model_id == name for seat in live.seats):
                live.book(name).risk.resume(live.book(name).book)
            else:
                continue  # until it is seated
            self._resumed[name] = at

    def _ordered(self, connection: Connection, logged: int) -> Orders:
        """Give what has to be obeyed; read anew, and mended, where anything was changed since."""
        if self._orders is None or self._orders[0] != logged:
            transitions.reconcile(connection, self._resources.now())
            self._orders = logged, engine.orders(connection)
        return self._orders[1]

    def _obey(
        self, connection: Connection, live: LiveEngine, orders: Orders, step: LiveStep
    ) -> None:
        """Seat who trades from the next bar on."""
        if self._judge(connection, live, orders, step):
            orders = engine.orders(connection)
            self._orders = None
        if _key(orders) != self._seated or self._refused:
            live.seat(list(self._seats(orders)))
            self._seated = _key(orders)
            meant = {model.model_id for model in orders.models}
            self._refused = {name: why for name, why in self._refused.items() if name in meant}

    def _judge(
        self, connection: Connection, live: LiveEngine, orders: Orders, step: LiveStep
    ) -> bool:
        """End a challenger that broke a limit; tell whether one did."""
        now = self._resources.now()
        for model in orders.models:
            why = self._breach(live, model, step)
            if why is not None and model.deployment_id is not None:
                challenger = deployments.get(connection, model.deployment_id)
                return transitions.roll_back(connection, challenger, audit.PRODUCT, why, now)
        return False

    def _breach(self, live: LiveEngine, model: Appointed, step: LiveStep) -> str | None:
        """Tell why a challenger may not trade on; None for one that may, and all others."""
        name = model.model_id
        if model.role is not Role.CHALLENGER:
            return None
        if not any(seat.model.model_id == name for seat in live.seats):
            return self._refused.get(name)
        mute = any(s.model_id == name and s.observation and not s.confidence for s in step.signals)
        config = self._resources.deployment.canary
        return hard_breach(config, name, live.book(name).state(), answered=not mute)

    def _seats(self, orders: Orders) -> Iterator[Seat]:
        """Give who decides; a model that does not pass the load gate does not.

        The champion has the capital that no challenger has; without it that share is flat.
        """
        loaded = [(order, self._load(order)) for order in orders.models]
        seated = [(order, model) for order, model in loaded if model is not None]
        funded = sum(order.share for order, _ in seated if order.role is not Role.CHAMPION)
        for order, model in seated:
            share = 1.0 - funded if order.role is Role.CHAMPION else order.share
            yield self._seat(model, order.role, share)

    def _seat(self, model: LoadedModel, role: Role, share: float) -> Seat:
        """Give a model its seat; what it learnt or was judged on may be too long ago."""
        with reading(self._resources.engine) as connection:
            seen = trials.seen_until(connection, model.model_id)
        trained = date.fromisoformat(str(model.lineage.get("training_end", UNDATED)))
        today = self._day or _day_of(self._last_bar)
        over = shelf_life_over(max(trained, seen or trained), today, self._limits.shelf_life_days)
        return Seat(model, role, share, (Reason.SHELF_LIFE,) if over else ())

    def _load(self, order: Appointed) -> LoadedModel | None:
        """Give a model that passes the load gate; tell once of one that does not."""
        model_id, key = order.model_id, (order.model_id, order.model_hash)
        if key in self._models:
            return self._models[key]
        try:
            model = sealing.load_for_trading(self._resources, asdict(order))
        except (ContractMismatch, NotFound, SourceError) as error:  # of the file
            if self._refused.get(model_id) != error.what:
                self._refused[model_id] = error.what
                self._notice("load_gate", model_id, f"{model_id} does not trade: {error}")
            return None
        self._models[key] = model
        if self._refused.pop(model_id, None) is not None:
            self._notice("load_gate", model_id, f"{model_id} passes the load gate again.")
        return model

    def _notice(
        self, kind: NoticeType, subject: str, text: str, details: dict[str, Any] | None = None
    ) -> None:
        """Keep a notice that is stored with the next bar."""
        LOG.warning("live_notice", kind=kind, subject=subject, text=text)
        data = Notice(subject=subject, text=text, details=details or {})
        self._notices.append(NoticeEvent(type=kind, data=data))

    def _write(
        self, connection: Connection, live: LiveEngine, step: LiveStep, arrived: float
    ) -> Sequence[StoredEvent]:
        said = [*events_of(step), *((one.data.subject, one) for one in self._notices)]
        told = events.number(connection, step.bar.time, said)
        latency_ms = (time.perf_counter() - arrived) * 1000
        engine.commit_bar(connection, self._state(live), step, told, latency_ms)
        return told

    def _state(self, live: LiveEngine) -> EngineState:
        memory = {
            "blind_bars": self._blind_bars,
            "resumed": self._resumed,
            "refused": self._refused,
        }
        state = {"engine": live.state(), "loop": memory}
        return EngineState(self._version, self._last_bar, state, self._resources.now())


def _day_of(time: datetime) -> date:
    return time.astimezone(BOGOTA).date()


def _key(orders: Orders) -> object:
    """Give what the seats depend on."""
    return [(m.model_id, m.model_hash, m.role, m.share) for m in orders.models]
