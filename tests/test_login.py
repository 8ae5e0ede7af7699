"""The login of the operations pages, with a real provider on loopback and a real browser."""

import json

import pytest
import small_snapshot
from conftest import need
from test_browser_matrix import FINISHED
from test_dashboard_browser import browser, find_port, serve  # noqa: F401

SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "made up for a test, and long enough"
client_id = "modelgap"
client_secret = "made up for a test"
server_metadata_url = "{issuer}/.well-known/openid-configuration"

[access]
allowed = ["ada@example.org", "@partner.example", "mallory@example.org"]
"""


@pytest.fixture(scope="module")
def provider_port():
    return find_port()


@pytest.fixture(scope="module")
def address(tmp_path_factory, provider_port):
    folder = tmp_path_factory.mktemp("login")
    small_snapshot.make_snapshot(folder / "home", folder / "registry")
    port, issuer = find_port(), f"http://127.0.0.1:{provider_port}"
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(SECRETS.format(port=port, issuer=issuer))
    with serve(folder / "home", folder / "log", port, cwd=folder) as address:
        yield address


@pytest.fixture
def page(browser):  # noqa: F811
    need(_has_authlib(), "authlib (the extra `login`)")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def _has_authlib():
    try:
        import authlib.integrations.starlette_client  # noqa: F401
    except ImportError:
        return False
    return True


@pytest.fixture
def provider(provider_port):
    from oidc_provider import run_provider

    with run_provider(provider_port) as issuer:
        yield issuer


def open_runs(page, address):
    page.goto(f"{address}/endpoints-and-runs")
    page.wait_for_function(FINISHED)
    return page.locator("[data-testid=stMain]").inner_text()


def log_in(page, address, account):
    words = open_runs(page, address)
    assert "chance" not in words and "for those who run this installation" in words
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name=account).click()
    page.wait_for_url(f"{address}/")
    return open_runs(page, address)


def test_a_stranger_is_refused_and_who_is_listed_sees_the_runs_until_logged_out(page, address, provider):
    words = log_in(page, address, "ada")
    assert "1 runs" in words and "Log out" in words
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{address}/")
    page.wait_for_function(FINISHED)
    assert "for those who run this installation" in open_runs(page, address)


@pytest.mark.parametrize("account", ["eve", "mallory"])
def test_who_is_not_listed_or_not_verified_is_refused_by_name(page, address, provider, account):
    words = log_in(page, address, account)
    assert "This account may not see this page" in words and account in words
    assert "runs" not in words.replace("Endpoints and runs", "") and page.get_by_role("button", name="Log out").count()
    assert page.locator("[data-testid=stDataFrame]").count() == 0


def test_a_provider_that_is_down_is_said_to_be(page, address):
    open_runs(page, address)
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("The login cannot be reached").wait_for()
    page.get_by_role("link", name="Back to the dashboard").click()
    page.wait_for_function(FINISHED)


def test_a_forged_session_is_a_strangers(page, address):
    forged = json.dumps({"email": "ada@example.org", "email_verified": True, "is_logged_in": True, "origin": address})
    page.context.add_cookies([{"name": "_streamlit_user", "value": forged.replace('"', "'"), "url": address}])
    assert "for those who run this installation" in open_runs(page, address)
