"""One engine at a time, on both databases."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from cambio.store.database import open_database
from cambio.store.engine import NotAlone, is_running, only_one


def test_a_second_engine_is_refused_for_as_long_as_the_first_one_runs(engine, url):
    other = open_database(url)
    with only_one(engine), pytest.raises(NotAlone, match="Another engine"), only_one(other):
        pass
    with only_one(other):
        pass
    other.dispose()


def test_others_can_tell_whether_an_engine_runs(engine, url):
    other = open_database(url)
    assert not is_running(other)
    with only_one(engine):
        assert is_running(other)
        assert is_running(engine)
    assert not is_running(other)
    other.dispose()


def test_who_asks_does_not_keep_an_engine_from_beginning(engine, url):
    other, stop = open_database(url), Event()

    def ask() -> None:
        while not stop.wait(0.001):
            is_running(other)

    asking = Thread(target=ask)
    asking.start()
    try:
        for _ in range(50):
            with only_one(engine):
                pass
    finally:
        stop.set()
        asking.join()
        other.dispose()
