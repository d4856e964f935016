"""How the results of L4 and L5 look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from cambio.cli import console
from cambio.cli.console import number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cambio.app.evaluate import Evaluation
    from cambio.app.experiments import ExperimentResult
    from cambio.app.paper import PaperReport
    from cambio.contracts.handoffs import PromotionProposal

COLOURS = {"PROMOTE": "green", "REVIEW": "yellow", "REJECT": "red"}
COLUMNS = (
    "",
    "Sharpe",
    "return\n%",
    "drawdown\n%",
    "win rate\n%",
    "profit\nfactor",
    "trades",
    "costs\n%",
)


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
        f"\n[bold {colour}]{proposal.recommendation}[/] {passed} of {len(rows)} gates and "
        f"criteria passed.",
        highlight=False,
    )
    view = Table.grid(padding=(0, 1))
    for row in rows:
        mark = "[green]✓[/]" if row["passed"] else "[red]✗[/]"
        view.add_row("", mark, row.get("explanation") or _criterion(row))
    console.out.print(view)


def _criterion(row: Mapping[str, Any]) -> str:
    value = row["value"]
    decimals = 0 if value is not None and float(value).is_integer() else 2
    bound = "at least" if row["direction"] == "gte" else "at most"
    name = row["metric"].replace("_", " ").capitalize()
    return f"{name} is {number(value, decimals)}; {bound} {row['threshold']:g} is wanted."


def paper(report: PaperReport) -> None:
    """Print what the paper run did."""
    console.facts(
        f"Paper trading, the newest {report.sessions} sessions through the production path",
        {
            "bars": f"{report.bars:,}, {report.signals_stored:,} new signals stored",
            "fills": f"{report.fills:,}",
            "blocked by risk": f"{report.blocked:,} requests",
            "return": f"{percent(report.return_)} %",
        },
    )


def proposals(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the proposals, newest first."""
    if not rows:
        console.out.print("No proposals yet. `cambio experiment run baseline_ppo_v1` makes one.")
        return
    console.table(
        "Promotion proposals",
        ["proposal", "model", "recommendation", "Sharpe", "return %", "status", "expires"],
        [
            [
                row["proposal_id"],
                row["model_id"],
                row["recommendation"],
                number(row["metrics"].get("sharpe_ratio")),
                percent(row["metrics"].get("total_return")),
                row["status"],
                f"{row['expires_at']:%Y-%m-%d}",
            ]
            for row in rows
        ],
    )


def models(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the registered models."""
    console.table(
        "Models",
        ["model", "experiment", "stage", "Sharpe", "created"],
        [
            [
                row["model_id"],
                row["experiment_name"],
                row["stage"],
                number(row["metrics"].get("sharpe_ratio")),
                f"{row['created_at']:%Y-%m-%d %H:%M}",
            ]
            for row in rows
        ],
    )


def next_commands(commands: Sequence[str]) -> None:
    """Print what to try next."""
    console.out.print("\n[bold]Try next[/]")
    for command in commands:
        console.say(console.out, " ", "", command)


def demo_commands(result: ExperimentResult, home: Path) -> list[str]:
    """Give the commands that go on from the demo."""
    prefix = f"CAMBIO_HOME={console.near(home)} .venv/bin/cambio"
    return [
        f"{prefix} backtest {result.proposal.model_id} --from 2025-10-01",
        f"{prefix} proposals list",
        f"{prefix} experiment run demo_ppo_v1 --seeds 3 --set reward.strategy=composite",
        ".venv/bin/cambio demo --edge none      # the same market without an edge",
        ".venv/bin/cambio import ohlcv YOUR.csv --source-timezone America/Bogota",
    ]
