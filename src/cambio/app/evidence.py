"""What a proposal rests on, as figures: written beside the report, and read by reviewers."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from cambio.app.experiment_report import data_notes
from cambio.app.pages import write_page
from cambio.app.tearsheet import views_of
from cambio.errors import ContractMismatch, NotFound
from cambio.reports.breakdown import breakdown
from cambio.validation.metrics import json_number, session_ends

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from cambio.app.evaluate import Evaluation
    from cambio.app.resources import Resources
    from cambio.contracts.handoffs import PromotionProposal
    from cambio.validation.metrics import Account

FORMAT: Final = 1


def path_of(resources: Resources, proposal: PromotionProposal) -> Path:
    """Give where a proposal's evidence lies."""
    return resources.reports / f"{proposal.proposal_id}.json"


def write(
    path: Path,
    evaluation: Evaluation,
    champion: Account | None,
    proposal: PromotionProposal,
    manifest: Mapping[str, Any],
    macro: pl.DataFrame,
) -> Path:
    """Write the record; it appears whole or not at all.

    Args:
        path: where.
        evaluation: the backtest.
        champion: its account over the same sessions; None where nobody was champion.
        proposal: as it is stored.
        manifest: of the dataset that the model learnt from.
        macro: observations by `MACRO_SCHEMA`.

    Raises:
        SourceError: the file cannot be written; an older one stays as it was.
    """
    record = {
        "format": FORMAT,
        "proposal_id": proposal.proposal_id,
        "model_hash": evaluation.model.lineage["model_hash"],
        "trades_hash": evaluation.trades_hash,
        **_curves(evaluation, champion),
        **_origins(evaluation, macro),
        "data": _data(manifest),
    }
    return write_page(path, json.dumps(record, allow_nan=False))


def read(resources: Resources, proposal: PromotionProposal) -> dict[str, Any]:
    """Give the record of a proposal.

    Raises:
        NotFound: none was written, or one of another format.
        ContractMismatch: it is another backtest's, or no record at all.
    """
    path = resources.artifacts.bring(path_of(resources, proposal))
    try:
        found = json.loads(path.read_bytes()) if path.is_file() else {}
    except ValueError as error:
        raise damaged(proposal, str(error)) from error
    if not isinstance(found, dict):
        raise damaged(proposal, "it holds no record")
    if found.get("format") != FORMAT:
        stays = f"Delete reports/{path.name}, which no run replaces once it was voted on. "
        raise NotFound(
            f"The evidence of proposal {proposal.proposal_id} was not recorded"
            f"{' as this version reads it' if found else ''}.",
            remedy=f"{stays if found else ''}Run it again: cambio experiment run "
            f"{proposal.experiment_name}",
        )
    for name, told in (
        ("proposal_id", proposal.proposal_id),
        ("model_hash", proposal.lineage["model_hash"]),
    ):
        stored = str(found.get(name))
        if stored != told:
            raise ContractMismatch.between(name, told, "the proposal", stored, path.name)
    return found


def damaged(proposal: PromotionProposal, why: str) -> ContractMismatch:
    """Give the error of a record that cannot be understood."""
    name = f"{proposal.proposal_id}.json"
    return ContractMismatch(
        f"The evidence of proposal {proposal.proposal_id} is damaged: {why}.",
        remedy=f"Restore reports/{name} from a backup, or delete it and run it again: "
        f"cambio experiment run {proposal.experiment_name}",
    )


def _curves(evaluation: Evaluation, champion: Account | None) -> dict[str, Any]:
    """Give what each account was worth at each session's end, as a multiple of the capital."""
    ends = session_ends(evaluation.account.day)
    capital = evaluation.account.capital

    def marks(account: Account) -> list[float]:
        return list((account.equity[ends] / account.capital).tolist())

    band = evaluation.random.band[:, ends] / capital
    return {
        "days": [str(day) for day in evaluation.days],
        "policy": {f"x{m:g}": marks(a) for m, a in sorted(evaluation.accounts.items())},
        "baselines": {name: marks(a) for name, a in evaluation.baseline_accounts.items()},
        "champion": None if champion is None else marks(champion),
        "random": dict(zip(("p5", "p50", "p95"), band.tolist(), strict=True)),
        "metrics": {f"x{m:g}": found.to_dict() for m, found in sorted(evaluation.at_costs.items())},
        "baseline_metrics": {name: found.to_dict() for name, found in evaluation.baselines.items()},
    }


def _origins(evaluation: Evaluation, macro: pl.DataFrame) -> dict[str, Any]:
    """Give where the result comes from: times, regimes, sides."""
    views = views_of(evaluation, macro)
    groups = [("weekday", views.weekdays), ("vix", views.vix)]
    return {
        "hours": [asdict(share) for share in views.hours],
        "groups": {
            name: [asdict(one) | {"sharpe_ratio": json_number(one.sharpe_ratio)} for one in found]
            for name, found in groups
        },
        "vix_bounds": [json_number(bound) for bound in views.vix_bounds],
        "months": [asdict(year) for year in views.years],
        "trades": [[asdict(share) for share in group] for group in breakdown(evaluation.trades)],
    }


def _data(manifest: Mapping[str, Any]) -> dict[str, Any]:
    names = ("dataset_hash", "source_data_hash", "norm_stats_hash", "feature_spec_hash")
    return {
        "splits": {
            name: {"start": start, "end": end, "rows": manifest["files"][f"{name}.parquet"]["rows"]}
            for name, (start, end) in manifest["ranges"].items()
        },
        "notes": data_notes(manifest),
        "hashes": {name: manifest[name] for name in names},
    }
