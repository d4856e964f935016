from datetime import UTC, datetime, timedelta

import pytest
from pydantic import HttpUrl
from sqlalchemy import Engine

from cambio.acquisition.providers import Booking, Breaker, RateLimit, SourceConfig
from cambio.store.requests import DatabaseRequestLog, error_rates

START = datetime(2024, 7, 8, 13, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def config(*limits: tuple[int, float], failures: int = 99, rest_s: float = 300) -> SourceConfig:
    return SourceConfig(
        url=HttpUrl("http://127.0.0.1"),
        limits=tuple(RateLimit(requests=count, per_s=per_s) for count, per_s in limits),
        breaker=Breaker(failures=failures, rest_s=rest_s),
    )


@pytest.fixture
def log(engine: Engine) -> DatabaseRequestLog:
    return DatabaseRequestLog(engine)


def ask(log: DatabaseRequestLog, settings: SourceConfig, seconds: float, *, ok: bool) -> None:
    """Book a request that ends at once."""
    booking = log.begin("fred", settings, at(seconds))
    assert booking.request_id is not None
    log.end(booking.request_id, ok=ok, note="" if ok else "failed", elapsed_s=0.5)


def test_each_booking_has_its_own_id(log: DatabaseRequestLog) -> None:
    ids = {log.begin("fred", config(), START).request_id for _ in range(3)}
    assert len(ids) == 3
    assert None not in ids


def test_a_request_above_the_limit_waits_until_the_oldest_leaves_the_span(
    log: DatabaseRequestLog,
) -> None:
    two_a_minute = config((2, 60))
    ask(log, two_a_minute, 0, ok=True)
    ask(log, two_a_minute, 10, ok=True)
    assert log.begin("fred", two_a_minute, at(15)) == Booking(wait_s=45.0)
    assert log.begin("fred", two_a_minute, at(59.5)) == Booking(wait_s=0.5)
    assert log.begin("fred", two_a_minute, at(60)).request_id is not None
    assert log.begin("fred", two_a_minute, at(60)) == Booking(wait_s=10.0)


def test_a_request_that_still_runs_counts(log: DatabaseRequestLog) -> None:
    one_a_minute = config((1, 60))
    log.begin("fred", one_a_minute, START)
    assert log.begin("fred", one_a_minute, at(1)) == Booking(wait_s=59.0)


def test_of_several_limits_the_longest_wait_counts(log: DatabaseRequestLog) -> None:
    both = config((1, 10), (2, 100))
    ask(log, both, 0, ok=True)
    assert log.begin("fred", both, at(1)) == Booking(wait_s=9.0)
    ask(log, both, 10, ok=True)
    for either_way in (both, config((2, 100), (1, 10))):
        assert log.begin("fred", either_way, at(12)) == Booking(wait_s=88.0)


def test_a_wait_books_nothing(log: DatabaseRequestLog, engine: Engine) -> None:
    one_a_minute = config((1, 60))
    ask(log, one_a_minute, 0, ok=True)
    log.begin("fred", one_a_minute, at(1))
    with engine.connect() as connection:
        assert error_rates(connection, START) == {"fred": (1, 0)}


def test_the_limits_of_sources_are_their_own(log: DatabaseRequestLog) -> None:
    one_a_minute = config((1, 60))
    ask(log, one_a_minute, 0, ok=True)
    assert log.begin("bcrp", one_a_minute, at(1)).request_id is not None


def test_two_logs_on_one_database_share_the_limit(engine: Engine) -> None:
    one_a_minute = config((1, 60))
    DatabaseRequestLog(engine).begin("fred", one_a_minute, START)
    assert DatabaseRequestLog(engine).begin("fred", one_a_minute, at(20)) == Booking(wait_s=40.0)


def test_a_source_rests_after_so_many_failures_in_a_row(log: DatabaseRequestLog) -> None:
    three = config(failures=3, rest_s=100)
    for second in (0, 1, 2):
        ask(log, three, second, ok=False)
    assert log.begin("fred", three, at(2)) == Booking(wait_s=100.0, resting=True)
    assert log.begin("fred", three, at(101)) == Booking(wait_s=1.0, resting=True)
    assert log.begin("bcrp", three, at(3)).request_id is not None


def test_a_success_among_the_failures_keeps_a_source_awake(log: DatabaseRequestLog) -> None:
    three = config(failures=3)
    for second, ok in enumerate((False, False, True, False, False)):
        ask(log, three, second, ok=ok)
    assert log.begin("fred", three, at(5)).request_id is not None


def test_a_rested_source_has_one_attempt_and_then_rests_again(log: DatabaseRequestLog) -> None:
    two = config(failures=2, rest_s=100)
    ask(log, two, 0, ok=False)
    ask(log, two, 1, ok=False)
    ask(log, two, 101, ok=False)
    assert log.begin("fred", two, at(102)) == Booking(wait_s=99.0, resting=True)


def test_a_rested_source_that_answers_is_awake_again(log: DatabaseRequestLog) -> None:
    two = config(failures=2, rest_s=100)
    for second, ok in ((0, False), (1, False), (101, True), (102, False)):
        ask(log, two, second, ok=ok)
    assert log.begin("fred", two, at(103)).request_id is not None


def test_a_request_that_never_ended_is_no_failure_of_the_source(log: DatabaseRequestLog) -> None:
    one = config(failures=1)
    log.begin("fred", one, START)  # its process died
    assert log.begin("fred", one, at(1)).request_id is not None


def test_error_rates_count_by_source_what_failed_or_never_ended(
    log: DatabaseRequestLog, engine: Engine
) -> None:
    ask(log, config(), -1, ok=False)  # before the span
    for second, ok in enumerate((True, False, True)):
        ask(log, config(), second, ok=ok)
    log.begin("fred", config(), at(3))
    log.begin("bcrp", config(), at(3))
    with engine.connect() as connection:
        assert error_rates(connection, START) == {"bcrp": (1, 1), "fred": (4, 2)}
        assert error_rates(connection, at(4)) == {}
