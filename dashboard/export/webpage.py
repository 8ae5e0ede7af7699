"""A figure as one HTML file that needs no network: Plotly inside, caption and data beside it.

Before: a `Bundle`. After: bytes. All text is escaped, and the file's own policy lets it fetch nothing.
"""

import html

from dashboard.export.bundle import Bundle, tidy
from dashboard.export.tables import show_cell
from dashboard.i18n import t

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'"
)
MAX_ROWS = 400
STYLE = """body{margin:0 auto;padding:16px;max-width:1100px;font-family:"Noto Sans","Noto Sans CJK SC","PingFang SC",
"Microsoft YaHei",sans-serif;color:#1f2328;background:#fff}p,details{font-size:13px;color:#5f6670}
table{border-collapse:collapse;font-size:12px}th,td{padding:2px 8px;text-align:left;border-bottom:1px solid #e6e8eb}"""


def write_html(bundle: Bundle) -> bytes:
    """Return the figure as a page of its own, interactive, with its citation and the first rows of its data."""
    config = {"displaylogo": False, "displayModeBar": False, "responsive": True}
    plot = bundle.figure.to_html(full_html=False, include_plotlyjs="inline", div_id="chart", config=config)
    language = "zh-CN" if bundle.language == "zh" else "en"
    title = html.escape(tidy(bundle.caption.title))
    page = (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body>"
        f'<figure style="margin:0" role="img" aria-label="{html.escape(tidy(bundle.alt))}">{plot}</figure>'
        f"<p>{t('Cite as: {citation}', citation=html.escape(bundle.citation))}</p>"
        f"<details><summary>{html.escape(t('Sources'))}</summary>{_list_sources(bundle)}</details>"
        f"<details><summary>{html.escape(t('Data'))}</summary>{_write_table(bundle)}</details></body></html>\n"
    )
    return page.encode()


def _list_sources(bundle: Bundle) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(credit)}</li>' for credit in bundle.list_credits())}</ul>"


def _write_table(bundle: Bundle) -> str:
    heads = "".join(f"<th>{html.escape(str(name))}</th>" for name in bundle.data)
    rows = []
    for row in bundle.data.head(MAX_ROWS).itertuples(index=False):
        cells = (show_cell(value) for value in row)
        rows.append("".join(f"<td>{'' if cell is None else html.escape(str(cell))}</td>" for cell in cells))
    return f"<table><tr>{heads}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
