"""The stream is lost and comes back: the page says so, and misses nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from tests.dashboard.conftest import LAPTOP, PHONE
from tests.dashboard.served import Site
from tests.relay import Relay, relayed

from cambio.store import signals
from cambio.store.database import reading

LOST = "Stream lost"
REFUSED = ("net::ERR_",)


@dataclass(frozen=True)
class Reached(Site):
    """A dashboard that is reached over a relay."""

    relay: Relay


@pytest.fixture
def site(site):
    """The dashboard behind a relay."""
    with relayed(int(site.url.rpartition(":")[2])) as relay:
        url = f"http://127.0.0.1:{relay.port}"
        yield Reached(site.resources, site.app, url, relay)


@pytest.mark.parametrize(
    ("name", "size", "heard"), [("laptop", LAPTOP, 1), ("phone", PHONE, 0)], ids=["heard", "mute"]
)
def test_a_lost_stream_is_told_and_what_was_missed_is_fetched(
    site, visit, shoot, name, size, heard
):
    """Also where no event had come before, after which the stream could go on."""
    with visit("/live/", size=size, expected=REFUSED) as page:
        chart = page.get_by_role("figure").locator("figcaption")
        expect(chart).to_contain_text("1200 bars")
        if heard:
            at_first = chart.text_content()
            site.trade(heard)
            expect(chart).not_to_have_text(at_first)
        site.relay.cut()
        expect(page.get_by_text(LOST)).to_be_visible()
        shoot(page, f"stream-lost-{name}")
        before = chart.text_content()
        site.trade(3)
        assert chart.text_content() == before
        site.relay.mend()
        expect(page.get_by_text(LOST)).to_have_count(0)
        with reading(site.resources.engine) as connection:
            (mark,) = signals.account_marks(connection, limit=1)
        bars = 1204 if heard else 1200  # bar by bar, none twice; or all of them anew
        price = f"{mark['price']:,.2f}"
        expect(chart).to_contain_text(f"over {bars} bars, last {price}; account −2")
