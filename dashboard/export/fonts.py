"""Type for paper: cuts the letters that a drawing uses out of this machine's fonts, as one small TrueType face.

Before: the letters, and fonts of the machine (Noto Sans CJK SC or another that has Chinese; DejaVu Sans, which
matplotlib brings, for what those lack). After: two files, regular and bold, that hold these letters and no others.
PDF readers take no CJK collection as it is: it holds PostScript outlines, which a TrueType embedding must not carry.
And 200 letters are read a hundred times faster than a collection of 45,000.
"""

import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from dashboard.export.errors import ExportError

CHINESE = (
    ("NotoSansCJK-Regular", "NotoSansCJK-Bold"),
    ("NotoSansCJKsc-Regular", "NotoSansCJKsc-Bold"),
    ("NotoSansSC-Regular", "NotoSansSC-Bold"),
    ("SourceHanSansSC-Regular", "SourceHanSansSC-Bold"),
    ("msyh", "msyhbd"),
    ("PingFang", "PingFang"),
)
"""File stems of faces with Chinese, regular and bold, the first found is taken."""
UNITS = 1000
EPOCH = 3_660_000_000
"""A day in 2019 in the count of font files: all are of one day."""
MISSING = "\ufffd"
SHARED = frozenset("·…‘’“”")
"""Marks that Chinese type sets as wide as a character: without Chinese about they are taken from the other face."""
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Face:
    """A face of the machine, read glyph by glyph."""

    font: TTFont
    names: dict[int, str]
    scale: float

    def has(self, letter: str) -> bool:
        """Return whether the face has a letter."""
        return ord(letter) in self.names


@dataclass(frozen=True)
class Type:
    """The two files cut for one drawing, and what each letter measures, in ems."""

    regular: Path
    bold: Path
    widths: dict[tuple[str, bool], float]

    def measure(self, text: str, size: float, is_bold: bool) -> float:
        """Return the width of a text at a size."""
        return size * sum(self.widths[letter, is_bold] for letter in text)


@contextmanager
def cut_type(texts: Iterable[str]) -> Iterator[Type]:
    """Give the type that sets `texts`, on disk for as long as the block lasts.

    Raises ExportError where a Chinese letter has no face on this machine: boxes must not be printed.
    """
    letters = sorted({letter for text in texts for letter in text} | {" ", MISSING})
    widths: dict[tuple[str, bool], float] = {}
    with TemporaryDirectory(prefix="modelgap-type-") as folder:
        paths = []
        for is_bold in (False, True):
            path = Path(folder) / ("bold.ttf" if is_bold else "regular.ttf")
            # One TTFont reads from one file at one place: two threads would read each other's letters.
            with _lock:
                found = _cut(letters, is_bold, path, prefers_narrow=not any(map(_is_wide, letters)))
            widths |= {(letter, is_bold): width for letter, width in found.items()}
            paths.append(path)
        yield Type(*paths, widths)


def measure_letters(text: str, size: float, is_bold: bool) -> float:
    """Return the width of a text at a size, in the type that paper is printed with."""
    with _lock:
        found = (_find_face(letter, is_bold) for letter in text if letter.isprintable())
        return size * sum(face.font["hmtx"][face.names[ord(shown)]][0] * face.scale for face, shown in found) / UNITS


@lru_cache
def find_faces(is_bold: bool) -> tuple[Face, ...]:
    """Return the faces to take letters from, in order: one with Chinese where the machine has it, then DejaVu Sans."""
    from matplotlib import font_manager

    known = {Path(path).stem: path for path in sorted(font_manager.findSystemFonts())}
    chinese = next((pair[is_bold] for pair in CHINESE if pair[0] in known and pair[1] in known), None)
    bundled = Path(font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans")))
    paths = [known[chinese]] if chinese else []
    paths.append(bundled.with_name("DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"))
    return tuple(_open_face(str(path)) for path in paths)


def _open_face(path: str) -> Face:
    """Return a face; of a collection the one for simplified Chinese."""
    number = -1
    if path.endswith((".ttc", ".otc")):
        names = [font["name"].getDebugName(4) or "" for font in TTCollection(path, lazy=True)]
        number = next((i for i, name in enumerate(names) if " SC" in name and "Mono" not in name), 0)
    font = TTFont(path, fontNumber=number, lazy=True)
    return Face(font, font.getBestCmap(), UNITS / font["head"].unitsPerEm)


def _find_face(letter: str, is_bold: bool, *, prefers_narrow: bool = False) -> tuple[Face, str]:
    """Return the face that sets a letter and the letter it sets: a replacement where none has it."""
    faces = find_faces(is_bold)
    for face in faces[::-1] if prefers_narrow and letter in SHARED else faces:
        if face.has(letter):
            return face, letter
    if _is_wide(letter):
        raise ExportError(
            f"export: no font on this machine has {letter!r}; got Chinese text. "
            "Install Noto Sans CJK (Debian: apt install fonts-noto-cjk)."
        )
    return find_faces(is_bold)[-1], MISSING


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def _cut(letters: list[str], is_bold: bool, path: Path, *, prefers_narrow: bool) -> dict[str, float]:
    """Write a TrueType file with `letters`, and return their widths in ems."""
    glyphs, metrics, names, widths = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (UNITS, 0)}, {}, {}
    for letter in letters:
        face, shown = _find_face(letter, is_bold, prefers_narrow=prefers_narrow)
        source = face.font.getGlyphSet()[face.names[ord(shown)]]
        pen = TTGlyphPen(None)
        target = Cu2QuPen(pen, 1.0, reverse_direction="CFF " in face.font)
        source.draw(TransformPen(target, (face.scale, 0, 0, face.scale, 0, 0)))
        name = f"u{ord(letter):05X}"
        glyphs[name], names[ord(letter)] = pen.glyph(), name
        metrics[name] = (round(source.width * face.scale), 0)
        widths[letter] = metrics[name][0] / UNITS
    _save(glyphs, metrics, names, is_bold, path)
    return widths


def _save(glyphs: dict, metrics: dict, names: dict[int, str], is_bold: bool, path: Path) -> None:
    style = "Bold" if is_bold else "Regular"
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(names)
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (width, getattr(table[name], "xMin", 0)) for name, (width, _) in metrics.items()}
    )
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Modelgap Sans", "styleName": style, "psName": f"ModelgapSans-{style}"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=1160, usWinDescent=320)
    builder.setupPost()
    # The day of making would differ from one export to the next.
    builder.updateHead(created=EPOCH, modified=EPOCH)
    builder.font.recalcTimestamp = False
    builder.save(path)
