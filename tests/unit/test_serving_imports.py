"""What the processes that serve and trade load: no learning framework, and nothing that unpickles.

In a fresh process the modules of the serving path are imported, and what their own functions import
when they are called; `sys.modules` may then hold none of `FORBIDDEN`. After that every module of
ours that was loaded is parsed: none imports an unpickler or calls what turns bytes into objects or
code. What libraries load for themselves may be there: the standard library's `pickle`
(`multiprocessing`), and cloudpickle (numba, and pyarrow where it is installed).

Not followed are the lazy imports of the use cases: `Tracker` imports MLflow when it is used.

Of `cambio.cli`, which loads every command's module, only what the serving commands import counts.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

import cambio
from cambio import yaml_files
from cambio.app import experiment_config

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(cambio.__file__).parent
ROOMS = ("api", "inference", "trading", "bus")
MODULES = ("cli.serve", "cli.live", "app.live", "app.infer", "app.replay", "wiring", "settings")
FORBIDDEN = {
    *("torch", "stable_baselines3", "gymnasium", "jax", "flax", "sbx", "mlflow"),
    *("dill", "joblib"),
}
UNPICKLERS = {"pickle", "_pickle", "marshal", "shelve", "cloudpickle", *FORBIDDEN} - {"mlflow"}
CODE = {"eval", "exec", "compile", "__import__"}
SAFE_LOADERS = {"LOADER": yaml_files.LOADER, "_Undated": experiment_config._Undated}
"""By the names that our modules give them."""
UNSAFE_YAML = {"load", "load_all", "unsafe_load", "unsafe_load_all", "full_load", "full_load_all"}


def entries() -> Iterator[str]:
    """The modules that serving begins with, as far as they are written."""
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            yield ".".join(("cambio", *path.relative_to(SOURCE).with_suffix("").parts))
    yield from (f"cambio.{name}" for name in MODULES if find_spec(f"cambio.{name}"))


def file_of(module: str) -> Path:
    path = SOURCE.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def is_on_the_path(module: str) -> bool:
    ours, commands = module.startswith("cambio."), module.startswith("cambio.cli")
    return ours and (not commands or module in ("cambio.cli.serve", "cambio.cli.live"))


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules that code imports, but for type checkers; `from a import b` gives a and a.b."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from imported(node)


def unsafe_calls(tree: ast.AST) -> Iterator[str]:
    """The calls that would turn bytes into objects or code."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        owner, _, name = called.rpartition(".")
        allowing = any(
            keyword.arg == "allow_pickle" and ast.unparse(keyword.value) != "False"
            for keyword in node.keywords
        )
        given = {*node.args, *(keyword.value for keyword in node.keywords)}
        safe_yaml = any(ast.unparse(value) in SAFE_LOADERS for value in given)
        unsafe_yaml = owner == "yaml" and name in UNSAFE_YAML and not safe_yaml
        unsafe = called in CODE or owner in UNPICKLERS or unsafe_yaml
        if unsafe or allowing or name == "read_pickle":
            yield ast.unparse(node)


def load(names: list[str]) -> set[str]:
    """Give what a fresh process has loaded after importing modules."""
    script = f"import sys\nfor name in {names!r}: __import__(name)\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def serving() -> set[str]:
    """What serving loads: its modules, and what their functions import when they are called."""
    names = set(filter(is_on_the_path, entries()))
    lazy = {
        name
        for module in names
        for name in imported(ast.parse(file_of(module).read_text("utf-8")))
        if is_on_the_path(name) and file_of(name).exists()
    }
    return load(sorted(names | lazy | {"alembic.command"}))  # which a migration imports


@pytest.fixture(scope="module")
def ours(serving) -> list[str]:
    return sorted(filter(is_on_the_path, serving))


def test_the_check_reaches_what_serves_and_trades(ours):
    expected = {"cambio.api.application", "cambio.trading.gate", "cambio.trading.policy"}
    assert expected | {"cambio.inference.live", "cambio.store.database"} <= set(ours)


def test_no_learning_framework_and_no_unpickler_is_loaded(serving):
    assert {name.partition(".")[0] for name in serving} & FORBIDDEN == set()


def test_none_of_our_modules_imports_an_unpickler(ours):
    found = {
        (module, name)
        for module in ours
        for name in imported(ast.parse(file_of(module).read_text("utf-8")))
        if name.partition(".")[0] in UNPICKLERS
    }
    assert found == set()


def test_none_of_our_modules_turns_bytes_into_objects_or_code(ours):
    found = {
        (module, call)
        for module in ours
        for call in unsafe_calls(ast.parse(file_of(module).read_text("utf-8")))
    }
    assert found == set()


@pytest.mark.parametrize(
    "code",
    [
        "pickle.loads(b)",
        "marshal.load(f)",
        "yaml.load(f, Loader=yaml.UnsafeLoader)",
        "yaml.load(f)",
        "eval('1')",
        "np.load(f, allow_pickle=True)",
        "np.load(f, allow_pickle=flag)",
        "pd.read_pickle(f)",
        "joblib.load(f)",
    ],
)
def test_the_check_knows_an_unsafe_call(code):
    assert list(unsafe_calls(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "yaml.safe_load(f)",
        "np.load(f, allow_pickle=False)",
        "re.compile('a')",
        "engine.load(c)",
        "yaml.load(f, Loader=LOADER)",
    ],
)
def test_the_check_lets_a_safe_call_pass(code):
    assert not list(unsafe_calls(ast.parse(code)))


@pytest.mark.parametrize("loader", SAFE_LOADERS.values(), ids=SAFE_LOADERS)
def test_the_loaders_that_read_yaml_make_plain_values_only(loader):
    with pytest.raises(yaml.constructor.ConstructorError):
        yaml.load("!!python/object/apply:os.getcwd []", Loader=loader)
