"""Fixtures: homes with models to vote on, on both databases."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url
from tests.unit.app import ballots

from cambio.app import votes
from cambio.store.database import open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Home = tuple["Path", str]
"""A home, and the URL of its database; nothing is connected to it."""

on_sqlite = pytest.mark.parametrize("template", ["sqlite"], indirect=True, scope="module")
"""For tests of what no database does in its own way."""


@contextmanager
def copied(request: pytest.FixtureRequest, source: Home, to: Path) -> Iterator[Home]:
    """A copy of a home of its own."""
    folder, url = source
    home = shutil.copytree(folder, to)
    with ExitStack() as stack:
        if url.startswith("sqlite"):
            url = f"sqlite:///{home / 'cambio.db'}"
        else:
            server = request.getfixturevalue("postgresql_server")
            url = stack.enter_context(server.database(make_url(url).database))
        yield home, url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def template(request, tmp_path_factory):
    """A home with two models in staging and a proposal for the first."""
    home = tmp_path_factory.mktemp("template")
    with ExitStack() as stack:
        url = f"sqlite:///{home / 'cambio.db'}"
        if request.param == "postgresql":
            server, migrated = map(request.getfixturevalue, ("postgresql_server", "migrated"))
            url = stack.enter_context(server.database(migrated))
        made = ballots.resources(open_database(url), home)
        ballots.publish_models(made)
        ballots.propose(made, "p1")
        made.engine.dispose()
        yield home, url


@pytest.fixture
def product(template, request, tmp_path):
    """A copy of the template of its own."""
    with copied(request, template, tmp_path / "home") as (home, url):
        engine = open_database(url)
        yield ballots.resources(engine, home)
        engine.dispose()


@pytest.fixture(scope="module")
def challenge(template, request, tmp_path_factory):
    """The same after two votes: the first model is champion, the second its challenger."""
    first, second = ballots.MODELS
    with copied(request, template, tmp_path_factory.mktemp("challenge") / "home") as (home, url):
        made = ballots.resources(open_database(url), home)
        ana = ballots.by(made, "ana")
        votes.approve(ana, "p1", "Looks right.")
        ballots.propose(made, "p2", model_id=second, vs_baseline={"against": first})
        votes.approve(ana, "p2", "Better.")
        made.engine.dispose()
        yield home, url


@pytest.fixture
def challenged(challenge, request, tmp_path):
    """A copy of that of its own; five sessions are enough for a challenger."""
    with copied(request, challenge, tmp_path / "challenged") as (home, url):
        engine = open_database(url)
        yield ballots.canary(ballots.resources(engine, home), min_sessions=5)
        engine.dispose()
