"""Write the API's OpenAPI document, and the days without a session, as JSON for `types.mjs`."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any, cast

from cambio.api.application import create_app
from cambio.calendar import is_holiday

YEARS = range(2019, 2037)


def main() -> None:
    """Print `{openapi, holidays}`; nothing is asked of a database."""
    app = create_app(cast("Any", None))
    days = (date.fromordinal(n) for n in range(_first(YEARS[0]), _first(YEARS[-1] + 1)))
    holidays = [day.isoformat() for day in days if day.weekday() < 5 and is_holiday(day)]
    json.dump({"openapi": app.openapi(), "holidays": holidays}, sys.stdout)


def _first(year: int) -> int:
    return date(year, 1, 1).toordinal()


if __name__ == "__main__":
    main()
