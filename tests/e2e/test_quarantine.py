"""Refused rows, as their operator meets them on the command line."""

from __future__ import annotations

import getpass
import io
import os
import sys

import pytest

USAGE, CONFIG, DATA, NOT_FOUND, CONFLICT = 2, 3, 5, 7, 8
MAPPING = """\
date: fecha
source: vendor
series:
  BRENT: {column: brent}
"""


@pytest.fixture
def quarantine(cambio):
    """A function that runs `cambio data quarantine ARGS`."""
    return lambda *arguments: cambio("data", "quarantine", *arguments)


@pytest.fixture
def import_brent(cambio, tmp_path, write_csv):
    """A function that imports Brent, one value a day from Monday 2024-07-01 on."""
    mapping = tmp_path / "brent.yaml"
    mapping.write_text(MAPPING)

    def run(*values):
        rows = [(f"2024-07-{day:02}", value) for day, value in zip(WEEKDAYS, values, strict=False)]
        path = write_csv(rows, header=("fecha", "brent"), name="brent.csv")
        return cambio("import", "macro", path, "--mapping", mapping, "--json").json()

    return run


WEEKDAYS = [day for week in (1, 8, 15, 22, 29) for day in range(week, week + 5) if day <= 31]
QUIET = [70.0 + 0.1 * (n % 3) for n in range(21)]
"""Up to 2024-07-29."""
SPLICED = [*QUIET, 23.5, 23.6]
"""Another instrument on 2024-07-30 and 31."""


@pytest.fixture
def refused(import_brent):
    """Two refused values: rows 1 and 2."""
    assert import_brent(*SPLICED)["quarantined"] == {"level_shift": 2}


class Terminal(io.TextIOWrapper):
    """A keyboard with a line typed ahead."""

    def isatty(self):
        return True


@pytest.fixture
def type_ahead(monkeypatch):
    """Give a function that types, on a pipe that says it is a terminal."""
    opened = []

    def types(text):
        reads, writes = os.pipe()
        os.write(writes, text.encode())
        os.close(writes)
        opened.append(Terminal(os.fdopen(reads, "rb")))
        monkeypatch.setattr(sys, "stdin", opened[-1])

    yield types
    for terminal in opened:
        terminal.close()


def states(quarantine):
    return [row["resolution"] for row in quarantine("list", "--all", "--json").json()]


def test_an_empty_quarantine_says_so(quarantine):
    answer = quarantine("list")
    assert (answer.code, answer.out.split(":")[0]) == (0, "The quarantine is empty")


def test_the_list_shows_what_is_open(quarantine, refused):
    answer = quarantine("list", "--series", "BRENT", "--from", "2024-07-31")
    assert "BRENT 2024-07-31 23.6" in answer.out
    assert "2024-07-30" not in answer.out
    assert [row["id"] for row in quarantine("list", "--json").json()] == [1, 2]
    assert quarantine("list", "--kind", "ohlcv", "--json").json() == []


def test_a_list_that_is_cut_says_how_much_is_left(quarantine, refused):
    assert "1 more" in quarantine("list", "--limit", "1").out


def test_a_list_that_finds_nothing_tells_where_the_rest_is(quarantine, refused):
    answer = quarantine("list", "--reason", "weekend")
    assert "No row like that is open" in answer.out
    assert "2 rows" in answer.out
    assert "--all" in answer.out


def test_one_row_is_shown_whole(quarantine, refused):
    answer = quarantine("show", "1")
    assert "23.5 after 70.2 (2024-07-29)" in answer.out
    assert "series BRENT, period 2024-07-30, value 23.5" in answer.out
    shown = quarantine("show", "1", "--json").json()
    assert (shown["content"]["value"], shown["stored_now"]) == (23.5, None)


def test_a_release_lets_the_following_values_pass(quarantine, refused, import_brent):
    answer = quarantine("release", 1, "--comment", "a new contract, checked", "--yes")
    assert (answer.code, answer.out) == (0, "✓ Released 1 row: 1 new macro value.\n")
    report = import_brent(*SPLICED)
    assert (report["inserted"], report["quarantined"]) == (1, {})
    assert states(quarantine) == ["released", "released"]
    shown = quarantine("show", "1")
    assert "a new contract, checked" in shown.out
    assert f"released by {getpass.getuser()}" in shown.out
    assert "value 23.5" in shown.out.split("stored there now")[1]


