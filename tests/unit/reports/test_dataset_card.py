"""The data card, taken apart."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from cambio.contracts.features import MARKET_FEATURES
from cambio.reports.axes import NARROW, WIDE
from cambio.reports.dataset_card import DatasetCard, render
from cambio.reports.dataset_charts import SessionRows, coverage, feature
from cambio.reports.tables import Table

HOSTILE = "<script>alert('x')</script> & more"
RANDOM = np.random.default_rng(1)
VALUES = {name: RANDOM.normal(size=200) for name in ("train", "val", "test")}
SESSIONS = SessionRows(
    days=np.array(["2024-07-01", "2024-07-02", "2024-07-04", "2024-07-08"], "M8[D]"),
    rows=np.array([60, 30, 60, 1]),
    split=np.array(["train", "train", "val", "test"]),
    span=(np.datetime64("2024-06-28"), np.datetime64("2024-07-09")),
)


def make(**changed) -> DatasetCard:
    card = DatasetCard(
        title="Dataset of small",
        subtitle="600 rows.",
        notices=["Training covers little."],
        splits=Table(["Split", "Rows"], [[["Training", "200"]]]),
        features=dict.fromkeys(MARKET_FEATURES, VALUES),
        drift=Table(["Feature", "KS"], [[["vix_z", "0.31"]]]),
        largest=dict.fromkeys(MARKET_FEATURES, 0.314),
        coverage=SESSIONS,
        left_out=Table(["Why", "Sessions"], [[["EMBI: stale", "3"]]]),
        quarantine=Table(["Kind", "Rows"], [[["macro", "41"]]]),
        made_from={"code version": "1.0"},
        hashes={"dataset": "beef"},
        next_commands=["cambio dataset verify small"],
    )
    return replace(card, **changed)


def test_the_same_card_gives_the_same_bytes():
    assert render(make()) == render(make())


def test_the_page_asks_for_nothing_outside_itself():
    page = render(make())
    assert "default-src 'none'" in page
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)", page)
    assert "<script" not in page


def test_every_text_is_escaped():
    page = render(
        make(
            title=HOSTILE,
            notices=[HOSTILE],
            made_from={HOSTILE: HOSTILE},
            left_out=Table([HOSTILE], [[[HOSTILE]]]),
            next_commands=[HOSTILE],
        )
    )
    assert "<script" not in page


def test_every_feature_has_its_picture_and_distance():
    page = render(make())
    for name in MARKET_FEATURES:
        assert f"<h3>{name}<span>KS 0.31</span></h3><svg" in page


def test_an_empty_quarantine_and_nothing_left_out_are_said():
    page = render(make(quarantine=None, left_out=Table(["Why"], [[]])))
    assert "Nothing is in quarantine." in page
    assert "Nothing: every stored bar of the ranges is a row." in page


def test_a_feature_shows_each_split_in_its_colour():
    picture = feature("vix_z", VALUES)
    assert all(f"var(--{token})" in picture for token in ("band", "accent", "ink"))


def test_a_feature_that_is_constant_in_all_splits_can_be_drawn():
    assert "<svg" in feature("vix_z", {name: np.ones(5) for name in VALUES})


def test_coverage_names_the_splits_on_both_sizes():
    wide, narrow = coverage(SESSIONS, WIDE), coverage(SESSIONS, NARROW)
    assert all(f">{word}<" in wide for word in ("training", "validation", "test"))
    assert all(f">{word}<" in narrow for word in ("train", "val", "test"))


def test_a_split_without_sessions_is_not_named():
    without = replace(SESSIONS, split=np.array(["train", "train", "val", "val"]))
    assert ">test<" not in coverage(without, WIDE)
