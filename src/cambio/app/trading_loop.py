"""The production loop: bars in, decisions out, for as long as the process lives.

It goes on through everything that passes by itself: a provider or a bus that fails, a database that
restarts, a full disk. What a person has to mend ends it with an error.
"""

from __future__ import annotations

import gc
from datetime import timedelta
from time import perf_counter, perf_counter_ns
from typing import TYPE_CHECKING, Final

import structlog

from cambio import telemetry
from cambio.app import canary, drift, parity
from cambio.app.live import ENGINE, Trader
from cambio.calendar import BAR_S, BARS_PER_SESSION, BOGOTA, session_open
from cambio.contracts.deployment import Role
from cambio.contracts.events import Notice, NoticeEvent
from cambio.contracts.features import MARKET_FEATURES, OBSERVATION_CLIP
from cambio.contracts.trading import Reason
from cambio.errors import (
    CambioError,
    ConfigError,
    ContractMismatch,
    DataQualityError,
    NotFound,
)
from cambio.store import events
from cambio.store.database import transaction
from cambio.store.engine import NotAlone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from threading import Event

    from cambio.app.feeds import LiveFeed
    from cambio.app.resources import Resources
    from cambio.inference.live import LiveStep

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
BAR: Final = timedelta(seconds=BAR_S)
SESSION: Final = BARS_PER_SESSION * BAR
PATIENCE: Final = timedelta(minutes=15)
"""After the close, for a last bar that is late."""
LOG: Final = structlog.get_logger()


class Loop:
    """Runs the engine on a feed.

    Args:
        resources: what to work with.
        feed: brings the bars.
        on_step: told of each committed bar.
    """

    def __init__(
        self,
        resources: Resources,
        feed: LiveFeed,
        on_step: Callable[[LiveStep], None] = lambda _step: None,
    ) -> None:
        self._resources, self._feed, self._on_step = resources, feed, on_step
        self._trader = Trader(resources)
        self._troubles: dict[str, str] = {}
        self._closed: date | None = None

    def run(self, stop: Event) -> None:
        """Trade until ``stop`` is set.

        Raises:
            ConfigError: a key is missing or refused; not the bus's, which is logged.
            NotAlone: another engine trades on this database.
            DataQualityError: no bar is stored.
        """
        self._attempt("engine", lambda: self._tell("Live trading begins."))
        pause_s = FIRST_PAUSE_S
        while not stop.is_set():
            if self._turn():
                pause_s = FIRST_PAUSE_S
                self._feed.wait(stop)
            else:
                stop.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        self._attempt("engine", lambda: self._tell("Live trading ends."))

    def once(self) -> None:
        """Take the stored bars that were not taken, close each session that is over, and end.

        The feed is not asked for bars, only for the time. For a scheduler, which runs it again.

        Raises:
            CambioError: of any kind but the bus's, which is logged and told again the next time.
        """
        going_on = True
        while going_on:
            going_on = self._trade()
            self._close_session()

    def _turn(self) -> bool:
        """Look for bars once and take them; tell whether the database could be used.

        After a failure, what is stored is taken before anybody is asked for more.
        """
        if "database" not in self._troubles:
            self._attempt("feed", self._feed.poll)
        traded = self._attempt("database", self._trade)
        structlog.contextvars.unbind_contextvars("bar")  # of the lines about the last one
        if traded:
            self._attempt("session", self._close_session)
        return traded

    def _trade(self) -> bool:
        """Take what is stored, up to a session's end; tell whether there was anything."""
        quiet, began = True, perf_counter()
        for step in self._trader.catch_up(self._feed.now()):
            quiet = False
            self._attempt("bus", self._trader.relay.publish)
            step.marks.append(("publish", perf_counter_ns()))
            _count(step, perf_counter() - began)
            self._on_step(step)
            self._trader.relay.settle()
            gc.collect(0)  # now, and not in the middle of the next bar
            began = perf_counter()
        if quiet:  # what others have committed
            self._attempt("bus", self._trader.relay.publish)
            self._trader.relay.settle()
        return not quiet

    def _attempt(self, what: str, doing: Callable[[], object]) -> bool:
        """Do something that may fail for a while; log when that begins and ends.

        A lost race is run again. A bus that refuses us stops no trading: the database has it all.
        """
        try:
            doing()
        except CambioError as error:
            if not _passes(what, error):
                raise
            if self._troubles.get(what) != error.what:
                LOG.warning("trouble_began", what=what, error=str(error))
            telemetry.TROUBLES.labels(what=what).inc()
            self._troubles[what] = error.what
            return False
        if self._troubles.pop(what, None) is not None:
            LOG.info("trouble_ended", what=what)
        return True

    def _tell(self, text: str) -> None:
        notice = NoticeEvent(type="engine", data=Notice(subject=ENGINE, text=text))
        with transaction(self._resources.engine) as connection:
            events.append(connection, self._resources.now(), [(ENGINE, notice)])

    def _close_session(self) -> None:
        """Once a session is over, compare, watch and judge; also one whose last bar never came."""
        last = self._trader.last_bar
        if last is None:
            return
        day = last.astimezone(BOGOTA).date()
        end = session_open(day) + SESSION
        if self._feed.now() < end + (timedelta(0) if last + BAR == end else PATIENCE):
            return
        if day == self._closed or parity.is_checked(self._resources, day):
            self._closed = day
            return
        canary.evaluate_session(self._resources, self._resources.now())
        drift.check_drift(self._resources, day)
        parity.check_session(self._resources, day)  # last: it marks the session as done
        self._closed = day


def _passes(what: str, error: CambioError) -> bool:
    """Tell whether trading goes on in spite of an error."""
    match error:
        case NotAlone():
            return False
        case NotFound() | ContractMismatch():
            return what == "session"
        case ConfigError():
            return what == "bus"
        case DataQualityError():
            return what != "database"
    return True


def _count(step: LiveStep, seconds: float) -> None:
    """Count for Prometheus what a bar led to."""
    telemetry.BAR_SECONDS.observe(seconds)
    telemetry.DECISION_SECONDS.observe(step.decision_s)
    telemetry.LATE_BARS.inc(step.late)
    roles = {signal.model_id: signal.role for signal in step.signals}
    for model_id, fill in step.fills:
        if fill.result is not None:
            outcome = "won" if fill.result > 0.0 else "lost"
            telemetry.TRADES.labels(role=roles[model_id], outcome=outcome).inc()
    for signal in step.signals:
        telemetry.SIGNALS.labels(role=signal.role, action=signal.action.name).inc()
        if signal.observation:
            telemetry.CONFIDENCE.labels(role=signal.role).observe(signal.confidence)
        for reason in Reason:  # each from 0 on, so that the first one is a rise
            objected = telemetry.OBJECTIONS.labels(role=signal.role, reason=str(reason))
            objected.inc(reason in signal.blocked_by)
        if signal.role == Role.CHAMPION and signal.observation:
            for name, score in zip(MARKET_FEATURES, signal.observation, strict=False):
                telemetry.OUTLIERS.labels(feature=name).inc(abs(score) >= OBSERVATION_CLIP)
                telemetry.FEATURE_SCORES.labels(feature=name).observe(score)
    for values, _kernel in step.features.values():
        for name, value in zip(MARKET_FEATURES, values, strict=True):
            telemetry.MISSING_FEATURES.labels(feature=name).inc(value is None)
