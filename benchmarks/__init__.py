"""The headline figures, each measured beside its peer: `python -m benchmarks`.

| benchmark | question |
|---|---|
| `features` | how long do the 13 market features of 86,000 bars take? |
| `environment` | how many steps a second does the vectorised environment make? |
| `training` | how many steps a second does PPO learn from, and in how much memory? |
| `replay` | how many bars a second go through the production path? |
| `store` | how long does it take to store 86,000 bars? |
| `backfill` | how long does it take to fetch, check and store them? |
| `dataset` | how long does it take to make a dataset of them? |
| `startup` | how long does `cambio --help` take? |
| `decision` | how long does the policy take for one bar? |

`python -m benchmarks.learning` answers another question, in an hour: does what trains faster
learn as well?

Rules, so that a figure means what it says:

- One thread everywhere, ours and the peers'; a figure is that of one core.
- Ours and its peers run in turn, several rounds after one that does not count: what else the
  machine does hits all of them. Tables show medians, `min..max`, and the median of the rounds'
  ratios, which a busy machine moves least.
- A peer is what a competent user of the best-known tool would write, and where the computation
  is comparable its answer is checked against ours before anything is timed.
- Data is simulated with a fixed seed; nothing outside the repository is needed.
"""

import os

# Read once, when each library is first imported: this file runs before any of them.
# NPROC is XLA's: the size of its pool, on which actor and critic would be computed side by side.
for _variable in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"):
    os.environ[_variable] = "1"
