"""L1 · Features: streaming kernels, macro as-of join, and the canonical builder."""
