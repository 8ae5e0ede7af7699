"""Marks of imported logs pair two models item by item, as our own runs do, wherever items and protocol are the same."""

import copy
import json
import os
from pathlib import Path

import pytest
from importing_logs import PAYLOADS, import_logs, write_json
from typer.testing import CliRunner
from warehouse_kit import build

from collectors.registry_loader import load_registry
from modelgap import app
from warehouse.compare import compare_models
from warehouse.pairing import pair_scores
from warehouse.read import open_current

A, B = "Qwen/Qwen2.5-7B", "google/gemma-2-9b"
ID_A, ID_B = "qwen/qwen2.5-7b", "google/gemma-2-9b"
TASK, STAMP = "gsm8k_cot_zeroshot", "2026-01-07T12-00-00.000000"
MARKS = {A: [1, 0, 1, 1, 0, 0, 1, 0], B: [1, 1, 1, 1, 0, 1, 1, 0]}


def write_results(folder: Path, model: str, marks: list[int], *, task_hash="abc", hashes=str, empty=()) -> Path:
    """Return the folder of a run as `lm-eval run` writes it, an item a mark; `empty` answers say nothing."""
    folder, score = folder / model.replace("/", "__"), sum(marks) / len(marks)
    document = {
        "results": {TASK: {"alias": TASK, "exact_match,flexible-extract": score}}, "versions": {TASK: 3.0},
        "configs": {TASK: {"task": TASK, "num_fewshot": 0}}, "n-shot": {TASK: 0}, "task_hashes": {TASK: task_hash},
        "n-samples": {TASK: {"original": len(marks), "effective": len(marks)}}, "config": {"model": "vllm"},
        "date": 1767787200.0, "lm_eval_version": "0.4.13", "model_name": model,
    }  # fmt: skip
    write_json(folder / f"results_{STAMP}.json", document)
    rows = [
        {"doc_id": number, "doc_hash": hashes(number), "target": "7", "filter": "flexible-extract", "exact_match": mark,
         "resps": [["" if number in empty else "7"]], "filtered_resps": ["7"]}
        for number, mark in enumerate(marks)
    ]  # fmt: skip
    lines = "\n".join(map(json.dumps, rows))
    (folder / f"samples_{TASK}_{STAMP}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def compare(tmp_path: Path, *folders: Path, **options):
    """Return the row of GSM8K of the two models, once the folders are imported."""
    for folder in folders:
        assert [found.state for found in import_logs("lm-eval", folder, **options)] == ["landed"]
    snapshot = build(Path(os.environ["MODELGAP_HOME"]), load_registry())
    return next(row for row in compare_models(snapshot, ID_A, ID_B).rows if row.benchmark == "gsm8k")


def test_two_imported_logs_pair_item_by_item(tmp_path):
    row = compare(tmp_path, *(write_results(tmp_path, model, marks) for model, marks in MARKS.items()))
    differences = [a - b for a, b in zip(*MARKS.values(), strict=True)]
    residual = [value - sum(differences) / 8 for value in differences]
    assert (row.basis, row.gap.paired, row.gap.n_items) == ("items", True, 8)
    assert row.gap.points == row.a - row.b == pytest.approx(-2 / 8)
    assert row.gap.stderr == pytest.approx(sum(value**2 for value in residual) ** 0.5 / 8)
    done = CliRunner().invoke(app, ["compare", ID_A, ID_B, "--json"])
    shown = next(row for row in json.loads(done.stdout)["rows"] if row["benchmark"] == "gsm8k")
    assert (shown["paired"], shown["n_items"], shown["difference"], shown["source"]) == (True, 8, -0.25, "lm-eval")


def test_logs_of_two_reporters_pair_too(tmp_path):
    for number, (model, marks) in enumerate(MARKS.items()):
        import_logs("lm-eval", write_results(tmp_path, model, marks), reported_by=f"laboratory {number}")
    assert compare(tmp_path).basis == "items"


@pytest.mark.parametrize(
    "other", [{"task_hash": "another"}, {"hashes": lambda number: f"other {number}"}], ids=["protocol", "items"]
)
def test_other_items_or_another_protocol_do_not_pair(tmp_path, other):
    folders = [write_results(tmp_path, A, MARKS[A]), write_results(tmp_path, B, MARKS[B], **other)]
    row = compare(tmp_path, *folders)
    assert (row.basis, row.gap.paired, row.gap.points) == ("source", False, pytest.approx(-2 / 8))
    scores = open_current().rows("SELECT score_id FROM score WHERE source = 'lm-eval'")
    assert len(scores) == 2 and pair_scores(open_current(), *(score["score_id"] for score in scores)) is None


def test_an_item_without_a_mark_in_one_of_them_is_in_neither(tmp_path):
    row = compare(tmp_path, write_results(tmp_path, A, MARKS[A], empty=[1]), write_results(tmp_path, B, MARKS[B]))
    assert (row.gap.n_items, row.gap.points) == (7, pytest.approx(-1 / 7))


def test_marks_of_a_run_with_two_scores_of_one_task_are_of_neither(tmp_path):
    for model, marks in MARKS.items():
        (results,) = write_results(tmp_path, model, marks).glob("results*.json")
        document = json.loads(results.read_text(encoding="utf-8"))
        document["results"]["gsm8k"] = {"exact_match,flexible-extract": 0.5}
        write_json(results, document)
        import_logs("lm-eval", results.parent)
    assert compare(tmp_path).basis == "source"


def write_helm(folder: Path, model: str, marks: list[int]) -> Path:
    """Return a HELM run of GSM8K, an instance a mark."""
    names = ("run_spec.json", "stats.json", "per_instance_stats.json")
    spec, stats, instances = (json.loads((PAYLOADS / "helm" / "gsm" / name).read_text()) for name in names)
    spec["name"] = f"gsm:model={model.replace('/', '_')}"
    spec["adapter_spec"] |= {"model": model, "model_deployment": model}
    name = {"name": "final_number_exact_match", "split": "test"}
    stats = [{"name": name, "mean": sum(marks) / len(marks)}]
    instances = [instances[0] | {"instance_id": f"id{n}", "stats": [{"name": name, "mean": mark}]}
                 for n, mark in enumerate(marks)]  # fmt: skip
    for file, content in zip(names, (spec, stats, instances), strict=True):
        write_json(folder / file, content)
    return folder


def write_inspect(folder: Path, model: str, marks: list[int]) -> Path:
    """Return an Inspect log of MMLU-Pro, a sample a mark."""
    log = json.loads((PAYLOADS / "inspect" / "gsm8k.json").read_text(encoding="utf-8"))
    log["eval"] |= {"task": "inspect_evals/mmlu_pro", "model": model}
    log["eval"]["dataset"] |= {"samples": len(marks), "sample_ids": list(range(len(marks)))}
    log["results"] |= {"total_samples": len(marks), "completed_samples": len(marks)}
    log["results"]["scores"][0]["scored_samples"] = len(marks)
    log["results"]["scores"][0]["metrics"] = {"accuracy": {"name": "accuracy", "value": sum(marks) / len(marks)}}
    samples = [copy.deepcopy(log["samples"][0]) | {"id": n, "input": f"Question {n}"} for n in range(len(marks))]
    for sample, mark in zip(samples, marks, strict=True):
        sample["scores"]["match"]["value"] = "C" if mark else "I"
    return write_json(folder / "log.json", log | {"samples": samples})


def write_record(folder: Path, model: str, marks: list[int]) -> Path:
    """Return an Every Eval Ever record of ARC-Challenge with its instances, as lm-eval's converter writes both.

    What it calls an item's hash is that of the prompt, in which each model has its own template of a chat.
    """
    [path] = (PAYLOADS / "every-eval-ever" / "data").glob("f3a1*[0-9].json")
    record = json.loads(path.read_text(encoding="utf-8"))
    del record["detailed_evaluation_results"]
    record["model_info"] |= {"id": model, "name": model}
    record["evaluation_results"][0] |= {
        "evaluation_name": "arc_challenge",
        "evaluation_result_id": None,
        "metric_config": {"evaluation_description": "acc_norm", "lower_is_better": False, "score_type": "continuous",
                          "min_score": 0.0, "max_score": 1.0},
        "score_details": {"score": sum(marks) / len(marks)},
    }  # fmt: skip
    rows = [
        {"evaluation_name": "arc_challenge", "sample_id": n, "sample_hash": f"{model} {n}", "evaluation": {"score": 0},
         "input": {"raw": f"<{model}> {n}"}, "metadata": {"doc_hash": str(n), "lm_eval_metrics": {"acc_norm": mark}}}
        for n, mark in enumerate(marks)
    ]  # fmt: skip
    path = write_json(folder / "record.json", record)
    (folder / "record_samples.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path.parent


def test_logs_of_helm_inspect_and_every_eval_ever_pair_from_import_to_compare(tmp_path):
    def run(*words: object) -> str:
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return done.stdout

    for source, write in {"helm": write_helm, "inspect": write_inspect, "every-eval-ever": write_record}.items():
        for number, (model, marks) in enumerate(MARKS.items()):
            run("import", source, write(tmp_path / f"{source}-{number}", model, marks))
    run("build", "--json")
    rows = {row["benchmark"]: row for row in json.loads(run("compare", ID_A, ID_B, "--json"))["rows"]}
    for benchmark in ("gsm8k", "mmlu-pro", "arc-challenge"):
        row = rows[benchmark]
        assert (row["basis"], row["paired"], row["n_items"], row["difference"]) == ("items", True, 8, -0.25), benchmark
