"""Unit and splice checks: each macro value against the series' own past, walking forward (T6).

A value that is refused never enters the past that the next ones are judged by, so the whole of a
spliced instrument is refused, from its first value on, and what came before stays. Stored values
are trusted: who releases the first value of a new level lets those that follow pass.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from cambio.acquisition.copies import copied
from cambio.acquisition.past import Past, Suspicion, Value
from cambio.acquisition.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from cambio.acquisition.catalogue import Catalogue, MacroSeries


def judge_batch(
    values: pl.DataFrame, stored: pl.DataFrame, catalogue: Catalogue
) -> tuple[pl.DataFrame, list[Refusal]]:
    """Give the values that are believed, by series and period, and the refusal of each other one.

    A value that is stored already is believed; the other stored ones are history.

    Args:
        values: with `series`, `period` and `value`, one a series and period; or several, with
            `available_at` (UTC), where the provider keeps its revisions.
        stored: `series`, `period` and `value`, the newest revision each. Series that are not in
            ``values`` may be there too: a column that tracks one of them is found.
        catalogue: has every series of ``values``.
    """
    order = ["series", "period", *(["available_at"] if "available_at" in values.columns else [])]
    values = values.sort(order, maintain_order=True)
    newest = values.unique(["series", "period"], keep="last", maintain_order=True)
    tracked = copied(newest, stored, catalogue)
    refusals: list[Refusal] = []
    keep: list[bool] = []
    for (name,), new in values.group_by("series", maintain_order=True):
        series = str(name)
        old = stored.filter(pl.col("series") == series).select("period", "value")
        batch = [Value(*row) for row in new.select("period", "value", *order[2:]).iter_rows()]
        copies = {period: what for (copy, period), what in tracked.items() if copy == series}
        verdicts = judge(catalogue[series], batch, dict(old.iter_rows()), copies)
        keep += [verdict is None for verdict in verdicts]
        judged = zip(batch, verdicts, strict=True)
        refusals += [_refusal(series, value, found) for value, found in judged if found]
    return values.filter(pl.Series(keep, dtype=pl.Boolean)), refusals


def _refusal(series: str, value: Value, suspicion: Suspicion) -> Refusal:
    content = {"series": series, "period": value.period.isoformat(), "value": value.value}
    key = f"{series} {value.period} {value.value:.9g}"
    if value.available_at is not None:
        content["available_at"] = value.available_at.isoformat()
        key += f" {value.available_at:%Y-%m-%dT%H:%M}"
    return Refusal(
        kind="macro",
        key=key,
        reason=suspicion.reason,
        detail=f"{series} on {value.period}: {suspicion.detail}.",
        payload={"date": value.period.isoformat(), series: value.value},
        content=content,
    )


def judge(
    series: MacroSeries,
    values: Iterable[Value],
    stored: Mapping[date, float] | None = None,
    copies: Mapping[date, str] | None = None,
) -> list[Suspicion | None]:
    """Give a suspicion, or None, for each value.

    Args:
        series: its plausible range, unit and frequency.
        values: ascending by period, and by `available_at` within one.
        stored: trusted values. Each makes history unless a new one of its period is believed.
        copies: periods whose value tracks another series, and what it tracks.
    """
    stored, copies = stored or {}, copies or {}
    batch = {period: list(some) for period, some in groupby(values, key=lambda v: v.period)}
    timeline = sorted(stored.keys() | batch.keys())
    newest = (batch[p][-1].value if p in batch else stored[p] for p in timeline)
    past = Past(series, newest)
    verdicts: list[Suspicion | None] = []
    for period in timeline:
        vintages, old = batch.get(period, []), stored.get(period)
        found = _judge_period(past, vintages, old, copies.get(period))
        believed = [v for v, bad in zip(vintages, found, strict=True) if bad is None]
        if believed:
            past.accept(believed[-1])
        elif old is not None:
            past.accept(Value(period, old))
        else:
            past.refuse(vintages[-1])
        verdicts += found
    return verdicts


def _judge_period(
    past: Past, vintages: list[Value], old: float | None, copy: str | None
) -> list[Suspicion | None]:
    """Judge the vintages of one period: each by the one before, the newest by the past.

    From the first bad one on all are refused, but for those that are stored already.
    """
    verdicts: list[Suspicion | None] = []
    before: Value | None = None
    bad: Suspicion | None = None
    for vintage in vintages:
        if vintage.value == old:
            bad = None
        elif bad is None:
            bad = past.implausible(vintage) or (before and past.jump(before, vintage))
        verdicts.append(bad)
        before = before if bad else vintage
    if before is None or before.value == old:
        return verdicts
    tracks = Suspicion(Reason.TRACKS_ANOTHER, copy) if copy else None
    newest = past.suspicion(before) or tracks
    if newest is None:
        return verdicts
    doubts = [None if v.value == old else past.suspicion(v) or tracks for v in vintages]
    first = next(n for n, doubt in enumerate(doubts) if doubt)
    return [
        verdict or (None if n < first or vintage.value == old else doubt or newest)
        for n, (vintage, verdict, doubt) in enumerate(zip(vintages, verdicts, doubts, strict=True))
    ]
