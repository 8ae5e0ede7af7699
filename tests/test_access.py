"""The login of the operations pages: asked for only where one is configured, and no run is sent before it."""

import pytest
from test_dashboard import get_words, home, open_page  # noqa: F401

RUNS = "views/endpoints_and_runs.py"
PROVIDER = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "made up",
    "client_id": "modelgap",
    "client_secret": "made up",
    "server_metadata_url": "http://127.0.0.1:9/.well-known/openid-configuration",
}


@pytest.mark.parametrize("page", [RUNS, "views/data_and_methods.py"])
def test_where_no_login_is_configured_runs_are_open(home, page):  # noqa: F811
    app = open_page(page, part="runs")
    assert not app.exception
    assert not [button for button in app.button if button.label == "Log in"]
    assert any("Endpoint" in frame.value for frame in app.dataframe)


@pytest.mark.parametrize("page", [RUNS, "views/data_and_methods.py"])
def test_where_one_is_configured_a_stranger_sees_the_login_and_no_run(home, page):  # noqa: F811
    app = open_page(page, part="runs")
    app.secrets["auth"] = PROVIDER
    app.run()
    assert not app.exception
    assert [button.label for button in app.button if button.label == "Log in"] == ["Log in"]
    assert not any("Endpoint" in frame.value for frame in app.dataframe)
    assert "those who run this installation" in get_words(app)


def test_the_other_pages_stay_open(home):  # noqa: F811
    app = open_page("views/gap_over_time.py")
    app.secrets["auth"] = PROVIDER
    app.run()
    assert not app.exception and app.get("plotly_chart")
