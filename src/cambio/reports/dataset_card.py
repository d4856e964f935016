"""The data card: what a dataset holds, how its splits differ, what was left out; one HTML file.

The page asks for nothing outside itself and holds no script, as the experiment report's does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from cambio.reports import dataset_charts as charts
from cambio.reports.axes import NARROW, WIDE
from cambio.reports.experiment import Picture
from cambio.reports.palette import DARK, LIGHT

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
    environment = Environment(
        loader=PackageLoader("cambio.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    coverage = Picture(*(charts.coverage(card.coverage, size) for size in (WIDE, NARROW)))
    features = [
        (name, card.largest[name], charts.feature(name, values))
        for name, values in card.features.items()
    ]
    return environment.get_template(TEMPLATE).render(
        card=card,
        colours={"light": LIGHT, "dark": DARK},
        coverage=coverage,
        features=features,
    )
