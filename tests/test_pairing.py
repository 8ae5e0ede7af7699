"""Marks of imported logs pair two models item by item, as our own runs do, wherever items and protocol are the same."""

import json
import os
from pathlib import Path

import pytest
from importing_logs import import_logs, write_json
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
