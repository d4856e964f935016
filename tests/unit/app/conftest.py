"""Fixtures of the use cases' tests."""

from tests.unit.app.macro_product import product, provider

__all__ = ["product", "provider"]
