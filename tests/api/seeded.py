"""A database with something of everything that the API shows."""

from __future__ import annotations

from tests.api.served import MARKET, Silent, store_market

__all__ = ["MARKET", "Silent", "store_market"]
