"""Both editions of the Open LLM Leaderboard import by their raw accuracies, never by rescaled columns."""

import json
from pathlib import Path

import pytest
from importing_logs import PAYLOADS, hostile, import_logs, read_landing, read_logs, refuse, write_json

from collectors.importers.benchmark_names import OTHER_METRIC, UNKNOWN_TASK
from collectors.importers.contract import NOT_A_NUMBER, OUT_OF_RANGE, UNKNOWN_MODEL
from collectors.importers.open_llm_leaderboard import FLAGGED

BOARD = PAYLOADS / "open-llm-leaderboard"
FIRST = BOARD / "results_2024-01-06T09-45-44.755529.json"
SECOND = BOARD / "results_2024-06-16T17-24-36.590114.json"
TABLE = BOARD / "table.json"


def change(tmp_path: Path, key: str, **cells) -> Path:
    """Return the first edition's file with other cells in one row."""
    document = json.loads(FIRST.read_text(encoding="utf-8"))
    document["results"].setdefault(key, {}).update(cells)
    return write_json(tmp_path / "results.json", document)


def test_the_first_edition():
    [read] = read_logs("open-llm-leaderboard", FIRST)
    arc = read.find("arc-challenge")
    assert (arc.model, arc.score, arc.stderr) == ("01-ai/yi-6b", 0.5486348122866894, 0.014542104569955265)
    assert (arc.protocol.metric, arc.protocol.n_shot, arc.protocol.task) == ("acc_norm", 25, "arc:challenge")
    assert (arc.origin, arc.reported_by, arc.published_date.isoformat()) == (
        "leaderboard", "Open LLM Leaderboard", "2024-01-06",
    )  # fmt: skip
    assert read.find("winogrande").score == 0.7490134175217048
    assert read.find("gsm8k").protocol.n_shot == 5
    assert read.find("mmlu", "abstract_algebra").score == 0.35
    assert read.reasons == {OTHER_METRIC: 3, UNKNOWN_TASK: 2}


def test_mmlu_is_the_mean_of_all_subjects_or_nothing(tmp_path):
    document = json.loads(FIRST.read_text(encoding="utf-8"))
    for number in range(56):
        document["results"][f"harness|hendrycksTest-s{number}|5"] = {"acc": 0.5, "acc_stderr": 0.05}
    [read] = read_logs("open-llm-leaderboard", write_json(tmp_path / "all.json", document))
    whole = read.find("mmlu")
    assert whole.score == pytest.approx((56 * 0.5 + 0.35) / 57)
    assert whole.stderr == pytest.approx((56 * 0.05**2 + 0.0479**2) ** 0.5 / 57)
    assert "mean of the 57 subjects" in whole.notes
    del document["results"]["harness|hendrycksTest-s7|5"]
    [read] = read_logs("open-llm-leaderboard", write_json(tmp_path / "but-one.json", document))
    assert [score for score in read.parsed.scores if score.benchmark == "mmlu" and score.subtask is None] == []


def test_results_without_a_name_take_the_one_given(tmp_path):
    rows = json.loads(FIRST.read_text(encoding="utf-8"))["results"]
    path = write_json(tmp_path / "details.json", rows)
    assert read_logs("open-llm-leaderboard", path)[0].parsed.scores == []
    [read] = read_logs("open-llm-leaderboard", path, model="tiiuae/falcon-40b")
    assert read.find("hellaswag").model == "tiiuae/falcon-40b"


def test_the_second_edition_is_lm_evals_own_format():
    [read] = read_logs("open-llm-leaderboard", SECOND)
    bbh = read.find("bbh")
    assert (bbh.score, bbh.stderr, bbh.n_samples, bbh.protocol.n_shot) == (0.4438, 0.0062, 250, 3)
    assert (bbh.origin, bbh.reported_by) == ("leaderboard", "Open LLM Leaderboard")
    assert read.find("bbh", "boolean_expressions").score == 0.73
    assert read.find("ifeval").protocol.metric == "prompt_level_strict_acc"
    assert read.find("mmlu-pro").score == 0.299
    assert read.reasons == {OTHER_METRIC: 1, UNKNOWN_TASK: 1}


