"""The part of the data page that offers whole files: each with what it holds, its size, its licence, how to cite it.

Before: a snapshot. After: Streamlit elements; the links lead to `dashboard.download_routes`, nothing travels unasked.
"""

import streamlit as st

from dashboard.downloads import CLAIMS, FORMATS, PACKAGE, REGISTRY, Downloads, prepare_downloads
from dashboard.frames import get_pin
from dashboard.i18n import format_day, t
from warehouse import read


def show_downloads(snapshot: read.Snapshot) -> None:
    """Offer the files of a snapshot; the first who asks for one waits while they are made."""
    with st.spinner(t("Packing the files …")):
        downloads = prepare_downloads(snapshot)
    st.text(
        t(
            "All that may be passed on, evidence to {date}. Each figure carries its source, licence and attribution; "
            "items of benchmarks stay with their owners.",
            date=format_day(snapshot.as_of),
        )
    )
    described = name_tables()
    _offer(downloads, (PACKAGE,), t("Data package"), t(
        "all tables with their description and citation, and Every Eval Ever records"
    ), t("compilation CC BY 4.0; each figure under its source's licence"))  # fmt: skip
    for table, (name, what) in described.items():
        files = tuple(f"{table}.{form}" for form in FORMATS)
        licence = t("each under its source's licence, beside it") if table == "scores" else "CC BY 4.0"
        _offer(downloads, files, name, t("{what}; {n:,} rows", what=what, n=downloads.rows[table]), licence)
    _offer(downloads, (CLAIMS,), t("Checked claims"), t("every public claim with its verdicts and their evidence"),
           "CC BY 4.0")  # fmt: skip
    _offer(downloads, (REGISTRY,), t("Registry"), t("what comes with modelgap: models, benchmarks, sources, as YAML"),
           "MIT")  # fmt: skip
    st.caption(t("Cite as"))
    st.code(cite_data(snapshot), language=None, wrap_lines=True)


def name_tables() -> dict[str, tuple[str, str]]:
    """Return the tables of the data package: what each is called and holds."""
    return {
        "scores": (t("Figures"), t("every score with model, benchmark, origin, source and licence")),
        "models": (t("Models"), t("developer, bloc, release date, size, licence")),
        "benchmarks": (t("Benchmarks"), t("domain, unit, chance floor")),
        "sources": (t("Sources"), t("licence, attribution, address")),
        "protocols": (t("Protocols"), t("how scores were taken")),
        "prices": (t("Prices"), t("list prices per million tokens, by day")),
        "claims": (t("Claims"), t("public statements on the gap, with their sources")),
        "landscape": (t("Landscape"), t("others' counts of models and services")),
    }


def cite_data(snapshot: read.Snapshot) -> str:
    """Return the sentence to cite the data by."""
    return t(
        "The modelgap authors: scores of language models, with who measured what, when and how. Evidence to {date}, "
        "snapshot {snapshot}. CC BY 4.0; each figure under its source's licence.",
        date=format_day(snapshot.as_of),
        snapshot=snapshot.id,
    )


def _offer(downloads: Downloads, files: tuple[str, ...], name: str, what: str, licence: str) -> None:
    """Put one line on the page: a button for each file with its size, beside what it holds."""
    query = f"?snapshot={pinned}" if (pinned := get_pin()) else ""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for file in files:
            size = say_size(downloads.find_size(file))
            label = t("{form}, {size}", form=file.rpartition(".")[2].upper(), size=size)
            st.link_button(label, f"data/{file}{query}", key=f"file-{file}", width=160)
        st.text(t("{name}: {what} ({licence})", name=name, what=what, licence=licence), width="stretch")


def say_size(n: int) -> str:
    """Return a number of bytes as readers know it."""
    return f"{n / 1e6:.1f} MB" if n >= 1e6 else f"{max(n / 1e3, 0.1):.1f} kB"
