"""The download menu beside each chart on a page: every format, the citation to copy, the address to embed.

Before: a chart's slug and the choices that the page was turned by. After: a popover of links; a file is made when its
link is followed. Streamlit's own download button forgets a file after two reruns of whomever, before its reader has it.
"""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard.chart_catalogue import CATALOGUE, spell_choices
from dashboard.export import make_bundle
from dashboard.i18n import SOURCE, get_language, t
from dashboard.questions import Choices
from warehouse import read

ROWS = (("png", "svg", "pdf", "pptx"), ("xlsx", "csv", "json", "html"))


def offer_downloads(snapshot: read.Snapshot, slug: str, choices: Choices | Mapping[str, str]) -> None:
    """Put the menu of a chart on the page; `choices` are those of the bar, or named and spelt as in the address.

    A choice that the chart does not take is left out.
    """
    language = get_language()
    spelt = spell_choices(choices) if isinstance(choices, Choices) else choices
    chosen = {name: str(value) for name, value in spelt.items() if value and name in CATALOGUE[slug].takes}
    menu = st.popover(t("Download and cite"), key=f"downloads-{slug}", type="tertiary", on_change="rerun")
    if not menu.open:
        return
    pinned = chosen | {"snapshot": snapshot.id, "download": "yes"}
    with menu:
        for row in ROWS:
            for column, form in zip(st.columns(len(row)), row, strict=True):
                column.link_button(form.upper(), get_address(slug, form, pinned, language), width="stretch")
        st.caption(t("Cite as"))
        st.code(_cite(snapshot, slug, chosen, language, snapshot.id), language=None, wrap_lines=True)
        st.caption(t("Address for embedding; png, pdf and the other endings work alike"))
        st.code(get_address(slug, "svg", chosen, language), language=None, wrap_lines=True)


def get_address(slug: str, form: str, choices: Mapping[str, str], language: str) -> str:
    """Return a chart's own address on the server that the reader asked; unpinned it follows the newest snapshot."""
    server = urlsplit(st.context.url or "")
    query = urlencode(dict(choices) | ({"lang": language} if language != SOURCE else {}), safe=":,")
    origin = f"{server.scheme}://{server.netloc}" if server.netloc else ""
    return f"{origin}/chart/{slug}.{form}" + (f"?{query}" if query else "")


@st.cache_data(max_entries=256, show_spinner=False)
def _cite(_snapshot: read.Snapshot, slug: str, choices: dict[str, str], language: str, snapshot_id: str) -> str:
    return make_bundle(_snapshot, slug, choices, language).citation
