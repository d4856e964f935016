"""YAML and environment, assembled into one frozen `Settings`. The only reader of both."""

from __future__ import annotations

from pathlib import Path

CONFIG_FOLDERS = (Path(__file__).parents[2] / "config", Path(__file__).parent / "_config")
