"""What the routes tell of a seeded database, worked out by hand from `seeded`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from tests.api.seeded import (
    BAR,
    CHAMPION,
    CLOSED,
    NOW,
    OPEN,
    OTHER,
    SPEC,
    serve,
    template,
    time_of,
)

from cambio.api.pages import encode
from cambio.contracts.accounts import Role
from cambio.contracts.features import FEATURE_ORDER
from cambio.store import tables
from cambio.store.database import transaction


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    home = template(tmp_path_factory.getbasetemp())
    with serve(home, tmp_path_factory.mktemp("read")) as seeded:
        yield seeded


@pytest.fixture(scope="module")
def client(seeded):
    return seeded.client(Role.VIEWER)


def told(moment):
    """A time as the API writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def test_models_are_told_without_their_files(client):
    found = client.get("/v1/models")["items"]
    assert [model["model_id"] for model in found] == [CHAMPION, OTHER]
    assert [model["stage"] for model in found] == ["production", "staging"]
    assert "models/" not in str(client.get(f"/v1/models/{CHAMPION}"))


def test_models_of_one_stage(client):
    found = client.get("/v1/models", stage="staging")["items"]
    assert [model["model_id"] for model in found] == [OTHER]


def test_the_champion_comes_with_its_lineage(client):
    champion = client.get("/v1/champion")["model"]
    assert (champion["model_id"], champion["approved_by"]) == (CHAMPION, "ada")
    assert champion["lineage"]["feature_spec_hash"] == SPEC.hash()


def test_a_proposal_is_open_while_it_waits(client):
    found = client.get("/v1/proposals")["items"]
    assert {one["proposal_id"]: one["is_open"] for one in found} == {OPEN: True, CLOSED: False}
    (waiting,) = client.get("/v1/proposals", status="PENDING_APPROVAL")["items"]
    assert waiting["proposal_id"] == OPEN


def test_a_proposal_is_named_by_its_whole_id(client):
    assert client.get(f"/v1/proposals/{OPEN}")["vs_baseline"]["against"] == CHAMPION
    assert client("GET", f"/v1/proposals/{OPEN[:-1]}").status_code == 404


def test_the_audit_log_is_told_by_subject(client):
    (newest, *_) = client.get("/v1/audit", subject=CHAMPION)["items"]
    assert (newest["action"], newest["actor"]) == ("model:promoted", "ada")


def test_the_audit_log_is_whole(client):
    report = client.get("/v1/audit/verify")
    assert (report["passed"], report["findings"]) == (True, [])
    assert report["head"].startswith(f"{report['rows']}:")


def test_the_trial_ledger_counts_looks_at_a_window(client):
    ledger = client.get("/v1/trials")
    assert [look["model_id"] for look in ledger["items"]] == [OTHER, OTHER]
    (window,) = ledger["windows"]
    assert (window["looks"], window["window"]["start"]) == (2, "2024-02-01")


def test_signals_of_one_role_newest_first(client):
    found = client.get("/v1/signals", role="champion")["items"]
    assert [signal["timestamp"] for signal in found] == [
        told(time_of(bar)) for bar in reversed(range(12))
    ]
    assert found[1]["blocked_by"] == []
    assert found[0]["blocked_by"] == ["max_trades"]


def test_a_signal_tells_what_the_policy_saw(client):
    signal = client.get(f"/v1/signals/{CHAMPION}@20240322T1305Z")
    assert signal["observation"] == {name: 0.125 * i for i, name in enumerate(FEATURE_ORDER)}
    assert (signal["action"], signal["requested"], signal["latency_ms"]) == ("BUY", 1, 1.5)
    assert client.get(f"/v1/signals/{CHAMPION}@20240322T1300Z")["observation"] is None


def test_a_trade_runs_from_the_fill_before_to_the_one_that_closed_it(client):
    fills = client.get("/v1/fills")["items"]
    assert [(fill["from_position"], fill["to_position"]) for fill in fills] == [
        (1, 0),
        (0, 1),
        (-1, 0),
        (1, -1),
        (0, 1),
    ]
    keys = ("side", "entry_price", "exit_price", "pnl")
    assert [tuple(trade[key] for key in keys) for trade in client.get("/v1/trades")["items"]] == [
        ("LONG", 4008.0, 4010.0, 20.0),
        ("SHORT", 4003.0, 4006.0, 0.0),
        ("LONG", 4001.0, 4003.0, -10.0),
    ]


