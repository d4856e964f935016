import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import Engine

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.providers import SourceConfig
from cambio.app.data_page import write_page
from cambio.app.data_report import data_report
from cambio.app.health import health
from cambio.calendar import session_open
from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA
from cambio.errors import SourceError
from cambio.store import bars, macro
from cambio.store.database import transaction
from cambio.store.requests import DatabaseRequestLog

FRIDAY, MONDAY = date(2024, 7, 5), date(2024, 7, 8)
NOW = datetime(2024, 7, 9, 15, tzinfo=UTC)  # 10:00 in Bogota: 24 bars have closed


@pytest.fixture
def stored(engine: Engine) -> Engine:
    """Fifty close-only bars of Monday, and VIX of two days."""
    opens = [session_open(MONDAY) + timedelta(minutes=5 * n) for n in range(50)]
    rows = [(time, 9.0, 9.0, 9.0, 9.0, 0.0, "vendor") for time in opens]
    values = [("VIX", day, 1.0, NOW, "vendor") for day in (date(2024, 7, 2), FRIDAY)]
    with transaction(engine) as connection:
        bars.store(connection, pl.DataFrame(rows, schema=BAR_SCHEMA, orient="row"), NOW)
        macro.store(connection, pl.DataFrame(values, schema=MACRO_SCHEMA, orient="row"), NOW)
    return engine


def ask(engine: Engine, source: str, ok: bool) -> None:
    log = DatabaseRequestLog(engine)
    request = log.begin(source, SourceConfig(url="http://localhost"), lambda: NOW).request_id
    assert request is not None
    log.end(request, ok=ok, note="" if ok else "HTTP 500", elapsed_s=0.1)


def write(engine: Engine, catalogue: Catalogue, path: Path) -> str:
    report = data_report(engine, catalogue, now=NOW)
    return write_page(path, report, health(engine, catalogue, NOW), None).read_text()


def figures(page: str) -> dict[str, list[str]]:
    """Give outcome, value and meaning of each headline figure."""
    row = re.compile(
        r'<th scope="row">([^<]*)</th><td class="outcome \w+">(\w*)</td><td>([^<]*)</td>'
        r'<td>[^<]*</td><td class="prose">([^<]*)</td>'
    )
    return {name: cells for name, *cells in row.findall(page)}


def test_the_page_says_what_is_stored(stored: Engine, catalogue: Catalogue, tmp_path: Path) -> None:
    page = write(stored, catalogue, tmp_path / "new" / "data.html")
    assert "Mon 2024-07-08: 50 of 60 bars, 50 close-only" in page
    assert "<td>Mon 2024-07-08 12:10</td>" not in page  # the first cell names the row
    assert '<th scope="row">Mon 2024-07-08 12:10</th>' in page
    assert "VIX: values in 1 of 24 months" in page
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["data.html"]


def test_each_figure_is_told_with_its_outcome(
    stored: Engine, catalogue: Catalogue, tmp_path: Path
) -> None:
    for source, ok in (("dane", True), ("fred", True), ("fred", False)):
        ask(stored, source, ok)
    found = figures(write(stored, catalogue, tmp_path / "data.html"))
    assert list(found) == [
        "Bars",
        "Filled, %",
        "Gap rate, %",
        "Bars behind",
        "Macro completeness, %",
        "API error rate, %",
    ]
    assert found["Bars"] == ["", "50", "2024-07-08 to 2024-07-08"]
    assert found["Filled, %"][1] == "83.33"  # 50 of 60
    assert found["Gap rate, %"][:2] == ["alert", "40.48"]  # 10 of Monday and 24 of today, of 84
    assert found["Bars behind"][1:] == ["34", "0.6 sessions closed since the newest bar"]
    assert found["API error rate, %"] == ["alert", "50.00", "last 24 hours, the worst source: fred"]


def test_where_nobody_was_asked_there_is_no_error_rate(
    stored: Engine, catalogue: Catalogue, tmp_path: Path
) -> None:
    found = figures(write(stored, catalogue, tmp_path / "data.html"))
    assert found["API error rate, %"] == ["", "—", "no provider was asked in the last 24 hours"]


def test_series_stand_by_whether_the_features_need_them(
    stored: Engine, catalogue: Catalogue, tmp_path: Path
) -> None:
    values = [("TRM", FRIDAY, 4000.0, NOW, "vendor")]
    with transaction(stored) as connection:
        macro.store(connection, pl.DataFrame(values, schema=MACRO_SCHEMA, orient="row"), NOW)
    page = write(stored, catalogue, tmp_path / "data.html")
    strips = page[page.index('<table class="strips">') :]
    groups = strips[: strips.index("</table>")].split("<tbody>")[1:]
    named = [re.findall(r'<th scope="row">([^<]*)</th>', group) for group in groups]
    assert named == [["VIX"], ["TRM"]]
    without = page[page.index("Without any value") :]
    row = '<th scope="row">DXY</th><td>file</td><td>daily</td><td>yes</td>'
    assert row in without


def test_a_page_that_cannot_be_written_leaves_nothing(
    stored: Engine, catalogue: Catalogue, tmp_path: Path
) -> None:
    (tmp_path / "data.html").mkdir()
    with pytest.raises(SourceError, match="cannot be written"):
        write(stored, catalogue, tmp_path / "data.html")
    assert [each.name for each in tmp_path.iterdir() if "html" in each.name] == ["data.html"]


def test_the_page_loads_nothing_that_draws_learns_or_tracks() -> None:
    heavy = "{'matplotlib', 'torch', 'mlflow', 'onnxruntime', 'httpx', 'openpyxl'}"
    code = f"import sys, cambio.app.data_page; print({heavy} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
