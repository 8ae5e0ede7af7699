"""The documented CSV: a template that imports, strict columns, every bad cell told with its remedy."""

import csv
import io

import pytest
from import_kit import REGISTRY, count_reasons, get_home, import_place, list_contents, parse_place, write_file

from collectors.errors import UsageError
from collectors.importers.importing import Job, run_import
from collectors.importers.scores_csv import OPTIONAL, REQUIRED, TEMPLATE

ROW = next(csv.DictReader(io.StringIO(TEMPLATE)))


def write_rows(path, *rows: dict):
    out = io.StringIO()
    writer = csv.DictWriter(out, [*REQUIRED, *OPTIONAL], lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return write_file(path, out.getvalue())


def test_the_template_imports_as_it_is(tmp_path):
    (found,) = import_place("scores-csv", write_file(tmp_path / "scores.csv", TEMPLATE))
    assert (found.state, found.n_rows, found.n_new, found.rejects) == ("landed", 1, 1, {})
    (content,) = list_contents()
    (score,) = content.scores
    assert (score.model, score.benchmark, score.score, score.source) == ("openai/gpt-4", "gsm8k", 0.92, "scores-csv")
    assert (score.protocol.n_shot, score.reporter_relation, score.unit) == (5, "own", "fraction")
    assert content.manifest.source == "scores-csv"


def test_required_columns_alone_are_enough_and_effort_is_read_from_the_setting(tmp_path):
    bare = {name: ROW[name] for name in REQUIRED} | {"origin": "independent"}
    text = ",".join([*REQUIRED, "setting"]) + "\n" + ",".join([*bare.values(), "gpt-4 thinking"]) + "\n"
    (score,) = parse_place("scores-csv", write_file(tmp_path / "scores.csv", text)).scores
    assert (score.effort, score.protocol.metric) == ("thinking", "accuracy")


def test_a_registered_source_may_be_named(tmp_path):
    (score,) = parse_place("scores-csv", write_rows(tmp_path / "s.csv", ROW | {"source": "vendor-openai"})).scores
    assert score.source == "vendor-openai"


def test_a_rating_takes_its_unit_from_the_benchmark_and_needs_a_board(tmp_path):
    rating = ROW | {
        "benchmark": "lmarena-text", "score": "1163.2", "unit": "", "metric": "", "origin": "leaderboard",
        "reporter_relation": "", "n_shot": "",
    }  # fmt: skip
    rows = (rating, rating | {"board": "lmarena/text/overall/style-control/2024-01-01"})
    (found,) = import_place("scores-csv", write_rows(tmp_path / "s.csv", *rows))
    assert (found.n_new, found.rejects) == (1, {"board: a rating compares only within one dated board": 1})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"score": "92.0"}, "score: a fraction lies in 0–1"),
        ({"score": "-0.1"}, "score: a fraction lies in 0–1"),
        ({"score": "nan"}, "value does not fit its column"),
        ({"score": "inf"}, "value does not fit its column"),
        ({"score": "92%"}, "value does not fit its column"),
        ({"score": ""}, "value does not fit its column"),
        ({"score": "=1+1"}, "value does not fit its column"),
        ({"stderr": "-0.1"}, "value does not fit its column"),
        ({"published_date": "15/03/2023"}, "value does not fit its column"),
        ({"n_shot": "five"}, "value does not fit its column"),
        ({"origin": "measured"}, "origin: not measured by us"),
        ({"origin": "somebody"}, "value does not fit its column"),
        ({"reporter_relation": ""}, "reporter_relation: vendor rows, and only they, say whose model it is"),
        ({"unit": "elo"}, "unit: gsm8k is in fraction"),
        ({"is_provisional": "perhaps"}, "value does not fit its column"),
        ({"source": "nobody"}, "value does not fit its column"),
        ({"model": "openai/gpt-nine"}, "model is not registered"),
        ({"model": "=cmd|' /C calc'!A1"}, "model is not registered"),
        ({"benchmark": "gsm9k"}, "benchmark is not registered"),
        ({"reported_by": "=HYPERLINK(A1)"}, "text begins like a formula of a spreadsheet"),
        ({"notes": "@SUM(A1)"}, "text begins like a formula of a spreadsheet"),
        ({"setting": "+cmd"}, "text begins like a formula of a spreadsheet"),
        ({"first_known_date": "2023-05-01"}, "first_known_date: later than published_date 2023-03-15"),
    ],
)
def test_a_bad_cell_is_refused_with_its_reason_and_the_good_row_lands(tmp_path, changes, reason):
    good = ROW | {"model": "openai/gpt-4o", "reported_by": "OpenAI"}
    (found,) = import_place("scores-csv", write_rows(tmp_path / "s.csv", ROW | changes, good))
    assert (found.state, found.n_new, found.rejects) == ("landed", 1, {reason: 1})


def test_a_percentage_is_told_with_its_remedy(tmp_path):
    import_place("scores-csv", write_rows(tmp_path / "s.csv", ROW | {"score": "92.0"}))
    (content,) = list_contents()
    (reject,) = content.results["rejects"]
    assert reject["value"] == "92.0. Divide percentages by 100."


def test_words_that_only_look_a_little_like_a_formula_are_kept(tmp_path):
    rows = (ROW | {"notes": "- as printed"}, ROW | {"notes": "+5 points over the last", "n_shot": "4"})
    parsed = parse_place("scores-csv", write_rows(tmp_path / "s.csv", *rows))
    assert len(parsed.scores) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "columns are missing"),
        (b"model,score\nopenai/gpt-4,0.9\n", "columns are missing"),
        (TEMPLATE.replace("notes\n", "score\n").encode(), "a column stands twice"),
        (b"<html><body>", "HTML"),
        (TEMPLATE.encode("utf-16"), "UTF-16"),
        (TEMPLATE.replace("an example", "示例").encode("gb18030"), "not UTF-8"),
        (TEMPLATE.replace("an example", 'an "example').encode() + b'"unclosed', "no figure|not valid CSV"),
    ],
)
def test_a_file_that_is_not_such_a_csv_lands_nothing(tmp_path, data, words):
    (found,) = import_place("scores-csv", write_file(tmp_path / "s.csv", data))
    assert any(word in found.problem for word in words.split("|")), found.problem
    assert not (get_home() / "landing").exists()


def test_an_unknown_column_is_refused_row_by_row(tmp_path):
    text = TEMPLATE.replace("stderr", "std_err")
    parsed = parse_place("scores-csv", write_file(tmp_path / "s.csv", text))
    assert count_reasons(parsed) == {"value does not fit its column": 1}


def test_without_a_file_it_says_how_to_get_one():
    with pytest.raises(UsageError, match="--template"):
        list(run_import(get_home(), REGISTRY, Job("scores-csv")))
