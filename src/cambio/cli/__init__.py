"""The command line: a thin shell over the use cases. Heavy imports wait for the command.

Exit codes: 0 done; 2 wrong usage; 3 configuration; 4 source; 5 data quality; 6 contract;
7 not found; 8 conflict; 9 not allowed; 130 interrupted; 143 terminated.
"""

from __future__ import annotations

import errno
import signal
import sys

import typer

from cambio import __version__
from cambio.cli import (
    ab,
    artifacts,
    audit,
    backtests,
    backup,
    data,
    dataset,
    deploy,
    experiments,
    features,
    gate,
    keys,
    live,
    macro,
    models,
    notices,
    ohlcv,
    proposals,
    serve,
    simulation,
    tokens,
    training,
    trials,
)
from cambio.cli.session import OPENED
from cambio.errors import (
    CambioError,
    ConfigError,
    Conflict,
    ContractMismatch,
    DataQualityError,
    NotAllowed,
    NotFound,
    SourceError,
)

EXIT_CODES = {
    ConfigError: 3,
    SourceError: 4,
    DataQualityError: 5,
    ContractMismatch: 6,
    NotFound: 7,
    Conflict: 8,
    NotAllowed: 9,
}
DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO}
INTERRUPTED = 130
TERMINATED = 143
EXTRAS = {
    **dict.fromkeys(("torch", "stable_baselines3", "gymnasium", "onnx"), "train"),
    **dict.fromkeys(("jax", "flax", "sbx"), "fast"),
    "matplotlib": "report",
    "mlflow": "mlflow",
    "psycopg": "postgres",
    "redis": "redis",
}
"""Optional packages, and the extra that brings them."""

app = typer.Typer(
    name="cambio",
    help="Reinforcement-learning trading for USD/COP, with one decision path.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(show: bool) -> None:
    if show:
        print(f"cambio {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Reinforcement-learning trading for USD/COP, with one decision path."""


for room in (
    simulation,
    data,
    ohlcv,
    macro,
    features,
    dataset,
    training,
    experiments,
    backtests,
    ab,
    trials,
    gate,
    proposals,
    deploy,
    audit,
    backup,
    artifacts,
    live,
    notices,
    tokens,
    models,
    keys,
    serve,
):
    room.register(app)


def main() -> None:
    """Run the command line; turn errors into a message and an exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that scratch is removed
    try:
        with OPENED:
            app()
    except CambioError as error:
        kind = next(kind for kind in EXIT_CODES if isinstance(error, kind))
        _fail(kind.__name__, error.what, error.remedy, EXIT_CODES[kind])
    except ModuleNotFoundError as error:
        extra = EXTRAS.get(str(error.name).split(".")[0])
        if extra is None:
            raise
        remedy = f"Install the extra `{extra}`: pip install -e '.[{extra}]' in the checkout."
        _fail("ConfigError", f"This command needs {error.name}.", remedy, EXIT_CODES[ConfigError])
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        what = f"{error.filename or 'A file'} can't be written: {error.strerror}."
        remedy = "Free space or mend permissions, or choose another CAMBIO_HOME; then run it again."
        _fail("SourceError", what, remedy, EXIT_CODES[SourceError])
    except SystemExit as stop:  # how the command-line library passes an interrupt on
        if stop.code == INTERRUPTED:
            print("Interrupted; nothing was left half-written.", file=sys.stderr)
        raise


def _fail(kind: str, what: str, remedy: str, code: int) -> None:
    from cambio.cli.console import err, say

    say(err, kind, "bold red", what)
    if remedy:
        say(err, "→", "dim", remedy)
    sys.exit(code)
