"""The curriculum: which stage the training is in, and which episodes a stage practises on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cambio.errors import ConfigError, ContractMismatch
from cambio.training.config import StageConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cambio.training.config import Curriculum


class CurriculumState:
    """Where the training stands in its curriculum; the last stage never ends.

    Args:
        stages: easy to full; none is one stage, the market as it is.
    """

    def __init__(self, stages: Curriculum = ()) -> None:
        self._stages = stages or (StageConfig(),)
        self._history = [(0, 0)]

    @property
    def count(self) -> int:
        """Give how many stages there are."""
        return len(self._stages)

    @property
    def index(self) -> int:
        """Give the number of the stage, from 0."""
        return self._history[-1][1]

    @property
    def stage(self) -> StageConfig:
        """Give the stage."""
        return self._stages[self.index]

    @property
    def history(self) -> list[tuple[int, int]]:
        """Give each step at which a stage began, with its number; `(0, 0)` comes first."""
        return list(self._history)

    def advance(self, step: int, reward: float | None) -> bool:
        """Move on as far as ``step`` and ``reward`` allow; tell whether the stage changed.

        Args:
            step: steps of the whole training so far, not of the stage.
            reward: mean reward of an evaluation made at this step; None if there was none.
        """
        index = self.index
        while index < self.count - 1 and _is_over(self._stages[index], step, reward):
            index += 1
        if index == self.index:
            return False
        self._history.append((step, index))
        return True

    def to_dict(self) -> dict[str, Any]:
        """Give the state as plain JSON types."""
        return {
            "stages": [stage.model_dump() for stage in self._stages],
            "history": [list(entry) for entry in self._history],
        }

    def restore(self, document: Mapping[str, Any]) -> None:
        """Go on from what `to_dict` gave.

        Raises:
            ContractMismatch: it is of another curriculum.
        """
        ours = self.to_dict()["stages"]
        if document.get("stages") != ours:
            expected, found = str(ours), str(document.get("stages"))
            raise ContractMismatch.between("curriculum", expected, "this one", found, "the state")
        self._history = [(int(step), int(index)) for step, index in document["history"]]


def _is_over(stage: StageConfig, step: int, reward: float | None) -> bool:
    by_step = stage.until_step is not None and step >= stage.until_step
    by_reward = (
        stage.until_reward is not None and reward is not None and reward >= stage.until_reward
    )
    return by_step or by_reward


def possible_starts(close: NDArray[np.float64], steps: int, volatility: str) -> NDArray[np.int64]:
    """Give the first bars of all episodes of ``steps`` bars that a stage may draw, ascending.

    Args:
        close: of the training split, `(n,)`, two bars or more.
        steps: after the first bar; a split that is shorter is one episode.
        volatility: `all`; `calm` for episodes at or below the median `window_volatility` of all
            of them; `turbulent` for those above it.

    Raises:
        ConfigError: no episode is turbulent, since all are alike or there is only one.
    """
    width = min(steps, len(close) - 1)
    starts = np.arange(len(close) - width)
    if volatility == "all":
        return starts
    measured = window_volatility(close, width)
    calm = measured <= np.median(measured)
    chosen = starts[calm if volatility == "calm" else ~calm]
    if not len(chosen):
        raise ConfigError(
            f"Of {len(starts)} possible episodes of {width} bars none is more volatile than the "
            f"median, so a stage of the curriculum has no {volatility} ones.",
            remedy="Give the stage a smaller max_steps, or volatility: all.",
        )
    return chosen


def window_volatility(close: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Give the standard deviation of ``width`` log returns from each bar on, `(n - width,)`.

    Nights count as one return. Returns are centred first, so that the difference of two
    cumulative sums keeps its digits.

    >>> window_volatility(np.exp(np.array([0.0, 1.0, 0.0, 1.0, 2.0])), 2).round(12).tolist()
    [1.0, 1.0, 0.0]
    """
    returns = np.diff(np.log(close))
    returns -= returns.mean()
    mean = _window_sums(returns, width) / width
    variance = _window_sums(returns * returns, width) / width - mean * mean
    return np.sqrt(np.maximum(variance, 0.0))


def _window_sums(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return sums[width:] - sums[:-width]
