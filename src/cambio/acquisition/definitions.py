"""Whether two sources mean the same series: their common periods have to agree.

No source is continued by another definition of the same name. FRED's Brent is a spot price, a
vendor's is a futures close; both are plausible, and the step between them is no market move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from cambio.acquisition.refusals import Reason, Refusal

if TYPE_CHECKING:
    from datetime import date

    from cambio.acquisition.catalogue import Catalogue, MacroSeries

MIN_COMMON: Final = 5
"""Periods that both sources must have."""
MIN_SHARE: Final = 0.8
"""Of them that must agree; the rest may be revisions."""
ROUNDING: Final = 1e-4
"""Relative, of prices and indices."""
RATE_ROUNDING: Final = 0.006
"""Of rates, in percentage points: half of the second decimal, and a little."""


def is_rate(series: MacroSeries) -> bool:
    """Tell whether a series is a rate: near zero its ratios say nothing, its differences do."""
    return series.unit == "percent"


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two sources compare where both have a value."""

    common: int
    """Periods."""
    same: int
    """Of them, equal to rounding."""
    worst: tuple[date, float, float] | None
    """The period that differs most, its new and its stored value."""

    @property
    def agrees(self) -> bool:
        """Tell whether it is one definition, on enough periods to know."""
        return self.common >= MIN_COMMON and self.same >= MIN_SHARE * self.common


def agrees(new: pl.DataFrame, stored: pl.DataFrame, series: MacroSeries) -> Overlap:
    """Compare a source's values of one series with what another source gave.

    Args:
        new: with `period` and `value`; where a period has several vintages, the nearest counts.
        stored: the same columns, one value a period.
        series: rates are compared by difference, all others by ratio.
    """
    both = new.select("period", "value").join(
        stored.select("period", old="value"), on="period", how="inner"
    )
    scale = pl.lit(1.0) if is_rate(series) else pl.col("old").abs()
    limit = RATE_ROUNDING if is_rate(series) else ROUNDING * scale
    apart = (pl.col("value") - pl.col("old")).abs()
    nearest = (
        both.with_columns(apart=apart, same=apart <= limit, share=apart / scale)
        .sort("period", "apart")
        .unique("period", keep="first", maintain_order=True)
        .sort("share", maintain_order=True)
    )
    worst = nearest.row(-1, named=True) if nearest.height else None
    return Overlap(
        common=nearest.height,
        same=int(nearest["same"].sum()),
        worst=(worst["period"], worst["value"], worst["old"]) if worst else None,
    )


def refuse_others(
    values: pl.DataFrame, stored: pl.DataFrame, source: str, catalogue: Catalogue
) -> tuple[pl.DataFrame, list[Refusal]]:
    """Give the values of the series that ``source`` may continue, and a refusal of each other.

    A series that has no stored value, or any from ``source``, may be continued: what a source
    says anew of its own values is a revision.

    Args:
        values: with `series`, `period` and `value`, from ``source``.
        stored: the same columns and `source`, of those series.
        source: under the name that its values are stored with.
        catalogue: has every series of ``values``.
    """
    own = set(stored.filter(pl.col("source") == source)["series"])
    others = set(stored["series"]) - own
    refusals = []
    for name in sorted(others & set(values["series"])):
        new, old = (frame.filter(pl.col("series") == name) for frame in (values, stored))
        overlap = agrees(new, old, catalogue[name])
        if not overlap.agrees:
            refusals.append(_refusal(name, source, sorted(set(old["source"])), overlap))
    refused = [refusal.payload["series"] for refusal in refusals]
    return values.filter(~pl.col("series").is_in(refused)), refusals


def _refusal(name: str, source: str, stored_from: list[str], overlap: Overlap) -> Refusal:
    """Give one refusal for the whole batch; it has no place in this store, so no content."""
    common, same, others = overlap.common, overlap.same, ", ".join(stored_from)
    if common < MIN_COMMON:
        what = (
            f"{name} comes from {others}; {source} shares {common} of the {MIN_COMMON} periods "
            "that it takes to tell whether it means the same. Ask it for more of the stored "
            "periods (--full)"
        )
    else:
        what = (
            f"{name} of {source} is another definition than that of {others}: {same} of {common} "
            f"common periods agree to rounding, and it takes {MIN_SHARE:.0%}"
        )
        if overlap.worst is not None:
            period, new, old = overlap.worst
            what += f"; on {period} it says {new:g}, not {old:g}"
    return Refusal(
        kind="macro",
        key=f"{name} {source}",
        reason=Reason.OTHER_DEFINITION,
        detail=f"{what}. Keep this source in a data set of its own (another CAMBIO_HOME).",
        payload={"series": name, "source": source, "common": common, "same": same},
    )
