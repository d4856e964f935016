from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from pydantic import HttpUrl
from sqlalchemy import Engine

from cambio.acquisition.providers import IN_A_ROW, Booking, Breaker, RateLimit, SourceConfig
from cambio.store.requests import LOST, TIMEOUTS, DatabaseRequestLog, error_rates

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
    booking = log.begin("fred", settings, lambda: at(seconds))
    assert booking.request_id is not None
    log.end(booking.request_id, ok=ok, note="" if ok else "failed", elapsed_s=0.5)


def test_each_booking_has_its_own_id(log: DatabaseRequestLog) -> None:
    ids = {log.begin("fred", config(), lambda: START).request_id for _ in range(3)}
    assert len(ids) == 3
    assert None not in ids


def test_a_request_above_the_limit_waits_until_the_oldest_leaves_the_span(
    log: DatabaseRequestLog,
) -> None:
    two_a_minute = config((2, 60))
    ask(log, two_a_minute, 0, ok=True)
    ask(log, two_a_minute, 10, ok=True)
    assert log.begin("fred", two_a_minute, lambda: at(15)) == Booking(wait_s=45.0)
    assert log.begin("fred", two_a_minute, lambda: at(59.5)) == Booking(wait_s=0.5)
    assert log.begin("fred", two_a_minute, lambda: at(60)).request_id is not None
    assert log.begin("fred", two_a_minute, lambda: at(60)) == Booking(wait_s=10.0)


def test_a_request_that_still_runs_counts(log: DatabaseRequestLog) -> None:
    one_a_minute = config((1, 60))
    log.begin("fred", one_a_minute, lambda: START)
    assert log.begin("fred", one_a_minute, lambda: at(1)) == Booking(wait_s=59.0)


def test_of_several_limits_the_longest_wait_counts(log: DatabaseRequestLog) -> None:
    both = config((1, 10), (2, 100))
    ask(log, both, 0, ok=True)
    assert log.begin("fred", both, lambda: at(1)) == Booking(wait_s=9.0)
    ask(log, both, 10, ok=True)
    for either_way in (both, config((2, 100), (1, 10))):
        assert log.begin("fred", either_way, lambda: at(12)) == Booking(wait_s=88.0)


def test_a_wait_books_nothing(log: DatabaseRequestLog, engine: Engine) -> None:
    one_a_minute = config((1, 60))
    ask(log, one_a_minute, 0, ok=True)
    log.begin("fred", one_a_minute, lambda: at(1))
    with engine.connect() as connection:
        assert error_rates(connection, START, START) == {"fred": (1, 0)}


def test_the_limits_of_sources_are_their_own(log: DatabaseRequestLog) -> None:
    one_a_minute = config((1, 60))
    ask(log, one_a_minute, 0, ok=True)
    assert log.begin("bcrp", one_a_minute, lambda: at(1)).request_id is not None


def test_two_logs_on_one_database_share_the_limit(engine: Engine) -> None:
    one_a_minute = config((1, 60))
    DatabaseRequestLog(engine).begin("fred", one_a_minute, lambda: START)
    assert DatabaseRequestLog(engine).begin("fred", one_a_minute, lambda: at(20)) == Booking(
        wait_s=40.0
    )


def test_a_source_rests_after_so_many_failures_in_a_row(log: DatabaseRequestLog) -> None:
    three = config(failures=3, rest_s=100)
    for second in (0, 1, 2):
        ask(log, three, second, ok=False)
    assert log.begin("fred", three, lambda: at(2)) == Booking(wait_s=100.0, resting=True)
    assert log.begin("fred", three, lambda: at(101)) == Booking(wait_s=1.0, resting=True)
    assert log.begin("bcrp", three, lambda: at(3)).request_id is not None


def test_a_success_among_the_failures_keeps_a_source_awake(log: DatabaseRequestLog) -> None:
    three = config(failures=3)
    for second, ok in enumerate((False, False, True, False, False)):
        ask(log, three, second, ok=ok)
    assert log.begin("fred", three, lambda: at(5)).request_id is not None


def test_a_rested_source_has_one_attempt_and_then_rests_again(log: DatabaseRequestLog) -> None:
    two = config(failures=2, rest_s=100)
    ask(log, two, 0, ok=False)
    ask(log, two, 1, ok=False)
    ask(log, two, 101, ok=False)
    assert log.begin("fred", two, lambda: at(102)) == Booking(wait_s=99.0, resting=True)


def test_a_rested_source_that_answers_is_awake_again(log: DatabaseRequestLog) -> None:
    two = config(failures=2, rest_s=100)
    for second, ok in ((0, False), (1, False), (101, True), (102, False)):
        ask(log, two, second, ok=ok)
    assert log.begin("fred", two, lambda: at(103)).request_id is not None


def test_a_request_that_never_ended_is_no_failure_of_the_source(log: DatabaseRequestLog) -> None:
    one = config(failures=1)
    log.begin("fred", one, lambda: START)  # its process died
    assert log.begin("fred", one, lambda: at(1)).request_id is not None


