"""What a scheduler has to say reaches operators as every other notice does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cambio.app.notices import tell
from cambio.contracts.accounts import Account, Role
from cambio.errors import ConfigError, NotAllowed
from cambio.store import events
from cambio.store.database import reading


def test_a_notice_is_an_event_with_its_subject_and_who_told_it(product):
    event = tell(product, "rl_l0_01_ohlcv_realtime", "poll failed for good.")
    with reading(product.engine) as connection:
        (stored,) = events.newest(connection, 10, types=["pipeline"])
    assert stored.id == event.id
    assert (stored.subject, stored.data["text"]) == (
        "rl_l0_01_ohlcv_realtime",
        "poll failed for good.",
    )
    assert stored.data["details"] == {"by": product.account().name}


@pytest.mark.parametrize(("subject", "text"), [(" ", "text"), ("subject", "")])
def test_a_notice_that_says_nothing_is_refused(product, subject, text):
    with pytest.raises(ConfigError, match="needs a subject and a text"):
        tell(product, subject, text)


def test_a_viewer_tells_nothing(product):
    viewer = replace(product, account=lambda: Account("vic", Role.VIEWER))
    with pytest.raises(NotAllowed, match="vic is viewer"):
        tell(viewer, "subject", "text")
