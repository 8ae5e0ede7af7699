"""The brief: a few pages for those who decide, in English or Chinese, as PDF, DOCX, one HTML file, or Markdown.

Before: a snapshot. After: bytes; headline, charts, a table by domain, how it was measured, whose figures it rests on.
"""

from collections.abc import Callable

from collectors.errors import UsageError
from dashboard.export.report.content import Brief, write_brief
from dashboard.export.report.document import to_docx
from dashboard.export.report.markup import to_html, to_markdown
from dashboard.export.report.pages import to_pdf
from dashboard.i18n import LANGUAGES, use_language
from warehouse import read

FORMATS: dict[str, Callable[[Brief], bytes]] = {
    "pdf": to_pdf,
    "docx": to_docx,
    "html": to_html,
    "md": to_markdown,
}


def write_report(snapshot: read.Snapshot, form: str, language: str) -> bytes:
    """Return the brief on a snapshot; the same bytes each time. Raises UsageError for a format or language unknown."""
    if form not in FORMATS:
        raise UsageError(f"report: no such format; got {form!r}. There are: {', '.join(FORMATS)}.")
    if language not in LANGUAGES:
        raise UsageError(f"language: does not exist; got {language!r}. There are: {', '.join(LANGUAGES)}.")
    with use_language(language):
        return FORMATS[form](write_brief(snapshot, language))
