"""How a diagnosis looks on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cambio.cli import console
from cambio.reports import diagnosis as tables
from cambio.reports import diagnosis_words as words
from cambio.validation.diagnosis.conclusion import Finding, conclude

if TYPE_CHECKING:
    from cambio.app.evaluate import Evaluation
    from cambio.validation.diagnosis.variants import Diagnosis

TESTS: Final = {"": 0, "return\n%": 1, "Sharpe": 3, "trades": 4, "left\n%": 5, " ": 8}
"""Columns of `tables.tests` for which a terminal has room."""
FEATURES: Final = ("", "without\n%", "left\n%", "", "shuffled\n%", "lowest\n%", "highest\n%")


def diagnosis(found: Diagnosis, evaluation: Evaluation) -> None:
    """Print the tests, and what they come to."""
    tests = tables.tests(found, evaluation.metrics.to_dict(), evaluation.account.capital)
    rows = [[row[i] for i in TESTS.values()] for group in tests.groups for row in group]
    console.table("An edge or an artefact", [*TESTS], rows)
    features = [row[: len(FEATURES)] for row in tables.features(found).groups[0]]
    console.table("Return without a feature, and with its sessions shuffled", FEATURES, features)
    console.out.print()
    conclusion(found)


def conclusion(found: Diagnosis) -> None:
    """Print what the tests say in sentences, and what they come to."""
    for sentence in words.sentences(found):
        console.say(console.out, "·", "dim", sentence)
    come_to = conclude(found)
    style = "red" if come_to.finding is Finding.ARTEFACT else "bold"
    told = f"{words.FINDINGS[come_to.finding]} {words.reason(come_to)}"
    console.say(console.out, "=", style, told)
