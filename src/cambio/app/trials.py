"""The trial ledger as its reader asks for it: every look at a test window, and what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cambio.calendar import sessions_per_year
from cambio.contracts.market import DateRange
from cambio.errors import ConfigError
from cambio.store import trials
from cambio.store.database import reading
from cambio.validation.criteria import HardGates
from cambio.validation.metrics import json_number
from cambio.validation.statistics import SharpeEstimate, selection_benchmark, sharpe_needed

if TYPE_CHECKING:
    from datetime import date, datetime

    from cambio.app.resources import Resources
    from cambio.store.trials import Looks, RecordedTrial


@dataclass(frozen=True, slots=True)
class Look:
    """One trial."""

    when: datetime
    model_id: str
    experiment: str
    window: DateRange
    sessions: int
    sharpe_ratio: float
    """Annual."""

    @classmethod
    def of(cls, trial: RecordedTrial) -> Look:
        """Give the look of a recorded trial."""
        return cls(
            when=trial.created_at,
            model_id=trial.model_id,
            experiment=trial.experiment_name,
            window=trial.window,
            sessions=trial.sessions,
            sharpe_ratio=trial.sharpe_per_session * math.sqrt(_yearly(trial.window)),
        )


@dataclass(frozen=True, slots=True)
class WindowState:
    """What the looks at one window, and at those that overlap it, ask of the next model."""

    window: DateRange
    sessions: int
    looks: int
    """At overlapping windows."""
    luck: float
    """Annual Sharpe ratio that picking the best of these looks and one more explains by itself."""
    needed: float
    """Annual Sharpe ratio of the next model at which the gate would believe it: its deflated
    ratio reaches the default `min_deflated_sharpe`, on returns like a normal variable's."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The trials asked for, newest first, and the windows that they looked at."""

    looks: tuple[Look, ...]
    windows: tuple[WindowState, ...]
    confidence: float
    """Of `WindowState.needed`."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types; times and dates stay what they are."""
        return {
            "trials": [
                {
                    "when": look.when,
                    "model_id": look.model_id,
                    "experiment": look.experiment,
                    "window": {"start": look.window.start, "end": look.window.end},
                    "sessions": look.sessions,
                    "sharpe_ratio": json_number(look.sharpe_ratio),
                }
                for look in self.looks
            ],
            "windows": [
                {
                    "window": {"start": state.window.start, "end": state.window.end},
                    "sessions": state.sessions,
                    "looks": state.looks,
                    "luck": json_number(state.luck),
                    "needed": json_number(state.needed),
                }
                for state in self.windows
            ],
            "confidence": self.confidence,
        }


def ledger(
    resources: Resources,
    experiment: str | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Ledger:
    """Give the trial ledger: all of it, an experiment's, or the looks at sessions in a range.

    What a window asks of the next model counts every look at it, whatever is shown.

    Raises:
        ConfigError: the range ends before it starts.
    """
    if start is not None and end is not None and end < start:
        raise ConfigError(f"The range ends ({end}) before it starts ({start}).")
    with reading(resources.engine) as connection:
        recorded = [
            trial
            for trial in trials.every(connection, experiment=experiment)
            if (start is None or trial.window.end >= start)
            and (end is None or trial.window.start <= end)
        ]
        sessions = {trial.window: trial.sessions for trial in recorded}
        states = [
            next_model(window, sessions[window], trials.looks(connection, window))
            for window in sorted(sessions, key=lambda window: (window.start, window.end))
        ]
    recorded.sort(key=lambda trial: (trial.created_at, trial.trial_id), reverse=True)
    looks = tuple(Look.of(trial) for trial in recorded)
    return Ledger(looks, tuple(states), HardGates().min_deflated_sharpe)


def next_model(window: DateRange, sessions: int, known: Looks) -> WindowState:
    """Give what one more model on a window would need: its own look is counted already.

    The look to come is taken to be like the middle one of those that are known, and its returns
    like a normal variable's; the gate uses the model's own.

    Args:
        window: which sessions.
        sessions: how many the window holds.
        known: every look at windows that overlap.
    """
    middle = float(np.median(known.sharpes)) if len(known.sharpes) else 0.0
    benchmark = selection_benchmark(
        np.append(known.sharpes, middle), np.append(known.sessions, sessions)
    )
    typical = SharpeEstimate(middle, sessions, 0.0, 3.0)
    needed = sharpe_needed(typical, benchmark, HardGates().min_deflated_sharpe)
    annual = math.sqrt(_yearly(window))
    return WindowState(window, sessions, len(known.sharpes), benchmark * annual, needed * annual)


def _yearly(window: DateRange) -> float:
    return sessions_per_year(window.start, window.end)
