"""L4 · Replay, metrics, statistics, criteria and the promotion proposal."""
