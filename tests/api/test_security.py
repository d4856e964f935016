"""Who is let in, and what is refused: tokens, roles, cross-site requests, hosts, pace and size."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog
from tests.api.conftest import NOW, ORIGIN, Client, bearer

from cambio.api.dependencies import Viewer
from cambio.api.limits import Buckets, Rate
from cambio.api.options import Limits
from cambio.api.perimeter import HEADERS
from cambio.api.security import VERDICT_S
from cambio.app import accounts
from cambio.contracts.accounts import Role
from cambio.store import events
from cambio.store.database import reading

FEW = Rate(per_s=1.0, burst=3)


def statuses(client, count, path="/probe/viewer", **more):
    return [client.get(path, **more).status_code for _ in range(count)]


# Tokens


def test_without_credentials_nothing_is_told_but_how_to_get_some(client):
    response = client.get("/probe/viewer")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="cambio"'


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a b", f"Bearer {'x' * 300}"]
)
def test_a_malformed_header_is_refused(client, header):
    assert client.get("/probe/viewer", headers={"Authorization": header}).status_code == 401


def test_a_bad_token_is_not_forgiven_for_a_good_cookie(client, tokens):
    client.post("/v1/session", headers=bearer(tokens[Role.VIEWER]))
    assert client.get("/probe/viewer").status_code == 200
    assert client.get("/probe/viewer", headers=bearer("cambio_x")).status_code == 401


def test_unknown_revoked_and_expired_tokens_are_refused_alike(client, product, wall):
    revoked = accounts.create_token(product, "rita", Role.APPROVER)
    accounts.revoke_token(product, "rita")
    expired = accounts.create_token(product, "erik", Role.APPROVER, days=1)
    wall.time = NOW + timedelta(days=1)
    answers = [
        client.get("/probe/viewer", headers=bearer(t)) for t in ("cambio_x", revoked, expired)
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len({answer.json()["detail"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.VIEWER, (200, 403, 403)),
        (Role.OPERATOR, (200, 200, 403)),
        (Role.APPROVER, (200, 200, 200)),
    ],
)
def test_a_role_may_do_what_it_includes_and_no_more(client, tokens, role, expected):
    asked = ("viewer", "operator", "approver")
    found = [client.post(f"/probe/{a}", headers=bearer(tokens[role])).status_code for a in asked]
    assert tuple(found) == expected


def test_use_cases_act_as_the_account_that_asks(client, tokens):
    assert (
        client.post("/probe/approver", headers=bearer(tokens[Role.APPROVER])).json() == "approver"
    )


def test_a_revoked_token_stops_working_within_two_seconds(client, tokens, product, seconds):
    headers = bearer(tokens[Role.VIEWER])
    assert client.get("/probe/viewer", headers=headers).status_code == 200
    accounts.revoke_token(product, "viewer")
    seconds.time += VERDICT_S
    assert client.get("/probe/viewer", headers=headers).status_code == 401
    assert VERDICT_S <= 2.0


def test_the_database_is_not_asked_about_a_token_for_each_request(client, tokens, token_queries):
    statuses(client, 20, headers=bearer(tokens[Role.VIEWER]))
    assert len(token_queries) == 1


def test_a_stream_learns_that_its_token_was_revoked(client, product, tokens, seconds):
    seen = []

    @client.app.get("/probe/stream")
    async def stream(caller: Viewer) -> None:
        seen.append(await caller.is_live())
        await asyncio.to_thread(accounts.revoke_token, product, "viewer")
        seconds.time += VERDICT_S
        seen.append(await caller.is_live())

    client.get("/probe/stream", headers=bearer(tokens[Role.VIEWER]))
    assert seen == [True, False]


# Guessing


def test_guessing_is_slowed_down(client, seconds):
    found = statuses(client, 11, headers=bearer("cambio_guess"))
    assert found == [401] * 10 + [429]
    seconds.time += 5.0  # 0.2 a second
    assert statuses(client, 2, headers=bearer("cambio_guess")) == [401, 429]


def test_who_guesses_too_fast_does_not_reach_the_database(client, token_queries):
    statuses(client, 30, headers=bearer("cambio_guess"))
    assert len(token_queries) == 10


def test_guessing_does_not_lock_out_who_was_in(client, tokens, seconds):
    headers = bearer(tokens[Role.VIEWER])
    assert client.get("/probe/viewer", headers=headers).status_code == 200
    statuses(client, 30, headers=bearer("cambio_guess"))
    seconds.time += VERDICT_S  # the verdict is looked up anew
    assert client.get("/probe/viewer", headers=headers).status_code == 200


def test_guessed_cookies_count_as_well(client):
    client.cookies.set("cambio_session", "guess")
    assert statuses(client, 11) == [401] * 10 + [429]


# Other sites


@pytest.fixture
def browser(client, tokens) -> Iterator[tuple[Client, str]]:
    """A browser that is logged in as the operator, and its CSRF token."""
    csrf = client.post("/v1/session", headers=bearer(tokens[Role.OPERATOR])).json()["csrf_token"]
    return client, csrf


@pytest.mark.parametrize(
    ("origin", "site", "expected"),
    [
        (ORIGIN, "same-origin", 200),
        (ORIGIN, None, 200),
        (None, "same-origin", 200),
        (None, None, 403),
        ("https://evil.example", None, 403),
        ("http://127.0.0.1:9999", "same-site", 403),
        (ORIGIN, "cross-site", 403),
        ("https://127.0.0.1:8003", "same-origin", 403),
        ("null", None, 403),
    ],
)
def test_a_browsers_change_must_come_from_our_own_pages(browser, origin, site, expected):
    client, csrf = browser
    said = {"Origin": origin, "Sec-Fetch-Site": site, "X-CSRF-Token": csrf}
    headers = {name: value for name, value in said.items() if value is not None}
    assert client.post("/probe/operator", headers=headers).status_code == expected


@pytest.mark.parametrize("csrf", [None, "", "wrong", "é"])
def test_a_browsers_change_must_carry_the_sessions_token(browser, csrf):
    client, _ = browser
    headers = {"Origin": ORIGIN} | ({} if csrf is None else {"X-CSRF-Token": csrf.encode()})
    assert client.post("/probe/operator", headers=headers).status_code == 403


def test_a_browsers_look_needs_no_csrf_token(browser):
    client, _ = browser
    assert client.get("/probe/viewer").json() == "operator"


def test_a_token_needs_neither_origin_nor_csrf_token(client, tokens):
    headers = bearer(tokens[Role.OPERATOR]) | {"Origin": "https://evil.example"}
    assert client.post("/probe/operator", headers=headers).status_code == 200


def test_other_sites_may_read_nothing(client):
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    response = client("OPTIONS", "/probe/operator", headers=preflight)
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8003", 200),
        ("LOCALHOST:8003", 200),
        ("[::1]:8003", 200),
        ("trader.lan", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("127.0.0.1@evil.example", 421),
        ("localhost:8003:80", 421),
        ("", 421),
    ],
)
def test_only_our_own_names_are_answered_to(make, host, expected):
    client = make(host_names=("trader.lan",))
    assert client.get("/healthz", headers={"Host": host}).status_code == expected


# Every answer


@pytest.fixture
def broken(client) -> Client:
    @client.app.get("/probe/broken")
    async def fail() -> None:
        raise RuntimeError("boom")

    return client


@pytest.mark.parametrize(
    ("path", "status"),
    [("/healthz", 200), ("/probe/viewer", 401), ("/nowhere", 404), ("/probe/broken", 500)],
)
def test_every_answer_tells_the_browser_to_be_careful(broken, path, status):
    response = broken.get(path)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in response.headers


def test_pages_take_scripts_from_us_alone(client):
    policy = client.get("/login").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_https_is_told_to_last(make):
    response = make("https://127.0.0.1", https=True).get("/healthz")
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


# Pace and size


def test_an_address_that_is_too_fast_waits(make, seconds):
    client = make(limits=Limits(address=FEW))
    assert statuses(client, 4, "/healthz") == [200, 200, 200, 429]
    assert client.get("/healthz").headers["Retry-After"] == "1"
    seconds.time += 1.0
    assert statuses(client, 2, "/healthz") == [200, 429]


def test_an_account_that_is_too_fast_waits_wherever_it_comes_from(make, tokens):
    client = make(limits=Limits(account=FEW))
    headers = bearer(tokens[Role.VIEWER])
    assert statuses(client, 3, headers=headers) == [200, 200, 200]
    elsewhere = Client(client.app, address="192.0.2.7")
    assert elsewhere.get("/probe/viewer", headers=headers).status_code == 429


def test_another_account_is_not_held_up(make, tokens):
    client = make(limits=Limits(account=FEW))
    statuses(client, 5, headers=bearer(tokens[Role.VIEWER]))
    assert statuses(client, 1, headers=bearer(tokens[Role.OPERATOR])) == [200]


def test_limits_remember_only_so_many_addresses(seconds):
    buckets = Buckets(FEW, seconds, most=100)
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets) == 100


def test_a_bucket_never_holds_more_than_its_burst(seconds):
    buckets = Buckets(FEW, seconds)
    buckets.take("a")
    seconds.time += 3600.0
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]


async def pieces(size):
    for _ in range(size):
        yield b"x"


@pytest.mark.parametrize(("size", "status"), [(100, 200), (101, 413)])
@pytest.mark.parametrize("chunked", [False, True], ids=["told", "chunked"])
def test_a_body_has_a_largest_size(make, size, status, chunked):
    client = make(limits=Limits(body=100))
    content = pieces(size) if chunked else b"x" * size
    response = client.post("/probe/body", content=content)
    assert response.status_code == status
    assert status == 200 or response.json()["type"] == "/problems/too-large"


# The record of refusals


def refuse_all_kinds(client: Client, tokens) -> None:
    """Unauthenticated, wrong role, forged cookie, cross-site post, another host."""
    client.get("/probe/viewer")
    client.post("/probe/approver", headers=bearer(tokens[Role.VIEWER]))
    client.get("/probe/viewer", headers={"Cookie": "cambio_session=forged"})
    client.post("/v1/session", headers=bearer(tokens[Role.OPERATOR]))
    client.post("/probe/operator", headers={"Origin": "https://evil.example"})
    client.get("/healthz", headers={"Host": "evil.example"})


def test_every_refusal_is_logged_with_who_and_what(client, tokens):
    with structlog.testing.capture_logs() as lines:
        refuse_all_kinds(client, tokens)
    found = [
        (line["kind"], line["account"], line["method"], line["path"])
        for line in lines
        if line["event"] == "request_refused"
    ]
    assert found == [
        ("unauthenticated", None, "GET", "/probe/viewer"),
        ("not-allowed", "viewer", "POST", "/probe/approver"),
        ("unauthenticated", None, "GET", "/probe/viewer"),
        ("not-allowed", "operator", "POST", "/probe/operator"),
        ("wrong-host", None, "GET", "/healthz"),
    ]


def test_the_log_says_that_it_was_a_bearer_token(client):
    with structlog.testing.capture_logs() as lines:
        client.get("/probe/viewer", headers=bearer("cambio_nobody"))
    (why,) = (line["why"] for line in lines if line["event"] == "request_refused")
    assert why == "The bearer token is not known here."


OTHER_COOKIE = {"cookie": "other=1"}


def stored(product) -> list[events.StoredEvent]:
    with reading(product.engine) as connection:
        return events.after(connection, 0, 1000, ["access"])


def test_refusals_are_events_as_well(client, tokens, product):
    refuse_all_kinds(client, tokens)
    found = [(event.subject, event.data["details"]["kind"]) for event in stored(product)]
    assert found == [
        ("viewer", "not-allowed"),
        ("127.0.0.1", "unauthenticated"),
        ("operator", "not-allowed"),
        ("127.0.0.1", "wrong-host"),
    ]


def test_a_first_visit_is_no_event(client, product):
    assert client.get("/probe/viewer").status_code == 401
    assert stored(product) == []
    client.get("/probe/viewer", headers=OTHER_COOKIE)
    assert [event.data["details"]["since_last"] for event in stored(product)] == [0]


def test_refusals_cannot_flood_the_events(client, product, seconds):
    for _ in range(50):
        client.get("/probe/viewer", headers=OTHER_COOKIE)
    assert len(stored(product)) == 1
    seconds.time += 60.0
    client.get("/probe/viewer", headers=OTHER_COOKIE)
    assert stored(product)[-1].data["details"]["since_last"] == 49


def test_a_refused_flood_is_not_a_flood_of_lines(make):
    client = make(limits=Limits(address=FEW))
    with structlog.testing.capture_logs() as lines:
        statuses(client, 50, "/healthz")
    assert len(lines) == 1


# The dashboard's files


@pytest.fixture
def dashboard(make, tmp_path) -> Client:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>home</title>")
    (folder / "404.html").write_text("<!doctype html><title>no such page</title>")
    (folder / "app.js").write_text("let page")
    (tmp_path / "secret.txt").write_text("hidden words")
    return make(static=folder)


def test_the_dashboard_is_served_beside_the_api(dashboard):
    assert "home" in dashboard.get("/").text
    assert dashboard.get("/app.js").text == "let page"
    assert dashboard.get("/app.js").headers["Cache-Control"] == "no-cache"
    assert dashboard.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/a/../../secret.txt",
        "//etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_dashboards_folder(dashboard, path):
    response = dashboard.get(path)
    assert response.status_code == 404
    assert "hidden words" not in response.text


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("accept", [BROWSER, {"Accept": "*/*"}])
def test_an_unknown_api_path_is_a_problem_and_no_page(dashboard, tokens, accept):
    for path in ("/v1", "/v1/nowhere"):
        response = dashboard.get(path, headers=bearer(tokens[Role.VIEWER]) | accept)
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"


def test_an_unknown_address_is_a_page_for_browsers_and_a_problem_for_programs(dashboard):
    response = dashboard.get("/nowhere", headers=BROWSER)
    assert response.status_code == 404
    assert "no such page" in response.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert dashboard.get("/", headers=BROWSER).status_code == 200
    response = dashboard.get("/nowhere")
    assert response.status_code == 404
    assert response.json()["type"] == "/problems/no-such-path"


# What takes too much, or too long


def test_an_address_and_headers_have_a_largest_size(make):
    client = make(limits=Limits(head=1000))
    for more in ({"headers": {"X-Long": "x" * 1000}}, {"params": {"x": "x" * 1000}}):
        response = client.get("/probe/viewer", **more)
        assert response.status_code == 431
        assert response.json()["type"] == "/problems/head-too-large"
    assert client.get(f"/{'x' * 1000}").status_code == 431
    assert client.get("/healthz").status_code == 200


def test_no_request_makes_a_long_line_of_the_log(client):
    with structlog.testing.capture_logs() as lines:
        client("M" * 9000, f"/{'x' * 5000}")
        client.get(f"/{'x' * 5000}", headers={"Host": "evil.example"})
    assert [line["event"] for line in lines] == ["request_answered", "request_refused"]
    assert max(len(str(line)) for line in lines) < 600


def test_a_body_that_does_not_come_is_not_waited_for(make):
    async def never():
        yield b"{"
        await asyncio.Event().wait()

    client = make(limits=Limits(body_s=0.05))
    response = client.post("/probe/body", content=never())
    assert response.status_code == 408
    assert response.json()["type"] == "/problems/request-timeout"