def test_the_time_is_taken_when_nobody_else_can_book(engine: Engine) -> None:
    """What waits for the lock has no time yet, and sees what was booked before."""
    log, one = DatabaseRequestLog(engine), config((1, 60.0))
    asked, bookings = Event(), []

    def later() -> datetime:
        asked.set()
        return at(5)

    other = Thread(target=lambda: bookings.append(log.begin("fred", one, later)))

    def first() -> datetime:
        other.start()
        assert not asked.wait(0.3)
        return START

    assert log.begin("fred", one, first).request_id is not None
    other.join()
    assert bookings == [Booking(wait_s=55.0)]


def test_a_clock_that_is_set_back_keeps_no_source_waiting(log: DatabaseRequestLog) -> None:
    two = config((2, 60.0))
    for _ in range(2):
        ask(log, two, 3600, ok=True)
    assert log.begin("fred", two, lambda: START).request_id is not None
    assert log.begin("fred", two, lambda: at(3541)) == Booking(wait_s=119.0)  # it was right after


def test_a_clock_that_is_a_little_ahead_keeps_the_limit(log: DatabaseRequestLog) -> None:
    one = config((1, 60.0))
    ask(log, one, 2, ok=True)  # of another machine
    assert log.begin("fred", one, lambda: START) == Booking(wait_s=62.0)


def test_a_clock_that_is_set_back_keeps_no_source_at_rest(log: DatabaseRequestLog) -> None:
    two = config(failures=2, rest_s=100)
    for seconds in (3600, 3601):
        ask(log, two, seconds, ok=False)
    ask(log, two, 0, ok=False)
    assert log.begin("fred", two, lambda: at(1)) == Booking(wait_s=99.0, resting=True)


def test_the_newest_request_counts_whatever_its_clock_says(log: DatabaseRequestLog) -> None:
    one = config(failures=1, rest_s=100)
    ahead = log.begin("fred", one, lambda: at(60)).request_id
    newest = log.begin("fred", one, lambda: at(30)).request_id  # the clock was set back
    assert ahead is not None
    assert newest is not None
    log.end(ahead, ok=False, note="failed", elapsed_s=1)
    log.end(newest, ok=True, note="", elapsed_s=1)
    assert log.begin("fred", one, lambda: at(61)).request_id is not None


def test_failures_days_apart_are_not_in_a_row(log: DatabaseRequestLog) -> None:
    three, day = config(failures=3, rest_s=100), IN_A_ROW.total_seconds()
    for seconds in (0, day, day + 1):
        ask(log, three, seconds, ok=False)
    assert log.begin("fred", three, lambda: at(day + 2)).request_id is not None


def test_while_a_rested_source_is_tried_all_others_wait(log: DatabaseRequestLog) -> None:
    two = config(failures=2, rest_s=100)
    lost_s = TIMEOUTS * two.timeout_s
    for seconds in (0, 1):
        ask(log, two, seconds, ok=False)
    attempt = log.begin("fred", two, lambda: at(101)).request_id
    assert attempt is not None
    assert log.begin("fred", two, lambda: at(102)) == Booking(wait_s=lost_s - 1, resting=True)
    log.end(attempt, ok=True, note="", elapsed_s=2)
    assert log.begin("fred", two, lambda: at(103)).request_id is not None


def test_what_was_booked_before_the_last_failure_is_no_attempt(log: DatabaseRequestLog) -> None:
    one = config(failures=1, rest_s=10)
    log.begin("fred", one, lambda: START)  # it still runs
    ask(log, one, 0, ok=False)
    assert log.begin("fred", one, lambda: at(10)).request_id is not None


def test_a_rested_source_is_tried_again_when_the_attempt_is_lost(log: DatabaseRequestLog) -> None:
    two = config(failures=2, rest_s=100)
    lost_s = TIMEOUTS * two.timeout_s
    for seconds in (0, 1):
        ask(log, two, seconds, ok=False)
    assert log.begin("fred", two, lambda: at(101)).request_id is not None  # its process dies
    assert log.begin("fred", two, lambda: at(100.5 + lost_s)).resting
    assert log.begin("fred", two, lambda: at(101 + lost_s)).request_id is not None
    assert log.begin("fred", two, lambda: at(102 + lost_s)).resting


def test_an_attempt_of_before_the_clock_was_set_back_holds_up_nothing(
    log: DatabaseRequestLog,
) -> None:
    one = config(failures=1, rest_s=100)
    ask(log, one, 3600, ok=False)
    assert log.begin("fred", one, lambda: at(3700)).request_id is not None  # it never ends
    assert log.begin("fred", one, lambda: START).request_id is not None


def test_error_rates_count_by_source_what_failed_or_was_lost(
    log: DatabaseRequestLog, engine: Engine
) -> None:
    lost_s = LOST.total_seconds()
    for seconds, ok in ((0, True), (1, False), (2, True)):
        ask(log, config(), seconds, ok=ok)
    log.begin("fred", config(), lambda: at(3))
    log.begin("bcrp", config(), lambda: at(4))
    with engine.connect() as connection:
        in_flight = {"bcrp": (1, 0), "fred": (4, 1)}
        assert error_rates(connection, START, at(4)) == in_flight
        assert error_rates(connection, START, at(2.9 + lost_s)) == in_flight
        assert error_rates(connection, START, at(3 + lost_s)) == {"bcrp": (1, 0), "fred": (4, 2)}
        assert error_rates(connection, at(5), at(9)) == {}
