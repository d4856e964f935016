"""`cambio data quarantine`: what a person does about refused rows."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cambio.acquisition.refusals import Reason
from cambio.cli.session import open_product

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cambio.acquisition.catalogue import Catalogue
    from cambio.app.quarantine import Released, Wanted
    from cambio.app.resources import Resources
    from cambio.store.quarantine import Decision, RefusedRow, Selection

group = typer.Typer(
    help="Look at refused rows, and release or drop them (L0).", no_args_is_help=True
)


class Kind(StrEnum):
    """What a refused row was to be."""

    OHLCV = "ohlcv"
    MACRO = "macro"


Ids = Annotated[list[int] | None, typer.Argument(help="Ids of rows, as `list` gives them.")]
Series = Annotated[str | None, typer.Option(help="Macro values of one series, as BRENT.")]
Because = Annotated[
    Reason | None, typer.Option("--reason", help="Rows refused for one reason.", metavar="REASON")
]
Since = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First period or day.")
]
Until = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last period or day.")
]
Comment = Annotated[str, typer.Option(help="Why; it is kept with the rows.")]
By = Annotated[str | None, typer.Option(help="Who decides.", show_default="this user")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@group.command("list")
def list_rows(
    kind: Annotated[Kind | None, typer.Option(help="Bars or macro values only.")] = None,
    reason: Because = None,
    series: Series = None,
    since: Since = None,
    until: Until = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that were released or dropped.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    json_: Json = False,
) -> None:
    """List the refused rows that wait for a decision, by series and time."""
    from dataclasses import replace

    from cambio.cli import console
    from cambio.store import quarantine
    from cambio.store.database import reading

    _, resources = open_product()
    wanted = _selection(resources.catalogue, series, reason, since, until)
    wanted = replace(wanted, kind=kind, resolved=every)
    with reading(resources.engine) as connection:
        ids = quarantine.find(connection, wanted)
        rows = quarantine.get(connection, ids[:limit])
        kept = len(quarantine.find(connection, quarantine.Selection(resolved=True)))
    if json_:
        console.print_json([_plain(row) for row in rows])
        return
    if not rows:
        console.out.print(_nothing(kept, every=every), highlight=False)
        return
    last = [_state(row) if every else row.source_file for row in rows]
    _table("Refused rows", rows, "state" if every else "from", last)
    if len(ids) > limit:
        more = f"… and {len(ids) - limit:,} more: narrow the list, or raise --limit."
        console.out.print(more, highlight=False)
    hint = "`cambio data quarantine show ID` tells why, and what a release would store."
    console.out.print(hint, highlight=False)


@group.command()
def show(
    row_id: Annotated[int, typer.Argument(metavar="ID", help="Of the row.")], json_: Json = False
) -> None:
    """Show one refused row whole, and what stands in its place."""
    from cambio.app import quarantine
    from cambio.cli import console

    _, resources = open_product()
    [row] = quarantine.rows(resources.engine, [row_id])
    held = quarantine.standing(resources.engine, [row]).get(row.id)
    if json_:
        console.print_json(_plain(row) | {"stored_now": held})
        return
    console.facts(
        f"Row {row.id}: a {'macro value' if row.kind == Kind.MACRO else 'bar'}",
        {
            "key": row.key,
            "reason": row.reason,
            "why": row.detail,
            "from": row.source_file,
            "refused": f"{row.created_at:%Y-%m-%d %H:%M} UTC",
            "as it came": _words(row.payload),
            "a release stores": _words(row.content)
            if row.content
            else "nothing: the row has no place in the tables; correct its source, or drop it",
            "stored there now": _words(held) if held else "nothing",
            "state": _state(row),
            **({"comment": row.comment or ""} if row.resolution else {}),
        },
    )


@group.command()
def release(
    comment: Comment,
    ids: Ids = None,
    series: Series = None,
    reason: Because = None,
    since: Since = None,
    until: Until = None,
    by: By = None,
    yes: Yes = False,
) -> None:
    """Store refused rows after all; later imports then judge by them.

    Name rows by id, or by --series or --reason with --from.
    """
    from cambio.app import quarantine
    from cambio.cli import console

    _, resources = open_product()
    wanted = _wanted(ids, _selection(resources.catalogue, series, reason, since, until))

    def show(rows: Sequence[RefusedRow]) -> None:
        quarantine.require_releasable(rows, resources.catalogue)
        held = quarantine.standing(resources.engine, rows)
        there = [_words(held[row.id]) if row.id in held else "nothing" for row in rows]
        _table("To be released", rows, "stored there now", there)

    if not yes:
        wanted = _confirmed(resources, wanted, show, "Store these rows? It stays on record")
    decision = _decision(resources, by, comment)
    done = quarantine.release(resources.engine, resources.catalogue, wanted, decision)
    console.say(console.out, "✓", "green", _told(done))


@group.command()
def drop(
    comment: Comment,
    ids: Ids = None,
    series: Series = None,
    reason: Because = None,
    since: Since = None,
    until: Until = None,
    by: By = None,
    yes: Yes = False,
) -> None:
    """Close the case of rows that are wrong: kept, never stored, never open again.

    Name rows by id, or by --series or --reason with --from.
    """
    from cambio.app import quarantine
    from cambio.cli import console

    _, resources = open_product()
    wanted = _wanted(ids, _selection(resources.catalogue, series, reason, since, until))

    def show(rows: Sequence[RefusedRow]) -> None:
        _table("To be dropped", rows, "from", [row.source_file for row in rows])

    if not yes:
        wanted = _confirmed(resources, wanted, show, "Drop these rows? They never open again")
    dropped = quarantine.drop(resources.engine, wanted, _decision(resources, by, comment))
    console.say(
        console.out,
        "✓",
        "green",
        f"Dropped {console.counted(len(dropped), 'row')}; nothing was stored.",
    )


def _selection(
    catalogue: Catalogue,
    series: str | None,
    reason: Reason | None,
    since: datetime | None,
    until: datetime | None,
) -> Selection:
    from cambio.errors import ConfigError, NotFound
    from cambio.store.quarantine import Selection

    if series is not None and series not in catalogue:
        known = ", ".join(catalogue)
        raise NotFound(f"The catalogue has no series {series}.", remedy=f"It has {known}.")
    if since and until and until < since:
        raise ConfigError(f"--to {until:%Y-%m-%d} lies before --from {since:%Y-%m-%d}.")
    return Selection(
        series=series, reason=reason, since=since and since.date(), until=until and until.date()
    )


def _wanted(ids: list[int] | None, selection: Selection) -> Wanted:
    """Give the ids, or the selection; a decision never reaches back without an end."""
    named = selection.series or selection.reason
    if ids and not (named or selection.since or selection.until):
        return ids
    if ids or not (named and selection.since):
        raise typer.BadParameter(
            "Name rows by id, or by --series or --reason together with --from.", param_hint="IDS"
        )
    return selection


def _confirmed(
    resources: Resources, wanted: Wanted, show: Callable[[Sequence[RefusedRow]], None], ask: str
) -> list[int]:
    """Show the rows that are meant, and give their ids once a person says yes.

    Raises:
        BadParameter: nobody can answer here.
        NotFound: nothing open is meant.
        Exit: the person says no.
    """
    from cambio.app import quarantine
    from cambio.cli import console
    from cambio.errors import NotFound

    if not sys.stdin.isatty():
        raise typer.BadParameter(
            "it is missing, and there is no terminal to ask you on. Look at the rows first "
            "(cambio data quarantine list), then add --yes.",
            param_hint="--yes",
        )
    rows = quarantine.rows(resources.engine, wanted)
    if not rows:
        raise NotFound(
            "No open row is meant.", remedy="`cambio data quarantine list` shows what is open."
        )
    show(rows)
    if not console.confirm(ask):
        console.out.print("Nothing was changed.", highlight=False)
        raise typer.Exit
    return [row.id for row in rows]


def _decision(resources: Resources, by: str | None, comment: str) -> Decision:
    from cambio.store.quarantine import Decision

    return Decision(getpass.getuser() if by is None else by, comment, resources.now())


def _table(title: str, rows: Sequence[RefusedRow], column: str, cells: Sequence[str]) -> None:
    """Print a row a line, ``cells`` in the last column."""
    from cambio.cli import console
    from cambio.contracts.market import SYMBOL

    lines = [
        [
            str(row.id),
            row.key if row.kind == Kind.MACRO else f"{SYMBOL} {row.key}",
            row.reason,
            cell,
        ]
        for row, cell in zip(rows, cells, strict=True)
    ]
    console.table(title, ["id", "row", "reason", column], lines)


def _nothing(kept: int, *, every: bool) -> str:
    from cambio.cli.console import counted

    if not kept:
        return "The quarantine is empty: nothing that was imported so far was refused."
    if every:
        return f"No row is like that; the quarantine holds {counted(kept, 'row')}."
    return (
        f"No row like that is open; the quarantine holds {counted(kept, 'row')} in all: "
        "`cambio data quarantine list --all`."
    )


def _state(row: RefusedRow) -> str:
    if row.resolution is None:
        return "open"
    return f"{row.resolution} by {row.resolved_by}, {row.resolved_at:%Y-%m-%d %H:%M} UTC"


def _told(done: Released) -> str:
    from cambio.cli.console import counted

    kinds = ((done.bars, "bar"), (done.macro, "macro value"))
    new = [counted(kind.inserted, f"new {name}") for kind, name in kinds if kind.inserted]
    revised = [counted(kind.revised, f"revised {name}") for kind, name in kinds if kind.revised]
    stored = ", ".join(new + revised) or "nothing that was not known"
    more = (
        f" {counted(done.settled, 'row')} that said the same went with it." if done.settled else ""
    )
    return f"Released {counted(len(done.rows), 'row')}: {stored}.{more}"


def _words(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)


def _plain(row: RefusedRow) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(row)
