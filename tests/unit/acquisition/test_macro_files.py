from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.macro_files import (
    MacroColumn,
    MacroFile,
    MacroMapping,
    load_mapping,
    read_macro,
)
from cambio.acquisition.refusals import Reason
from cambio.errors import ConfigError, DataQualityError

WriteCsv = Callable[..., Path]
NOW = datetime(2024, 8, 30, tzinfo=UTC)
MAPPINGS = Path(__file__).parents[3] / "config" / "mappings"


def mapping(**series: str) -> MacroMapping:
    columns = {name: MacroColumn(column=column) for name, column in series.items()}
    return MacroMapping(date="fecha", source="vendor", series=columns)


@pytest.fixture
def read(write_csv: WriteCsv, catalogue: Catalogue) -> Callable[..., MacroFile]:
    """Give a function that reads rows of (date, value) as one series."""

    def read(series: str, *rows: tuple[object, object]) -> MacroFile:
        path = write_csv(rows, header=("fecha", "x"), name="macro.csv")
        return read_macro(path, mapping(**{series: "x"}), catalogue, NOW)

    return read


Read = Callable[..., MacroFile]


def values(file: MacroFile) -> list[tuple[date, float]]:
    return file.values.select("period", "value").rows()


def reasons(file: MacroFile) -> list[Reason]:
    return [refusal.reason for refusal in file.refused]


def test_a_daily_column_becomes_observations(read: Read) -> None:
    file = read("DXY", ("2024-07-08", 105.0), ("2024-07-09", ""), ("2024-07-10", "NaN"))
    assert values(file) == [(date(2024, 7, 8), 105.0)]
    assert file.refused == []


def test_a_scale_converts_the_unit(write_csv: WriteCsv, catalogue: Catalogue) -> None:
    path = write_csv([("2024-07-08", 0.042)], header=("fecha", "x"), name="macro.csv")
    columns = {"UST10Y": MacroColumn(column="x", scale=100)}
    file = read_macro(path, MacroMapping(date="fecha", source="v", series=columns), catalogue, NOW)
    assert file.values["value"].to_list() == pytest.approx([4.2])


def test_weekend_rows_of_a_business_daily_series_are_refused(read: Read) -> None:
    file = read("WTI", ("2024-07-05", 83.2), ("2024-07-07", 83.3))
    assert values(file) == [(date(2024, 7, 5), 83.2)]
    assert reasons(file) == [Reason.WEEKEND]
    assert file.refused[0].key == "WTI 2024-07-07 83.3"


def test_weekend_rows_of_a_rate_in_force_every_day_are_taken(read: Read) -> None:
    file = read("TPM", ("2024-07-06", 11.25), ("2024-07-07", 11.25))
    assert len(values(file)) == 2


@pytest.mark.parametrize(
    ("cell", "reason"), [("n/a", Reason.NOT_A_NUMBER), ("inf", Reason.INFINITE)]
)
def test_a_cell_that_is_no_number_is_refused(read: Read, cell: str, reason: Reason) -> None:
    file = read("DXY", ("2024-07-08", 105.0), ("2024-07-09", cell))
    assert (len(values(file)), reasons(file)) == (1, [reason])


def test_a_value_of_the_future_is_refused(read: Read) -> None:
    file = read("DXY", ("2024-08-30", 105.0), ("2024-09-02", 105.1))
    assert (len(values(file)), reasons(file)) == (1, [Reason.FUTURE])


def test_an_unreadable_date_is_refused_with_its_line(read: Read) -> None:
    file = read("DXY", ("2024-07-08", 105.0), ("09/07/2024", 105.1))
    assert reasons(file) == [Reason.UNREADABLE_TIME]
    assert file.refused[0].detail == "Line 3: '09/07/2024' is no date like 2024-07-08."


def test_a_day_that_comes_twice_counts_once(read: Read) -> None:
    file = read("DXY", ("2024-07-08", 105.0), ("2024-07-08", 105.0))
    assert (len(values(file)), reasons(file)) == (1, [])


