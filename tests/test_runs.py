"""`modelgap runs`: what was measured, what went wrong, and nothing that steers the terminal."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from collecting import collect_here, make_plan, plan_run, prepare_sums, serve_sums
from small_registry import AT, land_manifest
from test_endpoint_lm import TABLE
from typer.testing import CliRunner

import modelgap
from collectors.call_log import CallLog, CallRecord
from collectors.errors import UsageError
from collectors.landing import list_landed, read_landed
from collectors.records import UNANSWERED, Outcome, Protocol, Score
from collectors.run_plan import lock_run
from collectors.runs import list_runs, show_run
from collectors.tabulating import tabulate_calls
from collectors.terminal import make_safe

HOSTILE = "\x1b]0;owned\x07\x1b[2Jsafe\u202egnp.exe\u200b[bold]x[/bold]\r\n"


def home() -> Path:
    return Path(os.environ["MODELGAP_HOME"])


def make_call(doc_id, outcome="ok", detail=None, **more):
    return CallRecord(f"k{doc_id}", "gsm8k", doc_id, 0, Outcome(outcome), detail, 1, AT, **more)


def make_score(value, subtask=None):
    return Score(
        model="made-up/one", benchmark="gsm8k", task="sums", subtask=subtask, origin="measured", source="modelgap",
        protocol=Protocol(benchmark="gsm8k", metric="exact_match"), score=value, stderr=0.1, n_samples=4,
        score_answered_only=value, coverage=1.0,
    ).model_dump(mode="json")  # fmt: skip


def land(run, *calls, scores=(), **fields):
    land_manifest(home(), run, scores=scores, calls=tabulate_calls(calls), **fields)


def run(*arguments):
    result = CliRunner().invoke(modelgap.app, ["runs", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_list_holds_exactly_the_keys_of_the_contract():
    land("r1", make_call(0), scores=[make_score(0.5), make_score(0.4, "zh")], outcomes={"ok": 1}, cost_usd=0.25)
    assert json.loads(run("list", "--json")) == [
        {
            "run": "r1",
            "endpoint": "one",
            "status": "complete",
            "started_at": "2026-01-07T12:00:00+00:00",
            "finished_at": "2026-01-07T12:00:00+00:00",
            "cost_usd": 0.25,
            "outcomes": {"ok": 1},
            "scores": [
                {"task": "sums", "score": 0.5, "stderr": 0.1, "n": 4, "answered_only": 0.5, "coverage": 1.0},
            ],
        }
    ]


def test_an_empty_home_lists_nothing():
    assert list_runs(home()) == [] and json.loads(run("list", "--json")) == []


def test_runs_come_oldest_first_the_newest_attempt_of_each_and_no_published_ones():
    land("late", started_at=AT + timedelta(days=1))
    land("early", status="incomplete")
    land("early", attempt=2)
    land_manifest(home(), "epoch", kind="published", endpoint=None)
    assert [(row["run"], row["status"]) for row in list_runs(home())] == [("early", "complete"), ("late", "complete")]


def test_unfinished_runs_are_listed_as_interrupted_or_running_with_what_they_have():
    with CallLog(plan_run("http://127.0.0.1:9/v1")) as log:
        log.put(make_call(0))
        log.put(make_call(1, "timeout", "no answer within 600 s"))
    (row,) = list_runs(home())
    assert (row["status"], row["finished_at"], row["outcomes"]) == ("interrupted", None, {"ok": 1, "timeout": 1})
    (fault,) = show_run(home(), "r1")["faults"]
    assert (fault["detail"], fault["calls"], fault["examples"][0]["doc_id"]) == ("no answer within 600 s", 1, 1)
    with lock_run(home(), "r1"):
        assert list_runs(home())[0]["status"] == "running"
    assert list_runs(home())[0]["status"] == "interrupted"


def test_an_incomplete_run_that_is_being_resumed_is_listed_once():
    plan_run("http://127.0.0.1:9/v1")
    land("r1", status="incomplete")
    assert [row["status"] for row in list_runs(home())] == ["incomplete"]
    with lock_run(home(), "r1"):
        assert [row["status"] for row in list_runs(home())] == ["running"]


def test_each_fault_is_named_with_its_count_and_examples():
    calls = [make_call(i, "http_error", "HTTP 500: internal error", http_status=500) for i in range(5)]
    land("r1", make_call(9), make_call(10, "refused", "refusal in words", answer="I can't."), *calls)
    faults = show_run(home(), "r1")["faults"]
    assert [(f["outcome"], f["detail"], f["calls"], f["is_infrastructure"]) for f in faults] == [
        ("http_error", "HTTP 500: internal error", 5, True),
        ("refused", "refusal in words", 1, False),
    ]
    assert [example["doc_id"] for example in faults[0]["examples"]] == [0, 1, 2]
    assert faults[1]["examples"][0]["answer"] == "I can't."
    shown = run("show", "r1")
    assert "HTTP 500: internal error" in shown and "gsm8k #0; gsm8k #1; gsm8k #2" in shown


def test_every_fault_of_a_real_server_is_named_and_none_is_a_wrong_answer(tmp_path, monkeypatch):
    prepare_sums(tmp_path, monkeypatch, 2 * len(TABLE))
    item_of_fault = {row[0]: 2 * number + 1 for number, row in enumerate(TABLE)}
    # One call at a time with a good one between any two faults: else the endpoint counts as dead and is left alone.
    with serve_sums(*((f"item {item}:", fault) for fault, item in item_of_fault.items())) as server:
        path = plan_run(server.base_url, endpoint={"max_concurrency": 1, "timeout_s": 0.5})
        assert collect_here(path)[0] == 1
    (landed,) = list_landed(home())
    content = read_landed(landed.path, verify=True)
    rows = {row["doc_id"]: row for row in content.samples.to_pylist()}
    assert content.scores[0].score is None
    named = [(fault["outcome"], fault["detail"]) for fault in show_run(home(), "r1")["faults"]]
    for fault, outcome, words, _ in TABLE:
        row = rows[item_of_fault[fault]]
        assert (row["outcome"], row["mark"]) == (outcome, 0.0 if outcome in UNANSWERED else None), fault
        assert any(kind == outcome and words.replace("0.3 s", "0.5 s") in detail for kind, detail in named), fault
    assert all(row["outcome"] == "ok" for item, row in rows.items() if item % 2 == 0)


def test_what_an_endpoint_answered_cannot_steer_the_terminal():
    land("r1", make_call(0, "http_error", HOSTILE))
    shown = run("show", "r1")
    assert "safe" in shown and "[bold]x[/bold]" in shown
    assert not set(shown) & set("\x1b\x07\r\u202e\u200b")


@pytest.mark.parametrize(
    "text, safe", [("求和 ± 0.1", "求和 ± 0.1"), ("a\tb\nc", "a b c"), ("\x00\x9b\ud800", "\ufffd" * 3)]
)
def test_only_invisible_characters_are_replaced(text, safe):
    assert make_safe(text) == safe


def test_json_keeps_the_text_as_it_came():
    land("r1", make_call(0, "http_error", HOSTILE))
    assert json.loads(run("show", "r1", "--json"))["faults"][0]["detail"] == HOSTILE


def test_an_unknown_run_is_refused_with_the_closest():
    land("r1-abc")
    with pytest.raises(UsageError, match="closest: 'r1-abc'"):
        show_run(home(), "r1-abd")


def test_a_run_without_a_fault_says_so_and_shows_its_subtasks():
    land("r1", make_call(0), scores=[make_score(0.5), make_score(0.4, "zh")], outcomes={"ok": 1})
    assert "No fault among its calls." in run("show", "r1") and "zh" in run("show", "r1")
    assert show_run(home(), "r1")["model"] == make_plan("http://127.0.0.1:9/v1").endpoint.model
