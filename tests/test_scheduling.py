"""`modelgap schedule`: collects what is due for as long as it lives, survives a restart, stops cleanly."""

import json
import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from apscheduler.triggers.interval import IntervalTrigger
from collecting import lay_overlay, prepare_sums, run_cli, serve_sums, start_cli, wait_for
from small_registry import AT, SUITE, make_registry

from collectors import scheduling
from collectors.errors import CollectError
from collectors.landing import list_landed
from collectors.run_plan import hold_lock, list_unfinished

ECI = Path(__file__).parent / "payloads" / "epoch" / "eci_benchmarks.csv"
MONTHLY = {"schedule": {"cron": "0 0 1 * *", "timezone": "Asia/Shanghai"}}


@pytest.fixture(autouse=True)
def sums(tmp_path, monkeypatch):
    prepare_sums(tmp_path, monkeypatch)


def home() -> Path:
    return Path(os.environ["MODELGAP_HOME"])


class Lines:
    """Reads what a process says on standard error as it says it."""

    def __init__(self, process):
        self.said: list[str] = []
        threading.Thread(target=lambda: self.said.extend(process.stderr), daemon=True).start()

    def hold(self, text):
        return any(text in line for line in list(self.said))


def stop(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_it_catches_up_once_stops_cleanly_and_goes_on_after_a_restart(tmp_path):
    with serve_sums(latency=0.1) as server:
        overlay = lay_overlay(tmp_path / "overlay", server.base_url, {"max_concurrency": 1}, suite=MONTHLY)
        first = start_cli("schedule", registry=overlay)
        said = Lines(first)
        wait_for(lambda: any(request.body.get("model") == "one" for request in server.requests))
        stop(first)
        wait_for(lambda: said.hold("stopped"))
        assert said.hold("interrupted, to be resumed")
        (plan,) = [plan for plan in list_unfinished(home()) if plan.suite == "weekly"]
        assert plan.scheduled_for is not None and len(server.requests) < 20

        second = start_cli("schedule", registry=overlay)
        said = Lines(second)
        wait_for(lambda: said.hold(f"{plan.run}: complete"))
        assert said.hold(f"{plan.run}: resumed")
        code, _, err = run_cli("schedule", registry=overlay)
        assert code == 1 and f"a schedule is running by another process; got pid {second.pid}" in err
        stop(second)
        assert len(server.requests) <= 21

        before = len(server.requests)
        assert run_cli("collect", "--due", "--suite", "weekly", registry=overlay)[0] == 0
        assert len(server.requests) == before
    (run,) = [run for run in list_landed(home()) if run.manifest.suite == "weekly"]
    assert run.manifest.status == "complete" and run.manifest.scheduled_for == plan.scheduled_for


def test_every_suite_in_service_is_watched_at_its_own_slots(tmp_path):
    suites = [
        SUITE, {**SUITE, "id": "daily", "schedule": {"cron": "30 1 * * *"}}, {**SUITE, "id": "never", "schedule": None},
        {**SUITE, "id": "old", "retired_on": "2025-01-01"},
    ]  # fmt: skip
    jobs = scheduling.make_scheduler(make_registry(tmp_path, suites=suites), lambda: None, lambda: None, AT).get_jobs()
    slots = {job.id: job.trigger.get_next_fire_time(None, AT).astimezone(UTC) for job in jobs}
    assert slots.pop("hourly check") >= AT and slots.pop("hourly imports") >= AT
    assert slots == {
        "weekly": datetime(2026, 1, 11, 19, tzinfo=UTC),
        "daily": datetime(2026, 1, 8, 1, 30, tzinfo=UTC),
    }


def test_slots_that_fall_into_a_long_check_make_one_check_after_it(tmp_path, monkeypatch):
    monkeypatch.setattr(scheduling, "make_trigger", lambda schedule: IntervalTrigger(seconds=1))
    under_way, most, checks = 0, 0, []

    def check():
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        checks.append(datetime.now(UTC))
        time.sleep(1.2)
        under_way -= 1

    scheduler = scheduling.make_scheduler(make_registry(tmp_path), check, lambda: None, datetime.now(UTC))
    thread = threading.Thread(target=scheduler.start)
    thread.start()
    wait_for(lambda: len(checks) >= 3)
    scheduler.shutdown(wait=True)
    thread.join(10)
    assert most == 1


def test_an_error_is_said_and_does_not_end_the_schedule(tmp_path):
    said = []
    schedule = scheduling.Schedule(home(), [tmp_path / "missing"], said.append, lambda: pytest.fail("nothing to run"))
    schedule.check()
    schedule.check()
    assert len(said) == 2 and "no such registry directory" in said[0]


class Publisher(ThreadingHTTPServer):
    """A real server on loopback that publishes Epoch's file, answers 404 for anything else, and may hold its breath."""

    def __init__(self, is_stuck=False):
        self.asked, self.go_on = [], threading.Event()
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                publisher.asked.append((self.path, self.headers.get("If-None-Match")))
                if is_stuck:
                    publisher.go_on.wait(60)
                is_known = self.headers.get("If-None-Match") == '"1"'
                status = 404 if self.path != "/eci.csv" else 304 if is_known else 200
                self.send_response(status)
                self.send_header("ETag", '"1"')
                self.end_headers()
                self.wfile.write(ECI.read_bytes() if status == 200 else b"")

            def log_message(self, *_arguments):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def name_sources(self):
        """Return what an overlay says of two sources, daily: one that this server publishes, one that it does not."""
        url, daily = f"http://127.0.0.1:{self.server_port}", {"cadence_days": 1, "retrieved_on": "2026-01-01"}
        found = {"epoch-eci": {"fetch_from": [f"{url}/eci.csv"]}, "lmarena": {"fetch_from": [f"{url}/gone.json"]}}
        return {name: {**row, **daily} for name, row in found.items()}


def test_due_sources_are_imported_beside_the_runs_and_one_that_fails_stops_nothing(tmp_path):
    publisher = Publisher()
    with serve_sums() as server:
        overlay = lay_overlay(tmp_path / "overlay", server.base_url, suite=MONTHLY, sources=publisher.name_sources())
        schedule = start_cli("schedule", registry=overlay)
        said = Lines(schedule)
        wait_for(lambda: said.hold("import lmarena:") and said.hold("import epoch-eci:") and said.hold(": begun"))
        stop(schedule)
        wait_for(lambda: said.hold("stopped"))
        rows = json.loads(run_cli("plan", "--json", registry=overlay)[1])
    publisher.shutdown()
    assert said.hold("watching 1 suites and 2 sources")
    assert said.hold("import epoch-eci: eci.csv: ") and said.hold(" new, 0 already known, ") and said.hold("; landed")
    assert said.hold("does not give the file; got HTTP 404")
    plans = {row["source"]: row for row in rows if row["source"]}
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert (plans["epoch-eci"]["due"], plans["epoch-eci"]["next_at"]) == (False, f"{tomorrow}T00:00:00+00:00")
    assert (plans["lmarena"]["due"], plans["lmarena"]["scheduled_for"]) == (True, "2026-01-02T00:00:00+00:00")
    assert plans["epoch-benchmarks"]["reason"] == "has no cadence"


def test_a_source_is_asked_again_when_its_cadence_has_passed_and_only_then(tmp_path, monkeypatch):
    publisher, said = Publisher(), []
    sources = {"epoch-eci": publisher.name_sources()["epoch-eci"]}
    imports = scheduling.Imports(
        home(), [lay_overlay(tmp_path / "overlay", "http://127.0.0.1:9/v1", sources=sources)], said.append
    )
    imports.check()
    imports.check()
    assert [path for path, _ in publisher.asked] == ["/eci.csv"]
    later = datetime.now(UTC).date() + timedelta(days=2)
    monkeypatch.setattr(scheduling, "plan_imports", partial(scheduling.plan_imports, today=later))
    imports.check()
    publisher.shutdown()
    assert publisher.asked[1:] == [("/eci.csv", '"1"')]
    assert [line.rpartition("; ")[2] for line in said] == ["landed", "unchanged"]


def test_a_schedule_stopped_in_an_import_ends_at_once_and_leaves_nothing_partial(tmp_path):
    publisher = Publisher(is_stuck=True)
    overlay = lay_overlay(tmp_path / "overlay", "http://127.0.0.1:9/v1", sources=publisher.name_sources())
    schedule = start_cli("schedule", registry=overlay, MADE_UP_KEY="")
    said = Lines(schedule)
    wait_for(lambda: publisher.asked)
    stop(schedule)
    wait_for(lambda: said.hold("stopped"))
    publisher.go_on.set()
    publisher.shutdown()
    assert said.hold("import epoch-eci: interrupted") and len(publisher.asked) == 1
    assert [run for run in list_landed(home()) if run.manifest.source == "epoch-eci"] == []


def test_a_stopped_schedule_begins_nothing(tmp_path):
    lay_overlay(tmp_path / "overlay", "http://127.0.0.1:9/v1", suite=MONTHLY)
    schedule = scheduling.Schedule(
        home(), [tmp_path / "overlay"], lambda line: None, lambda: pytest.fail("began a worker")
    )
    schedule.stop()
    schedule.check()
    assert list_landed(home()) == []


def test_one_schedule_a_home():
    with (
        hold_lock(home() / "schedule.lock", "a schedule is running"),
        pytest.raises(CollectError, match=f"a schedule is running by another process; got pid {os.getpid()}"),
    ):
        scheduling.run_schedule(home(), [])
