"""The bar of choices: each in the address by id, kept from page to page, read back from it; pinned snapshots."""

from datetime import date

import asked_snapshot
import pandas as pd
import pytest
from asked_snapshot import (
    ALL_PAGES,
    DOMAINS,
    GAP,
    LAG,
    OVERVIEW,
    PAGES,
    get_figures,
    get_query,
    get_words,
    open_more,
    open_page,
)

from collectors.errors import WarehouseError
from dashboard import captions
from dashboard.answers import read_models, read_standing, trace_days
from dashboard.questions import Choices, is_standing, list_cohort_options, make_question, name_cohort
from warehouse import read


@pytest.fixture(autouse=True)
def home(monkeypatch):
    """Read the snapshot that holds cohorts and claims."""
    monkeypatch.setenv("MODELGAP_HOME", str(asked_snapshot.get_home()))


@pytest.fixture
def snapshot():
    return read.open_current(asked_snapshot.get_home())


ADDRESSES = [
    {"domestic": "cathay"}, {"domestic": "domestic,up-to-10b"}, {"evidence": "vendor"}, {"match": "tolerance"},
    {"as_of": "2025-06-30"}, {"as_of": "2025-06-30", "known": "yes"},
]  # fmt: skip


ALL_AT_ONCE = {
    "domestic": "cathay", "frontier": "frontier,up-to-10b", "evidence": "vendor", "domain": "coding",
    "match": "tolerance", "as_of": "2025-06-30", "known": "yes",
}  # fmt: skip


@pytest.mark.parametrize("page", ALL_PAGES)
def test_every_page_carries_every_choice_in_its_address_whether_it_is_turned_by_it_or_not(page):
    app = open_page(page, **ALL_AT_ONCE)
    assert not app.exception
    kept = {name: value for name, value in get_query(app).items() if name not in ("lang", "scale")}
    assert kept == {name.replace("_", "-"): value for name, value in ALL_AT_ONCE.items()}


@pytest.mark.parametrize("page", [page for page in ALL_PAGES if page != OVERVIEW])
def test_a_choice_made_elsewhere_passes_through_a_page_that_has_no_widget_for_it(page):
    app = open_page(OVERVIEW)
    app.selectbox("choice-domestic").select("cathay").run()
    app.query_params.clear()  # as the browser does on the way to another page
    app.switch_page(page).run()
    assert get_query(app)["domestic"] == "cathay"
    app.query_params.clear()
    app.switch_page(LAG).run()
    assert app.selectbox("choice-domestic").value == "cathay"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("query", ADDRESSES, ids=str)
def test_every_page_takes_every_choice_from_the_address_and_leaves_it_there(page, query):
    app = open_page(page, **query)
    assert not app.exception
    kept = {name: value for name, value in get_query(app).items() if name != "lang"}
    assert kept == {name.replace("_", "-"): value for name, value in query.items()}


def test_a_choice_is_kept_on_the_next_page_and_written_into_its_address():
    app = open_page(OVERVIEW)
    app.selectbox("choice-domestic").select("cathay").run()
    app.query_params.clear()  # as the browser does on the way to another page
    app.switch_page(LAG).run()
    assert app.selectbox("choice-domestic").value == "cathay"
    assert get_query(app)["domestic"] == "cathay"


@pytest.mark.parametrize(
    "query",
    [{"domestic": "<b>"}, {"frontier": "cathay"}, {"match": "x"}, {"as_of": "soon"}, {"evidence": "x"}],
    ids=str,
)
def test_nonsense_in_the_address_counts_as_the_default(query):
    app = open_page(OVERVIEW, **query)
    assert not app.exception
    assert get_words(app) == get_words(open_page(OVERVIEW))


def test_a_day_out_of_reach_counts_as_the_nearest():
    app = open_page(GAP, as_of="2031-01-01")
    assert "as-of" not in get_query(app)
    app = open_more(open_page(GAP, as_of="1999-01-01"))
    assert app.selectbox("choice-as-of").value.isoformat() == "2023-01-01"


def test_a_cohort_changes_heading_labels_and_question(snapshot):
    app = open_page(OVERVIEW, domestic="cathay")
    assert "cathay" in get_words(app) and "behind Frontier" in get_words(app)
    texts = [note["text"] for note in get_figures(open_page(GAP, domestic="cathay"))[0]["layout"]["annotations"]]
    assert any(text.startswith("<b>cathay</b>") for text in texts)
    choices = Choices(domestic="cathay")
    scale = read.find_scale(snapshot, "quiz")
    assert make_question(choices, scale).domestic == "cathay"
    assert not is_standing(make_question(choices, scale)) and is_standing(make_question(Choices(), scale))


def test_a_side_offers_its_bloc_its_parts_and_its_developers(snapshot):
    options = list_cohort_options(snapshot, "domestic")
    spanning = ["open-weights", "up-to-10b", "all"]
    assert list(options) == ["domestic", "domestic-open", "domestic,up-to-10b", "cathay", *spanning]
    assert options["domestic,up-to-10b"] == "Domestic, at most 10B parameters"
    for text in options:
        read.read_figures(snapshot, read.Question(benchmark="quiz", domestic=text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("domestic+open", "Domestic, open weights"),
        ("Open, domestic", "Domestic, open weights"),
        ("domestic+10b", "Domestic, at most 10B parameters"),
        ("cathay+4b", "cathay, 4b"),
    ],
)
def test_a_cohort_written_as_terms_is_called_by_their_names(snapshot, text, name):
    assert name_cohort(snapshot, text) == name


