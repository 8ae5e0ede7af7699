"""Who may see the operations pages: everyone, unless this installation has an OpenID Connect login in its secrets.

Before: a session. After: the page goes on, or it stops at a button that leads to the login. The secrets are Streamlit's
(`.streamlit/secrets.toml`, section `[auth]`); nothing of them is shown or kept here.
"""

import streamlit as st

from dashboard.i18n import t


def is_login_configured() -> bool:
    """Return whether the secrets name an identity provider."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def require_login() -> None:
    """Let the page go on where no login is configured or the reader has logged in; else offer the login and stop."""
    if not is_login_configured():
        return
    if not st.user.get("is_logged_in", False):
        st.header(t("This page is for those who run this installation"))
        st.button(t("Log in"), on_click=st.login, type="primary")
        st.stop()
    st.button(t("Log out"), on_click=st.logout)
