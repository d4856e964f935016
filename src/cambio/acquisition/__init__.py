"""L0 · Data acquisition: importers, quality checks, gaps and the market simulator."""