def test_the_day_on_the_slider_and_in_the_bar_are_one():
    app = open_page(GAP, as_of="2025-06-30")
    assert app.select_slider("slider-as-of").value.isoformat() == "2025-06-30"
    earlier = next(day for day in app.select_slider("slider-as-of").options if "2025-03-31" in day)
    app.select_slider("slider-as-of").set_value(earlier).run()
    assert get_query(app)["as-of"] == "2025-03-31"
    assert open_more(app).selectbox("choice-as-of").value.isoformat() == "2025-03-31"
    app.selectbox("choice-as-of").set_value(date(2025, 5, 31)).run()
    assert app.select_slider("slider-as-of").value.isoformat() == get_query(app)["as-of"] == "2025-05-31"


def test_what_is_behind_the_button_is_said_in_words_and_drawn_when_it_is_opened():
    query = {"evidence": "vendor", "match": "tolerance", "as_of": "2025-06-30", "known": "yes"}
    app = open_page(GAP, **query)
    names = [f"choice-{name.replace('_', '-')}" for name in query]
    assert "Vendors' own figures only · within a tolerance · as of 2025-06-30" in get_words(app)
    assert not {widget.key for kind in ("selectbox", "toggle") for widget in app.get(kind)} & {*names}
    asked = get_query(app)
    open_more(app)
    assert [app.selectbox(key).value for key in names[:2]] == ["vendor", "tolerance"]
    assert app.selectbox(names[2]).value == date(2025, 6, 30) and app.toggle(names[3]).value
    app.selectbox(names[1]).select("point").run()
    app.session_state["more"] = False
    app.run()
    assert get_query(app) == {name: value for name, value in asked.items() if name != "match"}
    assert "as good or better · as of 2025-06-30" in get_words(app)


def test_the_address_turns_a_choice_whose_widget_was_shown_before():
    app = open_more(open_page(GAP))
    app.selectbox("choice-match").select("tolerance").run()
    app.session_state["more"] = False
    app.run()
    app.query_params["match"] = "not_significantly_worse"  # as the browser's way back does
    app.run()
    app.run()
    assert get_query(app)["match"] == "not_significantly_worse"


def test_a_cohort_without_models_says_why_and_draws_no_number():
    app = open_page(OVERVIEW, domestic="domestic,up-to-10b")
    assert not app.exception
    assert "No lag is stated" in get_words(app)


def test_what_cannot_be_answered_is_said_in_place_of_the_figure():
    app = open_page(OVERVIEW, evidence="vendor", as_of="2025-06-30", known="yes")
    assert not app.exception and not get_figures(app)
    assert "This question has no answer here." in get_words(app)


def test_a_link_pinned_to_a_kept_snapshot_shows_that_one(snapshot):
    app = open_page(OVERVIEW, snapshot=snapshot.id)
    assert not app.exception and get_figures(app)
    assert get_query(app)["snapshot"] == snapshot.id
    assert open_more(app).toggle("choice-pin").value is True
    app.toggle("choice-pin").set_value(False).run()
    assert "snapshot" not in get_query(app)


@pytest.mark.parametrize("page", [OVERVIEW, DOMAINS])
def test_a_link_pinned_to_a_snapshot_that_is_gone_says_so_and_shows_no_other(page):
    app = open_page(OVERVIEW, snapshot="modelgap-20200101T000000-0123456789ab")
    assert not app.exception and not get_figures(app)
    assert "no longer kept" in get_words(app)
    app.button[0].click().run()
    assert "snapshot" not in get_query(app)
    assert get_figures(app)


def test_models_are_those_of_the_question_in_the_cohorts_it_names(snapshot):
    question = read.Question(benchmark="quiz", domestic="domestic", frontier="cathay", as_of=date(2025, 3, 1))
    models = read_models(snapshot, "quiz", question)
    assert dict(zip(models["model"], models["bloc"], strict=True)) == {
        "cathay/one": "domestic", "cathay/two": "domestic", "columbia/uno": "other", "columbia/dos": "other",
        "baseline/chance": "baseline",
    }  # fmt: skip


def test_a_question_of_its_own_answers_as_the_marts_do_where_it_asks_the_same(snapshot):
    asked = read.Question(benchmark="quiz", as_of=snapshot.as_of)
    standard = read.Question(benchmark="quiz")
    own, standing = (read_standing(snapshot, "quiz", question) for question in (asked, standard))
    assert {name: str(own[name]) for name in standing} == {name: str(value) for name, value in standing.items()}
    pd.testing.assert_frame_equal(*(trace_days(snapshot, "quiz", question) for question in (asked, standard)))


def test_a_snapshot_of_another_version_is_said_to_be_unreadable(monkeypatch):
    def fail(*_):
        raise WarehouseError("point: query failed; got no such column. Run `modelgap build`.")

    monkeypatch.setattr(read, "read_status", fail)
    app = open_page("views/data_and_methods.py")
    assert not app.exception
    assert "cannot be shown from this snapshot" in get_words(app) and "no such column" in get_words(app)


def test_the_words_on_a_scale_of_a_fits_own_do_not_name_the_usual_one(snapshot, monkeypatch):
    index = read.find_scale(snapshot, "quiz") | {"unit": "index", "kind": "index", "is_pooled": True, "n_benchmarks": 3}
    question = read.Question(benchmark="quiz", as_of=date(2025, 6, 30))
    monkeypatch.setattr(captions, "read_scale", lambda *_: index | {"is_scaled": False})
    assert "of this fit's own" in captions.caption_records(snapshot, index, question).subtitle
    monkeypatch.setattr(captions, "read_scale", lambda *_: index | {"is_scaled": True})
    assert "GPT-5 = 150" in captions.caption_records(snapshot, index, question).subtitle
