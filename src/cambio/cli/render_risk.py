"""How limits and what is used of them look on a terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cambio.calendar import BOGOTA
from cambio.cli import console
from cambio.cli.console import number
from cambio.contracts.events import SIDES

if TYPE_CHECKING:
    from datetime import datetime

    from cambio.app.risk_report import AccountRisk, BookRisk, RiskReport
    from cambio.trading.risk import RiskLimits


def report(found: RiskReport) -> None:
    """Print the account, then each book, against its limits."""
    if found.kill_switch:
        console.say(console.out, "■", "bold red", "The kill switch is on: no position is held.")
    if found.account is None or found.as_of is None:
        console.say(console.out, "·", "dim", "Nothing has traded yet; `cambio live` does.")
        return
    console.facts(f"Account, {_local(found.as_of)} Bogota", _losses(found.account, found.limits))
    for book in found.books:
        title = f"{book.model_id}, {book.role or 'about to be closed'}"
        console.facts(title, _losses(book, found.limits) | _trading(book, found.limits))


def plain(found: RiskReport) -> dict[str, Any]:
    """Give the report as plain JSON types."""
    content = asdict(found) | {"limits": found.limits.model_dump()}
    content["as_of"] = None if found.as_of is None else found.as_of.isoformat()
    for book in content["books"]:
        until = book["breaker_until"]
        book["breaker_until"] = None if until is None else until.isoformat()
    return content


def _losses(found: AccountRisk, limits: RiskLimits) -> dict[str, str]:
    return {
        "equity": f"{number(found.equity)} (peak {number(found.peak)})",
        "loss today": _used(
            max(found.daily_loss, 0.0), limits.max_daily_loss, breached=found.daily_loss_breached
        ),
        "drawdown": _used(found.drawdown, limits.max_drawdown, breached=found.drawdown_breached),
    }


def _trading(book: BookRisk, limits: RiskLimits) -> dict[str, str]:
    until = book.breaker_until
    pause = "" if until is None else f", no new trade before {_local(until)}"
    return {
        "position": SIDES[book.position],
        "trades today": f"{book.trades_today} of {limits.max_trades_per_session}",
        "losses in a row": f"{book.consecutive_losses} of {limits.max_consecutive_losses}{pause}",
    }


def _used(value: float, limit: float, *, breached: bool) -> str:
    return f"{value:.2%} of {limit:.2%}{', breached: flat' if breached else ''}"


def _local(time: datetime) -> str:
    return f"{time.astimezone(BOGOTA):%Y-%m-%d %H:%M}"
