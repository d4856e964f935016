"""L4 · How often the promotion gate errs: policies without edge, planted edges, and rates."""
