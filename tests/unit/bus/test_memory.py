"""The bus of one process."""

from __future__ import annotations

from threading import Thread

from tests.unit.bus.streams import breach

from cambio.bus.memory import MemoryBus


def test_a_reader_is_woken_by_a_newer_event():
    bus = MemoryBus()
    answers: list[bool] = []
    reader = Thread(target=lambda: answers.append(bus.wait(6, 30.0)))
    reader.start()
    bus.publish([breach(6), breach(7)])
    reader.join()
    assert answers == [True]


def test_what_was_published_before_is_not_waited_for():
    bus = MemoryBus()
    bus.publish([breach(7)])
    assert bus.wait(6, 30.0)
    assert not bus.wait(7, 0.0)


def test_telling_of_old_events_again_changes_nothing():
    bus = MemoryBus()
    bus.publish([breach(7)])
    bus.publish([breach(3)])
    assert bus.wait(6, 0.0)
    bus.publish([])
    assert not bus.wait(7, 0.0)


def test_closing_wakes_who_waits():
    bus = MemoryBus()
    answers: list[bool] = []
    reader = Thread(target=lambda: answers.append(bus.wait(0, 30.0)))
    reader.start()
    bus.close()
    reader.join()
    assert answers == [False]


def test_there_is_nothing_to_reach():
    assert MemoryBus().is_reachable() is None
