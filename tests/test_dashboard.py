"""Every page run by Streamlit's own AppTest over a real, tiny snapshot; what stands where there is none."""

import json
from pathlib import Path

import pytest
import small_snapshot
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.captions import say_headline
from dashboard.commands import SETTINGS, build_arguments
from dashboard.frames_data import _say_terms
from dashboard.theme import escape_text
from warehouse import read

APP = Path(dashboard.__file__).with_name("app.py")
PAGES = ["views/overview.py", "views/gap_over_time.py", "views/data_and_methods.py"]


@pytest.fixture
def home(tmp_path, own_home):
    """Give a data directory with a published snapshot."""
    small_snapshot.make_snapshot(tmp_path / "home", tmp_path / "registry")
    return tmp_path / "home"


def open_page(page=PAGES[0], **query):
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update(query)
    app.run()
    return app.switch_page(page).run() if page != PAGES[0] else app


def get_figures(app):
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def get_words(app):
    return "\n".join(element.value for kind in ("markdown", "text", "caption", "header") for element in app.get(kind))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_on_a_published_snapshot(home, page):
    app = open_page(page)
    assert not app.exception
    assert get_figures(app) or "Standing lag" in get_words(app) or "standing lag" in get_words(app)


@pytest.mark.parametrize("page", PAGES)
def test_without_a_snapshot_a_page_says_what_to_do(page):
    app = open_page(page)
    assert not app.exception
    assert "make pipeline" in get_words(app) and "modelgap build" in get_words(app)


def test_the_headline_states_months_day_and_points(home):
    words = get_words(open_page())
    snapshot = read.open_current(home)
    months = read.read_gap(snapshot, "quiz")["standing_lag_days"] / 30.4375
    assert f"Domestic models are {months:.1f} months behind the frontier" in words
    assert f"as of {snapshot.as_of}" in words
    assert "9.0 percentage points" in words


def test_a_figure_carries_its_source_licence_day_and_snapshot(home):
    for figure in get_figures(open_page()):
        notes = "\n".join(note["text"] for note in figure["layout"]["annotations"]).replace("<br>", " ")
        assert "Source: " in notes and read.open_current(home).id.rpartition("-")[2] in notes
        assert f"as of {read.open_current(home).as_of}" in notes
    assert "CC BY 4.0" in json.dumps(get_figures(open_page(PAGES[1])))


def test_every_chart_has_a_description(home):
    for page in PAGES[:2]:
        assert all(chart.proto.alt for chart in open_page(page).get("plotly_chart"))


def test_a_chart_that_was_shown_before_is_sent_again_as_it_was(home, monkeypatch):
    app = open_page(PAGES[1])
    first = app.get("plotly_chart")[0].proto
    monkeypatch.setattr("dashboard.layout.st.plotly_chart", None)  # would fail if the figure were written again
    app.run()
    assert not app.exception
    assert app.get("plotly_chart")[0].proto == first and first.alt


def test_a_reader_waits_for_no_answer_that_is_kept(home, monkeypatch):
    open_page(PAGES[1])
    monkeypatch.setattr("dashboard.layout.st.spinner", None)
    assert not open_page(PAGES[1]).exception
    monkeypatch.setattr("dashboard.layout.is_answered", lambda *_: False)
    assert open_page(PAGES[1]).exception


def test_a_choice_lives_in_the_address(home):
    app = open_page(PAGES[1])
    app.selectbox("choice-domain").select("coding").run()
    assert app.query_params["domain"] in ("coding", ["coding"])
    app.selectbox("choice-domain").select("all").run()
    assert "domain" not in app.query_params


def test_an_address_restores_the_choice_and_nonsense_in_it_is_ignored(home):
    assert open_page(PAGES[1], domain="coding").selectbox("choice-domain").value == "coding"
    app = open_page(PAGES[1], domain="nonsense", scale="<b>", evidence="x")
    assert not app.exception
    assert app.selectbox("choice-domain").value == "all"


def test_where_nothing_was_measured_the_page_says_how_to_measure(home):
    app = open_page(PAGES[1], evidence="measured")
    assert not app.exception
    assert "modelgap collect" in get_words(app)


