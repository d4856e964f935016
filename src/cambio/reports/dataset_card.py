"""The data card: what a dataset holds, how its splits differ, what was left out; one HTML file.

The page asks for nothing outside itself and holds no script, as the experiment report's does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cambio.reports import dataset_charts as charts
from cambio.reports.axes import at_both_sizes
from cambio.reports.page import render_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cambio.reports.dataset_charts import SessionRows
    from cambio.reports.tables import Table

TEMPLATE: Final = "dataset.html.j2"


@dataclass(frozen=True, slots=True, eq=False)
class DatasetCard:
    """Everything that the page shows."""

    title: str
    subtitle: str
    notices: Sequence[str]
    """What a reader must know first."""
    splits: Table
    features: Mapping[str, Mapping[str, NDArray[np.float64]]]
    """Feature to split (`train`, `val`, `test`) to its finite values."""
    drift: Table
    largest: Mapping[str, float]
    """Feature to the KS distance of test from train."""
    coverage: SessionRows
    left_out: Table
    """Why, how many sessions or bars, and from when to when."""
    quarantine: Table | None
    """None where nothing is in quarantine."""
    made_from: Mapping[str, str]
    hashes: Mapping[str, str]
    next_commands: Sequence[str]


def render(card: DatasetCard) -> str:
    """Give the page, `<!doctype html>` first."""
    features = [
        (name, card.largest[name], charts.feature(name, values))
        for name, values in card.features.items()
    ]
    return render_template(
        TEMPLATE,
        card=card,
        coverage=at_both_sizes(lambda size: charts.coverage(card.coverage, size)),
        features=features,
    )
