"""The builder joins kernels and macro values by session, the same way bar by bar and at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from tests.unit.features.releases import number, same_evening, table, weekdays

from cambio.calendar import session_open
from cambio.contracts.features import FEATURE_ORDER
from cambio.contracts.market import BAR_SCHEMA
from cambio.errors import ContractMismatch, DataQualityError
from cambio.features.builder import CanonicalFeatureBuilder
from cambio.features.spec import FeatureSpec

DAYS = [date(2024, 7, 5), date(2024, 7, 8), date(2024, 7, 9)]
MACRO = [
    same_evening(day, (3.0 + k) * (10.0 + 0.1 * n), series)
    for k, series in enumerate(("DXY", "VIX", "EMBI", "BRENT", "COL10Y", "UST10Y", "USDMXN"))
    for n, day in enumerate(weekdays(DAYS[-1], 30))
]
AS_IS = FeatureSpec(bar_range="as_is", zscore_window=20)
CLOSE_ONLY = FeatureSpec(bar_range="close_only", zscore_window=20)
BOTH = pytest.mark.parametrize("spec", [AS_IS, CLOSE_ONLY], ids=["as_is", "close_only"])


def market(seed: int = 1) -> pl.DataFrame:
    """Three sessions of 60 bars."""
    rng = np.random.default_rng(seed)
    close = 4000.0 * np.exp(np.cumsum(rng.normal(0, 1e-3, 180)))
    times = [session_open(day) + timedelta(minutes=5 * k) for day in DAYS for k in range(60)]
    columns = {
        "time": times,
        "open": close * 0.9995,
        "high": close * (1 + rng.gamma(1, 5e-4, 180)),
        "low": close * (1 - rng.gamma(1, 5e-4, 180)),
        "close": close,
        "volume": np.zeros(180),
        "source": ["test"] * 180,
    }
    return pl.DataFrame(columns, BAR_SCHEMA)


def builder(spec: FeatureSpec = AS_IS) -> CanonicalFeatureBuilder:
    return CanonicalFeatureBuilder(spec, table(MACRO))


def rows(bars: pl.DataFrame) -> list[tuple[int, float, float, float]]:
    columns = bars.select(pl.col("time").dt.epoch("s"), "high", "low", "close")
    return list(columns.iter_rows())


def streamed(target: CanonicalFeatureBuilder, bars: pl.DataFrame) -> np.ndarray:
    return np.array([target.update(*row) for row in rows(bars)])


@BOTH
@pytest.mark.parametrize("cut", [0, 1, 59, 60, 61, 100, 180])
def test_a_stream_that_follows_a_batch_equals_the_batch(spec, cut):
    whole, bars = builder(spec).compute(market()), market()
    joined = builder(spec)
    parts = [joined.compute(bars[:cut]), *[joined.update(*row) for row in rows(bars[cut:])]]
    assert np.array_equal(np.vstack(parts), whole, equal_nan=True)


@BOTH
@pytest.mark.parametrize("cut", [1, 30, 60, 100, 179])
def test_a_restored_builder_goes_on_as_if_it_had_never_stopped(spec, cut):
    whole, bars = builder(spec).compute(market()), market()
    first, second = builder(spec), builder(spec)
    streamed(first, bars[:cut])
    second.restore(first.state())
    assert np.array_equal(streamed(second, bars[cut:]), whole[cut:], equal_nan=True)


def test_a_kept_state_does_not_move_with_the_builder():
    first, second = builder(), builder()
    first.compute(market()[:50])
    kept = first.state()
    before = bytes(kept)
    second.restore(kept)
    for target in (first, second):
        target.compute(market()[50:])
    assert kept == before


def test_a_state_of_another_size_is_refused_and_both_sizes_named():
    with pytest.raises(ContractMismatch) as caught:
        builder().restore(bytes(58 * 8))
    assert {caught.value.fields["expected"], caught.value.fields["found"]} == {"472", "464"}


def test_close_only_does_not_look_at_the_range():
    narrow = market().with_columns(high="close", low="close", open="close")
    found = [builder(CLOSE_ONLY).compute(bars) for bars in (market(), narrow)]
    assert np.array_equal(*found, equal_nan=True)


def test_close_only_is_not_just_another_name_for_as_is():
    found = [builder(spec).compute(market()) for spec in (AS_IS, CLOSE_ONLY)]
    differing = np.flatnonzero((found[0] != found[1])[-1])
    assert [FEATURE_ORDER[i] for i in differing] == ["atr_pct", "adx_14"]


def test_the_open_of_a_bar_is_in_no_feature():
    moved = market().with_columns(open=pl.col("open") * 1.5)
    found = [builder().compute(bars) for bars in (market(), moved)]
    assert np.array_equal(*found, equal_nan=True)


def test_returns_run_across_the_night():
    """The third bar of a session looks back to the tenth-last of the one before."""
    close = market()["close"].to_numpy()
    found = builder().compute(market())[62, FEATURE_ORDER.index("log_ret_1h")]
    assert found == pytest.approx(np.log(close[62] / close[50]), abs=1e-15)


def test_macro_values_change_at_the_open_and_not_within_the_session():
    found = builder().compute(market())[:, 6:13].reshape(3, 60, 7)
    assert (found == found[:, :1]).all()
    assert (found[0] != found[1]).any()
    assert (found[1] != found[2]).any()


def test_a_session_sees_the_macro_values_of_its_own_date():
    found = builder().compute(market())[:, 6:13]
    expected = table(MACRO).features([number(day) for day in DAYS], AS_IS)
    assert np.array_equal(found[::60], expected)


def test_the_date_is_bogotas_not_utcs():
    """19:30 in Bogota is the next day in UTC, and still Monday's session."""
    late = int(datetime(2024, 7, 9, 0, 30, tzinfo=UTC).timestamp())
    found = builder().update(late, 4001.0, 3999.0, 4000.0)[6:13]
    assert np.array_equal(found, table(MACRO).features([number(DAYS[1])], AS_IS)[0])


def test_macro_values_of_a_session_do_not_depend_on_how_the_bars_arrive():
    """A gap of a whole session leaves the next one with its own values."""
    bars = pl.concat([market()[:60], market()[120:]])
    found = builder().compute(bars)[:, 6:13]
    assert np.array_equal(found[60:], builder().compute(market())[120:, 6:13])


def test_no_bars_give_no_rows_and_leave_the_state_alone():
    target = builder()
    target.compute(market()[:70])
    kept = target.state()
    assert target.compute(market()[:0]).shape == (0, 13)
    assert target.state() == kept


def test_without_macro_values_only_the_technical_features_are_there():
    bare = CanonicalFeatureBuilder(AS_IS, table([]))
    assert np.isfinite(bare.compute(market())[-1]).tolist() == [True] * 6 + [False] * 7


@BOTH
def test_a_bar_that_was_taken_before_is_refused_and_changes_nothing(spec):
    """Delivered twice or late, it would be another bar to the kernels."""
    target, bars = builder(spec), market()
    target.compute(bars[:100])
    before = target.state()
    for again in (rows(bars)[99], rows(bars)[10]):
        with pytest.raises(DataQualityError, match="not later"):
            target.update(*again)
    with pytest.raises(DataQualityError, match="not later"):
        target.compute(bars[50:])
    assert target.state() == before


def test_bars_out_of_order_are_refused():
    with pytest.raises(DataQualityError, match="order of time"):
        builder().compute(market().sample(fraction=1.0, shuffle=True, seed=1).tail(100))
