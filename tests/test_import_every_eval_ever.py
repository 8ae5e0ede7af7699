"""Every Eval Ever records import by the scale that each states; one that does not say is refused, never guessed."""

import copy
import json
import shutil
from pathlib import Path

import pytest
from importing_logs import PAYLOADS, hostile, import_logs, read_landing, read_logs, refuse, write_json

from collectors.importers.benchmark_names import OTHER_METRIC, UNKNOWN_TASK
from collectors.importers.contract import NOT_A_NUMBER, OUT_OF_RANGE, UNKNOWN_MODEL
from collectors.importers.eee_results import LESS_IS_BETTER, NO_FRACTION, NO_RESULT, RATING
from collectors.importers.every_eval_ever import UNKNOWN_RELATION, UNKNOWN_VERSION, UNREADABLE

RECORDS = PAYLOADS / "every-eval-ever" / "data"
OLD = RECORDS / "98ea850e-7019-4728-a558-8b1819ec47c2.json"
BOARD = RECORDS / "676f4465-ce78-411a-9f5a-c97b3d2eac4f.json"
RUN = RECORDS / "f3a1c0de-4b2e-4c1a-9f6d-1b7e5a2c8d40.json"


def change(tmp_path: Path, *, metric: dict | None = None, details: dict | None = None, **parts) -> Path:
    """Return the run's record alone, its one result with another metric or score, and other parts at its top."""
    record = copy.deepcopy(json.loads(RUN.read_text(encoding="utf-8")))
    del record["detailed_evaluation_results"]
    record["evaluation_results"][0]["metric_config"] |= metric or {}
    record["evaluation_results"][0]["score_details"] |= details or {}
    for key, value in parts.items():
        record[key] = (
            {**record[key], **value} if isinstance(value, dict) and isinstance(record.get(key), dict) else value
        )
    return write_json(tmp_path / "record.json", record)


def test_schema_0_2():
    [read] = read_logs("every-eval-ever", OLD)
    score = read.find("ifeval")
    assert (score.model, score.score, score.stderr) == ("01-ai/yi-6b", 0.2893, None)
    assert (score.origin, score.reported_by, score.setting) == ("leaderboard", "Hugging Face", "Yi-6B")
    assert score.published_date.isoformat() == "2026-02-10"
    assert read.reasons == {UNKNOWN_TASK: 1}, "GPQA without saying which set is not GPQA Diamond"


def test_schema_0_3_percent_and_intervals():
    [read] = read_logs("every-eval-ever", BOARD)
    score = read.find("mmlu-pro")
    assert (score.score, score.n_samples, score.protocol.metric) == (0.725, 1000, "COT correct")
    assert score.stderr == pytest.approx(0.0098 / 1.959964, rel=1e-6)
    assert (score.source_url, score.reported_by, score.protocol.harness) == ("https://example.org/lab", "A Lab", "helm")
    assert score.published_date.isoformat() == "2025-06-15"
    assert (read.find("gsm8k").score, read.find("gsm8k").stderr) == (0.91, 0.0079)
    assert read.reasons == {UNKNOWN_TASK: 1, LESS_IS_BETTER: 1, NO_FRACTION: 1, RATING: 1}


def test_a_part_of_a_data_set_is_not_the_benchmark():
    [read] = read_logs("every-eval-ever", BOARD)
    assert [score.score for score in read.parsed.scores if score.benchmark == "mmlu-pro"] == [0.725]


@pytest.mark.parametrize(
    ("name", "benchmark"),
    [
        ("mmlu_anatomy", None),
        ("anatomy", None),
        ("MMLU", "mmlu"),
        ("accuracy on inspect_evals/mmlu_0_shot for scorer choice", "mmlu"),
    ],
)
def test_a_data_set_speaks_only_for_a_result_whose_name_says_nothing_else(tmp_path, name, benchmark):
    path = change(tmp_path)
    record = json.loads(path.read_text(encoding="utf-8"))
    record["evaluation_results"][0] |= {
        "evaluation_name": name, "evaluation_result_id": "x",
        "source_data": {"dataset_name": "x", "source_type": "hf_dataset", "hf_repo": "cais/mmlu"},
    }  # fmt: skip
    record["evaluation_results"][0]["metric_config"]["metric_id"] = "accuracy"
    [read] = read_logs("every-eval-ever", write_json(path, record))
    assert [score.benchmark for score in read.parsed.scores] == ([benchmark] if benchmark else [])