def test_the_table_gives_raw_values_never_rescaled_ones():
    [read] = read_logs("open-llm-leaderboard", TABLE)
    scores = {(score.model, score.benchmark): score for score in read.parsed.scores}
    assert {key: score.score for key, score in scores.items()} == {
        ("01-ai/yi-6b", "ifeval"): 0.28931,
        ("01-ai/yi-6b", "bbh"): 0.43092,
        ("01-ai/yi-6b", "math-level-5"): 0.01586,
        ("01-ai/yi-6b", "mmlu-pro"): 0.29911,
        ("tiiuae/falcon-7b", "ifeval"): 0.2386,
        ("tiiuae/falcon-7b", "mmlu-pro"): 0.3013,
    }
    assert scores["01-ai/yi-6b", "bbh"].published_date.isoformat() == "2024-06-12"
    assert scores["01-ai/yi-6b", "bbh"].protocol.chat_template is False
    assert read.reasons == {UNKNOWN_TASK: 2, FLAGGED: 1}


def test_pages_of_the_data_set_server(tmp_path):
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    path = write_json(tmp_path / "rows.json", {"features": [], "rows": [{"row_idx": 0, "row": row} for row in rows]})
    assert (
        read_logs("open-llm-leaderboard", path)[0].parsed.scores
        == read_logs("open-llm-leaderboard", TABLE)[0].parsed.scores
    )


def test_a_folder_lands_once():
    assert [item.state for item in import_logs("open-llm-leaderboard", BOARD)] == ["landed"] * 3
    assert [item.state for item in import_logs("open-llm-leaderboard", BOARD)] == ["unchanged"] * 3
    assert len(read_landing()) == 3


@pytest.mark.parametrize(
    ("value", "reason"),
    [(float("nan"), NOT_A_NUMBER), (float("inf"), NOT_A_NUMBER), ("n/a", NOT_A_NUMBER), (None, NOT_A_NUMBER),
     (54.86, OUT_OF_RANGE), (-0.1, OUT_OF_RANGE)],
    ids=str,
)  # fmt: skip
def test_what_is_no_fraction_is_refused(value, reason, tmp_path):
    [read] = read_logs("open-llm-leaderboard", change(tmp_path, "harness|arc:challenge|25", acc_norm=value))
    assert read.reasons[reason] == 1
    assert "arc-challenge" not in {score.benchmark for score in read.parsed.scores}


@pytest.mark.parametrize(
    "key", ["harness|arc:challenge|x", "harness|arc:challenge|" + "9" * 5000, "harness||", "harness|a"]
)
def test_odd_keys_do_no_harm(key, tmp_path):
    [read] = read_logs("open-llm-leaderboard", change(tmp_path, key, acc_norm=0.5))
    assert all(score.protocol.n_shot in (None, 5, 10, 25) for score in read.parsed.scores)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "somebody/Yi-6B-finetuned", "", "x" * 10_000])
def test_an_unknown_model_is_listed(name, tmp_path):
    document = json.loads(FIRST.read_text(encoding="utf-8"))
    document["config_general"]["model_name"] = name
    [read] = read_logs("open-llm-leaderboard", write_json(tmp_path / "results.json", document))
    assert (read.parsed.scores, read.reasons[UNKNOWN_MODEL]) == ([], 5)


@hostile
def test_a_hostile_file_lands_nothing(data, word, tmp_path):
    path = tmp_path / "results.json"
    path.write_bytes(data)
    refuse("open-llm-leaderboard", path, word)


@pytest.mark.parametrize(
    "document",
    [
        {"config_general": [], "results": {"harness|gsm8k|5": [1]}},
        {"config_general": {"model_name": {}}, "results": {"harness|gsm8k|5": {"acc": {}}}},
        [{"model": [], "evaluations": {"ifeval": 0.5, "bbh": {"value": [1]}}, "features": 3, "metadata": "x"}],
        [{"fullname": 3, "IFEval Raw": "x", "Submission Date": 10**400, "Chat Template": "no"}],
        {"rows": [1, None, {"row": 3}, {"row": {"IFEval Raw": 0.5}}]},
    ],
    ids=str,
)
def test_wrong_types_land_no_score(document, tmp_path):
    for read in read_logs("open-llm-leaderboard", write_json(tmp_path / "x.json", document)):
        assert read.parsed.scores == []
