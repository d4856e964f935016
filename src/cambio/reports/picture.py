"""From a matplotlib figure to an inline picture that follows the page's colours and type.

Charts are drawn once, in the light palette. The SVG then trades each of its colours for the CSS
variable of the same name, drops its own font and ids, and so reads well on a dark page too.
One unit of a figure is one CSS pixel.
"""

from __future__ import annotations

import re
from io import BytesIO, StringIO
from typing import Any, Final

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from cambio.reports.palette import LIGHT

PIXELS_AN_INCH: Final = 72
PNG_SCALE: Final = 2
_RC: Final = {"svg.fonttype": "none", "path.simplify_threshold": 0.35}
_NO_METADATA: Final = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_TOKENS: Final = {colour: f"var(--{token})" for token, colour in LIGHT.items()}


def new_figure(width: float, height: float) -> Any:
    """Give an empty, transparent figure of ``width`` × ``height`` CSS pixels."""
    figure = Figure(figsize=(width / PIXELS_AN_INCH, height / PIXELS_AN_INCH), dpi=PIXELS_AN_INCH)
    figure.patch.set_visible(False)
    return figure


def inline(figure: Any, name: str, description: str) -> Markup:
    """Give the figure as an `<svg>` element to stand inside a page.

    Args:
        figure: drawn in the colours of `LIGHT`.
        name: unique on the page; it keeps the picture's ids apart from other pictures'.
        description: what the picture shows, for those who cannot see it.
    """
    out = StringIO()
    with rc_context(_RC | {"svg.hashsalt": name}):
        FigureCanvasSVG(figure).print_svg(out, metadata=_NO_METADATA)
    width, height = (figure.get_size_inches() * PIXELS_AN_INCH).round().astype(int)
    drawing = _slim(out.getvalue())
    return Markup(  # noqa: S704 - matplotlib escapes the texts it draws
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(description)}">'
        f"{drawing}</svg>"
    )


def png(figure: Any) -> bytes:
    """Give the figure as a PNG file on a white page, at twice the screen's resolution."""
    out = BytesIO()
    figure.patch.set(visible=True, facecolor=LIGHT["page"])
    figure.set_dpi(PIXELS_AN_INCH * PNG_SCALE)
    FigureCanvasAgg(figure).print_png(out, metadata={"Software": None})
    return out.getvalue()


def _slim(svg: str) -> str:
    """Give what stands inside the `<svg>` element, without ids, fonts and spare digits."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    body = re.sub(r"<style.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r" font-family: [^;\"]*;?", "", body)
    body = re.sub(r' transform="rotate\(-0 [^)]*\)"', "", body)
    body = re.sub(r"(fill|stroke): (#[0-9a-f]{6})\b", _token, body)
    body = re.sub(r"<[^>]*>", _round, body)
    body = body.replace("xlink:href", "href")
    body = re.sub(r"\s*\n\s*", " ", body)
    return re.sub(r"> <", "><", body)


def _round(tag: re.Match[str]) -> str:
    """Cut a tag's coordinates to a tenth of a pixel; the texts between tags stay as they are."""
    return re.sub(r"-?\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}", tag[0])


def _token(match: re.Match[str]) -> str:
    return f"{match[1]}: {_TOKENS.get(match[2], match[2])}"
