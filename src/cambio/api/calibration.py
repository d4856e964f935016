"""How far the promotion gate can be trusted: the newest calibration."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from pydantic import ValidationError

from cambio.api.dependencies import Viewer
from cambio.api.schemas import Answer, example, operation_id
from cambio.app import calibration_report
from cambio.errors import ContractMismatch, NotFound

router = APIRouter(prefix="/v1", tags=["experiments"], generate_unique_id_function=operation_id)

RATE: Final[dict[str, Any]] = {"hits": 3, "runs": 400, "rate": 0.0075, "interval": [0.0016, 0.0218]}
FALSE: Final[dict[str, Any]] = {
    "name": "all",
    "promoted": RATE,
    "promoted_of_those_that_traded_enough": RATE,
}
CAMPAIGN: Final[dict[str, Any]] = {
    "family": "rules",
    "sessions": 480,
    "length": 20,
    "proposals": RATE,
    "first": RATE,
    "last": RATE,
    "campaigns": RATE,
}
POWER: Final[dict[str, Any]] = {
    "holds_for": "a session",
    "sessions": 480,
    "look": 1,
    "edge": 2.0,
    "promoted": RATE,
    "realised_sharpe": 1.97,
    "standard_error": 0.05,
}
REPLAYED: Final[dict[str, Any]] = {
    "runs": 240,
    "same": 238,
    "promoted": 2,
    "promoted_replayed": 2,
    "median_sharpe_difference": 0.01,
}
SETTINGS: Final[dict[str, Any]] = {"version": "1.0.0", "seed": 1, "scale": 1.0}


class PromotionRate(Answer):
    """So many of so many."""

    model_config = example(**RATE)

    hits: int
    """Promoted, or stopped."""
    runs: int
    """Of so many."""
    rate: float | None
    """The share; null of nothing."""
    interval: tuple[float, float]
    """The exact two-sided 95 % interval of the share."""


class FalsePromotions(Answer):
    """How often policies without edge were promoted."""

    model_config = example(**FALSE)

    name: str
    """`all`, a family of policies, a kind of market or a length of the window."""
    promoted: PromotionRate
    """Of all votes."""
    promoted_of_those_that_traded_enough: PromotionRate
    """Of those alone that made as many trades as the gate asks for."""


class CampaignRates(Answer):
    """What a researcher sees who judges many policies without edge on one window."""

    model_config = example(**CAMPAIGN)

    family: str
    """Of the policies."""
    sessions: int
    """Of the window."""
    length: int
    """Proposals of a campaign."""
    proposals: PromotionRate
    """Of all proposals."""
    first: PromotionRate
    """Of the first ones."""
    last: PromotionRate
    """Of the last ones."""
    campaigns: PromotionRate
    """With at least one promotion."""


class GatePower(Answer):
    """How often a planted edge was promoted."""

    model_config = example(**POWER)

    holds_for: str
    """How long the policy holds."""
    sessions: int
    """Of the window."""
    look: int
    """As which look at the window it was judged."""
    edge: float
    """Annual Sharpe ratio after costs that was planted."""
    promoted: PromotionRate
    """How often it passed."""
    realised_sharpe: float
    """Mean of the annual Sharpe ratios that came out."""
    standard_error: float
    """Of that mean."""


class ReplayAgreement(Answer):
    """Rules run by themselves against rules that went through the whole replay."""

    model_config = example(**REPLAYED)

    runs: int
    """How many."""
    same: int
    """With the same recommendation."""
    promoted: int
    """By themselves."""
    promoted_replayed: int
    """Through the replay."""
    median_sharpe_difference: float
    """Of the annual Sharpe ratios."""


class GateCalibration(Answer):
    """How often the promotion gate errs, measured on policies of known worth."""

    model_config = example(
        created_at="2026-01-05T15:12:00Z",
        holds=True,
        false_promotions=[FALSE],
        break_even=[FALSE],
        campaigns=[CAMPAIGN],
        power=[POWER],
        stopped_by={"rules": {"min_trades": RATE}},
        replayed=REPLAYED,
        settings=SETTINGS,
        notices=[],
        seconds=1730.2,
    )

    created_at: datetime
    """When it was written."""
    holds: bool
    """Whether overall, and in each family, so few are promoted as they should be."""
    false_promotions: list[FalsePromotions]
    """Of policies without edge: overall, by family, by market and by window."""
    break_even: list[FalsePromotions]
    """Of policies that earn just their costs."""
    campaigns: list[CampaignRates]
    """Of many proposals on one window."""
    power: list[GatePower]
    """Of planted edges."""
    stopped_by: dict[str, dict[str, PromotionRate]]
    """Of each family without edge, how many failed each gate: of those that it was asked of."""
    replayed: ReplayAgreement
    """Whether the short way judges as the whole one does."""
    settings: dict[str, Any]
    """What the figures rest on."""
    notices: list[str]
    """What was left out."""
    seconds: float
    """That it took."""


@router.get("/gate-calibration")
def get_gate_calibration(caller: Viewer) -> GateCalibration:
    """Give how often the gate promotes policies without edge, and how often real edges."""
    found = calibration_report.newest(caller.resources.reports)
    if found is None:
        raise NotFound(
            "The gate has not been calibrated here.",
            remedy="`cambio gate calibrate` does it; a tenth of it (`--scale 0.1`) gives an idea.",
        )
    figures, written = found
    try:
        return GateCalibration.of(figures | {"created_at": written})
    except (KeyError, ValidationError) as error:
        raise ContractMismatch(
            "The figures of the gate's calibration are of another version.",
            remedy="`cambio gate calibrate` writes them anew.",
        ) from error
