"""The figures behind a question: which models it admits, in which cohort, and who set a record by which date."""

from datetime import date

import asked_snapshot
import pytest

from collectors.errors import UsageError
from warehouse import read

QUIZ = {"benchmark": "quiz"}


@pytest.fixture
def snapshot():
    return read.open_current(asked_snapshot.get_home())


def test_the_default_question_gives_the_marts_own_records(snapshot):
    figures = read.read_figures(snapshot, read.Question(**QUIZ)).to_pylist()
    records = {row["model"] for row in figures if row["is_record"]}
    expected = {row["model"] for row in read.read_records(snapshot, "quiz").to_pylist() if row["bloc"] != "other"}
    assert records == expected
    assert {row["bloc"] for row in figures} == {row["cohort"] for row in figures} == {"domestic", "frontier"}


def test_models_of_neither_cohort_are_there_without_one(snapshot):
    figures = read.read_figures(snapshot, read.Question(**QUIZ, domestic="cathay", frontier="domestic")).to_pylist()
    assert {row["model"]: row["cohort"] for row in figures}["columbia/uno"] is None
    assert {row["cohort"] for row in figures if row["bloc"] == "domestic"} == {"domestic"}


def test_only_what_was_released_by_the_day_is_left(snapshot):
    figures = read.read_figures(snapshot, read.Question(**QUIZ, as_of=date(2025, 3, 1))).to_pylist()
    assert {row["model"] for row in figures} == {"cathay/one", "cathay/two", "columbia/uno", "columbia/dos"}


def test_by_the_day_it_became_known_the_best_alone_is_a_record(snapshot):
    figures = read.read_figures(snapshot, read.Question(**QUIZ), "known_date").to_pylist()
    assert {row["model"] for row in figures if row["is_record"]} == {"cathay/three", "columbia/tres"}


def test_a_cohort_that_does_not_exist_is_refused(snapshot):
    with pytest.raises(UsageError, match="cohort"):
        read.read_figures(snapshot, read.Question(**QUIZ, domestic="nobody"))


def test_cohorts_come_with_kind_and_bloc(snapshot):
    found = {row["cohort"]: (row["kind"], row["bloc"]) for row in read.list_cohorts(snapshot)}
    assert found == {
        "domestic": ("bloc", "domestic"), "frontier": ("bloc", "frontier"), "other": ("bloc", "other"),
        "domestic-open": ("named", "domestic"), "open-weights": ("named", None), "up-to-10b": ("named", None),
        "cathay": ("developer", "domestic"), "columbia": ("developer", "frontier"),
    }  # fmt: skip
