"""Writes what a calibration of the gate found: a page, its picture, and the figures as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cambio.errors import ConfigError
from cambio.files import write_whole
from cambio.reports.calibration import PICTURE, CalibrationPage, picture, render

if TYPE_CHECKING:
    from cambio.app.calibration import Calibration

PAGE: Final = "gate-calibration.md"
FIGURES: Final = "gate-calibration.json"


def write_report(found: Calibration, folder: Path) -> Path:
    """Write the page, its picture and the figures into ``folder``; give the page's path.

    Raises:
        ConfigError: it can't be written.
    """
    page = CalibrationPage(found.findings, found.settings, found.notices, found.seconds)
    files = {
        PICTURE: picture(found.findings),
        FIGURES: json.dumps(found.to_dict(), indent=2, allow_nan=False) + "\n",
        PAGE: render(page),
    }
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(folder / name, content.encode())
    except OSError as error:
        raise ConfigError(
            f"The report can't be written to {folder}: {error.strerror}.",
            remedy="Make room, or name another folder with --to.",
        ) from error
    return folder / PAGE
