"""What a model says to a closed bar. It moves no book: only the engine trades (A1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from cambio.api.dependencies import Viewer
from cambio.api.schemas import Answer, ModelId, Moment, example, operation_id
from cambio.app.infer import Inferences
from cambio.contracts.features import FEATURE_ORDER

router = APIRouter(prefix="/v1", tags=["inference"], generate_unique_id_function=operation_id)

QUESTION: Final[dict[str, Any]] = {
    "timestamp": "2025-01-15T14:00:00Z",
    "model_id": "ppo_v20-s42",
}


class InferenceQuestion(BaseModel):
    """Which model is asked, and about when."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [QUESTION]},
    )

    timestamp: Moment
    """The moment: the newest bar that had closed by then counts. Not in the future."""
    model_id: ModelId
    """Any registered model."""


class InferenceAnswer(Answer):
    """What the model says, before any risk check."""

    model_config = example(
        **QUESTION,
        bar_time="2025-01-15T13:55:00Z",
        price=4312.5,
        signal="LONG",
        confidence=0.71,
        position=0,
        position_from="assumed",
        observation=dict.fromkeys(FEATURE_ORDER, 0.25),
        missing=[],
    )

    model_id: str
    """Who was asked."""
    timestamp: datetime
    """The moment that was asked about."""
    bar_time: datetime
    """Open of the newest stored bar that had closed by then."""
    price: float
    """Its close, COP per USD."""
    signal: Literal["LONG", "SHORT", "HOLD"]
    """The position that the policy asks for. HOLD keeps what is held, and is the answer where a
    feature is missing."""
    confidence: float
    """Probability of that; 0 where a feature is missing."""
    position: int
    """What the policy was told to hold: −1, 0 or 1."""
    position_from: Literal["signal", "assumed"]
    """`signal`: of the model's stored signal for this bar. `assumed`: there is none, so flat."""
    observation: dict[str, float] | None
    """The 15 features by name, normalised; null where one is missing."""
    missing: list[str]
    """Names of the features that are missing."""


@router.post("/inference")
def infer(request: Request, caller: Viewer, question: InferenceQuestion) -> InferenceAnswer:
    """Ask a model about the bar that was the newest closed one at a moment.

    The answer comes from stored bars, with the features that live trading computes, and has no
    effect: no client can choose what is traded.
    """
    found = _inferences(request).answer(caller.resources, question.model_id, question.timestamp)
    seen = found.observation
    return InferenceAnswer(
        **{name: getattr(found, name) for name in InferenceAnswer.model_fields}
        | {
            "observation": None if seen is None else dict(zip(FEATURE_ORDER, seen, strict=True)),
            "missing": list(found.missing),
        }
    )


def _inferences(request: Request) -> Inferences:
    """Give what the application keeps between two questions."""
    state = request.app.state
    if not hasattr(state, "inferences"):
        state.inferences = Inferences()
    inferences: Inferences = state.inferences
    return inferences
