"""Exports of the current snapshot: PDF against the same drawing by raw matplotlib, and each format's time, in one run.

Needs a published snapshot of $MODELGAP_HOME. Prints one JSON document; times are medians of CPU in ms. "raw" writes the
same lines, areas, marks and words with matplotlib's own calls and the machine's own CJK font, text as text.
"""

import json
import statistics
import time
from collections.abc import Callable
from io import BytesIO

import matplotlib
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from dashboard.export import FORMATS, make_bundle
from dashboard.export.drawing import draw_figure
from dashboard.export.primitives import Area, Drawing, Line, Mark
from dashboard.i18n import use_language
from warehouse import read

TURNS = 7
SLUGS = ("lag-over-time", "records", "domains")
FONTS = {"en": ["DejaVu Sans"], "zh": ["Noto Sans CJK SC", "DejaVu Sans"]}


def draw_raw(drawing: Drawing, language: str) -> bytes:
    """Return the drawing as a PDF that is made with matplotlib alone."""
    out = BytesIO()
    with matplotlib.rc_context({"pdf.fonttype": 42, "text.parse_math": False}):
        figure = Figure(figsize=(drawing.width / 96, drawing.height / 96))
        axes = figure.add_axes((0, 0, 1, 1), frameon=False)
        axes.set(xlim=(0, drawing.width), ylim=(0, drawing.height), xticks=[], yticks=[])
        for item in drawing.items:
            if isinstance(item, Line):
                axes.plot(*zip(*item.points, strict=True), color=item.color, linewidth=item.width * 0.75)
            elif isinstance(item, Area):
                hatch = "///" if item.hatch else None
                axes.add_patch(Polygon(item.points, facecolor=item.fill or "none", edgecolor=item.hatch, hatch=hatch))
            elif isinstance(item, Mark):
                axes.plot([item.x], [item.y], "o", markersize=item.size * 0.75, color=item.edge)
        for words in drawing.words:
            size = words.lines[0][0].size if words.lines[0] else 12
            axes.text(words.x, words.y, words.text, fontsize=size * 0.75, family=FONTS[language])
        FigureCanvasPdf(figure)
        figure.savefig(out, format="pdf")
    return out.getvalue()


def measure(work: Callable[[], object]) -> float:
    """Return the median CPU of a piece of work in ms, after one turn that warms it up."""
    work()
    times = []
    for _ in range(TURNS):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1e3)
    return round(statistics.median(times), 1)


def measure_chart(snapshot: read.Snapshot, slug: str, language: str) -> dict[str, float]:
    """Return the times of a chart in each format, from its bundle on, and the ratio of its PDF to raw matplotlib's."""
    with use_language(language):
        bundle = make_bundle(snapshot, slug, {}, language)
        drawing, _ = draw_figure(bundle.figure, bundle.width)
        found = {form: measure(lambda writer=writer: writer.write(bundle)) for form, writer in FORMATS.items()}
        found["raw_pdf"] = measure(lambda: draw_raw(drawing, language))
        found["bundle"] = measure(lambda: make_bundle(snapshot, slug, {}, language))
    return found | {"pdf_ratio": round(found["pdf"] / found["raw_pdf"], 2)}


def main() -> None:
    """Measure the charts in both languages and print times and ratios."""
    snapshot = read.open_current()
    document = {
        f"{slug} {language}": measure_chart(snapshot, slug, language) for slug in SLUGS for language in ("en", "zh")
    }
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
