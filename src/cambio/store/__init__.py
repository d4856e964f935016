"""The database: tables, one query module per table group, and the migrations."""