def test_of_two_values_for_one_day_the_first_is_kept(read: Read) -> None:
    file = read("DXY", ("2024-07-08", 105.0), ("2024-07-08", 106.0))
    assert values(file) == [(date(2024, 7, 8), 105.0)]
    assert reasons(file) == [Reason.CONFLICTING_DUPLICATE]


def test_a_repeated_month_counts_by_its_last_day(read: Read) -> None:
    # Until June's value is out, the file carries May's.
    file = read("CPI", ("2024-06-03", 313.2), ("2024-06-12", 313.0), ("2024-06-28", 313.0))
    assert values(file) == [(date(2024, 6, 1), 313.0)]


def test_a_month_that_the_file_does_not_finish_is_left_out(read: Read) -> None:
    rows = [("2024-06-03", 313.0), ("2024-06-28", 313.0), ("2024-07-01", 313.0)]
    file = read("CPI", *rows)
    assert values(file) == [(date(2024, 6, 1), 313.0)]
    assert file.unfinished == ("CPI",)


def test_a_month_is_over_on_its_last_business_day(read: Read) -> None:
    file = read("CPI", ("2024-06-03", 313.2), ("2024-06-28", 313.0))  # the 30th is a Sunday
    assert (len(values(file)), file.unfinished) == (1, ())


def test_one_row_a_month_needs_no_end(read: Read) -> None:
    file = read("CPI", ("2024-06-01", 313.0), ("2024-07-01", 313.5))
    assert values(file) == [(date(2024, 6, 1), 313.0), (date(2024, 7, 1), 313.5)]


def test_a_quarters_period_is_its_first_day(read: Read) -> None:
    assert values(read("BOP", ("2024-06-30", -1427.7))) == [(date(2024, 4, 1), -1427.7)]


def test_a_missing_column_is_named(write_csv: WriteCsv, catalogue: Catalogue) -> None:
    path = write_csv([("2024-07-08", 105.0)], header=("fecha", "x"), name="macro.csv")
    with pytest.raises(DataQualityError, match="no column dxy"):
        read_macro(path, mapping(DXY="dxy"), catalogue, NOW)


def test_a_file_without_one_date_is_refused(write_csv: WriteCsv, catalogue: Catalogue) -> None:
    path = write_csv([("July", 105.0)], header=("fecha", "x"), name="macro.csv")
    with pytest.raises(DataQualityError, match="first cell is 'July'"):
        read_macro(path, mapping(DXY="x"), catalogue, NOW)


def test_a_series_that_the_catalogue_lacks_is_refused(
    write_csv: WriteCsv, catalogue: Catalogue
) -> None:
    path = write_csv([("2024-07-08", 1.0)], header=("fecha", "x"), name="macro.csv")
    with pytest.raises(ConfigError, match="EURUSD"):
        read_macro(path, mapping(EURUSD="x"), catalogue, NOW)


@pytest.mark.parametrize(
    "text", ["date: fecha", "{", "date: d\nsource: s\nseries: {DXY: {colum: x}}", "- 1"]
)
def test_a_wrong_mapping_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"mapping\.yaml"):
        load_mapping(path)


def test_every_shipped_mapping_names_series_of_the_catalogue(catalogue: Catalogue) -> None:
    shipped = list(MAPPINGS.glob("*.yaml"))
    assert shipped
    for path in shipped:
        assert set(load_mapping(path).series) <= set(catalogue)


def test_the_real_file_is_read_whole(real_data: Path, catalogue: Catalogue) -> None:
    shipped = load_mapping(MAPPINGS / "usdcop_rl_models_macro.yaml")
    file = read_macro(
        real_data / "macro_daily_raw.parquet", shipped, catalogue, datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert {refusal.reason for refusal in file.refused} == {Reason.WEEKEND}
    assert len(file.refused) == 41  # WTI 31, UST10Y 8, UST2Y 2
    prices = file.values.filter(pl.col("series") == "CPI_COL").select("period", "value").rows()
    assert dict(prices)[date(2023, 12, 1)] == 137.72  # DANE
