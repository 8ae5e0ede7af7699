"""`modelgap collect` as people use it: real processes, real lm-eval, a real server on loopback."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from collecting import (
    collect_here,
    item_of,
    lay_overlay,
    make_plan,
    plan_run,
    prepare_sums,
    run_cli,
    serve_sums,
    start_cli,
    wait_for,
)
from conftest import need
from small_registry import AT, ENDPOINT, SUITE, TASK, land_manifest, make_registry

from collectors.collect import Request, open_jobs, open_resumed
from collectors.errors import CollectError, UsageError
from collectors.executors import LocalExecutor
from collectors.landing import list_landed
from collectors.run_plan import get_log_path, list_unfinished, lock_run, read_plan

KEY = "sk-sentinel-5f0c2a9d"


@pytest.fixture(autouse=True)
def sums(tmp_path, monkeypatch):
    prepare_sums(tmp_path, monkeypatch)


def home() -> Path:
    return Path(os.environ["MODELGAP_HOME"])


def items_asked(server):
    return Counter(item_of(request.body) for request in server.requests)


def read_command_lines() -> str:
    """Return the arguments of every process of this machine."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return "\n".join(found)


def test_two_endpoints_with_a_key_that_is_nowhere_to_be_found_and_faults_that_are_named(tmp_path):
    faults = [("item 3:", "bad_parameter"), ("item 4:", "inspection_dashscope")]
    arguments = ["collect", "--suite", "weekly"]
    with serve_sums(*faults, latency=0.02) as server:
        overlay = lay_overlay(
            tmp_path / "overlay", server.base_url, {"api_key_env": "MADE_UP_KEY"},
            {"id": "two", "api_key_env": "MADE_UP_KEY"}, {"id": "three", "api_key_env": "OTHER_KEY"},
        )  # fmt: skip
        process = start_cli(*arguments, registry=overlay, MADE_UP_KEY=KEY)
        wait_for(lambda: len(server.requests) > 5, process)
        command_lines = read_command_lines()
        out, err = process.communicate(timeout=120)
        assert "collectors.worker" in command_lines and KEY not in command_lines
        assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    assert process.returncode == 1 and "endpoint three is left out: its key is missing: $OTHER_KEY is not set" in err
    assert KEY not in out + err
    for path in home().rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path

    code, out, _ = run_cli("runs", "list", "--json", registry=overlay)
    rows = json.loads(out)
    assert code == 0 and [row["endpoint"] for row in rows] == ["one", "two"]
    assert list(rows[0]) == ["run", "endpoint", "status", "started_at", "finished_at", "cost_usd", "outcomes", "scores"]
    assert rows[0]["status"] == "incomplete" and rows[0]["outcomes"] == {"ok": 18, "refused": 1, "http_error": 1}
    assert rows[0]["scores"] == [
        {"task": "sums", "score": None, "stderr": None, "n": 20, "answered_only": None, "coverage": 0.9}
    ]
    code, out, _ = run_cli("runs", "show", rows[0]["run"], registry=overlay)
    assert code == 0 and "Unsupported parameter" in out and "content inspection of Alibaba DashScope" in out


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(tmp_path):
    with serve_sums(latency=0.1) as server:
        overlay = lay_overlay(tmp_path / "overlay", server.base_url, {"max_concurrency": 1})
        command = ("collect", "--endpoint", "one")
        process = start_cli(*command, registry=overlay)
        wait_for(lambda: len(server.requests) >= 4, process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 1 and "the same command goes on" in err
        server.latency = 0
        rows = json.loads(run_cli("runs", "list", "--json", registry=overlay)[1])
        assert [(row["status"], row["scores"]) for row in rows] == [("interrupted", [])]
        code, out, _ = run_cli(*command, registry=overlay)
        assert code == 0 and f"{rows[0]['run']}: complete (20 ok)" in out
        assert items_asked(server).total() <= 21 and len(items_asked(server)) == 20

        code, out, _ = run_cli(*command, registry=overlay)
        assert code == 0 and rows[0]["run"] not in out
        assert min(items_asked(server).values()) == 2, "a later run must ask everything anew"
    assert len(list_landed(home())) == 2 and list_unfinished(home()) == []


def test_the_whole_command_killed_leaves_no_worker_behind_and_is_resumed(tmp_path):
    with serve_sums(latency=0.2) as server:
        overlay = lay_overlay(tmp_path / "overlay", server.base_url, {"max_concurrency": 1})
        process = start_cli("collect", "--suite", "weekly", registry=overlay)
        wait_for(lambda: len(server.requests) >= 2, process)
        (lock,) = (home() / "unfinished").glob("*.lock")
        worker = Path("/proc") / lock.read_text().strip()
        process.kill()
        process.communicate()
        wait_for(lambda: not worker.exists())
        assert len(server.requests) < 20, "the worker went on without its parent"
        server.latency = 0
        code, out, err = run_cli("collect", "--suite", "weekly", registry=overlay)
        assert code == 0, err
        assert "complete (20 ok)" in out
        assert items_asked(server).total() <= 21 and len(items_asked(server)) == 20


def test_a_refused_request_leaves_no_worker_behind(tmp_path):
    overlay = lay_overlay(tmp_path / "overlay", "http://127.0.0.1:9/v1")
    process = start_cli("collect", "--endpoint", "none-such", registry=overlay, MODELGAP_HOME=str(tmp_path / "marked"))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2 and "endpoint is not registered" in err
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            assert str(tmp_path / "marked").encode() not in path.read_bytes(), path


def test_a_warm_worker_that_died_is_replaced(tmp_path):
    executor, events = LocalExecutor(), []
    executor.warm_up()
    executor._warm.kill()
    executor._warm.wait()
    with serve_sums() as server:
        executor.run([plan_run(server.base_url)], lambda run, event: events.append(event))
    executor.close()
    assert events[-1]["status"] == "complete"
    assert "Fatal" not in (home() / "logs" / "r1.log").read_text()


def test_only_events_come_on_a_workers_standard_output():
    code = "import collectors.worker as w; out = w._claim_stdout(); print('noise'); print('event', file=out)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("event\n", "noise\n")


def test_a_killed_worker_is_reported_with_its_log(tmp_path):
    with serve_sums(latency=0.1) as server:
        overlay = lay_overlay(tmp_path / "overlay", server.base_url)
        process = start_cli("collect", "--endpoint", "one", registry=overlay)
        wait_for(lambda: len(server.requests) >= 2, process)
        (lock,) = (home() / "unfinished").glob("*.lock")
        os.kill(int(lock.read_text()), signal.SIGKILL)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "was killed by signal 9" in err
    assert f"See {home() / 'logs' / lock.stem}.log" in err and (home() / "logs" / f"{lock.stem}.log").exists()


def test_a_dask_cluster_runs_the_same_worker_and_ctrl_c_stops_it(tmp_path):
    try:
        from distributed import LocalCluster
    except ImportError:
        need(False, "the package 'distributed'")
    options = {"processes": False, "dashboard_address": None, "host": "127.0.0.1", "protocol": "tcp://"}
    with LocalCluster(n_workers=1, threads_per_worker=2, **options) as cluster, serve_sums(latency=0.1) as server:
        overlay = lay_overlay(tmp_path / "overlay", server.base_url, {}, {"id": "two", "max_concurrency": 1})
        address = cluster.scheduler_address
        command = ("collect", "--suite", "weekly", "--executor", "dask", "--scheduler", address)
        process = start_cli(*command, registry=overlay)
        wait_for(lambda: len(server.requests) >= 3, process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 1 and "the same command goes on" in err
        assert len(server.requests) < 40
        code, out, err = run_cli(*command, registry=overlay)
    assert code == 0, err
    assert "complete (20 ok)" in out
    assert {run.manifest.endpoint for run in list_landed(home())} == {"one", "two"}


PRICED = {"price": {"input": 1.0, "output": 1.0, "per": "1K"}}


def test_a_run_that_would_cost_too_much_asks_nothing():
    with serve_sums() as server:
        path = plan_run(server.base_url, endpoint=PRICED, usd_cap=0.5)
        code, events = collect_here(path)
    assert code == 1 and "its budget leaves 0.50" in events[-1]["message"]
    assert server.requests == [] and not path.exists() and list_landed(home()) == []


def test_a_run_that_proves_dearer_than_expected_stops_and_can_be_resumed():
    expected = {"gsm8k_cot_zeroshot": (1.0, 1.0)}
    with serve_sums() as server:
        # The server bills 18 tokens a call, 0.018 USD: the eighth call passes 0.13.
        path = plan_run(server.base_url, endpoint=PRICED, usd_cap=0.13, expected_tokens=expected)
        code, events = collect_here(path)
        assert code == 1 and "stopped after 8 of 20 calls; they cost 0.14 USD" in events[-2]["message"]
        (landed,) = list_landed(home())
        assert landed.manifest.status == "incomplete" and landed.manifest.failures["stopped by the budget"] == 1
        assert landed.manifest.cost_usd == pytest.approx(0.018 * landed.manifest.outcomes["ok"])
        plan_run(server.base_url, endpoint=PRICED, usd_cap=None)
        assert collect_here(path)[0] == 0
        assert len(server.requests) <= 20 + 4
    (landed,) = list_landed(home())
    assert landed.manifest.status == "complete" and landed.manifest.cost_usd == pytest.approx(0.36)


def open_here(registry, *, now=AT, environment=(), **request):
    return open_jobs(registry, home(), Request(**request), now, dict(environment))


def test_a_request_finds_its_unfinished_run_and_no_other(tmp_path):
    registry = make_registry(tmp_path / "r")
    (first,), _ = open_here(registry, suite="weekly")
    (again,), _ = open_here(registry, suite="weekly", now=AT + timedelta(hours=1))
    assert (again.plan.run, again.is_resumed, again.plan.started_at) == (first.plan.run, True, AT)
    for other in ({"suite": "weekly", "limit": 3}, {"endpoints": ("one",), "tasks": ("sums",)}, {"is_due": True}):
        (job,), _ = open_here(registry, **other)
        assert not job.is_resumed, other
    assert len(list_unfinished(home())) == 4


@pytest.mark.parametrize("change", [{"served_model": "one-v2"}, {"request": {"omit": ["seed"]}}, {"effort": "high"}])
def test_an_endpoint_that_changed_begins_a_new_run(tmp_path, change):
    (first,), _ = open_here(make_registry(tmp_path / "a"), endpoints=("one",))
    changed = make_registry(tmp_path / "b", endpoints=[{**ENDPOINT, **change}])
    (job,), _ = open_here(changed, endpoints=("one",))
    assert not job.is_resumed
    with pytest.raises(UsageError, match="has changed since the run began"):
        open_resumed(changed, home(), first.plan.run, AT, {})


def test_an_address_or_a_limit_may_change_between_two_starts_of_a_run(tmp_path):
    (first,), _ = open_here(make_registry(tmp_path / "a"), endpoints=("one",))
    moved = {"base_url": "http://127.0.0.1:8/v1", "max_concurrency": 2, "timeout_s": 5}
    registry = make_registry(tmp_path / "b", endpoints=[{**ENDPOINT, **moved}])
    (job,), _ = open_here(registry, endpoints=("one",))
    assert job.is_resumed and job.plan.run == first.plan.run
    assert open_resumed(registry, home(), first.plan.run, AT, {}).plan.endpoint.max_concurrency == 2


def test_generated_items_belong_to_the_month_of_the_slot_in_the_suites_own_zone(tmp_path):
    suite = {**SUITE, "schedule": {"cron": "0 0 1 * *", "timezone": "Asia/Shanghai"}}
    generated = {**TASK, "dataset": None, "generated": True}
    registry = make_registry(tmp_path / "r", suites=[suite], tasks=[generated])
    (job,), _ = open_here(registry, is_due=True, now=datetime(2026, 1, 31, 17, tzinfo=UTC))
    assert job.plan.edition == "2026-02"
    (job,), _ = open_here(registry, suite="weekly", now=datetime(2026, 1, 31, 17, tzinfo=UTC))
    assert job.plan.edition == "2026-01"
    (job,), _ = open_here(registry, suite="weekly", now=datetime(2026, 2, 1, tzinfo=UTC))
    assert not job.is_resumed, "items of another month are another run"


def test_a_log_left_behind_by_a_complete_run_is_cleared_not_replayed(tmp_path):
    registry = make_registry(tmp_path / "r")
    (first,), _ = open_here(registry, endpoints=("one",))
    land_manifest(home(), first.plan.run, suite="weekly")
    (job,), _ = open_here(registry, endpoints=("one",))
    assert not job.is_resumed and not first.path.exists()


def test_a_budget_that_cannot_be_held_is_said(tmp_path):
    suite = {**SUITE, "budget": {"usd_per_run": 5}}
    yuan = {**ENDPOINT, "id": "yuan", "price": {"input": 2, "output": 8, "currency": "CNY"}}
    registry = make_registry(tmp_path / "r", endpoints=[{**ENDPOINT, **PRICED}, yuan], suites=[suite])
    _, notes = open_here(registry, suite="weekly")
    assert notes == ["endpoint yuan has no price in USD, so the budget of suite weekly cannot be held for it"]


def test_due_collects_what_is_due_and_nothing_twice(tmp_path):
    registry = make_registry(tmp_path / "r", endpoints=[ENDPOINT, {**ENDPOINT, "id": "two"}])
    slot = datetime(2026, 1, 4, 19, tzinfo=UTC)
    land_manifest(home(), "done", scheduled_for=slot)
    (job,), _ = open_here(registry, is_due=True)
    assert (job.plan.endpoint.id, job.plan.scheduled_for) == ("two", slot)
    assert open_here(registry, is_due=True, endpoints=("one",)) == ([], [])


def test_the_budget_of_a_month_is_shared_by_what_begins_together(tmp_path):
    suite = {**SUITE, "budget": {"usd_per_run": 5, "usd_per_month": 4}}
    registry = make_registry(tmp_path / "r", endpoints=[ENDPOINT, {**ENDPOINT, "id": "two"}], suites=[suite])
    land_manifest(home(), "earlier", cost_usd=1.0, started_at=AT)
    jobs, _ = open_here(registry, suite="weekly")
    assert [job.plan.usd_cap for job in jobs] == [1.5, 1.5]


@pytest.mark.parametrize(
    "request_, message",
    [
        ({}, "nothing to collect"),
        ({"endpoints": ("on",)}, "closest: 'one'"),
        ({"suite": "weakly"}, "closest: 'weekly'"),
        ({"endpoints": ("one",), "tasks": ("sum",)}, "closest: 'sums'"),
        ({"endpoints": ("one",), "tasks": ("choices",)}, "needs log-likelihoods"),
        ({"endpoints": ("one",), "tasks": ("code",)}, "executes code that the model writes"),
        ({"endpoints": ("keyed",)}, r"\$MADE_UP_KEY is not set"),
        ({"endpoints": ("old",)}, "retired on 2025-01-01"),
        ({"endpoints": ("free",)}, "no schedule to take tasks from"),
        ({"is_due": True, "suite": "weakly"}, "closest: 'weekly'"),
    ],
)
def test_what_cannot_be_collected_is_refused_with_the_reason(tmp_path, request_, message):
    registry = make_registry(
        tmp_path / "r",
        endpoints=[
            ENDPOINT, {**ENDPOINT, "id": "keyed", "api_key_env": "MADE_UP_KEY", "schedule": None},
            {**ENDPOINT, "id": "old", "retired_on": "2025-01-01"}, {**ENDPOINT, "id": "free", "schedule": None},
        ],
        tasks=[
            TASK, {**TASK, "id": "code", "unsafe_code": True},
            {**TASK, "id": "choices", "output_type": "multiple_choice"},
        ],
    )  # fmt: skip
    with pytest.raises(UsageError, match=message):
        open_here(registry, **request_)
    assert list_unfinished(home()) == []


def test_resuming_names_the_runs_that_there_are(tmp_path):
    registry = make_registry(tmp_path / "r")
    (job,), _ = open_here(registry, endpoints=("one",))
    with pytest.raises(UsageError, match=f"got 'nope'. Unfinished: {job.plan.run}"):
        open_resumed(registry, home(), "nope", AT, {})


def test_a_run_is_locked_by_one_process_at_a_time():
    with (
        lock_run(home(), "r1"),
        pytest.raises(CollectError, match=f"by another process; got pid {os.getpid()}"),
        lock_run(home(), "r1", wait_s=0),
    ):
        pass
    with lock_run(home(), "r1", wait_s=0):
        pass
    assert list((home() / "unfinished").iterdir()) == []


def test_a_call_log_without_a_plan_is_named(tmp_path):
    from collectors.call_log import CallLog

    with CallLog(get_log_path(home(), "r1")) as log, pytest.raises(CollectError, match="holds no plan"):
        read_plan(log)


def test_a_plan_comes_back_as_it_was():
    plan = make_plan("http://127.0.0.1:1/v1", suite="weekly", scheduled_for=AT, usd_cap=1.0)
    assert type(plan).model_validate(plan.model_dump(mode="json")) == plan


@pytest.mark.parametrize(
    "arguments",
    [
        ["--due", "--limit", "3"],
        ["--resume", "r", "--suite", "weekly"],
        ["--executor", "dask"],
        ["--executor", "cloud"],
        ["--scheduler", "tcp://127.0.0.1:1"],
    ],
)
def test_choices_that_do_not_fit_together_are_refused(tmp_path, arguments):
    code, _, err = run_cli("collect", *arguments, registry=lay_overlay(tmp_path / "overlay", "http://127.0.0.1:9/v1"))
    assert code == 2 and "collect: " in err and "Traceback" not in err
