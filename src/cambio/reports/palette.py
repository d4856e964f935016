"""The colours of the reports, by the name of what they are for."""

from __future__ import annotations

from typing import Final

LIGHT: Final = {
    "page": "#ffffff",
    "ink": "#15181e",
    "muted": "#5b626e",
    "quiet": "#8b929d",
    "line": "#d3d7dd",
    "grid": "#eaecef",
    "band": "#dde1e6",
    "long": "#1a67c7",
    "short": "#bd5407",
    "accent": "#5a48c0",
    "good": "#187a47",
    "bad": "#c22727",
}
"""Each token's colour on a light page. No two are alike: a picture's colour names its token."""

DARK: Final = {
    "page": "#101217",
    "ink": "#e9ebef",
    "muted": "#a0a7b3",
    "quiet": "#767e8b",
    "line": "#353a44",
    "grid": "#20242b",
    "band": "#2b3039",
    "long": "#6cabfa",
    "short": "#f79a4e",
    "accent": "#ada1ff",
    "good": "#4fc88c",
    "bad": "#ff7070",
}
"""The same tokens on a dark page."""
