"""Every Prometheus metric, declared once, and the set-up of structured logs."""
