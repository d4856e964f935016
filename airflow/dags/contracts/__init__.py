"""What the DAGs agree on: their names, and what they hand to each other. Imports no Airflow."""
