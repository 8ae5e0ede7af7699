"""What a figure is made of once its axes are resolved: lines, areas, marks and words, in pixels.

Before: nothing. After: plain values that paper and slides draw alike. The origin is the lower left corner, y upwards.
"""

import html
import re
from dataclasses import dataclass, field, replace

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge."""
Color = tuple[float, float, float, float]
"""Red, green, blue and opacity, each 0–1."""

LINE_HEIGHT = 1.3
"""Of a line of text, in its size, as Plotly sets it."""
_TAG = re.compile(r"<[^>]*>")
_STYLE = re.compile(r"(color|font-size)\s*:\s*([^;\"']+)")


@dataclass(frozen=True)
class Line:
    """An open line; `dash` in pixels on and off, empty for solid. `is_series`: native charts draw it themselves."""

    points: list[Point]
    color: Color
    width: float
    dash: tuple[float, ...] = ()
    clip: Box | None = None
    is_series: bool = False


@dataclass(frozen=True)
class Area:
    """A filled polygon, or with `hatch` one hatched in that colour."""

    points: list[Point]
    fill: Color | None
    hatch: Color | None = None
    edge: Color | None = None
    clip: Box | None = None


@dataclass(frozen=True)
class Mark:
    """One point's marker, `size` pixels wide."""

    x: float
    y: float
    symbol: str
    size: float
    fill: Color | None
    edge: Color
    edge_width: float


@dataclass(frozen=True)
class Run:
    """Letters in one weight, size and colour."""

    text: str
    size: float
    color: str
    is_bold: bool = False


@dataclass(frozen=True)
class Words:
    """Lines of runs, anchored at a point as Plotly anchors an annotation."""

    x: float
    y: float
    lines: list[list[Run]]
    xanchor: str = "center"
    yanchor: str = "middle"
    align: str = "left"
    background: Color | None = None

    @property
    def text(self) -> str:
        """The letters alone, a line a line."""
        return "\n".join("".join(run.text for run in line) for line in self.lines)


@dataclass
class Drawing:
    """A whole figure in pixels; `words` lie over `items`."""

    width: float
    height: float
    background: Color
    items: list[Line | Area | Mark] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    margin: float = 0.0
    """Pixels of background around all of it."""

    def pad(self, margin: float = 16.0) -> "Drawing":
        """Return the drawing with a margin: on a page the title stands flush with the text, alone it needs air."""
        return replace(self, margin=margin)


def parse_words(text: str, size: float, color: str) -> list[list[Run]]:
    """Return Plotly's ready-made text as lines of runs: `<b>`, `<br>`, `<span style>`; other tags are dropped."""
    lines: list[list[Run]] = [[]]
    looks = [Run("", size, color)]
    for piece in re.split(r"(<[^>]*>)", str(text)):
        if not _TAG.fullmatch(piece):
            if piece:
                lines[-1].append(replace(looks[-1], text=html.unescape(piece)))
        elif re.match(r"<br\s*/?>", piece):
            lines.append([])
        elif piece.startswith("</"):
            if len(looks) > 1:
                looks.pop()
        else:
            looks.append(_restyle(looks[-1], piece))
    return lines


def _restyle(look: Run, tag: str) -> Run:
    style = dict(_STYLE.findall(tag))
    size = float(style["font-size"].strip().removesuffix("px")) if "font-size" in style else look.size
    is_bold = look.is_bold or tag in ("<b>", "<strong>")
    return replace(look, color=style.get("color", look.color).strip(), size=size, is_bold=is_bold)


def parse_color(color: object) -> Color:
    """Return a CSS colour (`#rgb`, `#rrggbb`, `rgb()`, `rgba()`, a few names) as four numbers."""
    text = str(color).strip().lower()
    if text.startswith("rgb"):
        parts = [float(part) for part in text[text.index("(") + 1 : -1].split(",")]
        return parts[0] / 255, parts[1] / 255, parts[2] / 255, parts[3] if len(parts) > 3 else 1.0
    named = {"white": "#ffffff", "black": "#000000", "transparent": "#00000000"}
    digits = named.get(text, text).lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    values = [int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2)]
    return values[0], values[1], values[2], values[3] if len(values) > 3 else 1.0


def read_dash(dash: str | None, width: float) -> tuple[float, ...]:
    """Return Plotly's dash as pixels on and off; its names count in line widths."""
    named = {"dot": (1, 1.6), "dash": (3, 3), "longdash": (5, 5), "dashdot": (3, 3, 1, 3), "longdashdot": (5, 3, 1, 3)}
    if not dash or dash == "solid":
        return ()
    if dash in named:
        return tuple(part * max(width, 1.0) for part in named[dash])
    return tuple(float(part.removesuffix("px")) for part in dash.replace(",", " ").split())