def write_lm_eval(tmp_path: Path, *named: tuple[str, str, str]) -> Path:
    """Return a record as lm-eval's converter writes it: (evaluation name, description of the metric, data set)."""
    path = change(tmp_path)
    record = json.loads(path.read_text(encoding="utf-8"))
    bounds = {"lower_is_better": False, "score_type": "continuous", "min_score": 0.0, "max_score": 1.0}
    record["evaluation_results"] = [
        {
            "evaluation_name": name,
            "source_data": {"dataset_name": name.split("/")[0], "source_type": "hf_dataset", "hf_repo": data},
            "metric_config": {"evaluation_description": metric, **bounds},
            "score_details": {"score": (number + 1) / 10},
            "generation_config": {"additional_details": {"num_fewshot": "5"}},
        }
        for number, (name, metric, data) in enumerate(named)
    ]
    return write_json(path, record)


@pytest.mark.parametrize(
    ("named", "benchmark", "score", "protocol"),
    [
        ([("gsm8k_cot/strict-match", "exact_match (filter: strict-match)", "openai/gsm8k"),
          ("gsm8k_cot/flexible-extract", "exact_match (filter: flexible-extract)", "openai/gsm8k")],
         "gsm8k", 0.1, ("gsm8k_cot", "exact_match", "strict-match")),
        ([("arc_challenge", "acc", "allenai/ai2_arc"), ("arc_challenge", "acc_norm", "allenai/ai2_arc")],
         "arc-challenge", 0.2, ("arc_challenge", "acc_norm", "none")),
        ([("mmlu_pro/custom-extract", "exact_match (filter: custom-extract)", "TIGER-Lab/MMLU-Pro")],
         "mmlu-pro", 0.1, ("mmlu_pro", "exact_match", "custom-extract")),
        ([("mmlu", "acc", "cais/mmlu")], "mmlu", 0.1, ("mmlu", "acc", "none")),
    ],
)  # fmt: skip
def test_tasks_of_lm_eval_are_known_by_their_names_and_metrics(tmp_path, named, benchmark, score, protocol):
    [read] = read_logs("every-eval-ever", write_lm_eval(tmp_path, *named))
    found = read.find(benchmark)
    assert (found.score, found.protocol.n_shot) == (score, 5)
    assert (found.protocol.task, found.protocol.metric, found.protocol.filter) == protocol
    assert read.reasons == ({OTHER_METRIC: 1} if len(named) == 2 else {})


@pytest.mark.parametrize(
    ("name", "metric", "data"),
    [
        ("gsm8k_platinum_cot/strict-match", "exact_match (filter: strict-match)", "madrylab/gsm8k-platinum"),
        ("gsm8k_platinum", "exact_match", "openai/gsm8k"),
        ("arc_easy", "acc_norm", "allenai/ai2_arc"),
        ("mmlu_anatomy", "acc", "cais/mmlu"),
        ("mmlu_pro_math/custom-extract", "exact_match (filter: custom-extract)", "TIGER-Lab/MMLU-Pro"),
    ],
)
def test_a_task_of_lm_eval_that_is_near_a_known_one_is_not_that_one(tmp_path, name, metric, data):
    [read] = read_logs("every-eval-ever", write_lm_eval(tmp_path, (name, metric, data)))
    assert (read.parsed.scores, read.reasons) == ([], {UNKNOWN_TASK: 1})