def test_equity_of_the_account_and_of_a_book(client):
    account = client.get("/v1/equity", start=told(time_of(9)))
    assert [point["equity"] for point in account["points"]] == [20_009.0, 20_010.0, 20_011.0]
    assert account["complete"]
    book = client.get("/v1/equity", book=CHAMPION, limit=2)
    assert [(p["equity"], p["exposure"]) for p in book["points"]] == [(10_010.0, 0), (10_011.0, 0)]
    assert not book["complete"]


def test_paper_is_no_live_equity(client):
    assert len(client.get("/v1/equity", book=OTHER)["points"]) == 12


def test_a_type_of_events_that_does_not_exist_is_one_error(client):
    (error,) = client("GET", "/v1/events", params={"type": "orders"}).json()["errors"]
    assert error["place"] == "query.type.0"


def test_events_of_chosen_types(client):
    (breach,) = client.get("/v1/events", type=["breach", "rollback"])["items"]
    assert breach["data"]["text"] == "It lost too much."
    signals = client.get("/v1/events", type="signal")["items"]
    assert len(signals) == 24
    assert signals[0]["id"] > signals[1]["id"]


def test_bars_of_a_span_end_before_its_end(client):
    found = client.get("/v1/bars", start=told(time_of(2)), end=told(time_of(5)))
    assert [bar["time"] for bar in found["items"]] == [told(time_of(bar)) for bar in (2, 3, 4)]
    assert found["next_cursor"] is None


def test_features_are_those_that_live_used(client):
    newest = client.get("/v1/features")
    assert (newest["time"], newest["features"]["rsi_9"]) == (told(time_of(11)), 5.5)
    assert newest["features"]["vix_z"] is None
    assert client.get("/v1/features", time=told(time_of(3)))["features"]["rsi_9"] == 1.5
    assert client("GET", "/v1/features", params={"time": told(NOW)}).status_code == 404


def test_the_quality_of_the_data(client):
    quality = client.get("/v1/data/quality")
    assert (quality["simulated"], quality["now"]) == (True, "2024-03-27T18:00:00Z")  # its own clock
    assert quality["bars"]["newest"] == "2024-03-27T17:55:00Z"
    assert (quality["bars"]["behind"], quality["bars"]["recent"]["rate"]) == (0, 0.0)
    assert {(row["kind"], row["reason"]) for row in quality["quarantine"]} == {
        ("macro", "outside_range"),
        ("macro", "unit_jump"),
        ("ohlcv", "outside_session"),
    }


def test_a_refused_row_names_no_folder(client):
    found = client.get("/v1/quarantine", kind="macro")["items"]
    assert [row["source"] for row in found] == ["vix.csv", "vix.csv"]


def test_drift_and_parity_newest_first(client):
    drift = client.get("/v1/drift", model_id=CHAMPION)["items"]
    assert [(row["session"], row["feature"], row["alert"]) for row in drift[:2]] == [
        ("2024-03-22", "rsi_9", False),
        ("2024-03-22", "vix_z", True),
    ]
    parity = client.get("/v1/parity")["items"]
    assert [row["difference"] is None for row in parity] == [True, False]


def test_macro_values_as_they_were_known(seeded, client):
    state = client.get("/v1/macro", moment="2024-03-22T13:00:00Z")
    vix = next(value for value in state["values"] if value["series"] == "VIX")
    assert vix["period"] == "2024-03-21"
    known = [value["series"] for value in state["values"]]
    assert sorted(known + state["without"]) == sorted(seeded.resources.catalogue)


def test_risk_tells_what_is_used_of_the_limits(client):
    risk = client.get("/v1/risk")
    champion, shadow = risk["books"]
    assert champion["drawdown"] == pytest.approx(0.1)
    assert champion["daily_loss"] == pytest.approx(0.04)
    assert (champion["role"], champion["position"], champion["trades_today"]) == ("champion", -1, 3)
    assert champion["breaker_until"] == told(time_of(18))
    assert champion["daily_loss_breached"]
    assert (shadow["role"], shadow["daily_loss_breached"]) == ("shadow", False)
    assert risk["account"]["drawdown"] == pytest.approx(0.2)
    assert risk["account"]["drawdown_breached"]
    assert risk["as_of"] == told(time_of(11))


def test_deployments_tell_champion_and_shadows(client):
    report = client.get("/v1/deployments")
    assert (report["champion"]["model_id"], report["champion"]["share"]) == (CHAMPION, 1.0)
    assert report["challenger"] is None
    assert [(one["model_id"], one["role"]) for one in report["shadows"]] == [(OTHER, "shadow")]


