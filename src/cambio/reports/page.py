"""What all pages share: how a template becomes one self-contained HTML file."""

from __future__ import annotations

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from cambio.reports.palette import DARK, LIGHT

_TEMPLATES: Final = Environment(
    loader=PackageLoader("cambio.reports"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_template(name: str, /, **values: object) -> str:
    """Give the page, `<!doctype html>` first; what ``values`` bring as text is escaped."""
    colours = {"light": LIGHT, "dark": DARK}
    return _TEMPLATES.get_template(name).render(colours=colours, **values)