def test_a_drop_leaves_nothing_open(quarantine, refused, import_brent):
    command = ("drop", "--series", "BRENT", "--from", "2024-07-30", "--comment", "diesel")
    answer = quarantine(*command, "--by", "ana", "--yes")
    assert (answer.code, answer.out) == (0, "✓ Dropped 2 rows; nothing was stored.\n")
    import_brent(*SPLICED)
    assert "No row like that is open" in quarantine("list").out
    assert "dropped by ana" in quarantine("show", "2").out


@pytest.mark.parametrize("command", ["release", "drop"])
def test_a_person_is_asked_first(quarantine, refused, type_ahead, command):
    type_ahead("n\n")
    answer = quarantine(command, "1", "--comment", "why")
    assert answer.code == 0
    assert "BRENT 2024-07-30 23.5" in answer.out
    assert "BRENT 2024-07-31" not in answer.out
    assert "Nothing was changed." in answer.out
    assert states(quarantine) == [None, None]
    type_ahead("y\n")
    assert quarantine(command, "1", "--comment", "why").code == 0
    done = {"release": "released", "drop": "dropped"}[command]
    assert states(quarantine) == [done, None]


@pytest.mark.parametrize("command", ["release", "drop"])
def test_nobody_is_asked_where_nobody_can_answer(quarantine, refused, monkeypatch, command):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    answer = quarantine(command, "1", "--comment", "why")
    assert answer.code == USAGE
    said = " ".join(answer.err.replace("│", " ").split())
    assert "no terminal to ask you on" in said
    assert "cambio data quarantine list" in said
    assert "add --yes" in said
    assert states(quarantine) == [None, None]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("release", "--yes", "1"), USAGE, "--comment"),
        (("release", "--yes", "--comment", " ", "1"), CONFIG, "comment"),
        (("release", "--yes", "--comment", "x"), USAGE, "by id"),
        (("release", "--yes", "--comment", "x", "--series", "BRENT"), USAGE, "--from"),
        (("drop", "--yes", "--comment", "x", "1", "--reason", "weekend"), USAGE, "by id"),
        (("drop", "--yes", "--comment", "x", "--from", "2024-07-30"), USAGE, "--series"),
        (("drop", "--yes", "--comment", "x", "9"), NOT_FOUND, "1, 2"),
        (("drop", "--yes", "--comment", "x", "--by", "", "1"), CONFIG, "name"),
        (("list", "--series", "BRNT"), NOT_FOUND, "BRENT"),
        (("list", "--reason", "ugly"), USAGE, "level_shift"),
        (("list", "--from", "2024-07-31", "--to", "2024-07-30"), CONFIG, "2024-07-30"),
        (("show", "9"), NOT_FOUND, "list --all"),
    ],
)
def test_a_wrong_call_says_what_to_do(quarantine, refused, arguments, code, said):
    answer = quarantine(*arguments)
    assert answer.code == code
    assert said in answer.err
    assert states(quarantine) == [None, None]


def test_a_second_release_is_a_conflict(quarantine, refused):
    command = ("release", "1", "--comment", "why", "--yes")
    assert [quarantine(*command).code for _ in range(2)] == [0, CONFLICT]


def test_a_row_without_a_place_is_refused_before_anyone_is_asked(
    cambio, quarantine, write_csv, session_rows, type_ahead
):
    from datetime import date

    rows = [*session_rows([date(2024, 7, 8)]), ("2024-07-13 08:00:00", 4000, 4002, 3999, 4001)]
    cambio("import", "ohlcv", write_csv(rows), "--source-timezone", "America/Bogota")
    type_ahead("y\n")
    answer = quarantine("release", "1", "--comment", "why")
    assert answer.code == DATA
    assert "weekend" in answer.err
    assert "bars.csv" in answer.err
    assert "y/N" not in answer.out
