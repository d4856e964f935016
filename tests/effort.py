"""How often tests repeat what chance decides: often enough for each change, or a night's worth."""

from __future__ import annotations

import os
from typing import Final

THOROUGH: Final = bool(os.environ.get("CAMBIO_TEST_THOROUGH"))


def times(quick: int, thorough: int) -> int:
    """Give the number of repetitions; `CAMBIO_TEST_THOROUGH=1 make test` runs the larger one."""
    return thorough if THOROUGH else quick
