"""Exports: one chart in any format, from the command line, from an address or from a page, the same bytes.

Before: a slug, choices as an address holds them, a format and a language. After: bytes. Nothing is drawn twice: every
format derives from the one Plotly figure that the screen shows.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from collectors.errors import UsageError
from dashboard.chart_catalogue import find_chart, read_choices
from dashboard.export.bundle import (
    Bundle,
    credit_rows,
    keep_redistributable,
    list_used_sources,
    make_permalink,
    put_on_paper,
    read_built_at,
    shorten_snapshot,
    tidy,
)
from dashboard.i18n import LANGUAGES, SOURCE, use_language
from warehouse import read


class Format(NamedTuple):
    """A file format: its media type, and what writes a bundle in it."""

    media_type: str
    write: Callable[[Bundle], bytes]


def _print(form: str) -> Callable[[Bundle], bytes]:
    def write(bundle: Bundle) -> bytes:
        from dashboard.export.drawing import draw_figure
        from dashboard.export.paper import About, print_drawing
        from dashboard.export.setting import add_citation

        drawing, _ = draw_figure(bundle.figure, bundle.width)
        drawing = add_citation(drawing, bundle.citation) if form == "pdf" else drawing
        about = About(tidy(bundle.caption.title), bundle.citation, bundle.built_at)
        return print_drawing(drawing.pad(), form, about)

    return write


def _write_with(module: str, name: str) -> Callable[[Bundle], bytes]:
    """Return a writer whose library is loaded when it is first used: each takes a third of a second."""

    def write(bundle: Bundle) -> bytes:
        from importlib import import_module

        return getattr(import_module(f"dashboard.export.{module}"), name)(bundle)

    return write


FORMATS: dict[str, Format] = {
    "png": Format("image/png", _print("png")),
    "svg": Format("image/svg+xml", _print("svg")),
    "pdf": Format("application/pdf", _print("pdf")),
    "csv": Format("text/csv; charset=utf-8", _write_with("tables", "write_csv")),
    "json": Format("application/json", _write_with("tables", "write_json")),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _write_with("tables", "write_xlsx")
    ),
    "pptx": Format(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation", _write_with("slides", "write_pptx")
    ),
    "html": Format("text/html; charset=utf-8", _write_with("webpage", "write_html")),
}


def export_chart(snapshot: read.Snapshot, slug: str, form: str, choices: Mapping[str, str], language: str) -> bytes:
    """Return a chart in a format: the same bytes for the same snapshot, choices and language.

    Raises UsageError for a slug, format, choice or language that does not exist, ExportError where a font is missing.
    """
    writer = find_format(form)
    if language not in LANGUAGES:
        raise UsageError(f"language: does not exist; got {language!r}. There are: {', '.join(LANGUAGES)}.")
    with use_language(language):
        return writer.write(make_bundle(snapshot, slug, choices, language))


def find_format(form: str) -> Format:
    """Return a format by the ending of its files. Raises UsageError for one that does not exist."""
    if form not in FORMATS:
        raise UsageError(f"format: does not exist; got {form!r}. There are: {', '.join(FORMATS)}.")
    return FORMATS[form]


def make_bundle(
    snapshot: read.Snapshot,
    slug: str,
    choices: Mapping[str, str],
    language: str = SOURCE,
    size: tuple[int, int] | None = None,
) -> Bundle:
    """Return what every format of a chart is written from, in the language that `t` answers in.

    `size` is that of the figure in pixels, where it is not to be the chart's own.
    """
    entry, found = find_chart(slug, {name: value for name, value in choices.items() if value})
    asked = read_choices(snapshot, found)
    chart = entry.make(asked)
    kept = {name: value for name, value in found.items() if name in entry.takes}
    kept |= {"lang": language} if language != SOURCE else {}
    permalink = make_permalink(entry.page, kept, snapshot.id)
    sources = list_used_sources(snapshot, chart.sources)
    return Bundle(
        slug=slug,
        language=language,
        figure=chart.draw(put_on_paper(chart.caption, permalink), *(size or ())),
        width=size[0] if size else entry.width,
        data=credit_rows(keep_redistributable(snapshot, chart.data), sources, chart.caption),
        caption=chart.caption,
        alt=chart.alt,
        sources=sources,
        as_of=chart.caption.as_of or snapshot.as_of,
        snapshot=snapshot.id,
        built_at=read_built_at(snapshot),
        permalink=permalink,
    )


def name_file(
    snapshot: read.Snapshot, slug: str, form: str, language: str = SOURCE, choices: Mapping[str, str] | None = None
) -> str:
    """Return what an export is called: chart, what was chosen, day, snapshot, and the language unless it is English."""
    chosen = {name: value for name, value in (choices or {}).items() if value}
    day = chosen.pop("as-of", snapshot.as_of.isoformat())
    parts = [slug, *(chosen[name] for name in sorted(chosen)), day, shorten_snapshot(snapshot.id)]
    parts += [language] if language != SOURCE else []
    safe = ("".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in part)[:60] for part in parts)
    return "-".join(["modelgap", *safe]) + f".{form}"


def write_file(path: Path, content: bytes) -> None:
    """Write an export aside and put it in place, so that nobody sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(content)
    aside.replace(path)
