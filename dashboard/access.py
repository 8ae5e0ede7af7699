"""Who may see the operations pages: everyone, unless this installation has an OpenID Connect login in its secrets.

Before: a session. After: the page goes on, or it stops at a button that leads to the login. The secrets are Streamlit's
(`.streamlit/secrets.toml`, section `[auth]`); nothing of them is shown or kept here. Section `[access]` may name those
who are let in, by address or by domain: `allowed = ["ada@example.org", "@example.org"]`.
"""

from collections.abc import Collection

import streamlit as st

from dashboard.i18n import t


def is_login_configured() -> bool:
    """Return whether the secrets name an identity provider."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def require_login() -> None:
    """Let the page go on where no login is configured or the reader may pass; else offer the login and stop."""
    if not is_login_configured():
        return
    if not st.user.get("is_logged_in", False):
        st.header(t("This page is for those who run this installation"), anchor=False)
        st.button(t("Log in"), on_click=st.login, type="primary")
        st.stop()
    if not is_allowed(st.user.get("email"), st.user.get("email_verified"), _read_allowed()):
        st.header(t("This account may not see this page"), anchor=False)
        st.text(t("You are logged in as {who}.", who=st.user.get("email") or st.user.get("sub") or "?"))
        st.button(t("Log out"), on_click=st.logout)
        st.stop()
    st.button(t("Log out"), on_click=st.logout)


def is_allowed(email: str | None, is_verified: bool | None, allowed: Collection[str] | None) -> bool:
    """Return whether an account may pass: `allowed` holds addresses and `@domain`s; None lets in all who logged in.

    An address counts unless the provider says that it did not verify it.
    """
    if allowed is None:
        return True
    if not email or is_verified is False:
        return False
    address, names = email.lower(), [name.lower() for name in allowed]
    return address in names or any(name.startswith("@") and address.endswith(name) for name in names)


def _read_allowed() -> list[str] | None:
    """Return who is let in; None where the secrets do not say."""
    return list(st.secrets["access"]["allowed"]) if "access" in st.secrets else None
