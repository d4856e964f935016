"""How JAX computes here, to be imported before it first does.

XLA computes on one thread, so that the same seed gives the same weights however many cores a
machine has, and seeds can run side by side.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Final

import jax

ONE_THREAD: Final = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.setdefault("XLA_FLAGS", ONE_THREAD)  # both are read when JAX first computes
os.environ.setdefault("NPROC", "1")  # the flags alone leave XLA's pool a thread for each core
COMPILED: Final = Path(__file__).parent / "__pycache__" / f"jax-{jax.__version__}"
jax.config.update("jax_compilation_cache_dir", str(COMPILED))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.05)
warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache")  # it
# compiles again instead, as it did before there was a cache
