"""Canonical JSON and hashes: the same content, the same text, and nothing that is not JSON."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cambio.contracts.lineage import Lineage, canonical_json, file_hash, hash_of

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
FINITE = SCALARS.filter(lambda value: value not in {float("inf"), float("-inf")})
DOCUMENTS = st.dictionaries(st.text(), FINITE | st.lists(FINITE, max_size=3), max_size=6)

seeded = settings(derandomize=True, deadline=None)


@seeded
@given(DOCUMENTS)
def test_the_order_of_keys_does_not_matter(document):
    backwards = dict(reversed(document.items()))
    assert hash_of(backwards) == hash_of(document)


@seeded
@given(DOCUMENTS)
def test_canonical_json_is_read_back_as_what_was_written(document):
    assert json.loads(canonical_json(document)) == document


def test_the_order_of_nested_keys_does_not_matter():
    assert hash_of([{"b": {"y": 1, "x": 2}, "a": 3}]) == hash_of([{"a": 3, "b": {"x": 2, "y": 1}}])


def test_the_order_of_a_list_matters():
    assert hash_of([1, 2]) != hash_of([2, 1])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        hash_of({"deep": [{"std": value}]})


def test_text_is_written_as_it_is():
    assert canonical_json({"name": "Día"}) == '{"name":"Día"}'


def test_the_hash_is_the_sha256_of_the_text():
    assert hash_of({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_a_files_hash_is_that_of_its_bytes(tmp_path, algorithm):
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 5000)
    assert file_hash(path, algorithm) == hashlib.new(algorithm, path.read_bytes()).hexdigest()


def test_a_lineage_is_plain_json_and_comes_back_whole():
    fields = dict.fromkeys(Lineage.__slots__, "x") | {"seed": 7, "overrides": {"a.b": 1}}
    record = Lineage(**fields)
    assert Lineage(**json.loads(canonical_json(record.to_dict()))) == record
