"""The reader's language: a switch in the header, `?lang=zh` in the address, else what the browser asks for.

Before: a session. After: `dashboard.i18n` answers in its language for the rest of the run.
"""

import streamlit as st

from dashboard.choices import choose
from dashboard.i18n import LANGUAGES, SOURCE, set_language


def follow_language() -> str:
    """Return the language of this run, having drawn the switch and told `dashboard.i18n`."""
    language = choose(
        st.segmented_control,
        "lang",
        "Language / 语言",
        LANGUAGES,
        find_browser_language(),
        label_visibility="collapsed",
    )
    set_language(language)
    return language


def find_browser_language() -> str:
    """Return the language of the reader's browser where we speak it, else English."""
    wanted = (st.context.locale or SOURCE).partition("-")[0].lower()
    return wanted if wanted in LANGUAGES else SOURCE
