"""`cambio macro` against all five providers on loopback."""

from __future__ import annotations

import shutil
from collections import deque
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import yaml
from tests.fakes.banrep import FakeBanrep, Fault
from tests.fakes.bcrp import FakeBcrp
from tests.fakes.dane import FakeDane
from tests.fakes.fred import KEY, FakeFred
from tests.fakes.server import Reply, Server
from tests.fakes.socrata import FakeSocrata

from cambio.acquisition.catalogue import Catalogue
from cambio.yaml_files import read_yaml

CONFIG = Path(__file__).parents[2] / "config"
TODAY = datetime.now(UTC).date() - timedelta(days=2)
"""Newest day of the truth; two days back, so that it is the past on every clock."""
DAYS = [day for day in (TODAY - timedelta(days=n) for n in range(59, -1, -1)) if day.weekday() < 5]
MONTHS = sorted({(TODAY.replace(day=1) - timedelta(days=31 * n)).replace(day=1) for n in (2, 3)})
BANREP = {"6": 1400.0, "59": 9.5, "241": 9.4, "15274": 11.5, "15273": 11.0}
FRED = {
    "VIXCLS": 15.0, "DGS10": 4.3, "DGS2": 4.1, "DCOILBRENTEU": 75.0, "DCOILWTICO": 71.0,
    "DEXMXUS": 18.5, "DEXBZUS": 5.5, "SP500": 5800.0,
}  # fmt: skip
MONTHLY = {"FEDFUNDS": 4.5, "CPIAUCSL": 318.0, "UNRATE": 4.1, "M2SL": 21900.0}
BASE = date(2018, 12, 1)
"""Where DANE's index is 100."""
SERVED = 8 + 4 + 1 + 5 + 3
"""Series: FRED's daily and monthly ones and the GDP, Banrep's, EMBI, TRM, CPI_COL."""


def wave(level: float) -> dict[date, float]:
    return {day: round(level * (1 + 0.01 * (n % 3 - 1)), 4) for n, day in enumerate(DAYS)}


class World:
    """The five fakes, their servers, and the configuration that names them."""

    def __init__(self, folder: Path) -> None:
        rng = Random(7)
        self.folder = folder
        self.fred = FakeFred(TODAY + timedelta(days=1))
        for name, level in FRED.items():
            rows = [(str(day), str(day), value) for day, value in wave(level).items()]
            self.fred.publish(name, *rows)
        for name, level in MONTHLY.items():
            rows = [(str(month), str(month + timedelta(days=45)), level) for month in MONTHS]
            self.fred.publish(name, *rows)
        self.fred.publish("GDP", ("2025-01-01", "2025-04-30", 29_977.0))
        self.banrep = FakeBanrep({int(n): wave(level) for n, level in BANREP.items()}, rng)
        self.bcrp = FakeBcrp({"PD04715XD": wave(290.0)}, rng)
        self.socrata = FakeSocrata()
        self.socrata.publish(*((str(d), str(d), round(v, 2)) for d, v in wave(4000.0).items()))
        self.dane = FakeDane({BASE: 100.0} | dict.fromkeys(MONTHS, 150.0), MONTHS[-1])
        self.servers = {
            "fred": Server(self.fred.handle),
            "banrep": Server(self.banrep.handle),
            "bcrp": Server(self.bcrp.handle),
            "socrata": Server(self.socrata.handle),
            "dane": Server(self.dane.handle),
        }

    def write_config(self, **changes: dict[str, str | float]) -> None:
        """Point the sources at the fakes, but for a source's ``changes``."""
        text = (CONFIG / "sources.yaml").read_text()
        sources = yaml.safe_load(text)
        for name, server in self.servers.items():
            sources[name] |= {
                "url": server.url,
                "limits": [],
                "timeout_s": 30.0,
                "attempts": 2,
                "wait_initial_s": 0.0,
            } | changes.get(name, {})
        (self.folder / "sources.yaml").write_text(yaml.safe_dump(sources))