def test_the_marks_of_lm_evals_converter_are_those_of_the_metric_that_is_the_score(tmp_path):
    path = write_lm_eval(tmp_path, ("arc_challenge", "acc_norm", "allenai/ai2_arc"))
    rows = [
        {"evaluation_name": "arc_challenge", "sample_id": number, "evaluation": {"score": 0.0},
         "metadata": {"lm_eval_metrics": {"acc": 0.0, "acc_norm": mark}}}
        for number, mark in enumerate((1.0, 0.0))
    ]  # fmt: skip
    (tmp_path / "record_samples.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    [read] = read_logs("every-eval-ever", path)
    assert [row["mark"] for row in read.rows] == [1.0, 0.0]


def test_instances_lie_beside_the_record_wherever_it_says_they_are():
    [read] = read_logs("every-eval-ever", RUN)
    score = read.find("gsm8k")
    assert (score.model, score.origin, score.n_samples) == ("qwen/qwen2.5-7b", "independent", 3)
    assert score.protocol.generation == {"temperature": 0.0, "max_tokens": 512}
    assert [(row["outcome"], row["mark"]) for row in read.rows] == [("ok", 1.0), ("ok", 0.0), ("timeout", None)]
    assert (read.rows[0]["prompt"], read.rows[0]["target"], read.rows[0]["answer"]) == (
        "2 + 2?", "4", "The answer is 4.",
    )  # fmt: skip


@pytest.mark.parametrize("value", [[], {}, [["third_party"]]])
def test_words_that_are_no_words_say_nothing(tmp_path, value):
    for details in ({}, {"exporter": "modelgap", "origin": value}):
        parts = {"evaluator_relationship": value, "source_type": value, "additional_details": details}
        [read] = read_logs("every-eval-ever", change(tmp_path, source_metadata=parts))
        assert read.reasons == {UNKNOWN_RELATION: 1}
    [read] = read_logs(
        "every-eval-ever", change(tmp_path, metric={"metric_unit": value, "min_score": None, "max_score": None})
    )
    assert read.reasons == {NO_FRACTION: 1}


def test_a_folder_is_one_payload_and_one_for_each_record_with_instances():
    found = import_logs("every-eval-ever", RECORDS)
    assert [(item.state, item.n_rows) for item in found] == [("landed", 1), ("landed", 8)]
    assert {item.state for item in import_logs("every-eval-ever", RECORDS)} == {"unchanged"}
    assert sorted(landed.samples.num_rows if landed.samples else 0 for landed in read_landing()) == [0, 3]


def test_json_lines_of_records(tmp_path):
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(json.loads(p.read_text())) + "\n" for p in (OLD, BOARD)), encoding="utf-8")
    [read] = read_logs("every-eval-ever", path)
    assert (read.parsed.n_rows, len(read.parsed.scores)) == (8, 3)


def test_among_many_files_one_that_is_no_record_is_told(tmp_path):
    shutil.copy(OLD, tmp_path / "a.json")
    (tmp_path / "b.json").write_text("{}", encoding="utf-8")
    (tmp_path / "c.json").write_text('{"a": ', encoding="utf-8")
    [read] = read_logs("every-eval-ever", tmp_path)
    assert read.reasons == {UNKNOWN_TASK: 1, UNREADABLE: 2}
    assert read.find("ifeval").score == 0.2893


@pytest.mark.parametrize(
    ("relation", "kind", "reporter", "expected"),
    [
        ("first_party", "evaluation_run", "Qwen", ("vendor", "own")),
        ("first_party", "documentation", "OpenAI", ("vendor", "competitor")),
        ("collaborative", "evaluation_run", "Somebody", ("vendor", "unclassified")),
        ("third_party", "evaluation_run", "Somebody", ("independent", None)),
        ("third_party", "documentation", "Somebody", ("leaderboard", None)),
    ],
)
def test_whose_evaluation_it_is(relation, kind, reporter, expected, tmp_path):
    source = {"evaluator_relationship": relation, "source_type": kind, "source_organization_name": reporter}
    [read] = read_logs("every-eval-ever", change(tmp_path, source_metadata=source))
    assert (read.find("gsm8k").origin, read.find("gsm8k").reporter_relation) == expected


def test_a_record_that_does_not_say_needs_the_users_word(tmp_path):
    path = change(tmp_path, source_metadata={"evaluator_relationship": "other"})
    assert read_logs("every-eval-ever", path)[0].reasons == {UNKNOWN_RELATION: 1}
    assert read_logs("every-eval-ever", path, origin="leaderboard")[0].find("gsm8k").origin == "leaderboard"


@pytest.mark.parametrize(
    ("metric", "details", "reason"),
    [
        ({}, {"score": float("nan")}, NOT_A_NUMBER),
        ({}, {"score": float("inf")}, NOT_A_NUMBER),
        ({}, {"score": "high"}, NOT_A_NUMBER),
        ({}, {"score": None}, NOT_A_NUMBER),
        ({}, {"score": True}, NOT_A_NUMBER),
        ({}, {"score": 73.4}, OUT_OF_RANGE),
        ({"max_score": 100}, {"score": 173.4}, OUT_OF_RANGE),
        ({"max_score": "Infinity"}, {}, NO_FRACTION),
        ({"min_score": -1}, {}, NO_FRACTION),
        ({"min_score": None, "max_score": None, "metric_unit": "points"}, {}, NO_FRACTION),
        ({"score_type": "levels"}, {}, NO_FRACTION),
        ({"lower_is_better": None}, {}, LESS_IS_BETTER),
    ],
    ids=str,
)
def test_what_is_no_fraction_is_refused(metric, details, reason, tmp_path):
    [read] = read_logs("every-eval-ever", change(tmp_path, metric=metric, details=details))
    assert (read.parsed.scores, read.reasons) == ([], {reason: 1})


