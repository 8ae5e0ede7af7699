"""From lm-eval's samples and how the calls ended to scores, with the real lm-eval over real HTTP."""

import json
import math
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from collecting import collect_here, make_plan, plan_run, prepare_sums, serve_sums
from faulty_server import FAULTS, FaultyServer, chat
from small_registry import TASK

from collectors.call_log import CallLog, CallRecord
from collectors.errors import UsageError
from collectors.landing import list_landed, read_landed
from collectors.marking import (
    adjust_stderr,
    aggregate_answered,
    aggregate_strict,
    check_direction,
    index_calls,
    tally_task,
)
from collectors.records import Outcome
from collectors.task_entries import Task

AT = datetime(2026, 1, 1, tzinfo=UTC)
GENERATED = {
    **TASK, "id": "gen", "dataset": None, "generated": True,
    "lm_eval": {"task": "gen_arithmetic", "metric": "exact_match", "filter": "last-line"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def sums(tmp_path, monkeypatch):
    prepare_sums(tmp_path, monkeypatch)


class Leaf:
    """As much of an lm-eval task as marking looks at."""

    task_name = "sums"

    def __init__(self, aggregate=None):
        from lm_eval.api.metrics import mean

        self._aggregate = aggregate or mean

    def aggregation(self):
        return {"acc": self._aggregate}


def test_a_metric_named_by_the_answers_is_averaged():
    sample = {"filter": "none", "doc_id": 0, "resps": [[""]], "pass@1": 1.0}
    call = CallRecord("k", "sums", 0, 0, Outcome.OK, None, 1, AT)
    assert strict(tally_task(Leaf(), [sample], index_calls([call]), "pass@1", "none"))[0] == 1.0


def tally(*items, repeats=1, aggregate=None):
    """Tally items given as (lm-eval's value, outcome of its call, or a list of outcomes by repeat)."""
    samples, calls = [], []
    for doc_id, (value, outcomes) in enumerate(items):
        samples.append({"filter": "none", "doc_id": doc_id, "resps": [[""] * repeats], "acc": value})
        for repeat, outcome in enumerate(outcomes if isinstance(outcomes, list) else [outcomes]):
            if outcome:
                calls.append(CallRecord(f"{doc_id}-{repeat}", "sums", doc_id, repeat, Outcome(outcome), None, 1, AT))
    return tally_task(Leaf(aggregate), samples, index_calls(calls), "acc", "none")


def strict(*tallies, by_size=True):
    return aggregate_strict(tallies, by_size=by_size)


def answered(*tallies, by_size=True):
    return aggregate_answered(tallies, by_size=by_size)


def test_what_the_model_left_unanswered_is_wrong_whatever_lm_eval_made_of_it():
    marks = tally((1, "ok"), (0, "ok"), (1, "refused"), (1, "truncated"))
    assert strict(marks)[0] == 0.25
    assert answered(marks)[0] == 0.5
    assert [item.mark for item in marks.items] == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("outcome", ["empty", "malformed", "timeout", "network", "http_error", None])
def test_a_failed_or_missing_call_leaves_no_score_and_no_mark(outcome):
    marks = tally((1, "ok"), (0, outcome))
    assert marks.n_failed == 1 and marks.items[1].mark is None
    assert strict(marks) == (None, None) and answered(marks) == (None, None)
    assert strict(tally((1, "ok"), (1, "ok")), marks) == (None, None)


def test_nothing_answered_is_zero_strictly_and_unknown_otherwise():
    marks = tally((0, "refused"), (0, "refused"))
    assert strict(marks)[0] == 0 and answered(marks) == (None, None)


def test_the_standard_error_of_a_mean_is_the_sample_one():
    score, stderr = strict(tally((1, "ok"), (0, "ok"), (1, "ok"), (1, "ok")))
    assert score == 0.75
    assert stderr == pytest.approx(math.sqrt(0.75 / 3 * 1) / 2)


@pytest.mark.parametrize("value, score", [(1, 1.0), (0, 0.0)])
def test_all_alike_is_no_certainty(value, score):
    assert strict(tally(*[(value, "ok")] * 10)) == (score, pytest.approx(math.sqrt(12 / 14 * 2 / 14 / 14)))
    assert adjust_stderr(0.0, [1] * 10) == pytest.approx(0.0935, abs=1e-4)


def test_an_unknown_standard_error_is_none():
    assert strict(tally((1, "ok"))) == (1.0, None)
    assert strict(tally((0.5, "ok"), (0.5, "ok"))) == (0.5, None)
    assert strict(tally(([True, False], "ok"), ([True], "ok"), aggregate=lambda v: 2 / 3)) == (2 / 3, None)


def test_several_points_an_item_are_all_wrong_where_unanswered():
    def over_points(items):
        points = [point for item in items for point in item]
        return sum(points) / len(points)

    marks = tally(([True, False], "ok"), ([True, True], "refused"), aggregate=over_points)
    assert strict(marks)[0] == 0.25 and answered(marks)[0] == 0.5
    assert [item.mark for item in marks.items] == [0.5, 0.0]


@pytest.mark.parametrize("value", [("gold", "pred"), 37.5, -0.1, float("nan"), None, "yes", []])
def test_what_is_no_mark_makes_no_score(value):
    assert strict(tally((1, "ok"), (value, "ok"))) == (None, None)


def test_an_item_asked_several_times_is_answered_if_one_answer_came():
    marks = tally((1, ["refused", "ok"]), (1, ["refused", "truncated"]), (1, ["ok", "network"]), repeats=2)
    assert [item.outcome for item in marks.items] == ["ok", "refused", "network"]


def test_members_of_a_group_weigh_by_size_or_alike():
    small, large = tally((1, "ok"), (1, "ok")), tally(*[(1, "ok"), (0, "ok")] * 4)
    assert strict(small, large)[0] == pytest.approx(6 / 10)
    assert strict(small, large, by_size=False)[0] == pytest.approx(0.75)
    silent = tally((0, "refused"), (0, "refused"))
    assert answered(silent, large)[0] == pytest.approx(0.5)


def landed():
    """Return the content of the one run in the test's home."""
    (run,) = list_landed(Path(os.environ["MODELGAP_HOME"]))
    return read_landed(run.path, verify=True)


def run_stock(server, tmp_path, **options):
    """Return what lm-eval's own chat model makes of the same sums, loaded by lm-eval alone."""
    import lm_eval
    from lm_eval.tasks import TaskManager

    from collectors.task_files import get_builtin_tasks

    manager = TaskManager(include_defaults=False, include_path=str(get_builtin_tasks() / "gsm8k"))
    files = {"test": str(tmp_path / "datasets" / "gsm8k" / "test.jsonl")}
    override = {
        "task": "gsm8k_cot_zeroshot", "dataset_path": "json", "dataset_name": None,
        "dataset_kwargs": {"data_files": files}, "training_split": None, "fewshot_split": None,
    }  # fmt: skip
    return lm_eval.simple_evaluate(
        model="local-chat-completions",
        model_args={"model": "one", "base_url": f"{server.base_url}/chat/completions", "num_concurrent": 1},
        tasks=[manager.load([{"group": "_", "task": [override]}])["tasks"]["gsm8k_cot_zeroshot"]],
        task_manager=manager,
        apply_chat_template=True,
        **options,
    )


def test_where_all_is_well_score_and_standard_error_are_those_of_stock_lm_eval(tmp_path):
    with serve_sums() as server:
        stock = run_stock(server, tmp_path)["results"]["gsm8k_cot_zeroshot"]
        assert collect_here(plan_run(server.base_url))[0] == 0
    (score,) = landed().scores
    assert stock["exact_match,flexible-extract"] == 0.8
    assert score.score == stock["exact_match,flexible-extract"] == score.score_answered_only
    assert score.stderr == stock["exact_match_stderr,flexible-extract"] == score.stderr_answered_only
    assert (score.n_samples, score.n_failed, score.coverage) == (20, 0, 1.0)


def test_the_protocol_says_how_the_score_was_taken():
    with serve_sums() as server:
        collect_here(plan_run(server.base_url, endpoint={"effort": "high", "quantization": "int4"}))
    (score,) = landed().scores
    protocol = score.protocol
    assert (protocol.harness, protocol.task, protocol.filter) == ("lm-eval", "gsm8k_cot_zeroshot", "flexible-extract")
    assert (protocol.metric, protocol.n_shot, protocol.chat_template) == ("exact_match", 0, True)
    assert protocol.task_version == "3.0" and protocol.lm_eval_version and len(protocol.task_hash) == 64
    assert protocol.generation["max_tokens"] == 64 and protocol.generation["until"]
    assert (score.effort, score.setting, score.source) == ("high", "int4", "modelgap")


def answer_generated(body):
    """Answer generated items with a number that is right for some."""
    text = json.dumps(body)
    return chat(f"Answer: {12 if len(text) % 3 else 85}")


def test_a_group_scores_as_lm_eval_aggregates_it_and_each_subtask_has_its_own(tmp_path):
    import lm_eval

    from collectors.endpoint_lm.lm import EndpointLM
    from collectors.tasks import load_task_dict

    with FaultyServer(answer=answer_generated) as server:
        plan = make_plan(server.base_url, tasks=[GENERATED], limit=30)
        assert collect_here(plan_run(server.base_url, tasks=[GENERATED], limit=30))[0] == 0
        loaded = load_task_dict(plan.tasks, datasets=None, edition=plan.edition)
        with CallLog(tmp_path / "other.sqlite") as log:
            stock = lm_eval.simple_evaluate(
                model=EndpointLM(plan.endpoint, log, max_tokens={}), tasks=list(loaded.objects),
                task_manager=loaded.manager, limit=30, bootstrap_iters=1, apply_chat_template=True,
            )["results"]  # fmt: skip
    scores = {score.subtask: score for score in landed().scores}
    assert set(scores) == {None, "en", "zh"}
    for subtask, name in ((None, "gen_arithmetic"), ("en", "gen_arithmetic_en"), ("zh", "gen_arithmetic_zh")):
        assert scores[subtask].score == pytest.approx(stock[name]["exact_match,last-line"], abs=1e-12)
        if stock[name]["exact_match_stderr,last-line"] > 0:
            assert scores[subtask].stderr == pytest.approx(stock[name]["exact_match_stderr,last-line"], abs=1e-12)
    assert scores[None].n_samples == 60 and scores["zh"].n_samples == 30
    table = landed().samples.to_pylist()
    assert {(row["task"], row["subtask"]) for row in table} == {("gen", "en"), ("gen", "zh")}


SILENT = {
    "finish_length", "content_filter", "refusal_text", "inspection_dashscope", "null_content_length", "think_unclosed",
}  # fmt: skip
BROKEN = {
    "empty_content", "null_content", "missing_content", "error_200", "bad_json", "html", "reset", "rate_limit",
    "server_error", "unauthorized", "bad_parameter",
}  # fmt: skip


@pytest.mark.parametrize("fault", sorted(SILENT))
def test_silence_of_the_model_counts_as_wrong_only_in_the_strict_score(fault):
    with serve_sums(("item 3:", fault), ("item 4:", fault)) as server:
        assert collect_here(plan_run(server.base_url))[0] == 0
    content = landed()
    (score,) = content.scores
    assert (score.score, score.score_answered_only) == (14 / 20, pytest.approx(14 / 18))
    assert (score.coverage, score.n_failed) == (18 / 20, 0)
    rows = {row["doc_id"]: row for row in content.samples.to_pylist()}
    assert (rows[3]["mark"], rows[3]["filtered_answer"]) == (0.0, None)
    assert content.manifest.status == "complete" and sum(content.manifest.failures.values()) == 2


@pytest.mark.parametrize("fault", sorted(BROKEN))
def test_a_failure_of_the_endpoint_is_never_a_wrong_answer(fault):
    path = None
    with serve_sums(("item 3:", fault)) as server:
        path = plan_run(server.base_url)
        assert collect_here(path)[0] == 1
    content = landed()
    (score,) = content.scores
    assert (score.score, score.stderr, score.score_answered_only) == (None, None, None)
    assert score.n_failed >= 1 and score.coverage < 1
    rows = {row["doc_id"]: row for row in content.samples.to_pylist()}
    assert rows[3]["mark"] is None and rows[1]["outcome"] in ("ok", "http_error")
    assert content.manifest.status == "incomplete" and path.exists()


def test_faults_of_the_table_are_all_either_silence_or_failure():
    assert FAULTS.keys() >= SILENT | BROKEN


@pytest.mark.parametrize(
    "lm_eval, message",
    [
        ({"metric": "acc"}, "got 'acc'. Use 'exact_match'"),
        ({"filter": "none"}, "got 'none'. Use 'strict-match' or 'flexible-extract'"),
    ],
)
def test_a_task_that_cannot_be_marked_is_refused_before_the_first_call(lm_eval, message):
    with serve_sums() as server:
        path = plan_run(server.base_url, tasks=[{**TASK, "lm_eval": {**TASK["lm_eval"], **lm_eval}}])
        code, events = collect_here(path)
    assert code == 1 and message in events[-1]["message"]
    assert server.requests == [] and not path.exists()


def test_a_metric_of_which_less_is_better_is_refused():
    class Perplexity(Leaf):
        def higher_is_better(self):
            return {"acc": False}

    with pytest.raises(UsageError, match="more is better"):
        check_direction(Perplexity(), "acc")


def test_the_task_of_the_tests_is_a_task():
    assert Task(**TASK).lm_eval.task == "gsm8k_cot_zeroshot"
