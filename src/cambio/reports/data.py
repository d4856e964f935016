"""The data report as one HTML file: how complete the data is, day by day and month by month.

The page asks for nothing outside itself and holds no script, as the experiment report's does not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from cambio.calendar import BARS_PER_SESSION, is_trading_day
from cambio.reports.page import render_template
from cambio.reports.timeline import MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

TEMPLATE: Final = "data.html.j2"
MONDAY_TO_FRIDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure and the threshold it is held against."""

    name: str
    value: str
    threshold: str
    """Empty where there is none."""
    broken: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """The stored bars of one date in Bogota."""

    day: date
    bars: int
    close_only: int


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of the macro table: its name, its months, and the other cells as text."""

    name: str
    by_month: Mapping[str, float]
    """Share of each month (`YYYY-MM`) that has a value."""
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text; the first cell names the row."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def groups(self) -> list[Sequence[Sequence[str]]]:
        """All rows, as the only group."""
        return [self.rows]


@dataclass(frozen=True, slots=True)
class DataPage:
    """Everything that the page shows; an empty part is said in words."""

    as_of: datetime
    """UTC."""
    until: date
    """Newest trading day whose session has opened."""
    alerts: Sequence[str]
    figures: Sequence[Figure]
    days: Sequence[DayCount]
    close_only_share: Mapping[str, float]
    """By month, `YYYY-MM`."""
    gaps: Grid
    gap_count: int
    series_headers: Sequence[str]
    series: Sequence[Sequence[Strip]]
    """In groups: what the features need, and the others."""
    without_values: Grid
    sources: Grid
    quarantine: Grid
    unusable: Grid
    unusable_sessions: int
    next_commands: Sequence[tuple[str, str]]
    """What each is for, and the command."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the calendar is set on a wide and on a narrow page, in CSS pixels."""

    width: int
    left: int
    """Room for the year."""
    months: int
    """Of one line."""
    across: int
    down: int
    """From one cell to the next."""
    gap: int
    tips: bool
    """Each day says its figures when pointed at."""


WIDE: Final = Layout(1080, 48, months=12, across=19, down=15, gap=3, tips=True)
NARROW: Final = Layout(360, 34, months=6, across=12, down=12, gap=2, tips=False)

KINDS: Final = {
    "full": "all 60 bars",
    "most": "54 to 59",
    "half": "30 to 53",
    "few": "1 to 29",
    "none": "trading day without bars",
    "later": "after the newest bar",
    "extra": "holiday with bars",
    "shut": "holiday",
}
"""Class of a cell, and its word in the legend."""


def render(page: DataPage) -> str:
    """Give the page, `<!doctype html>` first."""
    months = _months(page)
    return render_template(
        TEMPLATE,
        page=page,
        alerts=[_with_code(alert) for alert in page.alerts],
        calendar={"wide": calendar(page, WIDE), "narrow": calendar(page, NARROW)},
        legend=_legend(page),
        years=sorted({month[:4] for month in page.close_only_share}),
        month_names=MONTHS,
        months=months,
        strip=lambda strip: coverage(strip, months),
    )


def _with_code(text: str) -> Markup:
    """Set what stands in backticks as code.

    >>> _with_code("`a` < b")
    Markup('<code>a</code> &lt; b')
    """
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if i % 2 else part for i, part in enumerate(parts)
    )


def kinds(page: DataPage) -> dict[date, str]:
    """Give the kind of each weekday from the first date with bars to now."""
    held = {each.day: each.bars for each in page.days}
    if not held:
        return {}
    first, newest = min(held), max(held)
    span = ((max(newest, page.until) - first).days) + 1
    days = (first + timedelta(days=n) for n in range(span))
    return {day: _kind(day, held.get(day, 0), newest) for day in days if day.weekday() < 5}


def _kind(day: date, bars: int, newest: date) -> str:
    if not is_trading_day(day):
        return "extra" if bars else "shut"
    if not bars:
        return "later" if day > newest else "none"
    for least, kind in ((BARS_PER_SESSION, "full"), (54, "most"), (30, "half")):
        if bars >= least:
            return kind
    return "few"