@pytest.fixture
def world(tmp_path, home, monkeypatch):
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    monkeypatch.setenv("CAMBIO_CONFIG", str(folder))
    monkeypatch.setenv("CAMBIO_FRED_API_KEY", KEY)
    made = World(folder)
    for server in made.servers.values():
        server.__enter__()
    made.write_config()
    yield made
    for server in made.servers.values():
        server.__exit__()


def found(answer) -> dict:
    return {one["series"]: one for one in answer.json()["series"]}


def test_all_providers_fill_the_table_once(cambio, world):
    answer = cambio("macro", "update", "--json")
    assert answer.code == 0, answer.err
    assert len(found(answer)) == SERVED
    assert all(one["new"] > 0 for one in found(answer).values()), found(answer)
    again = cambio("macro", "update", "--json").json()["totals"]
    assert (again["new"], again["revised"], again["quarantined"]) == (0, 0, 0)


def test_the_catalogue_serves_what_the_test_counts():
    catalogue = read_yaml(CONFIG / "macro_series.yaml", Catalogue)
    assert sum(series.source != "file" for series in catalogue.values()) == SERVED


@pytest.mark.parametrize("fault", ["refused", "time-out", "500", "html"])
def test_a_dead_source_leaves_the_others_complete_and_fails_the_command(cambio, world, fault):
    replies = {
        "time-out": Reply(b"", stall_s=0.5),
        "500": Reply(b"down", 500),
        "html": Reply(b"<html>", 200, "text/html"),
    }
    world.fred.faults = [replies[fault]] * 100 if fault in replies else []
    if fault == "refused":
        world.write_config(fred={"url": "http://127.0.0.1:9"})  # discard: nobody listens
    elif fault == "time-out":
        world.write_config(fred={"timeout_s": 0.2})
    answer = cambio("macro", "update", "--json")
    assert answer.code == 4
    assert "13 of 21 series could not be updated: VIX: " in answer.err
    assert KEY not in answer.err + answer.out
    served = {name for name, one in found(answer).items() if one["new"]}
    assert len(served) == SERVED - 13
    assert answer.json()["sources"]["fred"] == "failed"
    assert len(world.servers["fred"].requests) <= 6  # then it rests


def test_a_fault_that_passes_goes_unnoticed(cambio, world):
    world.banrep.faults = deque([Fault.CUT, None, Fault.SERVER_ERROR, None, Fault.TRUNCATED])
    world.bcrp.faults = deque([Fault.WEB_PAGE])
    answer = cambio("macro", "update", "--json")
    assert answer.code == 0, answer.err
    assert answer.json()["totals"]["quarantined"] == 0


def test_without_a_key_the_other_series_are_served_and_a_named_one_fails(
    cambio, world, monkeypatch
):
    monkeypatch.setenv("CAMBIO_FRED_API_KEY", "")
    answer = cambio("macro", "update")
    assert answer.code == 0
    assert "CAMBIO_FRED_API_KEY" in answer.out
    answer = cambio("macro", "update", "--series", "VIX", "--series", "EMBI")
    assert answer.code == 3
    assert "CAMBIO_FRED_API_KEY" in answer.err


def test_a_refused_key_is_a_matter_of_configuration(cambio, world, monkeypatch):
    monkeypatch.setenv("CAMBIO_FRED_API_KEY", "f" * 32)
    answer = cambio("macro", "update", "--series", "VIX")
    assert answer.code == 3
    assert "f" * 32 not in answer.err + answer.out


def test_a_factor_of_ten_thousand_is_refused_and_the_rest_stored(cambio, world):
    world.socrata.truth[20] = (*world.socrata.truth[20][:2], 40_000_000.0)
    answer = cambio("macro", "update", "--series", "TRM", "--json")
    assert answer.code == 0
    (trm,) = answer.json()["series"]
    assert (trm["new"], sum(trm["quarantined"].values())) == (len(DAYS) - 1, 1)


