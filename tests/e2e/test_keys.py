"""`cambio keys` as a user meets it."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("name", ["keys/signing.pem", "keys"])
def test_the_trusted_keys_are_listed_though_others_can_reach_the_private_one(cambio, home, name):
    made = cambio("keys", "create", "--json").json()["key_id"]
    right = (home / name).stat().st_mode & 0o777
    (home / name).chmod(right | 0o044)
    listed = cambio("keys", "list", "--json")
    assert listed.code == 0
    assert listed.json() == [{"key_id": made, "trusted": True, "signs": False}]
    assert f"`chmod {right:o} {home / name}`" in listed.err
