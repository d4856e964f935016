"""The experiment report: what a reviewer reads before deciding about money, as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from cambio.contracts.handoffs import Recommendation
from cambio.contracts.trading import Trade
from cambio.reports import charts, tables, wording
from cambio.reports.axes import NARROW, WIDE
from cambio.reports.distribution import shift
from cambio.reports.picture import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup
    from numpy.typing import NDArray

    from cambio.reports.axes import Size

    Floats = NDArray[np.float64]
