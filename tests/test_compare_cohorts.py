"""Two cohorts held against each other by their records: who, how far, by what evidence, and what is withheld."""

import json
from datetime import date

import pytest
from page_snapshot import A, B, get_figures, get_home, get_notes, get_words, open_page
from typer.testing import CliRunner

from collectors.errors import UsageError, WarehouseError
from dashboard.frames_compare import ask_comparison, find_comparison, list_pairs
from dashboard.questions import Choices
from dashboard.words_compare import say_summary
from modelgap import app
from warehouse import read
from warehouse.compare_cohorts import compare_cohorts, compare_sides
from warehouse.gaps import Question, measure_gap
from warehouse.stats.bootstrap import Interval


@pytest.fixture
def snapshot():
    return read.open_current(get_home())


def test_each_row_holds_both_records_and_the_gap_turned_to_first_minus_second(snapshot):
    found = compare_cohorts(snapshot, Question())
    row = next(row for row in found.rows if row.benchmark == "quiz")
    gap = measure_gap(snapshot, Question(benchmark="quiz"))
    assert row.gap.points == pytest.approx(-gap.gap.points) and row.gap.points == pytest.approx(0.71 - 0.80)
    assert (row.figures["model_a"], row.figures["model_b"]) == ("cathay/three", "columbia/tres")
    assert (row.basis, row.gap.paired, row.gap.stderr) == ("records", False, None)
    turned = compare_cohorts(snapshot, Question(domestic="frontier", frontier="domestic"))
    assert next(row for row in turned.rows if row.benchmark == "quiz").gap.points == pytest.approx(0.80 - 0.71)


def test_the_interval_is_turned_with_the_sign(snapshot):
    loose = Question(benchmark="video-arena", guards=False)
    (row,) = (row for row in compare_cohorts(snapshot, loose).rows if row.benchmark == "video-arena")
    interval = measure_gap(snapshot, loose).gap.ci90
    assert (row.gap.ci90.low, row.gap.ci90.high) == (-interval.high, -interval.low)


def test_what_a_guard_withholds_is_named_with_its_reason_and_shown_on_demand(snapshot):
    found = compare_cohorts(snapshot, Question())
    withheld = {row["benchmark"]: {guard["code"] for guard in row["guards"]} for row in found.withheld}
    assert "few_records" in withheld["sums"] and "sums" not in {row.benchmark for row in found.rows}
    assert "sums" in {row.benchmark for row in compare_cohorts(snapshot, Question(guards=False)).rows}


def test_where_both_record_models_answered_the_same_items_the_difference_is_paired(snapshot):
    found = compare_cohorts(snapshot, Question(origins=("measured",), guards=False))
    assert {row.benchmark for row in found.rows} == {"sums", "exam"}
    assert {(row.basis, row.gap.paired, row.gap.n_items) for row in found.rows} == {("items", True, 6)}
    assert list_pairs(found) == {"sums": (A, B), "exam": (A, B)}
    assert found.index is None


def test_models_released_after_the_day_do_not_count(snapshot):
    early = compare_cohorts(snapshot, Question(as_of=date(2025, 3, 1), guards=False))
    row = next(row for row in early.rows if row.benchmark == "quiz")
    assert (row.a, row.b, early.as_of) == (0.62, 0.70, date(2025, 3, 1))


def test_one_cohort_twice_nothing_in_common_and_a_model_against_a_cohort_are_refused(snapshot):
    with pytest.raises(UsageError, match="two different cohorts"):
        compare_cohorts(snapshot, Question(domestic="frontier"))
    with pytest.raises(WarehouseError, match="no benchmark holds a record of both"):
        compare_cohorts(snapshot, Question(domestic="domestic,1b"))
    with pytest.raises(UsageError, match="a model is held against a model"):
        compare_sides(snapshot, Question(domestic=A))
    assert compare_sides(snapshot, Question(domestic=A, frontier=B)).kind == "model"


def test_the_command_takes_cohorts_and_prints_their_records(monkeypatch):
    monkeypatch.setenv("MODELGAP_HOME", str(get_home()))
    run = CliRunner().invoke
    document = json.loads(run(app, ["compare", "domestic", "frontier", "--as-of", "2026-01-06", "--json"]).stdout)
    assert (document["cohort_a"], document["cohort_b"], document["as_of"]) == ("domestic", "frontier", "2026-01-06")
    assert {"model_a", "model_b", "difference", "ci90"} <= set(document["rows"][0])
    assert {guard["code"] for row in document["withheld"] for guard in row["guards"]}
    table = run(app, ["compare", "domestic", "frontier"]).stdout
    assert "first record" in table and "cathay/three" in table and "withheld" in table


def test_the_sentence_says_what_an_interval_that_spans_zero_means(snapshot):
    found, _ = find_comparison(snapshot, ask_comparison(Choices()))
    said = say_summary(found, ("Domestic", "Frontier"))
    assert said.startswith("Frontier: 9.0 percentage points ahead of Domestic on average over 1 benchmarks")
    index = {"a": 150.0, "b": 149.0, "difference": 1.0, "ci90": read_interval(-1.0, 3.0)}
    assert "chance alone" in say_summary(type(found)(**vars(found) | {"index": index}), ("X", "Y"))
    index |= {"ci90": read_interval(0.5, 3.0)}
    assert "chance alone" not in say_summary(type(found)(**vars(found) | {"index": index}), ("X", "Y"))


def read_interval(low, high):
    return Interval(low, high, 0.90)


def test_the_page_compares_cohorts_by_the_bar_and_lists_what_is_withheld(monkeypatch):
    page = open_page(monkeypatch, "compare", compare="cohorts")
    (figure,) = get_figures(page)
    assert "Domestic against Frontier" in get_notes(figure) and "Three / Tres" in json.dumps(figure["data"])
    assert "more benchmarks are withheld" in get_words(page)
    page = open_page(monkeypatch, "compare", compare="cohorts", evidence="measured")
    assert "No benchmark holds both like for like" in get_words(page)


def test_two_models_of_which_one_was_not_out_yet_are_not_compared(monkeypatch):
    page = open_page(monkeypatch, "compare", a=A, b=B, **{"as-of": "2024-01-01"})
    assert "after the chosen day" in get_words(page) and not get_figures(page)


def test_evidence_and_domain_turn_the_comparison_of_two_models(snapshot):
    both = {row.benchmark for row in find_comparison(snapshot, ask_comparison(Choices(), (A, B)))[0].rows}
    own, _ = find_comparison(snapshot, ask_comparison(Choices(evidence="independent"), (A, B)))
    assert both == {"quiz", "sums", "exam"} and {row.benchmark for row in own.rows} == {"quiz"}
    part, _ = find_comparison(snapshot, ask_comparison(Choices(), (A, B)), "knowledge")
    assert {row.domain for row in part.rows} == {"knowledge"} and part.overall.domain == "knowledge"


def test_notes_that_count_rows_of_all_domains_are_left_out_on_one(snapshot):
    part, _ = find_comparison(snapshot, ask_comparison(Choices()), "knowledge")
    assert not any("more benchmarks are withheld" in note for note in part.notes)
    assert {row["benchmark"] for row in part.withheld} <= {"exam"}
