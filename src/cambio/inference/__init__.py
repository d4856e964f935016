"""L5 · The decision path fed by live or recorded bars; signals stored."""
