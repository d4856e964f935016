"""YAML and environment, assembled into one frozen `Settings`. The only reader of both."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from cambio.acquisition.catalogue import Catalogue
from cambio.errors import ConfigError

if TYPE_CHECKING:
    from pydantic import BaseModel as Model

CONFIG_FOLDERS = (Path(__file__).parents[2] / "config", Path(__file__).parent / "_config")
