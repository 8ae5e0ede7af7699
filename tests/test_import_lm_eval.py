"""lm-eval results of any version import with their errors, counts and marks; what cannot be a score says why."""

import gzip
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from collecting import collect_here, item_of, plan_run, serve_sums, write_sums
from faulty_server import chat
from importing_logs import PAYLOADS, hostile, import_logs, read_landing, read_logs, refuse, write_json
from small_registry import TASK, make_registry

from collectors.importers.benchmark_names import OTHER_METRIC, UNKNOWN_TASK
from collectors.importers.contract import NOT_A_NUMBER, OUT_OF_RANGE, UNKNOWN_MODEL
from collectors.importers.log_figures import check_stderr
from collectors.landing import list_landed
from collectors.registry_loader import load_registry

LM_EVAL = PAYLOADS / "lm-eval"
NEW = LM_EVAL / "v0.4.9" / "Qwen__Qwen2.5-7B" / "results_2025-07-01T12-00-00.123456.json"


def change(tmp_path: Path, task: str = "gsm8k_cot_zeroshot", **cells) -> Path:
    """Return a copy of the newest payload, alone, with other cells in a task's row."""
    document = json.loads(NEW.read_text(encoding="utf-8"))
    document["results"][task] |= cells
    return write_json(tmp_path / "results.json", document)


def test_version_0_4_0():
    [read] = read_logs("lm-eval", LM_EVAL / "v0.4.0")
    arc, lambada = read.find("arc-challenge"), read.find("lambada")
    assert (arc.model, arc.score, arc.stderr) == ("01-ai/yi-6b", 0.4684, 0.01458)
    assert (arc.protocol.metric, arc.protocol.filter, arc.origin, arc.setting) == (
        "acc_norm", "none", "independent", "01-ai/Yi-6B",
    )  # fmt: skip
    assert (lambada.score, lambada.protocol.n_shot) == (0.71, 0)
    assert read.reasons == {OTHER_METRIC: 2, UNKNOWN_TASK: 2}
    assert next(v["value"] for v in read.parsed.rejects.values() if v["reason"] == UNKNOWN_TASK).startswith("toxigen")


def test_samples_of_a_version_that_names_no_filter():
    [read] = read_logs("lm-eval", LM_EVAL / "v0.4.0")
    gsm8k = read.find("gsm8k")
    assert (gsm8k.score, gsm8k.stderr, gsm8k.n_samples) == (0.5, 0.28867513459481287, 4)
    assert (gsm8k.protocol.filter, gsm8k.protocol.n_shot) == ("get-answer", 5)
    assert gsm8k.protocol.generation == {"until": ["\n\n", "Question:"], "do_sample": False, "temperature": 0.0}
    assert [(row["task"], row["doc_id"], row["doc_hash"], row["mark"]) for row in read.rows] == [
        ("gsm8k", 0, None, 0.0), ("gsm8k", 1, None, 1.0), ("gsm8k", 2, None, 0.0), ("gsm8k", 3, None, 1.0),
    ]  # fmt: skip
    assert read.rows[1]["prompt"] == "Question: 1 + 1?\nAnswer:"
    assert read.rows[1]["answer"] == "#### 2"


def test_metrics_without_filters():
    [read] = read_logs("lm-eval", LM_EVAL / "older")
    score = read.find("hellaswag")
    assert (score.model, score.score, score.stderr) == ("tiiuae/falcon-40b", 0.7612, 0.00425)
    assert (score.protocol.metric, score.protocol.filter, score.n_samples) == ("acc_norm", None, None)


def test_groups_and_their_members():
    [read] = read_logs("lm-eval", LM_EVAL / "v0.4.2")
    whole = read.find("mmlu")
    assert (whole.model, whole.score, whole.stderr, whole.task) == ("qwen/qwen2.5-7b", 0.6321, 0.0038, "mmlu")
    assert read.find("mmlu", "stem").score == 0.53
    assert read.find("mmlu", "anatomy").protocol.n_shot == 5
    assert read.find("mmlu", "college_physics").stderr is None, "N/A is unknown, never 0"
    assert {score.task for score in read.parsed.scores} == {"mmlu"}
    assert read.parsed.measured_at.isoformat() == "2024-05-14T09:30:00.500000+00:00"
    assert whole.published_date.isoformat() == "2024-05-14"


def test_a_task_of_ours_takes_the_metric_and_filter_of_the_registry():
    [read] = read_logs("lm-eval", NEW)
    score = read.find("gsm8k")
    assert (score.score, score.task, score.protocol.filter) == (0.5, "gsm8k", "flexible-extract")
    assert score.protocol.generation == {"until": ["Q:"], "do_sample": False, "max_tokens": 1024}
    assert (score.protocol.lm_eval_version, score.protocol.chat_template) == ("0.4.9", True)
    assert read.reasons == {OTHER_METRIC: 2}


