"""The DAGs by name, and the hours that they keep."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class DagId(StrEnum):
    """Every DAG of the project."""

    L0_OHLCV_REALTIME = "rl_l0_01_ohlcv_realtime"
    L0_OHLCV_BACKFILL = "rl_l0_02_ohlcv_backfill"
    L0_MACRO_UPDATE = "rl_l0_03_macro_update"
    L1_FEATURE_REFRESH = "rl_l1_01_feature_refresh"
    L2_DATASET_BUILDER = "rl_l2_01_dataset_builder"
    L3_MODEL_TRAINING = "rl_l3_01_model_training"
    L4_EXPERIMENT_RUNNER = "rl_l4_01_experiment_runner"
    L4_BACKTEST_PROMOTION = "rl_l4_02_backtest_promotion"
    L5_MULTI_MODEL_INFERENCE = "rl_l5_01_multi_model_inference"


ZONE: Final = "America/Bogota"
"""Of all schedules; it has no daylight saving time."""

# The session is 08:00 to 13:00: its last bar opens at 12:55 and closes at 13:00.
AT_EACH_CLOSE: Final = ("*/5 8-12 * * 1-5", "0 13 * * 1-5")
AT_EACH_HOUR: Final = ("0 8-12 * * 1-5",)

# Whoever is woken by data has a fallback, two and three minutes after each close. The last one of a
# day is after the quarter of an hour that a session's last bar is waited for.
FEATURES_FALLBACK: Final = ("2-57/5 8-12 * * 1-5", "2,17 13 * * 1-5")
INFERENCE_FALLBACK: Final = ("3-58/5 8-12 * * 1-5", "3,18 13 * * 1-5")