def calendar(page: DataPage, layout: Layout) -> Markup:
    """Draw a cell for each weekday, one column a week, one block a year (or half of one)."""
    by_kind = kinds(page)
    if not by_kind:
        return Markup("")
    counts = {each.day: each for each in page.days}
    blocks = sorted({_block(day, layout) for day in by_kind})
    named = [i == 0 or layout.months < 12 for i in range(len(blocks))]
    top = 0
    parts: list[str] = []
    tops: dict[date, int] = {}
    for start, is_named in zip(blocks, named, strict=True):
        head = 18 if is_named else 8
        tops[start] = top + head
        parts += _captions(start, tops[start], layout, is_named)
        top += head + MONDAY_TO_FRIDAY * layout.down
    drawn: dict[str, list[str]] = {}
    for day, kind in by_kind.items():
        start = _block(day, layout)
        x, y = _place(day, start, tops[start], layout)
        w, h = layout.across - layout.gap, layout.down - layout.gap
        outline = f"M{x} {y}h{w}v{h}h-{w}z"
        if layout.tips:
            tip = _tip(day, counts.get(day), kind)
            parts.append(f'<path class="{kind}" d="{outline}"><title>{tip}</title></path>')
        else:
            drawn.setdefault(kind, []).append(outline)
    parts += [f'<path class="{kind}" d="{"".join(cells)}"/>' for kind, cells in drawn.items()]
    label = "Stored bars of each weekday, from Monday to Friday down, one column a week"
    return _svg(layout.width, top, label, parts)


def _block(day: date, layout: Layout) -> date:
    """Give the first day of the line that ``day`` stands in."""
    return date(day.year, (day.month - 1) // layout.months * layout.months + 1, 1)


def _place(day: date, start: date, top: int, layout: Layout) -> tuple[int, int]:
    monday = start - timedelta(days=start.weekday())
    week = (day - monday).days // 7
    return layout.left + week * layout.across, top + day.weekday() * layout.down


def _captions(start: date, top: int, layout: Layout, is_named: bool) -> Iterator[str]:
    if start.month == 1:
        yield f'<text class="year" x="0" y="{top + layout.down}">{start.year}</text>'
    for month in range(start.month, start.month + layout.months) if is_named else ():
        x, _ = _place(date(start.year, month, 7), start, top, layout)
        yield f'<text x="{x}" y="{top - 6}">{MONTHS[month - 1]}</text>'


def _tip(day: date, count: DayCount | None, kind: str) -> str:
    when = f"{day:%a %Y-%m-%d}"
    if count is None:
        return f"{when}: {KINDS[kind]}"
    flat = f", {count.close_only} close-only" if count.close_only else ""
    holiday = " (holiday)" if kind == "extra" else ""
    return f"{when}{holiday}: {count.bars} of {BARS_PER_SESSION} bars{flat}"


def _legend(page: DataPage) -> list[tuple[str, str, int]]:
    """Give class, word and number of days of each kind that occurs."""
    found = Counter(kinds(page).values())
    return [(kind, word, found[kind]) for kind, word in KINDS.items() if found[kind]]


def _months(page: DataPage) -> list[str]:
    """Give the months of the macro strips: those of the bars, or of the values without bars."""
    held = [f"{each.day:%Y-%m}" for each in page.days]
    if not held:
        held = [month for group in page.series for strip in group for month in strip.by_month]
    if not held:
        return []
    first = date.fromisoformat(f"{min(held)}-01")
    last = max(page.until, page.days[-1].day if page.days else page.until)
    first = min(first, (last - timedelta(days=LEAST_DAYS)).replace(day=1))
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    at = [first.year * 12 + first.month - 1 + n for n in range(count)]
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in at]


def coverage(strip: Strip, months: Sequence[str]) -> Markup:
    """Draw a month of a series a cell: a value on nearly all trading days, on some, on none."""
    parts = []
    for kind, holds in _COVERED.items():
        cells = [
            f"M{4 * i} 0h3v12h-3z"
            for i, month in enumerate(months)
            if holds(strip.by_month.get(month, 0.0))
        ]
        if cells:
            parts.append(f'<path class="{kind}" d="{"".join(cells)}"/>')
    years = [i for i, month in enumerate(months) if month.endswith("-01")]
    parts += [f'<path class="tick" d="M{4 * i - 0.5} -2v16"/>' for i in years if i]
    known = sum(strip.by_month.get(month, 0.0) > 0 for month in months)
    label = f"{strip.name}: values in {known} of {len(months)} months"
    return _svg(4 * len(months), 12, label, parts, stretched=True)


_COVERED: Final[Mapping[str, Callable[[float], bool]]] = {
    "full": lambda share: share >= 0.9,
    "half": lambda share: 0.0 < share < 0.9,
    "gone": lambda share: share == 0.0,
}


LEAST_DAYS: Final = 700
"""A strip covers two years at the least, so that a cell is not a wall."""


def _svg(
    width: int, height: int, label: str, parts: Sequence[str], *, stretched: bool = False
) -> Markup:
    fit = ' preserveAspectRatio="none"' if stretched else ""
    return Markup(  # noqa: S704 - numbers and dates
        f'<svg viewBox="0 0 {width} {height}"{fit} role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}</svg>"
    )
