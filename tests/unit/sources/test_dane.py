from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import HttpUrl
from sqlalchemy import Engine
from tests.fakes.banrep import Fault
from tests.fakes.dane import FakeDane, address, spreadsheet
from tests.fakes.server import Reply, Server
from tests.unit.sources.single_values import rows

from cambio.acquisition.catalogue import Catalogue, MacroSeries
from cambio.acquisition.providers import SourceConfig
from cambio.errors import CambioError, SourceError
from cambio.sources import dane
from cambio.sources.dane import MAX_BYTES, Dane
from cambio.sources.http import Answer, Client, Transient
from cambio.store.requests import DatabaseRequestLog

JANUARY = datetime(2024, 1, 16, tzinfo=UTC)
"""December is out: its sixth business day, 9 January at 18:00 in Bogota, has passed."""
MONTHS = [date(year, month, 1) for year in range(2018, 2025) for month in range(1, 13)]
TRUTH = {month: 100.0 + n - 11 for n, month in enumerate(MONTHS)}
"""One point a month, through 100 in December 2018."""
DECEMBER = date(2023, 12, 1)
UNTIL_DECEMBER = {month: value for month, value in TRUTH.items() if month <= DECEMBER}


class Clock:
    now = JANUARY


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake() -> FakeDane:
    return FakeDane(TRUTH, DECEMBER)


@pytest.fixture
def server(fake: FakeDane) -> Iterator[Server]:
    with Server(fake.handle) as running:
        yield running


Make = Callable[[Server], Dane]


@pytest.fixture
def make(engine: Engine, clock: Clock) -> Iterator[Make]:
    """Give a function that makes the client of a server."""
    clients: list[Client] = []

    def made(server: Server) -> Dane:
        config = SourceConfig(url=HttpUrl(server.url), attempts=3, timeout_s=1.5, wait_initial_s=0)
        log = DatabaseRequestLog(engine)
        clients.append(Client("dane", config, log, now=lambda: clock.now, sleep=lambda _: None))
        return Dane(clients[-1], lambda: clock.now)

    yield made
    for client in clients:
        client.close()


@pytest.fixture
def feed(server: Server, make: Make) -> Dane:
    return make(server)


@pytest.fixture
def ipc(catalogue: Catalogue) -> MacroSeries:
    return catalogue["CPI_COL"]


def test_the_newest_file_holds_the_whole_history(
    feed: Dane, ipc: MacroSeries, server: Server
) -> None:
    assert rows(feed.values(ipc, None)) == UNTIL_DECEMBER
    assert [request.path for request in server.requests] == [
        "/files/operaciones/IPC/dic2023/anex-IPC-Indices-dic2023.xlsx"
    ]


def test_since_includes_its_own_month(feed: Dane, ipc: MacroSeries) -> None:
    assert rows(feed.values(ipc, date(2023, 11, 1))) == {
        date(2023, 11, 1): 159.0,
        date(2023, 12, 1): 160.0,
    }
    assert rows(feed.values(ipc, date(2023, 12, 2))) == {}


def test_a_month_is_asked_for_as_soon_as_it_can_be_out(
    feed: Dane, ipc: MacroSeries, server: Server, clock: Clock
) -> None:
    clock.now = ipc.available_at(DECEMBER)
    feed.values(ipc, None)
    assert [request.path for request in server.requests] == [address(DECEMBER)]


def test_a_month_is_not_asked_for_before_it_can_be_out(
    feed: Dane, ipc: MacroSeries, server: Server, clock: Clock
) -> None:
    clock.now = datetime(2024, 1, 9, 22, 59, tzinfo=UTC)
    assert max(rows(feed.values(ipc, None))) == date(2023, 11, 1)
    assert [request.path for request in server.requests] == [address(date(2023, 11, 1))]


def test_a_late_release_is_looked_for_up_to_three_months_back(
    feed: Dane, fake: FakeDane, ipc: MacroSeries, server: Server
) -> None:
    fake.newest = date(2023, 9, 1)
    assert max(rows(feed.values(ipc, None))) == date(2023, 9, 1)
    assert len(server.requests) == 4


def test_four_missing_files_are_named(
    feed: Dane, fake: FakeDane, ipc: MacroSeries, server: Server
) -> None:
    fake.newest = date(2023, 8, 1)
    with pytest.raises(SourceError, match=r"none of .*dic2023.*nov2023.*oct2023.*sep2023"):
        feed.values(ipc, None)
    assert len(server.requests) == 4


def test_months_after_the_files_own_are_dropped(
    feed: Dane, fake: FakeDane, ipc: MacroSeries
) -> None:
    fake.unfiltered = True
    assert rows(feed.values(ipc, None)) == UNTIL_DECEMBER


def moved(sheet: Worksheet) -> None:
    sheet.insert_rows(1, 7)
    sheet.insert_cols(1, 2)


def swapped(sheet: Worksheet) -> None:
    """Exchange January and March, and the first two years."""
    for column in range(1, 8):
        first, third = sheet.cell(10, column), sheet.cell(12, column)
        first.value, third.value = third.value, first.value
    for row in range(9, 22):
        one, two = sheet.cell(row, 2), sheet.cell(row, 3)
        one.value, two.value = two.value, one.value


def written_otherwise(sheet: Worksheet) -> None:
    sheet["A9"] = " MES "
    sheet["A10"] = "'Enero'"
    sheet["B9"] = "2018"
    sheet["C9"] = 2019.0


