"""HELM run folders import with an error from their instances; part of a scenario is no benchmark."""

import json
import math
import shutil
from pathlib import Path

import pytest
from importing_logs import PAYLOADS, hostile, import_logs, read_landing, read_logs, refuse, write_json

from collectors.importers.benchmark_names import OTHER_METRIC, UNKNOWN_TASK
from collectors.importers.contract import NOT_A_NUMBER, OUT_OF_RANGE, UNKNOWN_MODEL

HELM = PAYLOADS / "helm"
GSM = HELM / "gsm"


def change(tmp_path: Path, *, spec: dict | None = None, adapter: dict | None = None, **stats: object) -> Path:
    """Return the GSM run with another name or adapter, and other means of its statistics."""
    folder = tmp_path / "run"
    shutil.copytree(GSM, folder)
    document = json.loads((folder / "run_spec.json").read_text(encoding="utf-8"))
    document["adapter_spec"] |= adapter or {}
    write_json(folder / "run_spec.json", document | (spec or {}))
    rows = json.loads((folder / "stats.json").read_text(encoding="utf-8"))
    for row in rows:
        if row["name"]["name"] in stats and "perturbation" not in row["name"]:
            row["mean"] = stats[row["name"]["name"]]
    write_json(folder / "stats.json", rows)
    return folder


def test_a_run_gives_its_scenarios_metric_and_an_error_from_its_instances():
    [read] = read_logs("helm", GSM)
    score = read.find("gsm8k")
    assert (score.model, score.score, score.n_samples) == ("openai/gpt-4o-2024-08", 0.75, 4)
    assert score.stderr == pytest.approx(math.sqrt(0.75 * 0.25 / 3))
    assert (score.protocol.metric, score.protocol.harness) == ("final_number_exact_match", "helm")
    assert (score.protocol.task, score.protocol.n_shot) == ("gsm", 5)
    assert score.protocol.generation == {"method": "generation", "temperature": 0.0, "max_tokens": 400}
    assert read.reasons == {OTHER_METRIC: 5}
    assert [row["mark"] for row in read.rows] == [1.0, 1.0, 0.0, 1.0]


def test_without_instances_no_error_is_known(tmp_path):
    folder = change(tmp_path)
    (folder / "per_instance_stats.json").unlink()
    [read] = read_logs("helm", folder)
    assert (read.find("gsm8k").stderr, read.find("gsm8k").n_samples, read.rows) == (None, 4, [])


def test_instances_that_are_not_those_of_the_score_give_no_error(tmp_path):
    [read] = read_logs("helm", change(tmp_path, final_number_exact_match=0.5))
    assert read.find("gsm8k").stderr is None


def test_a_subject_and_a_limit_make_a_part():
    [read] = [r for r in read_logs("helm", HELM) if r.parsed.details["run_spec"].startswith("mmlu")]
    part = read.find("mmlu", "philosophy/limit-10")
    assert (part.score, part.n_samples, part.stderr) == (0.8888888888888888, 9, None)
    assert part.protocol.task == "mmlu:subject=philosophy,method=multiple_choice_joint"


def test_every_run_below_a_folder_is_one_payload():
    found = import_logs("helm", HELM)
    assert [item.state for item in found] == ["landed"] * 3
    assert sum(item.n_rows for item in found) == 6 + 4 + 1 == sum(item.n_new + item.n_rejected for item in found)
    assert {item.state for item in import_logs("helm", HELM)} == {"unchanged"}
    assert len(read_landing()) == 3


def test_a_scenario_without_a_registered_benchmark_is_told():
    [read] = [r for r in read_logs("helm", HELM) if r.parsed.details["run_spec"].startswith("natural")]
    assert (read.parsed.scores, read.reasons) == ([], {UNKNOWN_TASK: 1})


@pytest.mark.parametrize(
    ("name", "benchmark", "part"),
    [
        ("gpqa:subset=gpqa_diamond,model=m", "gpqa-diamond", None),
        ("gpqa:subset=gpqa_main,model=m", None, None),
        ("commonsense:dataset=hellaswag,method=m,model=m", "hellaswag", None),
        ("mmlu_pro:subject=all,model=m", "mmlu-pro", None),
        ("mmlu_pro:subject=law,model=m", "mmlu-pro", "law"),
        ("math:subject=algebra,level=1,model=m", "math", "algebra/1"),
        ("gsm,model=m", "gsm8k", None),
        ("=cmd|' /C calc'!A0:a=b", None, None),
    ],
)
def test_the_name_says_which_benchmark_and_which_part(name, benchmark, part, tmp_path):
    folder = change(tmp_path, spec={"name": name})
    rows = json.loads((folder / "stats.json").read_text(encoding="utf-8"))
    more = ("exact_match", "chain_of_thought_correctness", "math_equiv_chain_of_thought")
    rows += [{"name": {"name": metric, "split": "test"}, "mean": 0.75} for metric in more]
    write_json(folder / "stats.json", rows)
    [read] = read_logs("helm", folder)
    found = [(score.benchmark, score.subtask) for score in read.parsed.scores]
    assert found == ([(benchmark, part)] if benchmark else [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [(float("nan"), NOT_A_NUMBER), (float("inf"), NOT_A_NUMBER), (None, NOT_A_NUMBER), ([], NOT_A_NUMBER),
     (75.0, OUT_OF_RANGE), (-1, OUT_OF_RANGE)],
    ids=str,
)  # fmt: skip
def test_what_is_no_fraction_is_refused(value, reason, tmp_path):
    [read] = read_logs("helm", change(tmp_path, final_number_exact_match=value))
    assert (read.parsed.scores, read.reasons, read.rows) == ([], {OTHER_METRIC: 5, reason: 1}, [])


@pytest.mark.parametrize("name", ["nobody/nothing", "=1+1", "", "../../x"])
def test_an_unknown_model_is_listed(name, tmp_path):
    assert read_logs("helm", change(tmp_path, adapter={"model": name}))[0].reasons[UNKNOWN_MODEL] == 1


@hostile
@pytest.mark.parametrize("name", ["run_spec.json", "stats.json", "per_instance_stats.json"])
def test_a_hostile_file_lands_nothing(data, word, name, tmp_path):
    folder = change(tmp_path)
    (folder / name).write_bytes(data)
    if name == "per_instance_stats.json" and not word:
        assert read_logs("helm", folder)[0].rows == [], "well-formed, but no instance is in it"
    elif name == "stats.json" and data == b"[1, 2, 3]":
        assert read_logs("helm", folder)[0].reasons == {OTHER_METRIC: 3}
    else:
        refuse("helm", folder, word)


@pytest.mark.parametrize(
    "instances",
    [
        [1, "x", None],
        [{"instance_id": 1, "stats": [1]}],
        [{"instance_id": 1, "stats": [{"name": {"name": "final_number_exact_match", "split": "test"}, "mean": 5}]}],
        [{"instance_id": 1, "stats": [{"name": {"name": "final_number_exact_match", "split": "test"}, "mean": 1}]}] * 2,
        {"instance_id": 1},
    ],
    ids=str,
)
def test_instances_that_are_no_marks_are_left_out(instances, tmp_path):
    folder = change(tmp_path)
    write_json(folder / "per_instance_stats.json", instances)
    [read] = read_logs("helm", folder)
    assert (read.find("gsm8k").score, read.find("gsm8k").stderr, read.rows) == (0.75, None, [])


def test_a_file_alone_is_no_run():
    refuse("helm", GSM / "run_spec.json", "folder")


def test_an_address_is_no_folder():
    refuse("helm", "https://example.org/run_spec.json", "folder")