def test_a_series_that_changed_its_unit_fails_the_command_until_it_is_dropped(cambio, world):
    """All values times 10,000, after a good load."""
    assert cambio("macro", "update", "--series", "VIX").code == 0
    world.fred.truth["VIXCLS"] = []
    rows = [(str(day), str(day), value * 10_000) for day, value in wave(15.0).items()]
    world.fred.publish("VIXCLS", *rows)
    answer = cambio("macro", "update", "--series", "VIX")
    assert answer.code == 5
    assert "no new value is believed, and 15 refused values wait for a decision" in answer.err
    assert "cambio data quarantine list --series VIX" in answer.err
    assert "quarantined" in answer.out
    named = ("--series", "VIX", "--from", "2000-01-01")
    dropped = cambio("data", "quarantine", "drop", *named, "--comment", "a wrong unit", "--yes")
    assert dropped.code == 0, dropped.err
    assert cambio("macro", "update", "--series", "VIX").code == 0


def test_a_series_from_another_definition_fails_the_command(cambio, world, write_csv, tmp_path):
    mapping = tmp_path / "brent.yaml"
    mapping.write_text("date: d\nsource: vendor\nseries:\n  BRENT: {column: v}\n")
    rows = [(day, value + 2.0) for day, value in wave(75.0).items()]
    path = write_csv(rows, header=("d", "v"), name="brent.csv")
    assert cambio("import", "macro", path, "--mapping", mapping).code == 0
    answer = cambio("macro", "update", "--series", "BRENT")
    assert answer.code == 5
    assert "another definition" in answer.err
    assert "differs" in answer.out


def test_a_past_from_a_file_that_was_known_earlier_is_told(
    cambio, world, write_csv, tmp_path, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "80")
    mapping = tmp_path / "vix.yaml"
    mapping.write_text("date: d\nsource: vendor\nseries:\n  VIX: {column: v}\n")
    rows = list(wave(15.0).items())[:-5]
    path = write_csv(rows, header=("d", "v"), name="vix.csv")
    assert cambio("import", "macro", path, "--mapping", mapping).code == 0
    answer = cambio("macro", "update", "--series", "VIX")
    assert answer.code == 0
    assert f"note VIX: until {rows[-1][0]} from vendor, known at the close; from now" in answer.out
    (vix,) = cambio("macro", "update", "--series", "VIX", "--json").json()["series"]
    assert vix["note"].startswith(f"until {rows[-1][0]} from vendor")


def test_as_of_tells_first_prints_and_revisions(cambio, world):
    world.fred.truth["GDP"] = []
    world.fred.publish(
        "GDP", ("2025-01-01", "2025-04-30", 29_977.0), ("2025-01-01", "2025-05-29", 29_962.0)
    )
    assert cambio("macro", "update", "--series", "GDP_US").code == 0
    # FRED tells the day; the catalogue's time of day is 08:30 in New York, 12:30 UTC.
    for moment, value in (
        ("2025-05-29T12:29:59Z", 29_977.0),
        ("2025-05-29T12:30:00Z", 29_977.0),
        ("2025-05-29T12:30:01Z", 29_962.0),
        ("2025-05-29T07:30:01-05:00", 29_962.0),
    ):
        answer = cambio("macro", "as-of", moment, "--series", "GDP_US", "--json")
        assert [known["value"] for known in answer.json()["values"]] == [value]
    before = cambio("macro", "as-of", "2025-04-30T12:29Z", "--series", "GDP_US", "--json")
    assert before.json()["without"] == ["GDP_US"]


def test_a_table_is_printed_on_a_narrow_terminal(cambio, world, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    answer = cambio("macro", "update")
    assert max(map(len, answer.out.splitlines())) <= 80
    shown = cambio("macro", "as-of", f"{TODAY}T13:00Z")
    assert "VIX" in shown.out
    assert "Without a value then: " in shown.out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("as-of", "2024-05-02T13:00"), 3, "2024-05-02T13:00:00Z"),
        (("as-of", "yesterday"), 3, "2024-05-02T13:00Z"),
        (("as-of", "2999-01-01T00:00Z"), 3, "future"),
        (("update", "--series", "VIXX"), 7, "VIX"),
        (("update", "--series", "DXY"), 3, "cambio import macro"),
    ],
)
def test_wrong_arguments_say_what_is_right(cambio, world, arguments, code, says):
    answer = cambio("macro", *arguments)
    assert answer.code == code
    assert says in answer.err
