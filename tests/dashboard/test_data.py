"""The Data page: the stored bars day by day, refused rows and who may settle them, drift."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from cambio.app.data_calendar import data_calendar
from cambio.contracts.accounts import Role
from cambio.contracts.features import MARKET_FEATURES
from cambio.store import bars, models, quarantine, watches
from cambio.store.database import reading, transaction

HOLE = date(2025, 5, 20)
"""A session of which six bars are taken away."""


@pytest.fixture
def refused(site):
    """Two macro values that wait: one of them has a place, the other one none."""
    now = site.resources.now()
    value = {"series": "VIX", "period": "2025-06-27", "value": 171.0, "source": "vix.csv"}
    common = {"kind": "macro", "payload": value, "source_file": "vix.csv"}
    rows = [
        common | {"key": "VIX 2025-06-27", "reason": "level_shift", "content": value},
        common | {"key": "VIX 2025-06-28", "reason": "weekend", "content": None},
    ]
    with transaction(site.resources.engine) as connection:
        quarantine.store(connection, [row | {"detail": "171 after 17."} for row in rows], now)
    return site


@pytest.fixture
def drifted(site):
    """The champion's readings after two sessions: one feature has moved away."""
    with transaction(site.resources.engine) as connection:
        first, newest = (time.date() for time in bars.first_and_last(connection))
        champion = models.champion(connection)["model_id"]
        connection.exec_driver_sql(
            "UPDATE model_registry SET lineage = json_set(lineage, '$.training_start', ?,"
            " '$.training_end', ?) WHERE model_id = ?",
            (str(first), str(newest), champion),
        )
        readings = [(name, 0.05, 0.7, False) for name in MARKET_FEATURES[1:]]
        readings.append((MARKET_FEATURES[0], 0.61, 0.001, True))
        watches.store_drift(connection, (newest, champion), 2, readings, site.resources.now())
    return site


def take_away(site, first, last):
    """Delete the stored bars from the first to the last number of `HOLE`'s session."""
    with transaction(site.resources.engine) as connection:
        connection.exec_driver_sql(
            "DELETE FROM usdcop_m5_ohlcv WHERE time >= ? AND time <= ?",
            tuple(f"{HOLE} {13 + n // 12:02}:{n % 12 * 5:02}:00.000000" for n in (first, last)),
        )


def test_the_calendar_says_what_the_api_says(site, visit):
    take_away(site, 10, 15)
    days = data_calendar(site.resources, date(2025, 1, 1), date(2025, 6, 30)).days
    hole = next(day for day in days if day.day == HOLE)
    assert (hole.stored, [gap.bars for gap in hole.gaps]) == (54, [6])
    with visit("/data/") as page:
        squares = page.locator("rect[data-day]")
        expect(squares.first).to_be_visible()
        shown = {square["day"] for square in squares.evaluate_all("all => all.map(a => a.dataset)")}
        assert {str(day.day) for day in days if day.day.weekday() < 5} <= shown
        expect(page.locator("rect[data-level='1']")).to_have_attribute("data-day", str(HOLE))
        page.locator(f"rect[data-day='{HOLE}']").hover()
        expect(page.get_by_test_id("told")).to_have_text("20 May 2025: 54 of 60 bars")
        gaps = page.get_by_role("table", name="Gaps")
        expect(gaps.get_by_role("row", name="20 May 2025 08:50")).to_contain_text("09:156")


def test_a_day_is_reached_by_the_keyboard_and_kept_in_the_address(site, visit):
    with reading(site.resources.engine) as connection:
        newest = bars.first_and_last(connection)[1].date()
    with visit("/data/") as page:
        calendar = page.get_by_role("slider", name="Day in the calendar")
        calendar.focus()
        page.keyboard.press("End")
        expect(calendar).to_have_attribute("aria-valuetext", f"{newest:%-d %b %Y}: all 30 bars")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Close day")).to_be_visible()
        assert f"day={newest}" in page.url
        page.reload()
        expect(page.get_by_role("button", name="Close day")).to_be_visible()


def test_who_may_releases_one_row_and_drops_the_other(refused, visit, shoot):
    with visit("/data/", role=Role.OPERATOR) as page:
        table = page.get_by_role("table", name="Quarantine")
        table.get_by_label("Choose VIX 2025-06-27").check()
        page.get_by_role("button", name="Release").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Release")).to_be_disabled()
        dialog.get_by_role("textbox").fill("The exchange confirmed it.")
        shoot(page, "data-release")
        dialog.get_by_role("button", name="Release").click()
        expect(table.get_by_role("row")).to_have_count(2)
        table.get_by_label("Choose VIX 2025-06-28").check()
        expect(page.get_by_role("button", name="Release")).to_be_disabled()  # it has no place
        page.get_by_role("button", name="Drop").click()
        dialog.get_by_role("textbox").fill("No market on a Saturday.")
        dialog.get_by_role("button", name="Drop").click()
        expect(page.get_by_text("Nothing waits.")).to_be_visible()
        page.get_by_role("button", name="All", exact=True).click()
        expect(table).to_contain_text("released by operator-")
        expect(table).to_contain_text("dropped by operator-")


def test_a_viewer_is_told_why_nothing_can_be_settled(refused, visit):
    with visit("/data/", role=Role.VIEWER) as page:
        expect(page.get_by_text("Takes the role operator; you are viewer.").first).to_be_visible()
        expect(page.get_by_role("button", name="Release")).to_be_disabled()
        expect(page.get_by_role("button", name="Drop")).to_be_disabled()
        expect(page.get_by_role("checkbox")).to_have_count(0)


def test_drift_is_loud_where_a_feature_moved_and_only_there(drifted, visit, shoot):
    loud = MARKET_FEATURES[0]
    with visit("/data/", theme="light") as page:
        expect(page.get_by_text("1 of 13 features drifted")).to_be_visible()
        first = page.get_by_role("img", name="in training and now").first
        expect(first).to_have_accessible_name(f"{loud} in training and now: distance 0.61, p 0.001")
        expect(page.get_by_role("figure").filter(has_text="drifted")).to_have_count(1)
        first.scroll_into_view_if_needed()
        shoot(page, "data-drift")
