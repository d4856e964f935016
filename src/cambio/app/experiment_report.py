"""Gathers what the HTML report shows, and writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cambio.contracts.features import MARKET_FEATURES
from cambio.reports.charts import Training, training_curve_png
from cambio.reports.experiment import (
    ExperimentReport,
    Record,
    ResultRow,
    Verdict,
    render,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cambio.app.evaluate import Evaluation
    from cambio.app.experiment_config import ExperimentConfig
    from cambio.contracts.handoffs import L2Output, L3Output, PromotionProposal

Curve = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def write_report(
    path: Path,
    config: ExperimentConfig,
    made: tuple[L2Output, L3Output],
    evaluation: Evaluation,
    proposal: PromotionProposal,
    notices: Sequence[str],
    next_commands: Sequence[str],
) -> Path:
    """Write the page; it appears whole or not at all.

    Args:
        path: where.
        config: what was run.
        made: the dataset and the model.
        evaluation: the backtest.
        proposal: the first vote as it is stored.
        notices: warnings for the top of the page.
        next_commands: what to try next.
    """
    dataset, model = made
    manifest = json.loads(Path(dataset.manifest_path).read_bytes())
    report = ExperimentReport(
        title=config.name,
        subtitle=f"{config.description} Model {proposal.model_id}, out of sample "
        f"{evaluation.window.start} to {evaluation.window.end}.",
        notices=notices,
        verdict=_verdict(proposal),
        results=[
            ResultRow("policy", evaluation.metrics.to_dict()),
            *(ResultRow(_words(n), m.to_dict()) for n, m in evaluation.baselines.items()),
            *(ResultRow(name, metrics) for name, metrics in evaluation.random_metrics().items()),
        ],
        cost_rows=[
            ResultRow(f"×{multiple:g}", evaluation.at_costs[multiple].to_dict())
            for multiple in sorted(evaluation.at_costs)
        ],
        record=_record(evaluation),
        features=_features(Path(dataset.dataset_path)),
        training=_training(Path(model.model_path)),
        lineage={name: str(value) for name, value in proposal.lineage.items()},
        data_notes=data_notes(manifest),
        next_commands=next_commands,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_suffix(".partial")
    staged.write_text(render(report), encoding="utf-8")
    staged.replace(path)
    return path


def write_curve(folder: Path) -> None:
    """Draw the training curve of the model in ``folder`` into `training_curve.png`."""
    png = training_curve_png(_training(folder))
    (folder / "training_curve.png").write_bytes(png)


def _training(folder: Path) -> Training:
    metrics = folder / "metrics"
    return Training(
        _curve(metrics / "episode_reward.csv", "reward"),
        _curve(metrics / "validation_metrics.csv", "mean_reward"),
        pl.read_csv(metrics / "curriculum.csv")["step"].to_list()[1:],
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _verdict(proposal: PromotionProposal) -> Verdict:
    rows = proposal.criteria_results
    return Verdict(
        recommendation=proposal.recommendation,
        reason=proposal.reason,
        confidence=proposal.confidence,
        proposal_id=proposal.proposal_id,
        criteria=[row for row in rows if row["kind"] == "criterion"],
        gates=[row for row in rows if row["kind"] == "gate"],
        remedies=proposal.remedies,
        interval=proposal.evidence["intervals"]["sharpe_ratio"],
    )


def _record(evaluation: Evaluation) -> Record:
    decisions = evaluation.replay.decisions
    return Record(
        time=np.array([d.time.replace(tzinfo=None) for d in decisions], dtype="datetime64[us]"),
        close=evaluation.replay.market.close,
        position=evaluation.account.positions,
        trades=evaluation.trades,
        equity={
            "policy": evaluation.account.equity,
            **{_words(n): a.equity for n, a in evaluation.baseline_accounts.items()},
        },
        random_band=evaluation.random.band,
        capital=evaluation.account.capital,
    )


def _features(folder: Path) -> dict[str, dict[str, NDArray[np.float64]]]:
    splits = {name: pl.read_parquet(folder / f"{name}.parquet") for name in ("train", "test")}
    return {
        split: {name: frame[name].to_numpy() for name in MARKET_FEATURES}
        for split, frame in splits.items()
    }


def _curve(path: Path, column: str) -> Curve:
    frame = pl.read_csv(path)
    return (
        frame["step"].cast(pl.Float64).to_numpy(),
        frame[column].cast(pl.Float64).to_numpy(),
    )


def data_notes(manifest: Mapping[str, Any]) -> list[str]:
    """Give what a reader must know of the data that a model learnt from, in sentences."""
    spec, missing = manifest["feature_spec"], manifest["incomplete_sessions"]
    fallback = sum(manifest["rate_differential_fallback_rows"].values())
    notes = [
        f"Bars are taken {_words(spec['bar_range'])}: {manifest['bar_range_reason']}.",
        *(
            f"{reason}: {entry['count']} sessions, {entry['first']} to {entry['last']}."
            for reason, entry in missing["reasons"].items()
        ),
    ]
    if missing["count"]:
        notes.append(f"{missing['count']} sessions lack an observation and are left out.")
    if fallback:
        notes.append(
            f"The policy-rate differential was unknown on {fallback} rows; the "
            "configured fallback was charged."
        )
    return notes
