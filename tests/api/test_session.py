"""Logging in with a browser: the printed link, a token, the cookie, and how it ends."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr
from tests.api.conftest import NOW, ORIGIN, Client, bearer

from cambio.api.security import COOKIE, VERDICT_S
from cambio.api.sessions import (
    ABSOLUTE_S,
    CODE_S,
    IDLE_S,
    MOST_OF_ONE,
    MOST_SESSIONS,
    Identity,
    Sessions,
)
from cambio.app import accounts
from cambio.contracts.accounts import Account, Role

OLGA = Account("os:olga", Role.OPERATOR)
OURS = {"Origin": ORIGIN}


def code_for(client: Client, identity: Identity | None = None) -> str:
    return client.app.state.security.codes.issue(identity or Identity(OLGA))


def log_in(client: Client, **sent: str) -> httpx.Response:
    return client.post("/login", data=sent, headers=OURS)


def attributes(response: httpx.Response) -> dict[str, str]:
    """The cookie's attributes, by name in small letters."""
    _, *parts = response.headers["set-cookie"].split("; ")
    return {name.lower(): value for name, _, value in (part.partition("=") for part in parts)}


# The link


def test_the_link_leads_to_a_session_of_whoever_started_the_server(client):
    assert log_in(client, code=code_for(client)).status_code == 303
    assert client.get("/v1/session").json()["account"] == "os:olga"


def test_the_page_is_styled_from_a_file_as_the_policy_wants(client):
    page = client.get("/login").text
    (path,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page)
    assert "style=" not in page
    assert "<style" not in page
    style = client.get(path)
    assert style.status_code == 200
    assert style.headers["content-type"].startswith("text/css")


def test_a_link_that_is_over_says_so_and_how_to_get_another(client):
    response = log_in(client, code="used")
    assert response.status_code == 401
    assert "not accepted" in response.text
    assert "<code>cambio serve</code> prints one" in response.text
    assert "`" not in response.text


def test_the_login_ends_at_a_page_that_exists(client):
    response = log_in(client, code=code_for(client))
    assert client.get(response.headers["location"]).status_code == 200


def test_what_fetches_links_ahead_does_not_use_the_link_up(client):
    code = code_for(client)
    for method in ("GET", "GET", "HEAD"):
        response = client(method, f"/login?code={code}")
        assert "set-cookie" not in response.headers
    assert log_in(client, code=code).status_code == 303


def test_the_link_works_once(client):
    code = code_for(client)
    log_in(client, code=code)
    other = Client(client.app)
    assert log_in(other, code=code).status_code == 401
    assert other.get("/v1/session").status_code == 401


@pytest.mark.parametrize(("age", "status"), [(CODE_S - 1, 303), (CODE_S, 401)])
def test_the_link_is_over_after_five_minutes(client, seconds, age, status):
    code = code_for(client)
    seconds.time += age
    assert log_in(client, code=code).status_code == status
    assert CODE_S == 300.0


def test_only_the_hash_of_a_code_is_kept(client):
    code = code_for(client)
    assert code not in repr(vars(client.app.state.security.codes))


