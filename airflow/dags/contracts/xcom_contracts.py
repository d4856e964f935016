"""What tasks and DAGs hand to each other, validated where it is made and where it is taken.

An XCom holds a contract as plain JSON (`dump`), so that it can be read without this code, and
nothing has to be allowed to deserialize.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

FEATURE_ORDER_HASH: Final = "ddc9d7cdba81ab3d"
"""Of CTR-FEAT-001; a test holds it against the package's."""

FeatureOrderHash = Literal["ddc9d7cdba81ab3d"]
Md5 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]


class Contract(BaseModel):
    """One hand-off; what the command tells beyond it is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    def dump(self) -> dict[str, Any]:
        """Give it as plain JSON types."""
        return self.model_dump(mode="json")


class Intake(Contract):
    """Bars that came in."""

    inserted: Count
    revised: Count


class PollOutput(Contract):
    """L0: what one poll brought."""

    source: str
    asked: bool
    note: str
    intake: Intake
    newest: datetime | None
    behind: Count
    """Bars of today that have closed and are not stored."""


class BackfillOutput(Contract):
    """L0: what a backfill found and filled."""

    source: str
    expected: Count
    missing_before: Count
    missing_after: Count


class MacroTotals(Contract):
    """Macro values that came in."""

    new: Count
    revised: Count
    quarantined: Count


class MacroOutput(Contract):
    """L0: what an update of the macro series brought."""

    totals: MacroTotals


class L1Output(Contract):
    """L1: features that are stored."""

    rows: Count
    complete_rows: Count
    written: Count
    newest: datetime
    feature_order_hash: FeatureOrderHash
    feature_spec_hash: Sha256


class L2Output(Contract):
    """L2 -> L3: a dataset, identified by its hashes."""

    dataset_path: str
    dataset_uri: str | None
    dataset_hash: Md5
    feature_order_hash: FeatureOrderHash
    feature_spec_hash: Sha256
    row_count: Count
    experiment_name: str
    norm_stats_path: str
    norm_stats_hash: Sha256
    manifest_path: str
    source_data_hash: Sha256
    train_rows: Count
    val_rows: Count
    test_rows: Count


class L3Output(Contract):
    """L3 -> L4: a trained, exported policy."""

    model_id: str
    model_path: str
    model_hash: Sha256
    model_version: str
    metrics: dict[str, float]
    training_run_id: str
    experiment_name: str
    norm_stats_path: str
    config_hash: Sha256
    feature_order_hash: FeatureOrderHash
    feature_spec_hash: Sha256


class Proposal(Contract):
    """What lies before the reviewer."""

    proposal_id: str
    status: str
    metrics: dict[str, Any]
    vs_baseline: dict[str, Any]


class L4Output(Contract):
    """L4 -> the reviewer: a backtest over the test period and the first vote on it."""

    experiment: str
    model_id: str
    recommendation: Literal["PROMOTE", "REVIEW", "REJECT"]
    reason: str
    dataset: L2Output
    trained: tuple[L3Output, ...] = Field(min_length=1)
    proposal: Proposal
    lineage: dict[str, Any]
    report: str


class TradedBar(Contract):
    """L5: a bar that was decided on."""

    timestamp: datetime
    late: bool
    signals: tuple[dict[str, Any], ...]


class Request(Contract):
    """What an experiment is asked to do: the `--conf` of L2, L3 and L4. A typo is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    experiment_name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    overrides: tuple[Annotated[str, Field(pattern=r"^[^=\s-][^=]*=")], ...] = ()
    """As `training.total_timesteps=20000`."""
    seeds: int | None = Field(None, ge=1)
    dataset_path: str | None = None
    """Of a built dataset; it is verified all the same."""

    def words(self) -> list[str]:
        """Give it as arguments of `cambio`, but for the dataset."""
        given = [word for override in self.overrides for word in ("--set", override)]
        return [self.experiment_name, *given, *([f"--seeds={self.seeds}"] if self.seeds else [])]

    def dataset_words(self) -> list[str]:
        """Give what chooses a dataset: the seeds shape none."""
        return self.model_copy(update={"seeds": None}).words()

    def on(self, dataset_path: str) -> Self:
        """Give the same on a dataset that is built."""
        return self.model_copy(update={"dataset_path": dataset_path})


class Experiment(Contract):
    """An experiment's configuration, as far as the way through the DAGs depends on it."""

    class Configuration(Contract):
        protocol: Literal["single_split", "walk_forward"]

    name: str
    configuration: Configuration


class Cell(Contract):
    """One cell of a walk-forward: a mapped task."""

    fold: int = Field(ge=1)
    seed: Count
    run: str
    """Of which it is a part; other data, code or settings make another run."""


class CellOutput(Cell):
    """What became of a cell."""

    model_id: str
    trades: Count


class WalkForwardOutput(Contract):
    """What a walk-forward found."""

    experiment: str
    edge: bool
    verdict: str
    models: tuple[dict[str, Any], ...]
    lineage: dict[str, Any]
    report: str
