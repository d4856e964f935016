"""What people can change through the API, and what they can't."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from tests.api.seeded import CHAMPION, CLOSED, OPEN, OTHER, serve, template

from cambio.contracts.accounts import Role
from cambio.store import macro
from cambio.store.database import reading

WHY = {"comment": "Because."}
START = {"model_id": OTHER, "shadow": True, **WHY}
APPROVE, REJECT = f"/v1/proposals/{OPEN}/approve", f"/v1/proposals/{OPEN}/reject"
STOP = f"/v1/deployments/shadows/{OTHER}/stop"
CHANGES = {
    "approve": ("POST", APPROVE, WHY, Role.APPROVER),
    "reject": ("POST", REJECT, WHY, Role.APPROVER),
    "start": ("POST", "/v1/deployments", START, Role.OPERATOR),
    "promote": ("POST", "/v1/deployments/promote", WHY, Role.APPROVER),
    "rollback": ("POST", "/v1/deployments/rollback", WHY, Role.OPERATOR),
    "stop": ("POST", STOP, WHY, Role.OPERATOR),
    "kill switch": ("PUT", "/v1/kill-switch", {"on": True, **WHY}, Role.OPERATOR),
    "resume": ("POST", "/v1/risk/resume", {"book": "account", **WHY}, Role.OPERATOR),
    "release": ("POST", "/v1/quarantine/release", {"ids": [1], **WHY}, Role.OPERATOR),
    "drop": ("POST", "/v1/quarantine/drop", {"ids": [1], **WHY}, Role.OPERATOR),
}


@pytest.fixture
def seeded(tmp_path_factory, tmp_path):
    with serve(template(tmp_path_factory.getbasetemp()), tmp_path) as seeded:
        yield seeded


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    home = template(tmp_path_factory.getbasetemp())
    with serve(home, tmp_path_factory.mktemp("change")) as seeded:
        yield seeded


@pytest.fixture
def client(seeded):
    return seeded.client(Role.APPROVER)


def audited(client):
    newest = client.get("/v1/audit", limit=1)["items"][0]
    return newest["action"], newest["actor"]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_role_below_changes_nothing(untouched, change):
    method, path, body, role = change
    below = list(Role)[list(Role).index(role) - 1]
    client = untouched.client(below)
    before = client.get("/v1/audit")
    assert client(method, path, json=body).status_code == 403
    assert client.get("/v1/audit") == before


@pytest.mark.parametrize("comment", ["", "   ", "two\nlines", "\x00", "x" * 1001, None])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_takes_a_line_that_says_why(untouched, change, comment):
    method, path, body, _ = change
    answer = untouched.client(Role.APPROVER)(method, path, json={**body, "comment": comment})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == "body.comment"


def test_an_approved_model_challenges_the_champion(client):
    voted = client("POST", APPROVE, json=WHY).json()
    assert (voted["status"], voted["reviewer"], voted["comment"]) == (
        "APPROVED",
        "the-approver",
        "Because.",
    )
    challenger = client.get("/v1/deployments")["challenger"]
    assert (challenger["model_id"], challenger["share"], challenger["sessions"]) == (OTHER, 0.1, 0)
    assert (challenger["low"], challenger["move"]) == (None, "keep")
    assert client.get(f"/v1/models/{OTHER}")["stage"] == "canary"


def test_a_vote_stands(client):
    assert client("POST", REJECT, json=WHY).json()["status"] == "REJECTED"
    again = client("POST", APPROVE, json=WHY)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/conflict")


def test_of_votes_at_the_same_time_one_counts(seeded, client):
    async def at_once() -> list[int]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(seeded.app),
            base_url="http://127.0.0.1",
            headers=client.headers,
        ) as voter:
            asked = [voter.post(path, json=WHY) for path in (APPROVE, REJECT) * 6]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert sorted(asyncio.run(at_once())) == [200] + [409] * 11
    entries = client.get("/v1/audit", subject=OPEN)["items"]
    voted = [one for one in entries if "vote" in one["action"] or "status" in one["data"]["after"]]
    assert len([one for one in voted if one["data"]["after"]["status"] != "PENDING_APPROVAL"]) == 1
    assert client.get("/v1/audit/verify")["passed"]


def test_a_proposal_that_has_expired_is_not_voted_on(client):
    assert client("POST", f"/v1/proposals/{CLOSED}/approve", json=WHY).status_code == 409


def test_the_beginning_of_an_id_gets_no_vote(client):
    assert client("POST", f"/v1/proposals/{OPEN[:9]}/approve", json=WHY).status_code == 404
    assert client.get(f"/v1/proposals/{OPEN}")["is_open"]


def test_a_challenger_is_promoted_and_rolled_back_to(client):
    client("POST", APPROVE, json=WHY)
    report = client("POST", "/v1/deployments/promote", json=WHY).json()
    assert (report["champion"]["model_id"], report["challenger"]) == (OTHER, None)
    report = client("POST", "/v1/deployments/rollback", json=WHY).json()
    assert report["champion"]["model_id"] == CHAMPION


def test_a_challenger_is_rolled_back(client):
    client("POST", APPROVE, json=WHY)
    report = client("POST", "/v1/deployments/rollback", json=WHY).json()
    assert (report["champion"]["model_id"], report["challenger"]) == (CHAMPION, None)
    assert (report["ended"][0]["status"], report["ended"][0]["reason"]) == (
        "ROLLED_BACK",
        "Because.",
    )


def test_a_shadow_ends_and_begins(client):
    assert client("POST", "/v1/deployments", json=START).status_code == 409
    assert client("POST", STOP, json=WHY).json()["shadows"] == []
    begun = client("POST", "/v1/deployments", json=START).json()["shadows"]
    assert [(one["model_id"], one["started_by"]) for one in begun] == [(OTHER, "the-approver")]


def test_the_kill_switch_is_thrown_released_and_audited(client):
    thrown = client("PUT", "/v1/kill-switch", json={"on": True, **WHY}).json()
    assert (thrown["on"], thrown["changed_by"]) == (True, "the-approver")
    assert client.get("/v1/risk")["kill_switch"]
    assert audited(client) == ("control:set", "the-approver")
    client("PUT", "/v1/kill-switch", json={"on": False, **WHY})
    assert not client.get("/v1/kill-switch")["on"]
    assert [one["data"]["details"]["on"] for one in client.get("/v1/events")["items"][:2]] == [
        False,
        True,
    ]


def test_a_book_that_its_drawdown_has_stopped_is_resumed(client):
    resumed = client("POST", "/v1/risk/resume", json={"book": "account", **WHY}).json()
    assert (resumed["book"], resumed["changed_by"]) == ("account", "the-approver")
    assert audited(client)[0] == "control:set"
    assert client("POST", "/v1/risk/resume", json={"book": CHAMPION, **WHY}).status_code == 409
    assert client("POST", "/v1/risk/resume", json={"book": "nobody", **WHY}).status_code == 404


def test_a_refused_row_is_released_into_its_table(seeded, client):
    done = client("POST", "/v1/quarantine/release", json={"ids": [1], **WHY}).json()
    assert done == {"ids": [1], "settled": 1}
    with reading(seeded.resources.engine) as connection:
        values = macro.newest(connection, ["VIX"])
    assert 171.0 in values["value"].to_list()
    (row,) = client.get("/v1/quarantine", kind="macro", resolved=True, limit=1)["items"]
    assert (row["resolution"], row["resolved_by"]) == ("released", "the-approver")
    assert client("POST", "/v1/quarantine/release", json={"ids": [1], **WHY}).status_code == 409


def test_a_row_without_a_place_is_dropped_not_released(client):
    assert client("POST", "/v1/quarantine/release", json={"ids": [3], **WHY}).status_code == 422
    assert client("POST", "/v1/quarantine/drop", json={"ids": [3], **WHY}).json()["ids"] == [3]
    assert 3 not in [row["id"] for row in client.get("/v1/quarantine")["items"]]


def test_two_rows_for_one_place_are_not_released_together(client):
    both = client("POST", "/v1/quarantine/release", json={"ids": [1, 2], **WHY})
    assert both.status_code == 409
