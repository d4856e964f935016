"""The error tree: messages that tell what was wrong and what to do."""

from __future__ import annotations

import pytest

from cambio import errors

BRANCHES = [
    errors.ConfigError,
    errors.SourceError,
    errors.DataQualityError,
    errors.ContractMismatch,
    errors.NotFound,
    errors.Conflict,
    errors.NotAllowed,
]


@pytest.mark.parametrize("branch", BRANCHES)
def test_no_branch_is_caught_as_another(branch):
    caught = [other for other in BRANCHES if issubclass(branch, other)]
    assert caught == [branch]
    assert issubclass(branch, errors.CambioError)


def test_a_mismatch_names_both_sides():
    found = errors.ContractMismatch.between("norm stats hash", "aa11", "this", "bb22", "model m1")
    assert str(found) == "norm stats hash differs: aa11 (this) != bb22 (model m1)."
    assert found.fields == {"expected": "aa11", "found": "bb22"}


def test_the_message_ends_with_the_remedy():
    found = errors.ConfigError("seed is -1.", remedy="Use 0 or more.", key="seed")
    assert str(found) == "seed is -1. Use 0 or more."
    assert found.fields == {"key": "seed"}
