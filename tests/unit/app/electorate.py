"""Fixtures: homes with models to vote on, on both databases."""

from __future__ import annotations

import shutil
from contextlib import ExitStack

import pytest
from sqlalchemy import make_url
from tests.unit.app import ballots

from cambio.store.database import open_database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def template(request, tmp_path_factory):
    """A home with two models in staging and a proposal for the first, and the URL to it."""
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
    source, url = template
    home = shutil.copytree(source, tmp_path / "home")
    with ExitStack() as stack:
        if url.startswith("sqlite"):
            url = f"sqlite:///{home / 'cambio.db'}"
        else:
            server = request.getfixturevalue("postgresql_server")
            url = stack.enter_context(server.database(make_url(url).database))
        engine = open_database(url)
        yield ballots.resources(engine, home)
        engine.dispose()
