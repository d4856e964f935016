"""Every event survives the way over a stream, and is told apart by its type."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from cambio.contracts import events
from cambio.contracts.events import Event
from cambio.contracts.trading import Action, Signal

NOW = datetime(2025, 7, 8, 13, 5, tzinfo=UTC)
PRICES = {"open": 4000.0, "high": 4002.0, "low": 3999.0, "close": 4001.5}
SIGNAL = Signal(
    NOW, "m1", "champion", Action.SELL, 0.5, 4000.0, -1, 0, 1, 1e4, (), late=True, observation=None
)
READER = TypeAdapter(Event)
ONE_OF_EACH = [
    events.ProgressEvent(data=events.Progress(progress=0.5, current_bar=1, total_bars=2)),
    events.BarEvent(data=events.BarMark(timestamp=NOW, **PRICES, equity=1e4, position="SHORT")),
    events.TradeEvent(
        data=events.TradeMark(
            timestamp=NOW, side="BUY", entry_price=4000.5, pnl=None, model_id="m1"
        )
    ),
    events.ResultEvent(data=events.Result(success=True, total_return=-0.01, sharpe=None)),
    events.SignalEvent(data=events.SignalMark(**SIGNAL.to_dict())),
    events.AccountEvent(
        data=events.AccountMark(
            timestamp=NOW, **PRICES, equity=1e4, exposure=-0.1, shares={"m1": 1.0}, late=False
        )
    ),
    events.NoticeEvent(
        type="breach", data=events.Notice(subject="m1", text="It lost 2 %.", details={"loss": 0.02})
    ),
]


def name(event) -> str:
    return event.type


def test_the_examples_cover_the_union():
    union = get_args(get_args(Event)[0])
    assert {type(event) for event in ONE_OF_EACH} == set(union)


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=name)
def test_an_event_comes_back_from_json_as_it_was(event):
    assert READER.validate_json(event.model_dump_json()) == event


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=name)
def test_an_event_has_a_type_and_data_and_nothing_else(event):
    assert set(event.model_dump()) == {"type", "data"}


def test_an_unknown_type_is_refused():
    with pytest.raises(ValidationError, match="union_tag_invalid"):
        READER.validate_python({"type": "tick", "data": {}})


def test_data_of_another_type_is_refused():
    document = ONE_OF_EACH[0].model_dump() | {"type": "result"}
    with pytest.raises(ValidationError, match="result"):
        READER.validate_python(document)


def test_an_unknown_key_is_refused():
    with pytest.raises(ValidationError, match="extra_forbidden"):
        events.Progress(progress=0.1, current_bar=1, total_bars=2, eta=3)


@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_progress_is_a_share(share):
    with pytest.raises(ValidationError, match="progress"):
        events.Progress(progress=share, current_bar=1, total_bars=2)


def test_an_event_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        ONE_OF_EACH[0].type = "bar"
