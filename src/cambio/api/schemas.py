"""What the routes share: the shape of answers, and the types of what clients send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Self

from fastapi import Query
from fastapi.routing import APIRoute
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

MODEL_ID: Final = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$"
"""As the load gate has it: no separator of folders, no leading dot."""
SIGNAL_ID: Final = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*@[0-9]{8}T[0-9]{4}Z$"
PROPOSAL_ID: Final = r"^[A-Za-z0-9-]{1,36}$"
SUBJECT: Final = r"^[A-Za-z0-9_.:@/ -]+$"
COMMENT: Final = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
"""A line of text that is not blank."""
LONGEST_COMMENT: Final = 1000
LONGEST_SUBJECT: Final = 120
MOST_ROWS: Final = 500
FIRST_YEAR, LAST_YEAR = 1990, 2200


def _in_utc(moment: datetime) -> datetime:
    """Give a moment in UTC; one that no calendar here reaches is a mistake."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the year lies between {FIRST_YEAR} and {LAST_YEAR}")
    return moment.astimezone(UTC)


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    Field(examples=["2025-01-15T14:00:00Z"]),
]
"""A time with its zone, as ISO 8601."""
ModelId = Annotated[
    str, StringConstraints(pattern=MODEL_ID, max_length=100), Field(examples=["ppo_v20-s42"])
]
SignalId = Annotated[
    str,
    StringConstraints(pattern=SIGNAL_ID, max_length=120),
    Field(examples=["ppo_v20-s42@20250115T1400Z"]),
]
ProposalId = Annotated[
    str,
    StringConstraints(pattern=PROPOSAL_ID),
    Field(examples=["5b0c9a52-6f0e-4d8e-9a3c-0c6a1d7f2e11"]),
]
Comment = Annotated[
    str,
    StringConstraints(pattern=COMMENT, max_length=LONGEST_COMMENT),
    Field(examples=["Agreed with the desk on 15 January."]),
]
Position = Annotated[int, Field(ge=-1, le=1)]
"""−1 short, 0 flat, 1 long."""
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="Most rows to give.")]


def operation_id(route: APIRoute) -> str:
    """Give the name by which generated clients know an operation: `listModels`."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class Answer(BaseModel):
    """Something that a route gives; times are UTC."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", from_attributes=True, use_attribute_docstrings=True
    )

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Give the answer that a row holds, whatever else stands in it.

        Raises:
            KeyError: a field without a default is not in it.
        """
        fields = cls.model_fields.items()
        return cls(**{n: row[n] for n, field in fields if field.is_required() or n in row})


class Page(Answer):
    """Part of a list."""

    next_cursor: str | None
    """What `cursor` takes for the part that follows; null on the last one."""


class Word(BaseModel):
    """What somebody says who changes something; it goes into the audit log."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={"examples": [{"comment": "Agreed with the desk on 15 January."}]},
    )

    comment: Comment
    """Why."""


def example(**fields: Any) -> ConfigDict:
    """Give the configuration of an answer or a body that shows itself with these values."""
    return ConfigDict(json_schema_extra={"examples": [fields]})
