"""The HTTP API: a thin shell over the use cases, and the only room that knows FastAPI."""