def test_another_site_cannot_log_a_browser_in(client):
    code = code_for(client)
    response = client.post(
        "/login", data={"code": code}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403
    assert log_in(client, code=code).status_code == 303  # and has not used the code up


def test_the_page_shows_nothing_of_what_is_no_code(client):
    page = client.get("/login", params={"code": '"><script>alert(1)</script>'}).text
    assert "script" not in page


def test_guessing_codes_is_slowed_down(client):
    found = [log_in(client, code="guess").status_code for _ in range(11)]
    assert found == [401] * 10 + [429]


def test_nobody_logs_in_with_an_empty_form(client):
    assert client.post("/login", headers=OURS).status_code == 401


# A token


def test_a_token_logs_a_browser_in_with_its_own_role(client, tokens):
    assert log_in(client, token=tokens[Role.APPROVER]).status_code == 303
    assert client.get("/v1/session").json()["role"] == "approver"


def test_a_wrong_token_logs_nobody_in(client):
    assert log_in(client, token="cambio_wrong").status_code == 401


def test_a_program_gets_a_cookie_for_its_token(client, tokens):
    begun = client.post("/v1/session", headers=bearer(tokens[Role.VIEWER]))
    assert begun.status_code == 201
    shown = client.get("/v1/session").json()
    assert (shown["account"], shown["csrf_token"]) == ("viewer", begun.json()["csrf_token"])


def test_a_session_does_not_beget_another(client):
    log_in(client, code=code_for(client))
    csrf = client.get("/v1/session").json()["csrf_token"]
    response = client.post("/v1/session", headers=OURS | {"X-CSRF-Token": csrf})
    assert response.status_code == 401


def test_a_session_ends_when_its_token_is_revoked(client, tokens, product, seconds):
    log_in(client, token=tokens[Role.VIEWER])
    accounts.revoke_token(product, "viewer")
    seconds.time += VERDICT_S
    assert client.get("/v1/session").status_code == 401


def test_a_link_of_a_token_ends_with_the_token(client, tokens, product):
    identity = Identity(Account("viewer", Role.VIEWER), SecretStr(tokens[Role.VIEWER]))
    log_in(client, code=code_for(client, identity))
    accounts.revoke_token(product, "viewer")
    assert client.get("/v1/session").status_code == 401


# The cookie


def test_scripts_and_other_sites_never_hold_the_cookie(client):
    found = attributes(log_in(client, code=code_for(client)))
    assert {"httponly", "samesite", "path", "max-age"} == set(found)
    assert (found["samesite"], found["path"]) == ("strict", "/")


def test_by_https_the_cookie_is_bound_to_this_host(make):
    client = make("https://127.0.0.1", https=True)
    response = client.post(
        "/login", data={"code": code_for(client)}, headers={"Origin": "https://127.0.0.1"}
    )
    assert response.headers["set-cookie"].startswith("__Host-cambio_session=")
    assert "secure" in attributes(response)
    assert "domain" not in attributes(response)
    assert client.get("/v1/session").status_code == 200


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1] + ("A" if c[-1] != "A" else "B"), str.lower, lambda _: ""]
)
def test_a_tampered_cookie_is_refused(client, change):
    log_in(client, code=code_for(client))
    cookie = client.cookies[COOKIE]
    forged = Client(client.app).get("/v1/session", headers={"Cookie": f"{COOKIE}={change(cookie)}"})
    assert forged.status_code == 401


def test_only_the_hash_of_a_cookie_is_kept(client):
    log_in(client, code=code_for(client))
    assert client.cookies[COOKIE] not in repr(vars(client.app.state.security.sessions))


# The end


def test_an_idle_session_ends(client, seconds):
    log_in(client, code=code_for(client))
    seconds.time += IDLE_S - 1
    assert client.get("/v1/session").status_code == 200
    seconds.time += IDLE_S
    assert client.get("/v1/session").status_code == 401


def test_no_session_outlives_twelve_hours(client, seconds):
    log_in(client, code=code_for(client))
    for _ in range(11):
        seconds.time += 3600.0
        assert client.get("/v1/session").status_code == 200
    seconds.time += 3600.0
    assert client.get("/v1/session").status_code == 401
    assert ABSOLUTE_S == 12 * 3600


def test_a_browser_is_told_when_its_session_ends(client, seconds):
    log_in(client, code=code_for(client))
    assert client.get("/v1/session").json()["ends_at"] == (
        (NOW + timedelta(hours=2)).isoformat().replace("+00:00", "Z")
    )
    seconds.time += 3600.0
    client.get("/v1/session")
    assert len(client.app.state.security.sessions) == 1


def test_who_logs_out_is_out(client):
    log_in(client, code=code_for(client))
    cookie = client.cookies[COOKIE]
    csrf = client.get("/v1/session").json()["csrf_token"]
    response = client("DELETE", "/v1/session", headers=OURS | {"X-CSRF-Token": csrf})
    assert response.status_code == 204
    assert COOKIE not in client.cookies
    kept = Client(client.app).get("/v1/session", headers={"Cookie": f"{COOKIE}={cookie}"})
    assert kept.status_code == 401


def test_a_token_has_no_session_to_end(client, tokens):
    response = client("DELETE", "/v1/session", headers=bearer(tokens[Role.VIEWER]))
    assert response.status_code == 404


def test_only_so_many_sessions_are_kept(seconds):
    sessions = Sessions(seconds)
    first, _ = sessions.begin(Identity(OLGA))
    for number in range(MOST_SESSIONS):
        sessions.begin(Identity(Account(f"a{number}", Role.VIEWER)))
    assert len(sessions) == MOST_SESSIONS
    assert sessions.find(first) is None


def test_nobody_ends_the_sessions_of_others_by_beginning_many(seconds):
    sessions = Sessions(seconds)
    hers, _ = sessions.begin(Identity(OLGA))
    mine = [sessions.begin(Identity(Account("vic", Role.VIEWER)))[0] for _ in range(MOST_SESSIONS)]
    assert sessions.find(hers) is not None
    assert [cookie for cookie in mine if sessions.find(cookie)] == mine[-MOST_OF_ONE:]
