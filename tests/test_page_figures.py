"""From a headline to its evidence: every figure of a model with who measured it, when, how, and a link to it."""

from datetime import date

import pytest
from page_snapshot import LINK, A, assert_inert, get_home, get_words, open_page

from dashboard.frames_data import keep_figures, table_benchmarks, table_sources
from dashboard.frames_figures import find_first, table_figures
from dashboard.questions import Choices
from warehouse import read

DATA = "data_and_methods"


@pytest.fixture
def snapshot():
    return read.open_current(get_home())


def test_a_models_figures_say_who_measured_them_and_which_one_stands(snapshot):
    frame = table_figures(snapshot, A, Choices())
    quiz = frame[frame["Benchmark"] == "Quiz"].iloc[0]
    assert (quiz["Score"], quiz["Stands"], quiz["Published"]) == ("62.0%", "yes", "2026-01-01")
    assert quiz["Whose figure"].startswith("independent: ")
    own = frame[frame["Whose figure"].str.startswith("measured here")]
    assert set(own["Score"]) and all("± 20.0" in score for score in own["Score"])
    assert "6 items" in own["How"].iloc[0]


def test_domain_evidence_and_day_leave_the_same_figures_in_every_table(snapshot):
    independent = Choices(evidence="independent")
    assert set(table_figures(snapshot, A, independent)["Benchmark"]) == {"Quiz"}
    assert set(keep_figures(snapshot, independent)["origin"]) == {"independent"}
    assert set(table_benchmarks(snapshot, independent)["Benchmark"]) == {"Quiz"}
    early = Choices(as_of=date(2024, 12, 31))
    assert not len(table_figures(snapshot, "columbia/tres", early))
    assert keep_figures(snapshot, early)["release_date"].max() <= date(2024, 12, 31)
    assert not len(table_sources(snapshot, Choices(domain="coding", evidence="measured"), date(2026, 1, 1)))


def test_benchmarks_say_measure_floor_and_who_scored_them(snapshot):
    row = table_benchmarks(snapshot, Choices()).set_index("Benchmark").loc["Exam"]
    assert (row["Chance floor"], row["Models"], row["Who scored it"]) == ("25%", 2, "measured here 4")


def test_the_address_opens_a_models_figures_and_the_page_is_inert(monkeypatch):
    app = open_page(monkeypatch, DATA, part="figures", model=A)
    assert app.selectbox("choice-model").value == A
    assert len(app.dataframe[0].value) and LINK in get_words(app)
    assert_inert(app)
    assert open_page(monkeypatch, DATA, part="figures", model="<b>").selectbox("choice-model").value == find_first(
        read.open_current(get_home())
    )


@pytest.mark.parametrize("part", ["definitions", "figures", "sources", "benchmarks", "downloads", "runs"])
def test_each_part_has_an_address_and_a_heading(monkeypatch, part):
    app = open_page(monkeypatch, DATA, part=part)
    assert [title.value for title in app.title] == ["Data and methods"]
    assert app.dataframe or app.markdown or app.get("link_button")
    assert_inert(app)


def test_the_headline_leads_to_the_figures_of_the_models_it_names(monkeypatch):
    app = open_page(monkeypatch, "overview", scale="quiz")
    links = [element.proto for element in app.get("page_link")]
    assert {link.query_string for link in links} == {
        "part=figures&model=cathay%2Fthree", "part=figures&model=columbia%2Ftres"
    }  # fmt: skip