@pytest.mark.parametrize("change", [moved, swapped, written_otherwise])
def test_the_table_is_found_by_its_content(
    feed: Dane, fake: FakeDane, ipc: MacroSeries, change: Callable[[Worksheet], None]
) -> None:
    fake.change = change
    assert rows(feed.values(ipc, None)) == UNTIL_DECEMBER


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_an_empty_cell_is_a_missing_month(
    feed: Dane, fake: FakeDane, ipc: MacroSeries, nothing: str | None
) -> None:
    fake.change = lambda sheet: sheet.__setitem__("B11", nothing)
    known = rows(feed.values(ipc, None))
    assert set(UNTIL_DECEMBER) - set(known) == {date(2018, 2, 1)}


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("A9", "Meses", "as a whole, holds no header"),
        ("B9", "Total", "cell B9, holds 'Total' where a new year"),
        ("C9", 2018, "cell C9, holds 2018 where a new year"),
        ("B9", 18, "cell B9, holds 18 where a new year"),
        ("H9", "2O24", "cell H9, holds '2O24' where a new year"),
        ("G9", None, r"cell G10, holds 149\.0 in a column without a year"),
        ("A11", "Enero", "cell A11, holds enero for the second time"),
        ("A12", "Mrz", "cell A9, holds a table of 2 months"),
        ("C12", "#N/A", "cell C12, holds '#N/A' where an index"),
        ("C12", "103,5", "cell C12, holds '103,5' where an index"),
        ("C12", -1, "cell C12, holds -1 where an index"),
        ("C12", True, "cell C12, holds True where an index"),
        ("B21", 101, r"as a whole, holds 101\.0 for 2018-12, where the base is 100"),
        ("B21", None, "as a whole, holds None for 2018-12"),
    ],
)
def test_a_layout_that_is_not_understood_is_refused_with_its_cell(
    feed: Dane,
    fake: FakeDane,
    ipc: MacroSeries,
    server: Server,
    cell: str,
    value: Any,
    message: str,
) -> None:
    fake.change = lambda sheet: sheet.__setitem__(cell, value)
    with pytest.raises(SourceError, match=f"sheet IndicesIPC, {message}") as caught:
        feed.values(ipc, None)
    assert not isinstance(caught.value, Transient)
    assert len(server.requests) == 1


def test_a_number_that_no_float_holds_is_refused_with_its_cell(
    make: Make, ipc: MacroSeries
) -> None:
    whole, file = spreadsheet(UNTIL_DECEMBER), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            huge = b"<v>1" + b"0" * 400 + b"</v>"
            new.writestr(name, old.read(name).replace(b"<v>150</v>", huge))
    with (
        Server(lambda request: Reply(file.getvalue())) as running,
        pytest.raises(SourceError, match=r"cell \w+, holds 10{400} where an index"),
    ):
        make(running).values(ipc, None)


def test_a_day_that_no_calendar_has_is_damage(feed: Dane, fake: FakeDane, ipc: MacroSeries) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["C12"] = 1e300
        sheet["C12"].number_format = "yyyy-mm-dd"

    fake.change = change
    with pytest.raises(SourceError, match="DANE"):
        feed.values(ipc, None)


def test_a_file_packed_in_a_damaged_way_of_another_kind_is_damage(
    make: Make, ipc: MacroSeries
) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("[Content_Types].xml", b"x" * 1000)
    body = bytearray(file.getvalue())
    body[49:60] = b"\xff" * 11  # the packed bytes, after the name and LZMA's own head
    with (
        Server(lambda request: Reply(bytes(body))) as running,
        pytest.raises(Transient, match="DANE's file is damaged"),
    ):
        make(running).values(ipc, None)


def test_a_missing_sheet_names_those_that_are_there(
    feed: Dane, fake: FakeDane, ipc: MacroSeries
) -> None:
    fake.change = lambda sheet: setattr(sheet, "title", "Otra")
    with pytest.raises(SourceError, match="no sheet IndicesIPC, only Otra") as caught:
        feed.values(ipc, None)
    assert not isinstance(caught.value, Transient)


def test_a_file_that_unpacks_to_an_absurd_size_is_not_opened(make: Make, ipc: MacroSeries) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (MAX_BYTES + 1))
    with (
        Server(lambda request: Reply(file.getvalue())) as running,
        pytest.raises(SourceError, match=f"unpacks to {MAX_BYTES + 1} bytes"),
    ):
        make(running).values(ipc, None)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_passing_fault_is_asked_again(
    feed: Dane, fake: FakeDane, ipc: MacroSeries, server: Server, fault: Fault
) -> None:
    fake.faults.extend([fault, fault])
    assert rows(feed.values(ipc, None)) == UNTIL_DECEMBER
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("fault", "message"),
    [(Fault.TRUNCATED, "damaged"), (Fault.WEB_PAGE, "no spreadsheet: '<!DOCTYPE")],
)
def test_a_fault_that_stays_is_reported(
    feed: Dane, fake: FakeDane, ipc: MacroSeries, server: Server, fault: Fault, message: str
) -> None:
    fake.faults.extend([fault] * 9)
    with pytest.raises(Transient, match=message):
        feed.values(ipc, None)
    assert len(server.requests) == 3


def test_another_status_is_no_missing_file(make: Make, ipc: MacroSeries) -> None:
    with (
        Server(lambda request: Reply(b"Forbidden", 403)) as running,
        pytest.raises(SourceError, match="DANE answered 403: 'Forbidden'"),
    ):
        make(running).values(ipc, None)
    assert len(running.requests) == 1


def test_damaged_bytes_give_the_truth_or_an_error_of_ours() -> None:
    rng = Random(7)
    whole = spreadsheet(UNTIL_DECEMBER)
    outcomes = {"same": 0, "refused": 0}
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            damaged[rng.randrange(2, len(damaged))] ^= 1 << rng.randrange(8)
        answer = Answer(200, "", bytes(damaged), None)
        try:
            assert dane._read(answer, DECEMBER) == UNTIL_DECEMBER
            outcomes["same"] += 1
        except CambioError:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 0