@pytest.mark.parametrize("name", ["=1+1", "nobody/gpt-4o", "../x", ""])
def test_an_unknown_model_is_listed(name, tmp_path):
    [read] = read_logs("every-eval-ever", change(tmp_path, model_info={"id": name, "name": name}))
    assert read.reasons == {UNKNOWN_MODEL: 1}


@pytest.mark.parametrize("version", ["0.1.0", "1.0.0", None, 3])
def test_an_unknown_version_is_told(version, tmp_path):
    assert read_logs("every-eval-ever", change(tmp_path, schema_version=version))[0].reasons == {UNKNOWN_VERSION: 1}


@pytest.mark.parametrize(
    "stated",
    [{"standard_error": {"value": -1}}, {"standard_error": 3}, {"confidence_interval": {"lower": 1, "upper": 0}},
     {"confidence_interval": {"lower": 0.1, "upper": 0.5, "confidence_level": 7}}, {"standard_error": {"value": 0}}, 7],
    ids=str,
)  # fmt: skip
def test_an_unsound_error_is_unknown(stated, tmp_path):
    [read] = read_logs("every-eval-ever", change(tmp_path, details={"uncertainty": stated}))
    assert read.find("gsm8k").stderr is None


@hostile
def test_a_hostile_file_lands_nothing(data, word, tmp_path):
    path = tmp_path / "record.json"
    path.write_bytes(data)
    refuse("every-eval-ever", path, word)


@pytest.mark.parametrize(
    "parts",
    [{"evaluation_results": [3, {}, {"evaluation_name": 4}]}, {"source_metadata": []}, {"eval_library": "x"},
     {"evaluation_timestamp": 10**30, "retrieved_timestamp": "x"}, {"model_info": {"id": [1], "name": {}}}],
    ids=str,
)  # fmt: skip
def test_wrong_types_do_no_harm(parts, tmp_path):
    [read] = read_logs("every-eval-ever", change(tmp_path, **parts))
    assert len(read.parsed.scores) <= 1
    if "evaluation_results" in parts:
        assert read.reasons == {NO_RESULT: 3}


class TestInstances:
    def lay(self, tmp_path: Path, data: bytes, **changes) -> Path:
        """Return the run's record with other instances beside it, its checksum theirs unless told otherwise."""
        import hashlib

        record = json.loads(RUN.read_text(encoding="utf-8"))
        record["detailed_evaluation_results"] |= {"checksum": hashlib.sha256(data).hexdigest()} | changes
        (tmp_path / "record_samples.jsonl").write_bytes(data)
        return write_json(tmp_path / "record.json", record)

    def test_another_checksum(self, tmp_path):
        refuse("every-eval-ever", self.lay(tmp_path, b"{}\n", checksum="0" * 64), "checksum")

    @pytest.mark.parametrize(
        ("data", "word"),
        [
            (b'{"evaluation_result_id": "demo.gsm8k", "sample_id"', "JSON"),
            (b"<html></html>", "HTML"),
            (b'{"a": 1, "a": 2}\n', "twice"),
            (b"\xff\xfe{\x00}\x00", "UTF-16"),
            (b'{"a": "\xe9"}\n', "UTF-8"),
            (b"\0" * (40 << 20), "MiB"),
        ],
        ids=["torn", "html", "a key twice", "utf-16", "latin-1", "zeros"],
    )
    def test_files_that_cannot_be_read_land_nothing(self, data, word, tmp_path):
        refuse("every-eval-ever", self.lay(tmp_path, data), word)

    def test_rows_of_wrong_types_are_left_out(self, tmp_path):
        rows = [
            7, [], {"evaluation_name": "gsm8k"}, {"evaluation_name": "gsm8k", "sample_id": 1, "evaluation": 3},
            {"evaluation_name": "gsm8k", "sample_id": {"a": 1}, "input": [], "output": {"raw": "x"},
             "evaluation": {"score": 9}, "answer_attribution": [3]},
            {"evaluation_name": "another", "sample_id": 1}, {"evaluation_result_id": 5, "sample_id": 1},
        ]  # fmt: skip
        [read] = read_logs("every-eval-ever", self.lay(tmp_path, "\n".join(map(json.dumps, rows)).encode()))
        assert [row["mark"] for row in read.rows] == [None, None]