def test_the_next_rerun_shows_the_snapshot_published_meanwhile(home, tmp_path):
    app = open_page(PAGES[2])
    before = read.open_current(home).id
    assert before in get_words(app)
    small_snapshot.land_more(home)
    small_snapshot.build(home, tmp_path / "registry")
    app.run()
    assert read.open_current(home).id != before
    assert read.open_current(home).id in get_words(app) and before not in get_words(app)


def test_hostile_names_are_letters_in_figures_and_never_markdown(home):
    for page in PAGES:
        app = open_page(page)
        for figure in get_figures(app):
            texts = json.dumps(figure, ensure_ascii=False)
            assert "<a " not in texts and "<script" not in texts
        for element in [*app.get("markdown"), *app.get("caption"), *app.get("header")]:
            assert not any(name in element.value for name in small_snapshot.HOSTILE)
    figure = json.dumps(get_figures(open_page(PAGES[1])), ensure_ascii=False)
    assert all(json.dumps(escape_text(name, 40), ensure_ascii=False)[1:-1] in figure for name in small_snapshot.HOSTILE)


def test_an_incomplete_simulated_run_is_shown_as_such(home):
    frame = open_page(PAGES[2], part="runs").dataframe[0].value
    row = frame.iloc[0]
    assert (row["Endpoint"], row["Status"], row["Outcomes of calls"]) == (
        "chance (simulated)",
        "incomplete: in no figure",
        "answered 3, timeout 1",
    )


def test_sources_come_with_licence_and_age(home):
    frame = open_page(PAGES[2], part="sources").dataframe[0].value
    row = frame[frame["Figures"] > 0].iloc[0]
    assert (row["Licence"], row["What it allows"]) == ("CC BY 4.0", "passing on with attribution")
    assert row["Age, days"] >= 0


def test_what_a_sources_terms_allow_is_said_as_it_is_done():
    allowed = [(True, True), (True, False), (False, False)]
    said = [_say_terms({"is_shown": shown, "is_redistributable": passed_on}) for shown, passed_on in allowed]
    assert said == [
        "passing on with attribution", "shown here, not passed on", "checking only: not shown, not passed on",
    ]  # fmt: skip


def test_the_server_is_started_with_the_measured_settings():
    arguments = build_arguments(8765)
    assert "--server.address=127.0.0.1" in arguments and "--server.port=8765" in arguments
    assert "--server.allowedHosts=localhost" in arguments
    assert {"runner.postScriptGC", "browser.gatherUsageStats", "client.showErrorLinks"} <= {
        name for name, value in SETTINGS.items() if value == "false"
    }
    assert SETTINGS["client.showErrorDetails"] == "none"


STANDING = {
    "lag_months": 7.25, "lag_ci90_low": 5.0, "lag_ci90_high": 9.0, "gap_points": 6.5, "gap_ci90_low": None,
    "gap_ci90_high": None, "leads": "frontier", "as_of": "2026-01-07", "guards": [],
}  # fmt: skip


def test_the_sentence_names_interval_day_and_points():
    assert " ".join(say_headline(STANDING, {"unit": "index"})) == (
        "Domestic models are 7.2 months behind the frontier, 90% interval 5.0 to 9.0 months, as of 2026-01-07; "
        "6.5 index points"
    )


def test_a_domestic_lead_is_said_as_a_lead():
    standing = STANDING | {"lag_months": -3.0, "lag_ci90_low": -4.0, "lag_ci90_high": 1.0, "leads": "domestic"}
    first, second = say_headline(standing, {"unit": "elo"})
    assert first == "Domestic models lead the frontier by at least 3.0 months,"
    assert second.startswith("90% interval −1.0 to 4.0 months")


def test_a_withheld_lag_says_why_and_gives_no_number():
    guards = [{"code": "stale", "bloc": bloc} for bloc in ("domestic", "frontier")] + [
        {"code": "few_records", "bloc": "domestic"}
    ]
    standing = STANDING | {"lag_months": None, "gap_points": None, "guards": guards}
    words = " ".join(say_headline(standing, {"unit": "index"}))
    assert words == "No lag is stated: no recent model, too few domestic records; as of 2026-01-07"
