"""DANE on loopback: a real spreadsheet for each month that has been published."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Mapping
from datetime import date

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.fakes.banrep import PAGE, Fault, spoiled
from tests.fakes.server import Reply, Request

ABBREVIATIONS = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
MONTHS = [
    *("Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio"),
    *("Julio", "Agosto", "Septiembre", "Octubre", "Noviembre", "Diciembre"),
]
HEADER_ROW = 9
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def address(month: date) -> str:
    """Give the path of a month's file."""
    stem = f"{ABBREVIATIONS[month.month - 1]}{month.year}"
    return f"/files/operaciones/IPC/{stem}/anex-IPC-Indices-{stem}.xlsx"


def spreadsheet(
    truth: Mapping[date, float], change: Callable[[Worksheet], object] = lambda sheet: None
) -> bytes:
    """Write the file in DANE's layout: a title, the header in row 9, 12 months, notes."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "IndicesIPC"
    sheet["A5"] = "Índice de Precios al Consumidor (IPC)"
    sheet["A6"] = "Índices - Serie de empalme"
    years = sorted({month.year for month in truth})
    sheet.cell(HEADER_ROW, 1, "Mes")
    for n, name in enumerate(MONTHS, start=1):
        sheet.cell(HEADER_ROW + n, 1, name)
        for column, year in enumerate(years, start=2):
            sheet.cell(HEADER_ROW, column, year)
            sheet.cell(HEADER_ROW + n, column, truth.get(date(year, n, 1)))
    sheet.cell(HEADER_ROW + 14, 1, "Fuente: DANE, IPC")
    sheet.cell(HEADER_ROW + 15, 1, "Nota: Base Diciembre de 2018 = 100,00")
    change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


class FakeDane:
    """Answers for `Server`: the file of a month holds the truth up to it.

    Args:
        truth: the index by month.
        newest: the last month with a file.
    """

    def __init__(self, truth: Mapping[date, float], newest: date) -> None:
        self.truth = truth
        self.newest = newest
        self.faults: deque[Fault | None] = deque()
        """Of the next answers, in order; then all go well."""
        self.change: Callable[[Worksheet], object] = lambda sheet: None
        """Done to the sheet before it is sent."""
        self.unfiltered = False
        """Months after the file's own are filled, too."""

    def handle(self, request: Request) -> Reply:
        fault = self.faults.popleft() if self.faults else None
        return spoiled(self._answer(request), fault)

    def _answer(self, request: Request) -> Reply:
        months = [month for month in self.truth if month <= self.newest]
        for month in months:
            if request.path == address(month):
                shown = {m: v for m, v in self.truth.items() if self.unfiltered or m <= month}
                return Reply(spreadsheet(shown, self.change), 200, TYPE)
        return Reply(PAGE, 404, "text/html")
