"""The Replay page: a replay from its form to its result, and how it is played."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

from playwright.sync_api import Page, Route, expect
from sqlalchemy import update
from tests.dashboard.conftest import CHALLENGER, CHAMPION, PHONE
from tests.dashboard.served import Site
from tests.unit.app import ballots

from cambio.app import accounts
from cambio.contracts.accounts import Role
from cambio.store import tables
from cambio.store.database import transaction

MONTH = {"start_date": "2025-06-02", "end_date": "2025-06-30"}
PATH = f"/replay/?model={CHAMPION}&from={MONTH['start_date']}&to={MONTH['end_date']}&speed=0"

REPLAY = "**/v1/backtest/replay"
PROPOSED = "aaaaaaaa-0000-4000-8000-000000000001"


def told(site: Site, model_id: str) -> str:
    """What the API tells of a month's replay, as it stands on the wire."""
    token = accounts.create_token(site.resources, f"by-hand-{model_id}", Role.OPERATOR)
    request = urllib.request.Request(
        f"{site.url}/v1/backtest/replay",
        data=json.dumps({**MONTH, "model_id": model_id}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return str(answer.read().decode())


def of_type(text: str, kind: str) -> list[dict[str, Any]]:
    """The data of all events of a type."""
    events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
    return [event["data"] for event in events if event["type"] == kind]


def written(value: float, digits: int = 2) -> str:
    """As the page writes a number with its sign."""
    return f"{value:+,.{digits}f}".replace("-", "−")


def row(page: Page, name: str) -> Any:
    return page.get_by_role("table", name="Result").get_by_role("row", name=name)


def start(page: Page) -> None:
    page.get_by_role("button", name="Start").click()


def bar(page: Page, number: int) -> None:
    expect(page.get_by_test_id("shown")).to_contain_text(f"bar {number:,} of")


def test_a_month_ends_at_the_result_that_the_api_tells(site, visit, shoot):
    events = told(site, CHAMPION)
    [result] = of_type(events, "result")
    trips = [trade["pnl"] for trade in of_type(events, "trade") if trade["pnl"] is not None]
    equity = [mark["equity"] for mark in of_type(events, "bar")]
    with visit(PATH) as page:
        start(page)
        bar(page, len(equity))
        expect(row(page, "Return, %")).to_contain_text(written(100 * result["total_return"]))
        expect(row(page, "Sharpe ratio")).to_contain_text(written(result["sharpe"]).lstrip("+"))
        expect(row(page, f"Closed trades {len(trips)}")).to_be_visible()
        expect(row(page, "Closed trades, $")).to_contain_text(written(sum(trips)))
        worst = min(now / max(equity[: n + 1]) - 1 for n, now in enumerate(equity))
        expect(row(page, "Max drawdown, %")).to_contain_text(written(100 * worst))
        trades = page.get_by_role("table", name=f"Trades of {CHAMPION}")
        expect(trades.get_by_role("row")).to_have_count(21)
        shoot(page, "replay-laptop-dark")


def test_two_models_stand_beside_each_other(site, visit, shoot):
    [mine], [other] = (of_type(told(site, one), "result") for one in (CHAMPION, CHALLENGER))
    first, second = 100 * mine["total_return"], 100 * other["total_return"]
    with visit(f"{PATH}&against={CHALLENGER}", theme="light", size=PHONE) as page:
        start(page)
        found = row(page, "Return, %")
        expect(row(page, "Sharpe ratio")).not_to_contain_text("–")
        for value in (first, second, first - second):
            expect(found).to_contain_text(written(value))
        page.get_by_role("button", name=CHALLENGER).click()
        expect(page.get_by_role("table", name=f"Trades of {CHALLENGER}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        shoot(page, "replay-phone-light")


def test_it_is_paused_stepped_and_sought(visit):
    link = PATH.replace("speed=0", "speed=1") + "&at=2025-06-03T13:35Z"
    with visit(link) as page:
        expect(page.get_by_text("3 Jun 2025 08:35")).to_be_visible()
        start(page)
        bar(page, 8)
        play, pause = (page.get_by_role("button", name=name) for name in ("Play", "Pause"))
        expect(play).to_be_visible()
        page.keyboard.press("ArrowLeft")
        bar(page, 7)
        page.keyboard.press("Space")
        expect(pause).to_be_visible()
        page.keyboard.press("Space")
        expect(play).to_be_visible()
        place = page.get_by_role("slider", name="Place in the replay")
        place.fill("700")
        bar(page, 700)
        place.fill("61")
        bar(page, 61)
        expect(page.get_by_role("figure")).to_contain_text("USD/COP over 61 bars")
        # 2 June 2025 is a holiday: the 61st bar opens the second session, that of the 4th.
        expect(page).to_have_url(re.compile(r"at=2025-06-04T13%3A00Z"))


def test_without_a_champion_it_is_the_proposed_model_that_is_offered(site, visit):
    """Not the newest of its seeds."""
    with transaction(site.resources.engine) as connection:
        table = tables.model_registry
        connection.execute(update(table).values(stage="staging", is_active=False))
    ballots.propose(site.resources, PROPOSED, model_id=CHALLENGER)
    with visit("/replay/") as page:
        expect(page.get_by_label("Model")).to_have_value(CHALLENGER)


def test_the_champion_is_offered(visit):
    with visit("/replay/") as page:
        expect(page.get_by_label("Model")).to_have_value(CHAMPION)


def test_a_bad_period_is_refused_in_words(visit):
    with visit(PATH, expected=("422",)) as page:
        page.get_by_label("Last day").fill("2025-05-30")
        start(page)
        words = page.get_by_role("main").get_by_role("alert")
        expect(words.get_by_text("comes before the first")).to_be_visible()
        page.get_by_label("First day").fill("2026-06-01")
        page.get_by_label("Last day").fill("2026-06-30")
        start(page)
        words = "No session from 2026-06-01 to 2026-06-30 is stored."
        expect(page.get_by_text(words)).to_be_visible()
        expect(page.get_by_text("The newest stored session is")).to_be_visible()


def test_a_stream_that_broke_off_goes_on_where_it_was(site, visit):
    text = told(site, CHAMPION)
    half = text[: text.index("\n\n", len(text) // 2) + 2]
    answers = iter([None, {"body": half, "content_type": "text/event-stream"}])

    def answer(route: Route) -> None:
        content = next(answers)
        if content is not None:
            route.fulfill(**content)

    with visit(PATH) as page:
        page.route(REPLAY, answer)
        with page.expect_request(REPLAY):
            start(page)
        with page.expect_event("requestfailed"):
            page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_text("Stopped before the first bar came.")).to_be_visible()
        page.get_by_role("button", name="Go on from there").click()
        got = len(of_type(half, "bar"))
        words = page.get_by_role("main").get_by_role("alert").first
        expect(words).to_contain_text(f"broke off after bar {got} of")
        page.unroute(REPLAY)
        with page.expect_request(REPLAY) as asked:
            page.get_by_role("button", name="Go on from there").click()
        last = re.findall(r"^id: (\d+)$", half, re.MULTILINE)[-1]
        assert asked.value.headers["last-event-id"] == last
        bar(page, len(of_type(text, "bar")))
