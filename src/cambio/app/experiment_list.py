"""What experiments there are, what each resolves to, and how the newest run of each ended."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from cambio.app.experiment_config import ExperimentConfig, load
from cambio.app.experiment_files import available, resolve
from cambio.app.parameters import differing
from cambio.calendar import sessions_per_year
from cambio.errors import CambioError, ContractMismatch, NotFound
from cambio.store import proposals, trials
from cambio.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from cambio.app.resources import Resources
    from cambio.contracts.handoffs import PromotionProposal
    from cambio.store.trials import RecordedTrial

WALK_FORWARD: Final = "walk_forward"
SAID_BY_BOTH: Final = ("name", "description", "extends")
"""Of a base and what stands on it: they differ by their nature."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest look at a test window that an experiment's models took."""

    model_id: str
    when: datetime
    sharpe_ratio: float
    """Annual."""
    vote: str | None
    """The first vote on this model; None where it came to none."""
    status: str | None


@dataclass(frozen=True, slots=True)
class ExperimentRow:
    """One experiment as a list shows it."""

    name: str
    protocol: str | None
    """None where the file can't be read."""
    base: str | None
    description: str
    last_run: LastRun | None
    """None for a walk-forward: one cell of it stands for nothing, its report does."""

    def to_dict(self) -> dict[str, Any]:
        """Give the row; times stay datetimes."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ExperimentCard:
    """The whole resolved configuration of an experiment."""

    config: ExperimentConfig
    bases: tuple[str, ...]
    """Nearest first."""
    changes: Mapping[str, list[Any]]
    """By dotted key: the nearest base's value, and this experiment's."""

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON types."""
        return {
            "name": self.config.name,
            "extends": list(self.bases),
            "changes": {
                key: {"base": before, "own": own} for key, (before, own) in self.changes.items()
            },
            "configuration": self.config.model_dump(mode="json"),
        }


def every(resources: Resources, folder: Path) -> list[ExperimentRow]:
    """Give the experiments of a configuration folder with their newest runs."""
    with reading(resources.engine) as connection:
        looked = trials.every(connection)
        voted = proposals.every(connection)
    return [
        _row(folder, name, description, newest_run(name, looked, voted))
        for name, description in available(folder).items()
    ]


def show(folder: Path, name: str, ssot: Mapping[str, Any]) -> ExperimentCard:
    """Give what an experiment resolves to, and what differs from its base.

    Raises:
        NotFound: there is no such experiment.
        ConfigError: it, or what it extends, is not right.
    """
    config = load(folder, name, ssot, {})
    found = resolve(folder, name)
    changes: dict[str, list[Any]] = {}
    if found.bases:
        base = load(folder, found.bases[0], ssot, {})
        changes = differing([base.model_dump(mode="json"), config.model_dump(mode="json")])
        changes = {key: row for key, row in changes.items() if key not in SAID_BY_BOTH}
    return ExperimentCard(config, found.bases, changes)


def named(resources: Resources, name: str) -> ExperimentCard:
    """Give what an experiment of the configuration folder resolves to; no name is a path.

    Raises:
        NotFound: no file of the folder has this name.
        ContractMismatch: the file, or what it extends, is not right.
    """
    folder = resources.config
    if name not in available(folder):
        raise NotFound(
            f"There is no experiment {name}.", remedy="`cambio experiment list` shows them."
        )
    try:
        return show(folder, name, resources.ssot())
    except CambioError as error:
        raise ContractMismatch(
            f"The file of the experiment {name} is not right.",
            remedy=f"`cambio experiment show {name}` says why.",
        ) from error


def newest_run(
    name: str, looked: Sequence[RecordedTrial], voted: Sequence[PromotionProposal]
) -> LastRun | None:
    """Give how an experiment ended last, by the trial that stands for it."""
    trial = representative(name, looked, voted)
    if trial is None:
        return None
    vote = next((p for p in _newest_first(voted) if p.model_id == trial.model_id), None)
    yearly = sessions_per_year(trial.window.start, trial.window.end)
    return LastRun(
        model_id=trial.model_id,
        when=trial.created_at,
        sharpe_ratio=trial.sharpe_per_session * math.sqrt(yearly),
        vote=None if vote is None else str(vote.recommendation),
        status=None if vote is None else str(vote.status),
    )


def representative(
    name: str, looked: Sequence[RecordedTrial], voted: Sequence[PromotionProposal]
) -> RecordedTrial | None:
    """Give the trial that stands for an experiment: the one its newest vote was about.

    A seed that an A/B test or a walk-forward replayed was chosen by nobody, and a backtest may
    be of any window; where no model came to a vote, the newest trial stands for the experiment.
    """
    mine = sorted(
        (trial for trial in looked if trial.experiment_name == name),
        key=lambda trial: (trial.created_at, trial.trial_id),
        reverse=True,
    )
    for proposal in _newest_first(voted):
        if proposal.experiment_name == name:
            chosen = [trial for trial in mine if _is_about(proposal, trial)]
            if chosen:
                return chosen[-1]
    return mine[0] if mine else None


def _is_about(proposal: PromotionProposal, trial: RecordedTrial) -> bool:
    """Tell whether a vote rests on this very look: model, sessions and result are the same."""
    told = proposal.metrics
    annual = trial.sharpe_per_session * math.sqrt(told.get("periods_per_year") or 0.0)
    return (
        proposal.model_id == trial.model_id
        and told.get("sessions") == trial.sessions
        and math.isclose(told.get("sharpe_ratio") or 0.0, annual, abs_tol=1e-6)
    )


def _newest_first(voted: Sequence[PromotionProposal]) -> list[PromotionProposal]:
    return sorted(voted, key=lambda proposal: proposal.created_at, reverse=True)


def _row(folder: Path, name: str, description: str, last: LastRun | None) -> ExperimentRow:
    try:
        found = resolve(folder, name)
    except CambioError:
        return ExperimentRow(name, None, None, description, last)
    protocol = found.document.get("protocol", "single_split")
    if protocol == WALK_FORWARD:
        last = None
    return ExperimentRow(name, protocol, next(iter(found.bases), None), description, last)
