"""Writes what a calibration of the gate found, and reads it: page, picture, figures as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cambio.errors import ConfigError, ContractMismatch
from cambio.files import write_whole
from cambio.reports.calibration import PICTURE, CalibrationPage, picture, render

if TYPE_CHECKING:
    from cambio.app.calibration import Calibration

PAGE: Final = "gate-calibration.md"
FIGURES: Final = "gate-calibration.json"


def newest(folder: Path) -> tuple[dict[str, Any], datetime] | None:
    """Give the figures that `write_report` left in ``folder``, and when; None where it has not.

    Raises:
        ContractMismatch: they can't be read.
    """
    path = folder / FIGURES
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        found = dict(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise ContractMismatch(
            f"The figures of the gate's calibration can't be read: {type(error).__name__}.",
            remedy="`cambio gate calibrate` writes them anew.",
        ) from error
    return found, written


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
