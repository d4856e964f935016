"""L2 · Leak-free datasets: splits, train-only statistics, the quality gate, lineage."""
