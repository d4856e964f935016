"""The experiment report: what a reviewer reads before deciding about money, as one HTML file.

The page asks for nothing outside itself: pictures are inline SVG, there is no script, and its
content security policy forbids every request. The same report always gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cambio.reports import charts, tables, wording
from cambio.reports.axes import at_both_sizes
from cambio.reports.distribution import shift
from cambio.reports.page import render_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cambio.contracts.handoffs import Recommendation
    from cambio.contracts.trading import Trade
    from cambio.reports.axes import Picture
    from cambio.reports.distribution import Shift

    Floats = NDArray[np.float64]
    Curve = tuple[Floats, Floats]

TEMPLATE: Final = "experiment.html.j2"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of a table of results."""

    name: str
    metrics: Mapping[str, Any]
    """As `BacktestMetrics.to_dict()` gives them; None where one is undefined."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The first vote and what it rests on."""

    recommendation: Recommendation
    reason: str
    confidence: float
    proposal_id: str
    criteria: Sequence[Mapping[str, Any]]
    """`metric`, `value`, `threshold`, `direction` (gte or lte), `weight`, `passed`."""
    gates: Sequence[Mapping[str, Any]]
    """`gate`, `value`, `threshold`, `passed`, `explanation`."""
    remedies: Sequence[str] = ()
    """What would have to change before the vote is PROMOTE, a sentence each."""
    interval: Mapping[str, Any] | None = None
    """Of the Sharpe ratio: `low`, `high`, `level`."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What the policy did over the test window, bar by bar."""

    time: NDArray[np.datetime64]
    """The bars' opens in UTC, `(n,) datetime64[us]`, ascending."""
    close: Floats
    """`(n,)`."""
    position: NDArray[np.int64]
    """Held over each bar's close, `(n,)`: −1, 0 or 1."""
    trades: Sequence[Trade]
    equity: Mapping[str, Floats]
    """Marks at the closes, `(n,)` each; the policy first, then its baselines."""
    random_band: Floats | None
    """5th, 50th and 95th percentile of random traders' equity, `(3, n)`."""
    capital: float
    """What each line of equity starts from, account currency."""


@dataclass(frozen=True, slots=True, eq=False)
class ExperimentReport:
    """Everything that the page shows."""

    title: str
    subtitle: str
    notices: Sequence[str]
    """Warnings in plain words, shown on top."""
    verdict: Verdict
    results: Sequence[ResultRow]
    """The policy first, then what it is compared with."""
    cost_rows: Sequence[ResultRow]
    """The policy at multiples of the costs."""
    record: Record
    features: Mapping[str, Mapping[str, Floats]]
    """Split (`train`, `test`) to feature to values; other splits are not drawn."""
    training: charts.Training
    lineage: Mapping[str, str]
    data_notes: Sequence[str]
    """What the data lacked: sessions without an observation, and why."""
    next_commands: Sequence[str]


def render(report: ExperimentReport) -> str:
    """Give the report as a self-contained HTML page, `<!doctype html>` first."""
    shifts = _shifts(report)
    return render_template(
        TEMPLATE,
        report=report,
        words=wording.of(report),
        tables=tables.of(report),
        pictures=_pictures(report),
        features=[(each, charts.feature(each)) for each in shifts],
    )


def _shifts(report: ExperimentReport) -> list[Shift]:
    train, test = (report.features.get(split, {}) for split in ("train", "test"))
    both = (shift(name, train[name], test[name]) for name in train if name in test)
    return [each for each in both if each is not None]


def _pictures(report: ExperimentReport) -> dict[str, Picture]:
    record = report.record
    tape = (record.time, record.close, record.position)
    return {
        "equity": at_both_sizes(
            lambda size: charts.equity(
                record.time, record.equity, record.random_band, record.capital, size
            )
        ),
        "price": at_both_sizes(lambda size: charts.price(*tape, size)),
        "trades": at_both_sizes(lambda size: charts.newest_trades(*tape, record.trades, size)),
        "training": at_both_sizes(lambda size: charts.training_curve(report.training, size)),
    }
