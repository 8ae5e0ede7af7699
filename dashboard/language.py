"""The reader's language: a switch in the header, `?lang=zh` in the address, else what the browser asks for.

Before: a session. After: `dashboard.i18n` answers in its language for the rest of the run.
"""

import streamlit as st

from dashboard.choices import choose
from dashboard.i18n import LANGUAGES, SOURCE, set_language

# Streamlit has no place for a widget in its header; the switch floats over it, beside the menu.
_IN_HEADER = """<style>
.st-key-language {position: fixed; top: .55rem; right: 3.6rem; width: auto; z-index: 1000000;}
.st-key-language button {min-height: 1.75rem; padding: 0 .6rem;}
</style>"""


def follow_language() -> str:
    """Return the language of this run, having drawn the switch and told `dashboard.i18n`."""
    st.html(_IN_HEADER)
    with st.container(key="language"):
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