def test_an_inference_answers_from_the_bar_that_had_closed(client):
    body = {"timestamp": told(time_of(1) + BAR), "model_id": CHAMPION}
    answer = client("POST", "/v1/inference", json=body).json()
    assert (answer["bar_time"], answer["position"]) == (told(time_of(1)), 1)
    assert answer["signal"] in {"LONG", "SHORT", "HOLD"}
    assert list(answer["observation"]) == list(FEATURE_ORDER)
    assert answer["observation"]["position"] == 1.0


@pytest.mark.parametrize(
    "timestamp", ["2025-12-01T18:00:01Z", "2024-03-22T14:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_an_inference_about_no_past_moment_is_refused(client, timestamp):
    answer = client("POST", "/v1/inference", json={"timestamp": timestamp, "model_id": CHAMPION})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models/%2e%2e%2fetc",
        "/v1/models/..",
        "/v1/models/.hidden",
        "/v1/proposals/..%5c..",
        "/v1/signals/..%2f..@20240322T1305Z",
        "/v1/equity?book=../cambio.db",
    ],
)
def test_no_id_is_a_path(client, path):
    assert client("GET", path).status_code in (404, 422)


def test_what_is_stored_before_trading_begins(tmp_path_factory, tmp_path):
    with serve(template(tmp_path_factory.getbasetemp()), tmp_path) as seeded:
        with transaction(seeded.resources.engine) as connection:
            connection.execute(tables.engine_state.delete())
            connection.execute(tables.trading_controls.delete())
            connection.execute(update(tables.model_registry).values(is_active=False))
        client = seeded.client()
        risk = client.get("/v1/risk")
        assert (risk["as_of"], risk["account"], risk["books"]) == (None, None, [])
        assert client.get("/v1/champion") == {"model": None}
        assert client.get("/v1/kill-switch")["changed_at"] is None
        assert client("GET", "/v1/features").status_code == 404


PAGED = [
    ("/v1/models", {}),
    ("/v1/trials", {}),
    ("/v1/proposals", {}),
    ("/v1/audit", {}),
    ("/v1/audit", {"subject": "random"}),
    ("/v1/signals", {}),
    ("/v1/fills", {}),
    ("/v1/trades", {}),
    ("/v1/events", {}),
    ("/v1/quarantine", {}),
    ("/v1/drift", {}),
    ("/v1/parity", {}),
    ("/v1/bars", {"start": "2024-03-22T00:00:00Z", "end": "2024-03-22T13:40:00Z"}),
]


@pytest.mark.parametrize(("path", "query"), PAGED)
def test_parts_of_a_list_make_the_whole(client, path, query):
    whole = client.get(path, **query, limit=500)
    assert whole["next_cursor"] is None
    size = max(1, len(whole["items"]) // 3)
    parts, cursor = [], None
    for _ in range(len(whole["items"]) + 1):
        told = {} if cursor is None else {"cursor": cursor}
        part = client.get(path, **query, limit=size, **told)
        parts.append(part["items"])
        cursor = part["next_cursor"]
        if cursor is None:
            break
    joined = [row for part in (reversed(parts) if path == "/v1/bars" else parts) for row in part]
    assert joined == whole["items"]
    assert len(parts) > 1, "a weak test"


@pytest.mark.parametrize("cursor", ["AAAA", "WzFd", "W251bGxd", "bm8", "____"])
@pytest.mark.parametrize("path", sorted({path for path, _ in PAGED}))
def test_a_cursor_of_another_make_is_refused(client, path, cursor):
    answer = client("GET", path, params={"cursor": cursor})
    numbered = {"/v1/audit", "/v1/events", "/v1/quarantine", "/v1/trials"}
    assert answer.status_code == (200 if cursor == "WzFd" and path in numbered else 422)


def test_times_are_utc(client):
    found = client.get("/v1/bars", start="2024-03-22T08:00:00-05:00", limit=20_000)
    assert found["items"][0]["time"] == told(datetime(2024, 3, 22, 13, tzinfo=UTC))


def test_no_cursor_smuggles_a_text_that_is_no_id(client):
    forged = encode("2024-03-22T13:05:00Z", "random-s0\x00")
    assert client("GET", "/v1/signals", params={"cursor": forged}).status_code == 422
    assert client("GET", "/v1/fills", params={"cursor": forged}).status_code == 422
