"""The brief as one HTML file, charts inside, and as Markdown, charts as links.

Before: a `Brief`. After: bytes. Text is escaped: a name can be neither tag nor link nor image.
"""

import base64
import html
import re

from dashboard.export.bundle import tidy
from dashboard.export.drawing import draw_figure
from dashboard.export.paper import About, print_drawing
from dashboard.export.report.content import Brief, Figure, Heading, Paragraph, Table, Terms
from dashboard.i18n import t

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
STYLE = """body{max-width:760px;margin:2rem auto;padding:0 1rem;font:15px/1.55 "Noto Sans","Noto Sans CJK SC",
"PingFang SC","Microsoft YaHei",sans-serif;color:#1f2328}h1{font-size:1.7rem;line-height:1.25}.lead{font-size:1.2rem;
font-weight:700}.date,footer{color:#5f6670;font-size:.85rem}img{width:100%}table{border-collapse:collapse;width:100%;
font-size:.85rem}th,td{text-align:left;padding:.3rem .5rem .3rem 0;border-bottom:1px solid #e6e8eb;vertical-align:top}
.r{text-align:right}dl{background:#f6f6f4;padding:1rem;font-size:.85rem}dt{font-weight:700}dd{margin:0 0 .5rem}"""
_MARKS = re.compile(r"([\\`*_\[\]<>|~]|^[#+\-=]|(?<=\w):(?=//))")


def to_html(brief: Brief) -> bytes:
    """Return the brief as one file that needs no network."""
    language = "zh-CN" if brief.language == "zh" else "en"
    body = "\n".join(_to_tag(block, brief) for block in brief.blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{_esc(brief.title)}</title>'
        f"<style>{STYLE}</style></head><body><main>\n<h1>{_esc(brief.title)}</h1>"
        f'<p class="date">{_esc(brief.dateline)}</p>\n{body}\n</main>'
        f"<footer>{_esc(brief.footer)}</footer></body></html>\n"
    ).encode()


def _to_tag(block: object, brief: Brief) -> str:
    if isinstance(block, Heading):
        return f"<h2>{_esc(block.text)}</h2>"
    if isinstance(block, Paragraph):
        return f'<p class="lead">{_esc(block.text)}</p>' if block.is_lead else f"<p>{_esc(block.text)}</p>"
    if isinstance(block, Terms):
        return "<dl>" + "".join(f"<dt>{_esc(term)}</dt><dd>{_esc(what)}</dd>" for term, what in block.terms) + "</dl>"
    if isinstance(block, Table):
        return _to_table(block)
    bundle = block.bundle
    drawing, _ = draw_figure(bundle.figure, bundle.width)
    image = print_drawing(drawing, "svg", About(tidy(bundle.caption.title), bundle.citation, brief.built_at))
    data = base64.b64encode(image).decode()
    return f'<img alt="{_esc(tidy(bundle.alt))}" src="data:image/svg+xml;base64,{data}">'


def _to_table(block: Table) -> str:
    def write(cells, tag: str) -> str:
        sides = ("" if side == "l" else ' class="r"' for side in block.align)
        return "".join(f"<{tag}{side}>{_esc(cell)}</{tag}>" for cell, side in zip(cells, sides, strict=True))

    rows = "".join(f"<tr>{write(row, 'td')}</tr>" for row in block.rows)
    return f"<table><tr>{write(block.heads, 'th')}</tr>{rows}</table>"


def to_markdown(brief: Brief) -> bytes:
    """Return the brief as Markdown; a chart is its description and its address."""
    parts = [f"# {_mark(brief.title)}", _mark(brief.dateline)]
    for block in brief.blocks:
        if isinstance(block, Heading):
            parts.append(f"## {_mark(block.text)}")
        elif isinstance(block, Paragraph):
            parts.append(f"**{_mark(block.text)}**" if block.is_lead else _mark(block.text))
        elif isinstance(block, Terms):
            parts += [t("**{term}.** {meaning}", term=_mark(term), meaning=_mark(what)) for term, what in block.terms]
        elif isinstance(block, Table):
            ruler = ["---:" if side == "r" else "---" for side in block.align]
            rows = [[_mark(cell) for cell in row] for row in (block.heads, *block.rows)]
            parts.append("\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ruler, *rows[1:])))
        elif isinstance(block, Figure):
            parts.append(f"{_mark(tidy(block.bundle.alt))} <{block.bundle.permalink}>")
    return ("\n\n".join([*parts, f"<{brief.footer}>"]) + "\n").encode()


def _esc(text: str) -> str:
    return html.escape(tidy(text))


def _mark(text: str) -> str:
    """Return text as Markdown that shows it letter by letter."""
    return _MARKS.sub(r"\\\1", tidy(text).replace("\n", " "))
