"""How the results of L4 and L5 look on a terminal."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from cambio.cli import console
from cambio.cli.console import number, percent
from cambio.contracts.handoffs import Recommendation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cambio.app.backtests import Backtest
    from cambio.app.evaluate import Evaluation
    from cambio.app.experiments import ExperimentResult
    from cambio.app.paper import PaperReport
    from cambio.contracts.handoffs import PromotionProposal

COLOURS = {"PROMOTE": "green", "REVIEW": "yellow", "REJECT": "red"}
COLUMNS = (
    "",
    "Sharpe",
    "return\n%",
    "max dd\n%",
    "wins\n%",
    "profit\nfactor",
    "trades",
    "costs\n%",
)


FRACTIONS = frozenset(
    {
        "total_return",
        "annual_return",
        "max_drawdown",
        "win_rate",
        "exposure",
        "value_at_risk",
        "expected_shortfall",
        "best_session",
        "worst_session",
        "positive_sessions",
        "cost_share",
    }
)
"""Metrics that are shown in percent."""


def evaluation(found: Evaluation) -> None:
    """Print a backtest: the policy, what it is compared with, and other costs."""
    window = f"{found.window.start} to {found.window.end}"
    sample = "Out of sample" if found.out_of_sample else "IN SAMPLE"
    capital = found.account.capital
    rows = {"policy": found.metrics.to_dict()}
    rows |= {name.replace("_", " "): m.to_dict() for name, m in found.baselines.items()}
    rows |= found.random_metrics()
    console.table(
        f"{sample}, {window}, {found.metrics.sessions} sessions",
        COLUMNS,
        [_row(name, metrics, capital) for name, metrics in rows.items()],
    )
    for notice in found.notices:
        console.say(console.out, "!", "yellow", notice)
    console.table(
        "The policy at other costs",
        COLUMNS,
        [_row(f"×{m:g}", found.at_costs[m].to_dict(), capital) for m in sorted(found.at_costs)],
    )


def backtest(found: Backtest) -> None:
    """Print a backtest, and how much of it may be luck."""
    evaluation(found.evaluation)
    luck(found.statistics.to_dict(), found.evaluation.intervals["sharpe_ratio"].to_dict())
    looks = found.statistics.trials
    told = (
        f"This look at the window is recorded; {looks} are, and each raises the bar for the next."
    )
    console.say(console.out, "i", "dim", told if looks > 1 else "This look is recorded: the first.")
    look_ahead = found.evaluation.look_ahead
    if look_ahead.found:
        console.say(
            console.out,
            "✗",
            "red",
            f"Its decisions change with data from after them, first at {look_ahead.first}: no "
            "figure here means anything.",
        )


def luck(statistics: Mapping[str, Any], sharpe: Mapping[str, Any]) -> None:
    """Print how sure a Sharpe ratio is.

    Args:
        statistics: as `validation.vote.Statistics` names them.
        sharpe: `low`, `high` and `level` of its interval.
    """
    looks = statistics["trials"]
    sessions = statistics["minimum_track_record"]
    long_enough = "no number of sessions is enough at this Sharpe ratio"
    if sessions is not None:
        long_enough = f"{math.ceil(sessions):,} sessions at this Sharpe ratio"
    console.facts(
        "How much of it may be luck",
        {
            f"Sharpe ratio, {sharpe['level']:.0%} interval".replace("%", " %"): (
                f"{number(sharpe['low'])} to {number(sharpe['high'])}"
            ),
            "chance it is above 0": f"{percent(statistics['probabilistic_sharpe'])} %",
            f"chance it beats the luck of {looks} look{'s' if looks != 1 else ''}": (
                f"{percent(statistics['deflated_sharpe'])} %, that is a Sharpe ratio of "
                f"{number(statistics['selection_benchmark'])}"
            ),
            "to be 95 % sure of that": long_enough,
        },
    )


def _row(name: str, metrics: Mapping[str, Any], capital: float) -> list[str]:
    costs = metrics.get("costs")
    trades = metrics.get("total_trades")
    return [
        name,
        number(metrics.get("sharpe_ratio")),
        percent(metrics.get("total_return")),
        percent(metrics.get("max_drawdown")),
        percent(metrics.get("win_rate")),
        number(metrics.get("profit_factor")),
        number(trades, 0),
        percent(None if costs is None else costs / capital),
    ]


def experiment(result: ExperimentResult) -> None:
    """Print an experiment: its backtest and its first vote."""
    evaluation(result.evaluation)
    proposal = result.proposal
    verdict(proposal)
    console.facts(
        "",
        {
            "model": proposal.model_id,
            "proposal": f"{proposal.proposal_id} (expires {proposal.expires_at:%Y-%m-%d})",
            "dataset hash": result.dataset.dataset_hash,
            "report": console.near(result.report_path),
        },
    )


def verdict(proposal: PromotionProposal) -> None:
    """Print the first vote: the recommendation, then every gate and criterion."""
    colour = COLOURS[proposal.recommendation]
    rows = proposal.criteria_results
    passed = sum(row["passed"] for row in rows)
    console.out.print(
        f"\n[bold {colour}]{proposal.recommendation}[/]: {passed} of {len(rows)} criteria and "
        f"gates passed.",
        highlight=False,
    )
    view = Table.grid(padding=(0, 1))
    for row in rows:
        mark = "[green]✓[/]" if row["passed"] else "[red]✗[/]"
        view.add_row("", mark, row.get("explanation") or _criterion(row))
    console.out.print(view)
    if proposal.remedies:
        console.out.print("\n[bold]What would have to change[/]")
    for remedy in proposal.remedies:
        console.say(console.out, " →", "dim", remedy)


def _criterion(row: Mapping[str, Any]) -> str:
    bound = "at least" if row["direction"] == "gte" else "at most"
    name = row["metric"].replace("_", " ").capitalize()
    value, threshold = (_figure(row["metric"], row[key]) for key in ("value", "threshold"))
    if row["value"] is None and row["passed"]:
        value = "∞"  # JSON has no word for it: no trade lost
    return f"{name} is {value}; {bound} {threshold} is wanted."


def _figure(metric: str, value: float | None) -> str:
    if metric in FRACTIONS:
        return f"{percent(value)} %"
    return number(value, 0 if value is not None and float(value).is_integer() else 2)


def paper(report: PaperReport) -> None:
    """Print what the paper run did."""
    console.facts(
        f"Paper trading, the newest {report.sessions} sessions through the production path",
        {
            "bars": f"{report.bars:,}, {report.signals_stored:,} new signals stored",
            "fills": f"{report.fills:,}",
            "held back": ", ".join(f"{n:,} by {why}" for why, n in report.blocked.items())
            or "none",
            "return": f"{percent(report.return_)} %, from a flat start; so few sessions say little",
        },
    )


def next_commands(commands: Sequence[str]) -> None:
    """Print what to try next."""
    console.out.print("\n[bold]Try next[/]")
    for command in commands:
        console.say(console.out, " ", "", command)


def demo_commands(result: ExperimentResult, home: Path) -> list[str]:
    """Give the commands that go on from the demo."""
    cambio = console.near(Path(sys.argv[0]))
    prefix = f"CAMBIO_HOME={console.near(home)} {cambio}"
    other = "none" if "planted" in home.name else "planted"
    return [
        f"{prefix} backtest {result.proposal.model_id} --from 2025-10-01",
        f"{prefix} proposals list",
        f'{prefix} deploy start {result.proposal.model_id} --shadow --comment "Let it be watched."',
        f"{prefix} live        # in this terminal; Ctrl-C ends it",
        f"{prefix} serve       # in another one",
        f"{prefix} experiment run demo_ppo_v1 --seeds 3 --set reward.strategy=composite",
        f"{cambio} demo --edge {other}",
        f"{cambio} import ohlcv YOUR.csv --source-timezone America/Bogota",
    ]


def second_person(proposal: PromotionProposal) -> None:
    """Tell whoever ran an experiment that another has to vote; nobody votes on a REJECT."""
    if proposal.recommendation is not Recommendation.REJECT:
        told = (
            f"Somebody else has to vote on the proposal: {proposal.created_by} ran the experiment, "
            f"and a token that {proposal.created_by} makes can't vote on it either. How one "
            "person tries out both: docs/votes.md, 'A try-out with two people'."
        )
        console.say(console.out, "i", "dim", told)
