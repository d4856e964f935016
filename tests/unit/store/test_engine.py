"""One engine at a time, on both databases."""

from __future__ import annotations

import pytest

from cambio.store.database import open_database
from cambio.store.engine import NotAlone, only_one


def test_a_second_engine_is_refused_for_as_long_as_the_first_one_runs(engine, url):
    other = open_database(url)
    with only_one(engine), pytest.raises(NotAlone, match="Another engine"), only_one(other):
        pass
    with only_one(other):
        pass
    other.dispose()
