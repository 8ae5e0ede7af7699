"""The one visual language: what each bloc and each origin looks like, on screen and on paper.

Before: names of blocs and origins, and text from registries and landed files that nobody vouches for. After: colours,
dashes, markers, and text that a figure may hold. Okabe-Ito colours; dash and marker say the same without colour.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

FONT = "Noto Sans, Helvetica Neue, Arial, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
"""Of the reader's own machine, for text and figures alike: nothing is fetched, and Chinese has its glyphs."""


@dataclass(frozen=True)
class Look:
    """How one series is drawn; `dash` and `marker` are Plotly's words, a dash also in pixels."""

    color: str
    dash: str
    marker: str


@dataclass(frozen=True)
class Surface:
    """What figures are drawn on: a page's background and the inks that read on it."""

    background: str
    ink: str
    muted: str
    grid: str
    hatch: str


LIGHT = Surface(background="#ffffff", ink="#1f2328", muted="#5f6670", grid="#e6e8eb", hatch="#c4c8ce")
DARK = Surface(background="#171614", ink="#edebe8", muted="#a9adb3", grid="#33363a", hatch="#565b61")

BLOCS: dict[str, Look] = {
    "frontier": Look("#0072B2", "11px,5px", "diamond"),
    "domestic": Look("#D55E00", "solid", "circle"),
    "other": Look("#666666", "dot", "square"),
    "baseline": Look("#8d939b", "dot", "line-ew"),
}
"""In drawing order of importance: the two that a gap is between come first."""

RULES: dict[str, Look] = {
    "point": Look("#1f2328", "solid", "circle"),
    "tolerance": Look("#009E73", "dash", "square"),
    "not_significantly_worse": Look("#009E73", "dash", "square"),
}
"""Lags belong to no bloc, so they take ink and green."""

TEXT_INKS = {"#D55E00": "#BB5200", "#009E73": "#007F5C"}
"""What a colour becomes where it writes: text needs 4.5:1 on white, a line only 3:1."""

_IN_THE_DARK = {
    LIGHT.background: DARK.background,
    LIGHT.ink: DARK.ink,
    LIGHT.muted: DARK.muted,
    LIGHT.grid: DARK.grid,
    LIGHT.hatch: DARK.hatch,
    "#0072B2": "#56B4E9",
    "#D55E00": "#F0803C",
    "#BB5200": "#F0803C",
    "#666666": "#A3A6AB",
    "#8d939b": "#767c84",
    "#009E73": "#2FBF94",
    "#007F5C": "#2FBF94",
}
"""Every colour of this module as it is on the dark surface: 3:1 for lines and 4.5:1 for text there too."""

HOLLOW_ORIGINS = frozenset({"vendor"})
"""Figures that a vendor published are drawn hollow; what others or we measured is filled."""


def get_marker(bloc: str, origin: str) -> str:
    """Return the Plotly marker symbol of a model of `bloc` whose score comes from `origin`."""
    symbol = BLOCS[bloc].marker
    return f"{symbol}-open" if origin in HOLLOW_ORIGINS or symbol == "line-ew" else symbol


def fade(color: str, opacity: float) -> str:
    """Return `#rrggbb` as an rgba colour of `opacity` 0–1."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def darken(text: str) -> str:
    """Return a drawing written down (a figure's JSON, an SVG) with every colour of ours as on the dark surface."""
    return _COLOURS.sub(lambda found: _DARKENED[found.group().lower()], text)


def escape_text(value: object, limit: int = 80) -> str:
    """Return `value` as text that Plotly shows letter by letter: no markup, no control or direction characters.

    Plotly reads `<a href=…>` and `&…;` in any text as markup, so names that we did not write pass here first.
    """
    text = "".join(c for c in str(value) if unicodedata.category(c)[0] != "C").strip()
    if len(text) > limit:
        text = text[: limit - 1].rstrip() + "…"
    return html.escape(text, quote=False)


def measure_text(text: str, size: float) -> float:
    """Return the rough width of `text` in pixels at font `size`: wide characters count one em, others about half."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return size * (wide + 0.53 * (len(text) - wide))


def _list_channels(color: str) -> str:
    return fade(color, 0).rpartition(",")[0] + ","


_AREAS = _IN_THE_DARK | {"#0072B2": "#3C96CD", "#D55E00": "#D9702F"}
"""Areas are darker than lines, so that a number written on one is read."""
_DARKENED = {light.lower(): dark for light, dark in _IN_THE_DARK.items()} | {
    _list_channels(light): _list_channels(dark) for light, dark in _AREAS.items()
}
_COLOURS = re.compile("|".join(map(re.escape, _DARKENED)), re.IGNORECASE)

ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">
<path d="M2 20h8v-8h8V4h12" fill="none" stroke="#0072B2" stroke-width="4"/>
<path d="M4 29h10v-8h8v-7h8" fill="none" stroke="#D55E00" stroke-width="4"/>
</svg>"""
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 32" width="150" height="32">
<path d="M2 22h8v-8h8V6h10" fill="none" stroke="#0072B2" stroke-width="3" stroke-dasharray="6 2.5"/>
<path d="M8 28h8v-7h7v-7h7" fill="none" stroke="#D55E00" stroke-width="3"/>
<g font-family="Helvetica, Arial, sans-serif" font-size="20" font-weight="700" fill="#1f2328">
<text x="40" y="23">modelgap</text></g>
</svg>"""
"""The two records as steps, in their blocs' colours. Drawn here: Streamlit would fetch its own icons from outside."""