def test_an_error_that_is_not_there_is_that_of_the_marks():
    [read] = read_logs("lm-eval", NEW)
    assert read.find("gsm8k").stderr == pytest.approx(math.sqrt(0.25 / 3)), "sd of 1, 1, 0, 0 over the root of 4"


def test_an_empty_answer_is_told_and_has_no_mark():
    [read] = read_logs("lm-eval", NEW)
    score = read.find("gsm8k")
    assert (score.score, score.coverage, score.n_failed, score.n_samples) == (0.5, 0.75, 1, 4)
    assert score.score_answered_only == pytest.approx(2 / 3)
    assert "1 answers were empty" in score.notes
    assert [(row["outcome"], row["mark"]) for row in read.rows] == [("ok", 1), ("ok", 1), ("empty", None), ("ok", 0)]


def test_samples_of_another_run_in_the_folder_are_left_alone():
    [payload] = read_logs("lm-eval", LM_EVAL / "v0.4.9")
    assert len(payload.rows) == 4


def test_a_limit_makes_a_part_not_the_benchmark():
    [read] = read_logs("lm-eval", NEW)
    part = read.find("mgsm-zh", "limit-10")
    assert (part.score, part.n_samples) == (1.0, 10)
    assert part.stderr == pytest.approx(0.0935, abs=5e-5), "ten right of ten prove no certainty"


def test_no_key_and_no_address_lands():
    assert [item.state for item in import_logs("lm-eval", NEW)] == ["landed"]
    [landed] = read_landing()
    assert "not-a-real-key" not in json.dumps(landed.results)
    assert landed.results["details"]["lm_eval"]["versions"]["gsm8k_cot_zeroshot"] == 3.0


def test_importing_twice_changes_nothing():
    assert [item.state for item in import_logs("lm-eval", LM_EVAL)] == ["landed"] * 4
    assert [item.state for item in import_logs("lm-eval", LM_EVAL)] == ["unchanged"] * 4
    assert len(read_landing()) == 4


def test_whoever_imports_says_whose_and_of_what():
    options = {"model": "gpt-4o", "origin": "vendor", "reported_by": "OpenAI", "source_url": "https://example.org/x"}
    [read] = read_logs("lm-eval", NEW, **options)
    score = read.find("gsm8k")
    assert (score.model, score.origin, score.reporter_relation) == ("openai/gpt-4o", "vendor", "own")
    assert (score.reported_by, score.source_url) == ("OpenAI", "https://example.org/x")
    [read] = read_logs("lm-eval", NEW, **options | {"reported_by": "Qwen"})
    assert read.find("gsm8k").reporter_relation == "competitor"


@pytest.mark.parametrize("name", ["somebody/Qwen2.5-7B-AWQ", "=cmd()", "../../etc/passwd", "x" * 5000, ""])
def test_a_model_that_is_not_registered_is_listed_never_guessed(name, tmp_path):
    document = json.loads(NEW.read_text(encoding="utf-8"))
    document["model_name"], document["config"] = name, {}
    [read] = read_logs("lm-eval", write_json(tmp_path / "results.json", document))
    assert read.parsed.scores == []
    assert read.reasons[UNKNOWN_MODEL] == 2


def test_an_official_organisation_of_the_hub_is_its_developer(tmp_path):
    document = json.loads(NEW.read_text(encoding="utf-8")) | {"model_name": "deepseek-ai/DeepSeek-V3"}
    [read] = read_logs("lm-eval", write_json(tmp_path / "results.json", document))
    assert read.find("gsm8k").model == "deepseek/deepseek-v3"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (float("nan"), NOT_A_NUMBER),
        (float("inf"), NOT_A_NUMBER),
        ("N/A", NOT_A_NUMBER),
        (None, NOT_A_NUMBER),
        (True, NOT_A_NUMBER),
        ([0.5], NOT_A_NUMBER),
        ({"mean": 0.5}, NOT_A_NUMBER),
        (73.4, OUT_OF_RANGE),
        (-0.1, OUT_OF_RANGE),
        (1e308, OUT_OF_RANGE),
    ],
    ids=str,
)
def test_what_is_no_fraction_is_refused_alone(value, reason, tmp_path):
    [read] = read_logs("lm-eval", change(tmp_path, **{"exact_match,flexible-extract": value}))
    assert read.reasons[reason] == 1
    assert read.find("mgsm-zh", "limit-10").score == 1.0


