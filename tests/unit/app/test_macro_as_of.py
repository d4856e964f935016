"""What was known at a moment: the public's knowledge, and this database's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from tests.unit.app.macro_product import (
    NOW,
    Provider,
    at,
    by_name,
    table,
)

from cambio.acquisition.catalogue import PublicationLag
from cambio.app.macro import update
from cambio.app.macro_as_of import as_of
from cambio.app.resources import Resources
from cambio.calendar import session_open
from cambio.errors import ConfigError, NotFound

INSTANT = timedelta(microseconds=1)


def test_a_revision_is_seen_from_its_arrival_on(product: Resources, provider: Provider) -> None:
    update(product, ["VIX"])
    provider.truth["VIX"][-1] = (date(2024, 5, 31), 13.0)
    arrived = timedelta(days=1)
    revised = by_name(at(arrived, product), names=["VIX"])["VIX"]
    assert revised.revised == 1
    later = at(timedelta(days=9), product)
    before = as_of(later, NOW + arrived, ["VIX"]).values[0]
    after = as_of(later, NOW + arrived + INSTANT, ["VIX"]).values[0]
    assert (before.value, before.revision, before.superseded) == (14.14, 0, True)
    assert (after.value, after.revision, after.superseded) == (13.0, 1, False)


def test_a_value_is_known_right_after_its_moment_as_for_a_session_that_opens_then(
    product: Resources,
) -> None:
    update(product, ["VIX"])
    published = datetime(2024, 5, 30, 20, 15, tzinfo=UTC)  # 16:15 in New York
    known = as_of(product, published + INSTANT, ["VIX"]).values[0]
    assert (known.period, known.known_since) == (date(2024, 5, 30), published)
    earlier = as_of(product, published, ["VIX"]).values[0]
    assert earlier.period == date(2024, 5, 29)


def test_what_was_public_and_what_this_database_had_are_two_things(product: Resources) -> None:
    update(product, ["VIX"])
    may = datetime(2024, 5, 2, 13, tzinfo=UTC)
    assert as_of(product, may, ["VIX"]).values[0].period == date(2024, 5, 1)
    assert as_of(product, may, ["VIX"], as_seen=True).values == ()
    later = at(timedelta(hours=1), product)
    seen = as_of(later, NOW + INSTANT, ["VIX"], as_seen=True).values[0]
    assert (seen.period, seen.known_since) == (date(2024, 5, 31), NOW)


def test_vintages_answer_with_the_first_print_until_the_revision(
    product: Resources, provider: Provider
) -> None:
    first, second = (datetime(2024, m, 15, 12, 30, tzinfo=UTC) for m in (4, 5))
    march = date(2024, 3, 1)
    provider.truth["CPI"] = [(march, 312.2, first), (march, 312.3, second)]
    found = by_name(product, names=["CPI"])["CPI"]
    assert found.new + found.revised == 2
    before = table(product)
    assert by_name(product, names=["CPI"])["CPI"].unchanged == 2
    assert table(product).equals(before)
    on = [as_of(product, at + INSTANT, ["CPI"]).values[0] for at in (first, second)]
    assert [(value.value, value.revision) for value in on] == [(312.2, 0), (312.3, 1)]
    assert on[0].superseded
    assert as_of(product, first, ["CPI"]).without == ("CPI",)


def test_a_value_tells_from_which_session_on_it_may_be_used(product: Resources) -> None:
    update(product, ["VIX", "TRM", "COL10Y"])
    known = {value.series: value for value in as_of(product, NOW).values}
    # VIX of Friday: Monday the 3rd is a holiday in Colombia, so Tuesday's session.
    assert known["VIX"].sessions_from == date(2024, 6, 4)
    thursday = datetime(2024, 5, 30, 13, tzinfo=UTC)  # the session's open
    known = {value.series: value for value in as_of(product, thursday).values}
    # TRM of the day is known since midnight, but T-1 keeps it from the day's own session.
    assert known["TRM"].period == date(2024, 5, 30)
    assert known["TRM"].sessions_from == date(2024, 5, 31)
    # Tuesday's TES yield came on Wednesday at noon.
    assert known["COL10Y"].period == date(2024, 5, 28)
    assert known["COL10Y"].sessions_from == date(2024, 5, 30)


def test_old_values_are_marked_stale(product: Resources) -> None:
    update(product, ["VIX", "CPI_COL"])
    # The IPC of May comes six business days after the month, on 2024-06-12 at 18:00.
    for days, stale in ((2, []), (8, ["VIX"]), (15, ["VIX", "CPI_COL"])):
        later = at(timedelta(days=days), product)
        known = as_of(later, later.now()).values
        assert [value.series for value in known if value.stale] == stale


def test_a_value_that_comes_out_at_the_open_is_for_the_next_session(
    product: Resources, provider: Provider
) -> None:
    opens = session_open(date(2024, 5, 30))
    provider.truth["VIX"] = [(date(2024, 5, 29), 14.0, opens)]
    provider.truth["BRENT"] = [(date(2024, 5, 29), 82.0, opens - INSTANT)]
    update(product, ["VIX", "BRENT"])
    sessions = {one.series: one.sessions_from for one in as_of(product, NOW).values}
    assert sessions == {"VIX": date(2024, 5, 31), "BRENT": date(2024, 5, 30)}


def test_a_series_is_stale_by_when_its_provider_serves_it(product: Resources) -> None:
    """The IPC of May is out on 2024-06-12 at 18:00, and here served five business days later."""
    served = PublicationLag(business_days=11, at=time(18), timezone="America/Bogota")
    ipc = product.catalogue["CPI_COL"].model_copy(update={"served": served})
    passed_on = replace(product, catalogue={"CPI_COL": ipc})
    update(passed_on)
    for moment, stale in ((datetime(2024, 6, 18, tzinfo=UTC), False),
                          (datetime(2024, 6, 26, tzinfo=UTC), True)):  # fmt: skip
        later = replace(passed_on, now=lambda moment=moment: moment)
        assert as_of(later, moment).values[0].stale is stale


def test_series_without_a_value_are_named(product: Resources) -> None:
    update(product, ["VIX"])
    assert as_of(product, NOW).without == tuple(n for n in product.catalogue if n != "VIX")


def test_a_moment_without_a_zone_is_refused(product: Resources) -> None:
    with pytest.raises(ConfigError, match=r"no time zone.*2024-05-02T13:00:00Z"):
        as_of(product, datetime(2024, 5, 2, 13))  # noqa: DTZ001


def test_a_moment_in_the_future_is_refused(product: Resources) -> None:
    with pytest.raises(ConfigError, match="future"):
        as_of(product, NOW + timedelta(seconds=1))


def test_an_unknown_series_brings_the_names_that_look_alike(product: Resources) -> None:
    with pytest.raises(NotFound, match="UST10Y"):
        as_of(product, NOW, ["UST10"])
