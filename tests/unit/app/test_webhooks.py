"""Webhooks: a real database, a real HTTP server that misbehaves on demand, and no waiting."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from threading import Event as Flag

import pytest
import structlog
from pydantic import ValidationError
from sqlalchemy import Engine, text
from tests.unit.app.receiver import Receiver, Reply
from tests.unit.app.told import NOW, cursor, notice, resources_on, signal, store, stored

from cambio.app.resources import Resources
from cambio.app.webhooks import FAILED, Delivery, Patience, start_webhooks, verify
from cambio.errors import ConfigError
from cambio.inference.config import OutputsConfig, WebhookConfig
from cambio.store.database import transaction

KEY = "k3y"
LONG_KEY = "0123456789abcdef"
QUICK = Patience(attempts=4, first_s=8.0, longest_s=60.0, timeout_s=5.0)
Tell = Callable[..., Delivery]


class Stop(Flag):
    """A flag on which nobody waits; it is set after as many pauses as asked for."""

    def __init__(self, after: int | None = None) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self._after = after

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout or 0.0)
        if len(self.pauses) == self._after:
            self.set()
        return self.is_set()


@pytest.fixture
def resources(engine: Engine) -> Resources:
    return resources_on(engine)


@pytest.fixture
def tell(resources: Resources) -> Iterator[Tell]:
    """Give a function that gives the delivery to a receiver, which knows of nothing before."""

    def make(
        receiver: Receiver,
        *types: str,
        stop: Flag | None = None,
        patience: Patience = QUICK,
        path: str = "",
    ) -> Delivery:
        hook = WebhookConfig(
            url=receiver.url + path, secret_env="HOOK_KEY", types=types or ("breach",)
        )
        delivery = Delivery(resources, hook, KEY, stop or Stop(), patience)
        stack.enter_context(closing(delivery))
        delivery.deliver_pending()
        return delivery

    with ExitStack() as stack:
        yield make


def texts(receiver: Receiver) -> list[str]:
    return [json.loads(post.content)["data"]["text"] for post in receiver.posts]


def test_an_event_is_posted_with_its_id_time_type_and_subject(resources, tell):
    with Receiver() as receiver:
        delivery = tell(receiver)
        store(resources.engine, notice("The account lost 2 %."))
        assert delivery.deliver_pending() == 1
    (post,) = receiver.posts
    assert json.loads(post.content) == {
        "id": 1,
        "time": NOW.isoformat(),
        "type": "breach",
        "subject": "account",
        "data": {"subject": "account", "text": "The account lost 2 %.", "details": {}},
    }
    assert post.headers["Content-Type"] == "application/json"
    assert post.headers["X-Cambio-Event-Id"] == "1"


def test_the_receiver_can_verify_who_sent_it(resources, tell):
    with Receiver() as receiver:
        delivery = tell(receiver)
        store(resources.engine, notice("x"))
        delivery.deliver_pending()
    (post,) = receiver.posts
    timestamp = post.headers["X-Cambio-Timestamp"]
    assert timestamp == str(int(NOW.timestamp()))
    signature = post.headers["X-Cambio-Signature"]
    assert verify(KEY, timestamp, post.content, signature, NOW.timestamp() + 299)


# printf '1720184700.{"id":1}' | openssl dgst -sha256 -hmac k3y
SIGNED = (
    "1720184700",
    b'{"id":1}',
    "v1=8e9958a164475bcb71dbbb81beb5644694ddb08e2798f62823e80197eb2e6333",
)


def test_the_signature_is_that_of_openssl():
    assert verify(KEY, *SIGNED, now=1720184700.0)


@pytest.mark.parametrize(
    ("key", "timestamp", "content", "signature", "now"),
    [
        ("other", *SIGNED, 1720184700.0),
        (KEY, "1720184701", *SIGNED[1:], 1720184700.0),
        (KEY, SIGNED[0], b'{"id":2}', SIGNED[2], 1720184700.0),
        (KEY, *SIGNED[:2], SIGNED[2].removeprefix("v1="), 1720184700.0),
        (KEY, *SIGNED[:2], "é", 1720184700.0),
        (KEY, *SIGNED, 1720184700.0 + 301),
        (KEY, *SIGNED, 1720184700.0 - 301),
        (KEY, "soon", *SIGNED[1:], 1720184700.0),
        (KEY, "9" * 5000, *SIGNED[1:], 1720184700.0),
    ],
    ids=["key", "time", "body", "scheme", "letters", "replay", "future", "no time", "long time"],
)
def test_what_is_not_just_written_by_us_is_refused(key, timestamp, content, signature, now):
    assert not verify(key, timestamp, content, signature, now)


def test_a_new_receiver_is_told_no_history(resources, tell):
    store(resources.engine, notice("long ago"))
    with Receiver() as receiver:
        delivery = tell(receiver)
        store(resources.engine, notice("now"))
        delivery.deliver_pending()
    assert texts(receiver) == ["now"]


def test_only_its_types_are_sent_and_in_order(resources, tell):
    with Receiver() as receiver:
        delivery = tell(receiver, "breach", "drift")
        happened = [notice("a"), signal(1.0), notice("b", "drift"), notice("c", "parity")]
        store(resources.engine, *happened, notice("d"))
        assert delivery.deliver_pending() == 3
    assert texts(receiver) == ["a", "b", "d"]


def test_signals_can_be_sent(resources, tell):
    with Receiver() as receiver:
        delivery = tell(receiver, "signal")
        store(resources.engine, signal(4000.5))
        delivery.deliver_pending()
    assert json.loads(receiver.posts[0].content)["data"]["price"] == 4000.5


def test_a_delivery_that_starts_anew_goes_on_where_the_last_one_was(resources, tell):
    with Receiver() as receiver:
        delivery = tell(receiver)
        store(resources.engine, notice("a"))
        delivery.deliver_pending()
        store(resources.engine, notice("b"))
        tell(receiver)
    assert texts(receiver) == ["a", "b"]


def test_two_receivers_do_not_share_a_cursor(resources, tell):
    with Receiver() as receiver:
        one, other = tell(receiver), tell(receiver, path="/other")
        store(resources.engine, notice("a"))
        one.deliver_pending()
        other.deliver_pending()
    assert [post.path for post in receiver.posts] == ["/hooks/t0ken", "/hooks/t0ken/other"]


@pytest.mark.parametrize("status", [0, 408, 425, 429, 500, 503])
def test_what_another_attempt_may_cure_is_sent_again(resources, tell, status):
    with Receiver(status, status) as receiver:
        delivery = tell(receiver)
        store(resources.engine, notice("a"), notice("b"))
        delivery.deliver_pending()
    assert texts(receiver) == ["a", "a", "a", "b"]
    assert len(stored(resources.engine)) == 2


def test_a_receiver_that_stalls_is_not_waited_for(resources, tell):
    with Receiver(Reply(stall=True)) as receiver:
        delivery = tell(receiver, patience=replace(QUICK, timeout_s=0.1))
        store(resources.engine, notice("a"))
        delivery.deliver_pending()
    assert texts(receiver) == ["a", "a"]


def test_pauses_double_and_half_of_each_is_chance(resources, tell):
    stop = Stop()
    with Receiver(500, 500, 500) as receiver:
        delivery = tell(receiver, stop=stop)
        store(resources.engine, notice("a"))
        delivery.deliver_pending()
    assert len(stop.pauses) == 3
    for pause, longest in zip(stop.pauses, (8, 16, 32), strict=True):
        assert longest / 2 <= pause <= longest


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        ("50", 50.0),
        ("9999", 60.0),
        ("Fri, 05 Jul 2024 13:05:41 GMT", 40.0),
        ("9" * 400, 60.0),
    ],
)
def test_a_pause_that_is_asked_for_is_kept_within_bounds(resources, tell, asked, pause):
    stop = Stop()
    with Receiver(Reply(429, {"Retry-After": asked})) as receiver:
        delivery = tell(receiver, stop=stop)
        store(resources.engine, notice("a"))
        delivery.deliver_pending()
    assert stop.pauses == [pause]


@pytest.mark.parametrize("asked", ["soon", "-5", "Fri, 05 Jul 2024 12:00:00 GMT", "05 Jul 2024"])
def test_a_pause_that_makes_no_sense_is_ours(resources, tell, asked):
    stop = Stop()
    with Receiver(Reply(503, {"Retry-After": asked})) as receiver:
        delivery = tell(receiver, stop=stop)
        store(resources.engine, notice("a"))
        delivery.deliver_pending()
    assert 4.0 <= stop.pauses[0] <= 8.0


@pytest.mark.parametrize("status", [302, 307, 400, 401, 404, 410])
def test_what_another_attempt_cannot_cure_leaves_a_notice(resources, tell, status):
    elsewhere = {"Location": "/elsewhere"}
    with Receiver(Reply(status, elsewhere)) as receiver:
        delivery = tell(receiver)
        store(resources.engine, notice("a"), notice("b"))
        assert delivery.deliver_pending() == 2
    assert [post.path for post in receiver.posts] == ["/hooks/t0ken"] * 2
    assert texts(receiver) == ["a", "b"]
    (left,) = stored(resources.engine, after=2)
    assert left.subject == delivery.reader
    assert left.data["text"] == (
        f"The webhook at 127.0.0.1 was not told of event 1 (breach): status {status}, "
        "after 1 attempt."
    )
    assert left.data["details"]["event_id"] == 1


def test_after_its_attempts_an_event_is_passed_over_with_a_notice(resources, tell):
    with Receiver(500, 500, 500, 500) as receiver:
        delivery = tell(receiver)
        store(resources.engine, notice("a"), notice("b"))
        delivery.deliver_pending()
    assert texts(receiver) == ["a"] * 4 + ["b"]
    (left,) = stored(resources.engine, after=2)
    assert left.data["details"]["reason"] == "status 500, after 4 attempts"


def test_nobody_is_told_that_a_webhook_failed(resources, tell):
    with Receiver(404) as receiver:
        delivery = tell(receiver, "breach", FAILED)
        store(resources.engine, notice("a"))
        for _ in range(3):
            delivery.deliver_pending()
    assert texts(receiver) == ["a"]
    assert cursor(resources.engine, delivery.reader) == 2


def test_a_stop_during_a_pause_leaves_the_event_for_the_next_start(resources, tell):
    with Receiver(500) as receiver:
        delivery = tell(receiver, stop=Stop(after=1))
        store(resources.engine, notice("a"), notice("b"))
        assert delivery.deliver_pending() == 0
        assert texts(receiver) == ["a"]
        tell(receiver)
    assert texts(receiver) == ["a", "a", "b"]


def test_what_it_does_not_send_is_not_searched_again(resources, tell):
    with Receiver() as receiver:
        delivery = tell(receiver)
        store(resources.engine, *(signal(1.0) for _ in range(101)))
        delivery.deliver_pending()
    assert cursor(resources.engine, delivery.reader) == 101


def test_neither_key_nor_url_nor_event_is_logged(resources, tell, caplog):
    caplog.set_level(logging.DEBUG)
    with Receiver(500, 404) as receiver, structlog.testing.capture_logs() as logs:
        delivery = tell(receiver)
        store(resources.engine, notice("The account lost 2 %."))
        delivery.deliver_pending()
    assert [entry["event"] for entry in logs] == ["webhook_attempt_failed"] * 2 + ["webhook_failed"]
    said = repr(logs) + caplog.text + repr(stored(resources.engine, after=1))
    assert not [word for word in (KEY, "t0ken", "lost") if word in said]


def with_hooks(resources: Resources, *receivers: Receiver) -> Resources:
    hooks = tuple(
        WebhookConfig(url=receiver.url, secret_env=f"KEY_{n}", types=("breach",))
        for n, receiver in enumerate(receivers)
    )
    outputs = resources.deployment.outputs.model_copy(update={"webhooks": hooks})
    deployment = resources.deployment.model_copy(update={"outputs": outputs})
    return replace(resources, deployment=deployment)


def test_a_receiver_that_stalls_holds_up_no_other(resources, tell):
    stop = Flag()
    with Receiver(Reply(stall=True)) as dead, Receiver() as well:
        tell(dead), tell(well)  # so that both know what is new, whenever their threads begin
        threads = start_webhooks(with_hooks(resources, dead, well), lambda name: LONG_KEY, stop)
        store(resources.engine, notice("a"), notice("b"))
        resources.bus.publish(stored(resources.engine))
        assert well.arrived.acquire(timeout=20)
        assert well.arrived.acquire(timeout=20)
        stop.set()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert texts(well) == ["a", "b"]


def test_once_a_delivery_ends_when_nothing_waits(resources):
    with Receiver() as well:
        product = with_hooks(resources, well)

        def deliver() -> None:
            for thread in start_webhooks(product, lambda name: LONG_KEY, Flag(), once=True):
                thread.join(20)
                assert not thread.is_alive()

        deliver()  # what happens from now on is told
        store(resources.engine, notice("a"), notice("b"))
        deliver()
        assert texts(well) == ["a", "b"]


def test_a_database_that_fails_is_asked_again(resources, tell):
    stop = Stop(after=2)
    with Receiver() as receiver:
        delivery = tell(receiver, stop=stop)
        with transaction(resources.engine) as connection:
            connection.execute(text("DROP TABLE events"))
        delivery.run()
    assert stop.pauses == [8.0, 8.0]


def test_a_missing_key_is_told_before_anything_starts(resources):
    with Receiver() as receiver:
        product = with_hooks(resources, receiver)
        with pytest.raises(ConfigError, match="Set KEY_0") as caught:
            start_webhooks(product, {}.get, Flag())
    assert "t0ken" not in str(caught.value)


def test_a_key_that_can_be_guessed_is_refused(resources):
    with Receiver() as receiver:
        product = with_hooks(resources, receiver)
        with pytest.raises(ConfigError, match=r"KEY_0, .* has 15 characters") as caught:
            start_webhooks(product, lambda name: LONG_KEY[1:], Flag())
    assert LONG_KEY[1:] not in str(caught.value)


def hook(url: str, **more: object) -> WebhookConfig:
    return WebhookConfig.model_validate({"url": url, "secret_env": "KEY", **more})


@pytest.mark.parametrize(
    "url", ["https://a.example/x", "http://localhost:1/", "http://127.0.0.9/", "http://[::1]:8/"]
)
def test_https_is_needed_except_on_loopback(url):
    assert str(hook(url).url).startswith(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "http://10.0.0.1/",
        "http://127.0.0.1.a.example/",
        "http://localhost.a.example/",
        "https://user:pass@a.example/",
        "ftp://a.example/",
    ],
)
def test_a_url_that_is_not_private_is_refused(url):
    with pytest.raises(ValidationError):
        hook(url)


@pytest.mark.parametrize("types", [[], ["breech"], ["progress"]])
def test_types_that_are_never_stored_are_refused(types):
    with pytest.raises(ValidationError):
        hook("https://a.example/", types=types)


def test_two_webhooks_of_one_url_are_refused():
    twice = [hook("https://a.example/"), hook("https://a.example/", types=["signal"])]
    with pytest.raises(ValidationError, match="same URL"):
        OutputsConfig(signals_stream="s", events_stream="e", stream_length=1000, webhooks=twice)