def test_a_metric_of_which_less_is_better_is_no_score(tmp_path):
    document = json.loads(NEW.read_text(encoding="utf-8"))
    document["higher_is_better"]["gsm8k_cot_zeroshot"]["exact_match"] = False
    [read] = read_logs("lm-eval", write_json(tmp_path / "results.json", document))
    assert [score.benchmark for score in read.parsed.scores] == ["mgsm-zh"]


@pytest.mark.parametrize("stderr", [float("nan"), -1.0, "N/A", 2.0, 0.0], ids=str)
def test_an_unsound_error_is_unknown(stderr):
    assert check_stderr(stderr, 0.5, 100) is None


@hostile
def test_a_hostile_file_lands_nothing(data, word, tmp_path):
    path = tmp_path / "results.json"
    path.write_bytes(data)
    refuse("lm-eval", path, "results.json", word)


@pytest.mark.parametrize(
    "rows",
    [{"a": 1}, {"a": {"acc,none": {"x": 1}}}, {"a": [1]}, {"gsm8k_cot_zeroshot": {"exact_match,flexible-extract": []}}],
    ids=str,
)
def test_wrong_types_land_no_score(rows, tmp_path):
    shapes = {"group_subtasks": [1], "n-samples": 3, "configs": {"a": []}, "n-shot": "x", "versions": None}
    path = write_json(tmp_path / "results.json", {"results": rows, "model_name": 3, "date": "x", **shapes})
    try:
        assert all(read.parsed.scores == [] for read in read_logs("lm-eval", path))
    except Exception as error:
        pytest.fail(f"{type(error).__name__}: {error}")


def test_a_bomb_is_refused(tmp_path):
    path = tmp_path / "results.json"
    with gzip.open(path, "wb", compresslevel=9) as file:
        for _ in range(2100):
            file.write(b"\0" * (1 << 20))
    assert path.stat().st_size < 3 << 20
    refuse("lm-eval", path, "MiB")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b'{"doc_id": 0, "exact_match": 1.0, "resps": [["a"', "samples"),
        (b"<html>Sign in</html>\n", "samples"),
        (b'{"doc_id": 0, "doc_id": 1, "exact_match": 1.0}\n', "duplicate key"),
        ('{"doc_id": 0}'.encode("utf-16"), "UTF-16"),
        (b'{"doc_id": 0, "target": "caf\xe9"}\n', "UTF-8"),
        (b"\0" * 100_000, "samples"),
        (b'{"a": 1}\n' * 2 + b"[1]\n", "samples"),
        (gzip.compress(b"\0" * (1 << 28)), "samples"),
    ],
    ids=["torn", "html", "a key twice", "utf-16", "latin-1", "zeros", "a list", "zeros in a gzip"],
)
def test_samples_that_cannot_be_read_land_nothing(data, word, tmp_path):
    shutil.copy(NEW, tmp_path / "results.json")
    (tmp_path / "samples_gsm8k_cot_zeroshot.jsonl").write_bytes(data)
    message = refuse("lm-eval", tmp_path, word)
    assert "samples_gsm8k_cot_zeroshot.jsonl" in message
    assert "/raw/" not in message, "the copy's own name says nothing to a user"


@pytest.mark.parametrize(
    "change",
    [{"doc_id": 0}, {"doc_id": "x"}, {"exact_match": 7}, {"exact_match": "yes"}, {"exact_match": float("nan")}],
    ids=str,
)
def test_samples_whose_rows_are_no_items_are_left_out(change, tmp_path):
    """The score stands as the file states it, without marks that cannot be paired."""
    shutil.copy(NEW, tmp_path / "results.json")
    source = NEW.with_name(NEW.name.replace("results", "samples_gsm8k_cot_zeroshot") + "l")
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    rows[-1] |= change
    (tmp_path / "samples_gsm8k_cot_zeroshot.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    [read] = read_logs("lm-eval", tmp_path)
    assert (read.find("gsm8k").score, read.rows) == (0.5, [])


def test_hostile_names_are_only_names(tmp_path):
    """A metric, a filter and a task that would end a quotation are looked up as they are."""
    document = json.loads(NEW.read_text(encoding="utf-8"))
    document["results"] = {"mmlu": {"acc,no'; DROP TABLE item; --$mark": 0.5}}
    document["config"]["limit"] = None
    write_json(tmp_path / "results.json", document)
    row = {"doc_id": 0, "acc": 0.5, "filter": "no'; DROP TABLE item; --$mark", "resps": [[["-1.0", "True"]]]}
    (tmp_path / "samples_mmlu.jsonl").write_text(json.dumps(row), encoding="utf-8")
    [read] = read_logs("lm-eval", tmp_path)
    assert read.find("mmlu").score == 0.5
    assert [(row["mark"], row["answer"], row["outcome"]) for row in read.rows] == [(0.5, None, "ok")]


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    outside = tmp_path / "outside.json"
    shutil.copy(NEW, outside)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "results.json").symlink_to(outside)
    refuse("lm-eval", tmp_path / "folder", "leads out")


