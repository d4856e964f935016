import gzip
import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from cambio.acquisition.files import read_table
from cambio.errors import CambioError, DataQualityError, SourceError

WriteCsv = Callable[..., Path]
ROW = ("2024-07-08 08:00:00", 4000, 4002, 3999, 4001)


def test_csv_cells_are_text_with_their_line(write_csv: WriteCsv) -> None:
    frame = read_table(write_csv([ROW, ROW])).frame
    assert frame["__line__"].to_list() == [2, 3]
    assert frame["close"].to_list() == ["4001", "4001"]


def test_a_blank_cell_is_null(write_csv: WriteCsv) -> None:
    frame = read_table(write_csv([("2024-07-08 08:00:00", " ", 4002, 3999, 4001)])).frame
    assert frame["open"].to_list() == [None]


def test_a_gzipped_csv_is_read_as_the_csv(write_csv: WriteCsv) -> None:
    plain = write_csv([ROW, ROW])
    zipped = plain.with_name("BARS.CSV.GZ")
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_table(zipped).frame.equals(read_table(plain).frame)


@pytest.mark.parametrize("keep", [slice(-9), slice(5), slice(0, 30)])
def test_a_gzipped_file_that_is_cut_off_is_refused(write_csv: WriteCsv, keep: slice) -> None:
    zipped = write_csv([]).with_name("bars.csv.gz")
    zipped.write_bytes(gzip.compress(write_csv([ROW] * 99).read_bytes())[keep])
    with pytest.raises(DataQualityError, match="is cut off or no gzip file"):
        read_table(zipped)


def test_only_a_csv_may_be_gzipped(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"neither \.csv, \.csv\.gz nor \.parquet"):
        read_table(tmp_path / "bars.parquet.gz")


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    path.write_bytes(b"\xef\xbb\xbftime,close\n2024-07-08,1\n")
    assert read_table(path).frame.columns == ["__line__", "time", "close"]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "bars.parquet"
    pl.DataFrame({"close": [1.5]}).write_parquet(path)
    assert read_table(path).frame.schema["close"] == pl.Float64


def check_refused(path: Path, error: type[CambioError], *said: str) -> None:
    with pytest.raises(error) as caught:
        read_table(path)
    message = str(caught.value)
    assert str(path) in message
    assert caught.value.remedy
    assert [word for word in said if word not in message] == []


def test_an_unknown_extension(tmp_path: Path) -> None:
    path = tmp_path / "bars.xlsx"
    path.write_bytes(b"PK")
    check_refused(path, SourceError, ".csv", ".parquet")


def test_a_missing_file(tmp_path: Path) -> None:
    check_refused(tmp_path / "nowhere.csv", SourceError, "No such file")


def test_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "folder.csv"
    path.mkdir()
    check_refused(path, SourceError, "directory")


@pytest.mark.parametrize("name", ["bars.csv", "bars.parquet"])
def test_an_empty_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    check_refused(tmp_path / name, DataQualityError, "empty")


def test_a_header_without_rows(write_csv: WriteCsv) -> None:
    check_refused(write_csv([]), DataQualityError, "no row")


def test_a_parquet_file_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "bars.parquet"
    pl.DataFrame({"close": [1.5]}).head(0).write_parquet(path)
    check_refused(path, DataQualityError, "no row")


def test_a_parquet_file_cut_in_the_middle(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pl.DataFrame({"close": [float(n) for n in range(10_000)]}).write_parquet(buffer)
    path = tmp_path / "bars.parquet"
    path.write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    check_refused(path, DataQualityError, "cut off")


def test_a_csv_whose_last_line_is_cut(write_csv: WriteCsv) -> None:
    path = write_csv([ROW, ("2024-07-08 08:05:00", 4000, 40)], end="")
    check_refused(path, DataQualityError, "cut off", "line 3", "3 fields", "5")


def test_a_line_with_too_many_fields(write_csv: WriteCsv) -> None:
    check_refused(write_csv([(*ROW, 1), ROW]), DataQualityError, "line 2", "6 fields")


def test_a_last_line_without_its_end_is_taken_with_a_warning(write_csv: WriteCsv) -> None:
    table = read_table(write_csv([ROW], end=""))
    assert table.frame.height == 1
    assert "newline" in table.warnings[0]


def test_a_file_that_is_not_utf8_tells_the_line(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    path.write_bytes(b"time,close\n2024-07-08,1\n2024-07-09,sesi\xf3n\n")
    check_refused(path, DataQualityError, "UTF-8", "line 3")


def test_a_binary_file_with_the_wrong_extension(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    path.write_bytes(b"time,close\n1,\x00\x00\n")
    check_refused(path, DataQualityError, "line 2")


def test_an_open_quote(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    path.write_text('time,close\n"2024-07-08,1\n')
    check_refused(path, DataQualityError, "damaged")


def test_a_column_named_twice(write_csv: WriteCsv) -> None:
    check_refused(
        write_csv([(1, 2)], header=("close", "close")), DataQualityError, "close", "twice"
    )


def test_a_missing_column_is_named_beside_those_that_exist(write_csv: WriteCsv) -> None:
    table = read_table(write_csv([(1, 2)], header=("fecha", "close")))
    with pytest.raises(DataQualityError, match="no column time, open; it has fecha, close"):
        table.require(["time", "open", "close"])
