"""Self-contained HTML reports and their pictures."""
