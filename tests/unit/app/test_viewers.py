"""A viewer reads: whoever trains or looks at a test window is an operator."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cambio.app import ab_test, experiments, training, walkforward
from cambio.contracts.accounts import Account, Role
from cambio.errors import NotAllowed

RUNS = {
    "experiment": lambda resources: experiments.run(resources, None, {}),
    "walk-forward": lambda resources: walkforward.run(resources, None, {}, None),
    "training": lambda resources: training.run(resources, None, {}, None, resume=False),
    "cell": lambda resources: walkforward.one_cell(resources, None, {}, None),
    "A/B test": lambda resources: ab_test.run(resources, None),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_viewer_runs_nothing(product, run):
    viewer = replace(product, account=lambda: Account("vic", Role.VIEWER))
    with pytest.raises(NotAllowed, match="vic is viewer; running an experiment"):
        run(viewer)