def answer_all_but_one(body: dict):
    """Answer rightly, but each fifth item wrongly."""
    item = item_of(body)
    return chat(f"The answer is {item + 1000 if item % 5 else 7}.")


def run_stock(folder: Path, data: Path, base_url: str) -> Path:
    """Return the folder that stock `lm-eval run` wrote, asked the sums as our collector asks them."""
    import lm_eval

    original = Path(lm_eval.__file__).parent / "tasks" / "gsm8k" / "gsm8k-cot-zeroshot.yaml"
    (folder / "tasks").mkdir(parents=True)
    (folder / "tasks" / "sums.yaml").write_text(
        f"include: {original}\ntask: gsm8k_cot_zeroshot\ndataset_path: json\ndataset_name: null\n"
        f"training_split: null\nfewshot_split: null\n"
        f"dataset_kwargs: {{data_files: {{test: {data / 'gsm8k' / 'test.jsonl'}}}}}\n"
    )
    command = [
        sys.executable, "-m", "lm_eval", "run", "--model", "local-chat-completions",
        "--model_args", f"model=one,base_url={base_url}/chat/completions,num_concurrent=4",
        "--tasks", "gsm8k_cot_zeroshot", "--include_path", str(folder / "tasks"), "--apply_chat_template",
        "--gen_kwargs", f"max_gen_toks={TASK['max_tokens']}", "--log_samples", "--output_path", str(folder / "out"),
    ]  # fmt: skip
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "hf")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "out"


def test_stock_results_and_ours_import_to_the_same(tmp_path, monkeypatch):
    """Must show 2: one task, one server, stock `lm-eval run` and our collector: same scores, errors, counts, marks."""
    data = write_sums(tmp_path / "data", 20)
    monkeypatch.setenv("MODELGAP_DATASETS", str(data))
    with serve_sums(answer=answer_all_but_one) as server:
        stock = run_stock(tmp_path / "stock", data, server.base_url)
        code, _ = collect_here(plan_run(server.base_url))
    assert code == 0
    home = Path(os.environ["MODELGAP_HOME"])
    ours = list_landed(home)[0].path
    registry = make_registry(tmp_path / "registry")
    known = load_registry()
    object.__setattr__(registry, "sources", known.sources)
    [theirs] = read_logs("lm-eval", stock, registry)
    [own] = read_logs("lm-eval", ours, registry)
    compared = ("model", "benchmark", "task", "subtask", "unit", "score", "stderr", "score_answered_only",
                "coverage", "n_samples", "n_failed", "setting", "origin")  # fmt: skip
    assert len(own.parsed.scores) == len(theirs.parsed.scores) == 1
    for name in compared:
        left, right = getattr(own.parsed.scores[0], name), getattr(theirs.parsed.scores[0], name)
        assert left == (pytest.approx(right, rel=1e-12) if isinstance(right, float) else right), name
    assert (own.find("gsm8k").score, own.find("gsm8k").n_samples) == (0.8, 20)
    assert own.find("gsm8k").stderr == pytest.approx(math.sqrt(0.8 * 0.2 / 19))
    # The task's hash is over both of its filters.
    assert own.find("gsm8k").protocol == theirs.find("gsm8k").protocol
    marks = [{row["doc_hash"]: (row["doc_id"], row["outcome"], row["mark"]) for row in part.rows}
             for part in (own, theirs)]  # fmt: skip
    assert marks[0] == marks[1] and len(marks[0]) == 20


def test_our_own_run_stays_labelled(tmp_path, monkeypatch):
    monkeypatch.setenv("MODELGAP_DATASETS", str(write_sums(tmp_path / "data", 4)))
    with serve_sums() as server:
        collect_here(plan_run(server.base_url))
    ours = list_landed(Path(os.environ["MODELGAP_HOME"]))[0].path
    registry = make_registry(tmp_path / "registry")
    object.__setattr__(registry, "sources", load_registry().sources)
    [read] = read_logs("lm-eval", ours / "results.json", registry)
    assert (read.find("gsm8k").origin, read.find("gsm8k").reported_by) == ("independent", "modelgap")
    assert read.parsed.details["run"] == "r1"
    changed = tmp_path / "changed"
    shutil.copytree(ours, changed)
    text = (changed / "results.json").read_text(encoding="utf-8")
    (changed / "results.json").write_text(text.replace('"score": 0.75', '"score": 0.95'), encoding="utf-8")
    with pytest.raises(Exception, match="checksum"):
        read_logs("lm-eval", changed, registry)
