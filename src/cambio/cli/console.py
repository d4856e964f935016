"""What a person sees: progress on standard error, results and tables on standard output."""

from __future__ import annotations

import json
import select
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table
from rich.text import Text

FIGURE = "0123456789−—+×"
"""What a figure begins with; so does an empty cell."""

NARROWEST = 20
"""Columns of a value, however narrow the terminal is."""

WIDE = 100
"""Columns of a terminal from which on a progress bar has room."""

out = Console()
err = Console(stderr=True)


class ConsoleProgress:
    """Progress bars on a terminal, a line for each finished stage elsewhere."""

    @contextmanager
    def stage(self, title: str) -> Iterator[ConsoleStage]:
        """Show a stage until the context closes."""
        narrow = err.width < WIDE
        columns = (
            SpinnerColumn(finished_text="[green]✓[/]"),
            _fixed(f"{title:<{18 if narrow else 26}}"),
            BarColumn(bar_width=8 if narrow else 24, table_column=Column(min_width=8)),
            TextColumn("{task.percentage:>3.0f} %", table_column=Column(min_width=5, no_wrap=True)),
            TimeElapsedColumn(table_column=Column(min_width=7, no_wrap=True)),
            TimeRemainingColumn(table_column=Column(min_width=7, no_wrap=True)),
            TextColumn(
                "[dim]{task.fields[note]}[/]",
                table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
            ),
        )
        started = time.perf_counter()
        with Progress(*columns, console=err, disable=not err.is_terminal, expand=True) as bars:
            stage = ConsoleStage(bars)
            yield stage
            stage.finish()
        if not err.is_terminal:
            seconds = time.perf_counter() - started
            note = f", {stage.note}" if stage.note else ""
            err.print(f"{title}: {seconds:.1f} s{note}", highlight=False)


def _fixed(text: str) -> TextColumn:
    return TextColumn(
        text, table_column=Column(no_wrap=True, min_width=len(Text.from_markup(text)))
    )


class ConsoleStage:
    """One bar.

    Args:
        bars: the live display it belongs to.
    """

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=None, note="")
        self.note = ""

    def update(self, done: int, total: int, note: str = "") -> None:
        """Move the bar; an empty note keeps the last one."""
        self.note = note or self.note
        self._bars.update(self._task, completed=done, total=total, note=self.note)

    def finish(self) -> None:
        """Fill the bar."""
        total = self._bars.tasks[0].total or 1
        self._bars.update(self._task, completed=total, total=total)


def say(console: Console, mark: str, style: str, text: str) -> None:
    """Print a styled mark and then ``text`` as it is: unwrapped, brackets and all."""
    console.print(Text.assemble((mark, style), " ", text), soft_wrap=True)


def print_json(value: Any) -> None:
    """Print JSON for scripts, with nothing around it."""
    print(json.dumps(value, indent=2, default=_plain, allow_nan=False))


def _plain(value: date | Path) -> str:
    """Give what JSON has no type for: times in ISO 8601, paths as text."""
    return value.isoformat() if isinstance(value, date) else str(value)


def near(path: Path) -> str:
    """Give a path as a person here would type it: relative when it lies below this folder."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def percent(value: float | None) -> str:
    """Format a fraction as percent.

    >>> percent(-0.0123), percent(None)
    ('−1.23', '—')
    """
    return number(None if value is None else 100.0 * value)


def number(value: float | None, decimals: int = 2) -> str:
    """Format a number with a real minus; a missing one as a dash.

    >>> number(-1234.5), number(7, 0)
    ('−1,234.50', '7')
    """
    return "—" if value is None else f"{value:,.{decimals}f}".replace("-", "−")


def counted(count: int, noun: str) -> str:
    """Give a count with its noun.

    >>> counted(1, "gap"), counted(1200, "gap")
    ('1 gap', '1,200 gaps')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@contextmanager
def telling_notes() -> Iterator[None]:
    """Say after a stop what its notes tell: how much is kept, and how to go on.

    What the shell maps to no message of its own shows its notes in its traceback.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit, OSError, ModuleNotFoundError) as stop:
        for note in getattr(stop, "__notes__", ()):
            say(err, "→", "dim", note)
        raise


def confirm(question: str) -> bool:
    """Ask on a terminal; everything but yes is no.

    Waits by looking, not by reading: an interrupt may land in a thread of the data library, and
    would leave a read of the main thread waiting.
    """
    out.print(f"{question} [y/N]: ", end="", highlight=False, markup=False)
    while not select.select([sys.stdin], [], [], 0.2)[0]:
        pass
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, whole: int = 1
) -> None:
    """Print a table: words to the left, figures to the right.

    Args:
        title: above it.
        columns: their names.
        rows: of cells.
        whole: so many columns from the left, those with ids, are never broken to save room; the
            others lose nothing either, they become taller.
    """
    view = _grid(title)
    view.show_header = True
    for i, name in enumerate(columns):
        figures = i > 0 and all(_is_figure(row[i]) for row in rows)
        view.add_column(
            name,
            justify="right" if figures else "left",
            no_wrap=i < whole,
            overflow="ellipsis" if i < whole else "fold",
        )
    for row in rows:
        view.add_row(*map(escape, row))
    out.print(view)


def _is_figure(cell: str) -> bool:
    return cell[:1] in FIGURE and "\n" not in cell


def facts(title: str, values: Mapping[str, str]) -> None:
    """Print names and values; a value's lines end between words, so that a path stays whole."""
    if title:
        out.print(Text(f"\n{title}", "bold"))
    indent = max(map(len, values), default=0) + 3
    room = max(out.width - indent, NARROWEST)
    for name, value in values.items():
        lines = textwrap.wrap(value, room, break_long_words=False, break_on_hyphens=False)
        told = f"\n{' ' * indent}".join(lines)
        out.print(Text.assemble((f"{name:<{indent}}", "dim"), told), soft_wrap=True)


def _grid(title: str) -> Table:
    return Table(
        title=title and f"\n{title}",
        title_justify="left",
        title_style="bold",
        header_style="dim",
        show_header=False,
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
