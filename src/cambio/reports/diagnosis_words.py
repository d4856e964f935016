"""What a diagnosis says in sentences: each follows from its figures by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cambio.reports.numbers import count, decimal, percent, signed_percent
from cambio.validation.diagnosis.conclusion import DATES, Conclusion, Finding
from cambio.validation.diagnosis.outcome import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cambio.validation.diagnosis.outcome import Row
    from cambio.validation.diagnosis.variants import Diagnosis

NAMES: Final = {
    "first_1": "first bar left out",
    "first_3": "first 3 bars left out",
    "first_6": "first 6 bars left out",
    "delay_1": "fills 1 bar later",
    "delay_2": "fills 2 bars later",
    "delay_3": "fills 3 bars later",
    "repeated": "repeated closes left out",
    "opening": "repeated opening quotes left out",
    "stale": "both kinds left out",
    "flat": "bars without a range left out",
    "macro_lag": "macro values a session older",
    DATES: "dates of the macro values",
    "flipped": "the opposite",
    "long": "long alone",
    "short": "short alone",
    "costs_x0": "costs ×0",
    "costs_x2": "costs ×2",
    "costs_x3": "costs ×3",
}
"""The tests; a feature keeps its name."""
MOST: Final = 1.5
"""Of a profit; where more is left than that, there was little, and returns say it better."""
FINDINGS: Final = {
    Finding.NOTHING: "It earned nothing here: there is no profit to explain.",
    Finding.ARTEFACT: "The profit looks like an artefact.",
    Finding.UNCLEAR: "Whether the profit is an edge cannot be told.",
    Finding.STANDS: "No test speaks for an artefact.",
}


def reason(found: Conclusion) -> str:
    """Say what made the finding, and what the profit rests on."""
    text = {
        Finding.NOTHING: "The tests tell what the loss is made of.",
        Finding.ARTEFACT: f"It does not survive: {_listed(found.falls)}.",
        Finding.UNCLEAR: f"Less than half of it is left, which may be accident: "
        f"{_listed(found.unclear)}.",
        Finding.STANDS: "That makes no edge of it: how much may be luck is another question.",
    }[found.finding]
    return f"{text} It rests on: {_listed(found.rests_on)}." if found.rests_on else text


def sentences(diagnosis: Diagnosis) -> list[str]:
    """Give one sentence or two for each test."""
    return [
        anatomy(diagnosis),
        _first_bars(diagnosis.first_bars),
        _delays(diagnosis),
        _stale(diagnosis),
        _features(diagnosis),
        _dates(diagnosis),
        _opposite(diagnosis),
    ]


def anatomy(diagnosis: Diagnosis) -> str:
    """Say when it was earned."""
    parts = diagnosis.anatomy
    text = (
        f"Before costs of trading it made {signed_percent(parts.before_costs)} %: nights "
        f"{signed_percent(parts.overnight)} % (price {signed_percent(parts.night)}, financing "
        f"{signed_percent(parts.financing)}), sessions {signed_percent(parts.intraday)} %. The "
        f"costs took {percent(-parts.costs)} %."
    )
    if not parts.before_costs > 0.0:
        return text
    if not parts.overnight > 0.0:
        return f"{text} Nothing of it is earned overnight."
    if not parts.intraday > 0.0:
        return f"{text} All of it, and more, is earned overnight."
    share = 100.0 * parts.overnight / parts.before_costs
    return f"{text} {decimal(share, 0)} % of it is earned overnight."


def _first_bars(rows: Sequence[Row]) -> str:
    bars = _joined([row.name.removeprefix("first_") for row in rows])
    lost = next((row for row in rows if row.left is not None and not row.left > 0.0), None)
    if lost is not None:
        number = int(lost.name.removeprefix("first_"))
        what = "bar" if number == 1 else f"{number} bars"
        return f"Without the first {what} of each session nothing is left of the profit."
    return f"Without the first {bars} bars of each session {_each(rows)}."


def _delays(diagnosis: Diagnosis) -> str:
    base, later = diagnosis.base.total_return, diagnosis.delays[0].outcome.total_return
    verb = "costs" if later <= base else "brings"
    points = decimal(100.0 * abs(base - later))
    others = diagnosis.delays[1:]
    bars = _joined([row.name.removeprefix("delay_") for row in others])
    return (
        f"Filling one bar later {verb} {points} points of return "
        f"({signed_percent(base)} to {signed_percent(later)} %). "
        f"{bars} bars later {_each(others)}."
    )


def _stale(diagnosis: Diagnosis) -> str:
    told = {
        "stale": "repeat an earlier quote",
        "flat": "were recorded without a range",
    }
    rows = {row.name: row for row in diagnosis.stale}
    parts = []
    for name, what in told.items():
        row = rows.get(name)
        if row is None:
            parts.append(f"All bars {what}.")
        elif row.dropped:
            share = percent(row.dropped)
            parts.append(f"{share} % of the bars {what}; without them {_each([row])}.")
        else:
            parts.append(f"No bars {what}.")
    return " ".join(parts)


def _features(diagnosis: Diagnosis) -> str:
    if not diagnosis.base.total_return > 0.0:
        return "There is no profit that a feature could carry."
    fall = [row.name for row in diagnosis.removed if row.mark is Mark.FALLS]
    if not fall:
        return "No single feature carries the profit: without any one of them it does not fall."
    return f"The profit falls without {_joined(fall)}."


def _dates(diagnosis: Diagnosis) -> str:
    lag = diagnosis.macro_lag
    text = f"With macro values a session older {_each([lag])}."
    if lag.mark is Mark.FALLS:
        text += " It rests on the newest macro values, so their dates decide."
    wrong = [
        f"{dating.name} ({decimal(dating.own)} against {decimal(dating.before)})"
        for dating in diagnosis.datings
        if dating.suspicious
    ]
    if wrong:
        return (
            f"{text} It goes with the session that sees it, more than with the one before, and "
            f"so may be dated a day too early: {_joined(wrong)}."
        )
    return f"{text} No macro value seems to be dated too early."


def _opposite(diagnosis: Diagnosis) -> str:
    other, base = diagnosis.flipped.outcome, diagnosis.base
    long, short = (row.outcome.total_return for row in (diagnosis.long, diagnosis.short))
    return (
        f"The opposite makes {signed_percent(other.gross_return)} % before costs and financing, "
        f"where the policy makes {signed_percent(base.gross_return)} %. Long alone returns "
        f"{signed_percent(long)} %, short alone {signed_percent(short)} %."
    )


def _each(rows: Sequence[Row]) -> str:
    """Say what is left of the profit, or what is returned where there was none."""
    if not all(row.left is not None and row.left <= MOST for row in rows):
        returns = _joined([signed_percent(row.outcome.total_return) for row in rows])
        return f"it returns {returns} %"
    if len(rows) == 1 and rows[0].left is not None and not rows[0].left > 0.0:
        return "nothing of the profit is left"
    lefts = [decimal(100.0 * row.left, 0) for row in rows if row.left is not None]
    return f"{_joined(lefts)} % of the profit {'is' if len(rows) == 1 else 'are'} left"


def note(diagnosis: Diagnosis) -> str:
    """Say how the tests trade."""
    return (
        f"{count(diagnosis.sessions)} sessions, {count(diagnosis.bars)} bars. The tests trade "
        "without the limits of the account (loss, drawdown, losing streaks, trades a session), "
        "which would stop a loser and so hide what it loses. Confidence, trading hours and the "
        "guard stay. “Left” is the share of the profit, as sums of session returns; a test that "
        "leaves less than half is unclear, and falls where the interval of the difference in "
        "Sharpe ratio lies below zero."
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(NAMES.get(name, name) for name in names)


def _joined(words: Sequence[str]) -> str:
    """Join words by commas and *and*."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
