"""The checks of macro values on the real file: what they must find, and what they must not."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.copies import copied
from cambio.acquisition.definitions import agrees
from cambio.acquisition.macro_files import load_mapping, read_macro
from cambio.acquisition.past import HEAD, Past, Value
from cambio.acquisition.refusals import Reason
from cambio.acquisition.splices import judge, judge_batch

MAPPING = Path(__file__).parents[2] / "config" / "mappings" / "usdcop_rl_models_macro.yaml"
SPLICE = date(2025, 9, 25)
PRICES = ("BRENT", "WTI", "DXY", "VIX", "EMBI", "GOLD", "USDMXN", "USDCLP", "COLCAP")


@pytest.fixture(scope="module")
def values(real_data: Path, catalogue: Catalogue) -> pl.DataFrame:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    path = real_data / "macro_daily_raw.parquet"
    return read_macro(path, load_mapping(MAPPING), catalogue, now).values


@pytest.fixture(scope="module")
def clean(values: pl.DataFrame) -> dict[str, list[Value]]:
    """The values of each series, the real splice left out."""
    splice = (pl.col("series") == "BRENT") & (pl.col("period") >= SPLICE)
    rows = values.filter(~splice).sort("series", "period")
    return {
        str(name): [Value(*row) for row in part.select("period", "value").iter_rows()]
        for (name,), part in rows.group_by("series", maintain_order=True)
    }


def column(values: pl.DataFrame, series: str) -> pl.DataFrame:
    return values.filter(pl.col("series") == series)


def times(value: Value, factor: float) -> Value:
    return value._replace(value=value.value * factor)


def missed(series: str, values: list[Value], factor: float, catalogue: Catalogue) -> list[date]:
    """Put a factor into each value in turn, the past being true; give those that are believed."""
    past = Past(catalogue[series], (value.value for value in values))
    believed = []
    for value in values:
        if past.suspicion(times(value, factor)) is None:
            believed.append(value.period)
        past.accept(value)
    return believed


def test_the_real_file_holds_one_splice_and_nothing_else(
    values: pl.DataFrame, catalogue: Catalogue
) -> None:
    _, refusals = judge_batch(values, values.clear(), catalogue)
    assert [(refusal.key, refusal.reason) for refusal in refusals] == [
        ("BRENT 2025-09-25 23.5", Reason.LEVEL_SHIFT),
        ("BRENT 2025-09-26 23", Reason.LEVEL_SHIFT),
        ("BRENT 2025-09-29 23.44", Reason.LEVEL_SHIFT),
        ("BRENT 2025-09-30 23.36", Reason.LEVEL_SHIFT),
    ]


def test_ten_thousand_times_any_value_of_any_series_is_refused(
    clean: dict[str, list[Value]], catalogue: Catalogue
) -> None:
    assert len(clean) == 21
    assert {n: found for n, v in clean.items() if (found := missed(n, v, 1e4, catalogue))} == {}


@pytest.mark.parametrize("factor", [1e3, 1e2, 10.0, 0.1, 1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("series", PRICES)
def test_a_power_of_ten_at_any_price_is_refused(
    clean: dict[str, list[Value]], catalogue: Catalogue, series: str, factor: float
) -> None:
    assert missed(series, clean[series], factor, catalogue) == []


def test_from_any_day_on_every_value_in_another_unit_is_refused(
    clean: dict[str, list[Value]], catalogue: Catalogue
) -> None:
    for name, true in clean.items():
        for start in (0, 1, HEAD, len(true) // 2, len(true) - 1):
            spliced = [*true[:start], *(times(value, 1e4) for value in true[start:])]
            verdicts = judge(catalogue[name], spliced)
            assert None not in verdicts[start:], (name, true[start].period)
            assert set(verdicts[:start]) <= {None}, (name, true[start].period)


def test_a_single_value_in_another_unit_leaves_all_the_others(
    clean: dict[str, list[Value]], catalogue: Catalogue
) -> None:
    for name, true in clean.items():
        for n in (0, 1, HEAD, len(true) // 2, len(true) - 1):
            verdicts = judge(catalogue[name], [*true[:n], times(true[n], 1e4), *true[n + 1 :]])
            refused = [i for i, verdict in enumerate(verdicts) if verdict]
            assert refused == [n], (name, true[n].period)


def test_no_column_tracks_another(clean: dict[str, list[Value]], catalogue: Catalogue) -> None:
    rows = [(name, value.period, value.value) for name, some in clean.items() for value in some]
    schema = {"series": pl.String, "period": pl.Date, "value": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    assert copied(frame, frame.clear(), catalogue) == {}


def with_copy(values: pl.DataFrame, copy: str, source: str) -> tuple[pl.DataFrame, list[date]]:
    """Put 16 weeks of a series into the column of another; give both, and those days."""
    start, end = date(2024, 3, 1), date(2024, 6, 21)
    run = column(values, source).filter(pl.col("period").is_between(start, end))
    before = column(values, copy).filter(pl.col("period") < start)
    parts = [before, run.with_columns(series=pl.lit(copy)), column(values, source)]
    return pl.concat(parts).filter(pl.col("period") <= end), run["period"].to_list()


@pytest.mark.parametrize(
    ("copy", "source"), [("DXY", "USDMXN"), ("USDCLP", "COLCAP"), ("VIX", "WTI")]
)
def test_a_copied_column_is_refused_and_its_source_is_not(
    values: pl.DataFrame, catalogue: Catalogue, copy: str, source: str
) -> None:
    batch, days = with_copy(values, copy, source)
    _, refusals = judge_batch(batch, batch.clear(), catalogue)
    assert [refusal.key.split()[:2] for refusal in refusals] == [[copy, str(day)] for day in days]


def test_of_close_relatives_the_copy_is_refused_and_perhaps_its_source_too(
    values: pl.DataFrame, catalogue: Catalogue
) -> None:
    batch, days = with_copy(values, "COL5Y", "COL10Y")
    believed, _ = judge_batch(batch, batch.clear(), catalogue)
    kept = column(believed, "COL5Y")["period"]
    assert set(kept) & set(days) == set()
    assert kept.len() == column(batch, "COL5Y").height - len(days)


@pytest.mark.parametrize(("new", "stored"), [("BRENT", "WTI"), ("COL10Y", "COL5Y"), ("IBR", "TPM")])
def test_close_relatives_are_other_definitions(
    values: pl.DataFrame, catalogue: Catalogue, new: str, stored: str
) -> None:
    overlap = agrees(column(values, new), column(values, stored), catalogue[stored])
    assert overlap.common > 1000
    assert not overlap.agrees


def test_every_series_agrees_with_itself_to_rounding(
    values: pl.DataFrame, catalogue: Catalogue
) -> None:
    for name in values["series"].unique():
        stored = column(values, name)
        new = stored.with_columns(pl.col("value").round_sig_figs(6))
        assert agrees(new, stored, catalogue[name]).agrees, name
